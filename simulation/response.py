"""How satisfied customers are with what a ticket went through: an association found in the answers, not a cause.

CSAT (log odds of a satisfied answer) and CES (mean score) fall with the logarithm of the wait for the first reply and
for the resolution, and with every further reply, hand-over and reopening: signs are bound, so that no longer wait ever
pleases. A workflow's coefficients are its own answers' with the whole shop's as prior, worth POOLED_ANSWERS answers.
Outside of what was seen, the nearest that was seen counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.compiled import cached, inlined
from simulation.parameters import Evidence, Floats, Ints, Level
from simulation.signed_regression import Prior, linear, logistic, odds_to_share

POOLED_ANSWERS = 200
"""The whole shop's coefficients count as much as so many answers of the workflow's own."""

ENOUGH_FOR_RANGE = 100
"""From so many answers on, a workflow's own range is what was seen; below, the shop's."""

_EFFORT, _SHARE = (1.0, 7.0), (0.0, 1.0)
_HOUR = 60.0
_GRID = 0.25  # of the waits' logarithms
_WAITS = [2, 3]  # columns of the waits, after workflow and constant
Counts: TypeAlias = NDArray[np.number[Any]]
_LEAST_VARIANCE = 0.01
# Constant, waits of first reply and resolution, further replies, hand-overs, reopenings, no reply by a person at all.
_BOUND = np.array([False, True, True, True, True, True, False])
_FREE = np.zeros(len(_BOUND), dtype=np.bool_)


@dataclass(frozen=True)
class Asked:
    """One thing asked of tickets [N], and the cells [C] of tickets that went through about the same, by workflow."""

    row: NDArray[np.int64]  # [N] in the frame
    cell: NDArray[np.int64]  # [N]
    y: Floats  # [N]
    x: Floats  # [C, 7] design
    start: Ints  # [W + 1] cells of a workflow
    low: Floats  # [W, 7] least and most of the design that was seen
    high: Floats


@dataclass(frozen=True)
class Answers:
    """Resolved tickets as the fits need them, made once. The shares are of 0 and 1: whether an answer came."""

    workflows: tuple[str, ...]
    tickets: int
    csat: Asked
    ces: Asked
    csat_given: Asked
    ces_given: Asked

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """Of all answers, however often a draw counts them."""
        return (*_evidence(self, self.csat, "CSAT"), *_evidence(self, self.ces, "CES"))


class Line(NamedTuple):
    """A curve's arrays."""

    beta: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Curve:
    """One outcome as a function of what tickets went through. NaN where nothing was ever answered."""

    beta: Floats  # [W, 7]
    low: Floats  # [W, 7] the range to which tickets are clipped first
    high: Floats
    limits: tuple[float, float] | None  # of a linear outcome; None: a share by its log odds
    spread: float = 0.0  # standard deviation of single answers about it, of a linear outcome

    def __call__(
        self,
        workflow: Ints,
        first_reply: Floats,
        resolution: Floats,
        replies: Counts,
        handoffs: Counts,
        reopens: Counts,
    ) -> Floats:
        """Probability, or mean score from 1 to 7, of tickets [N].

        Positions in `Response.workflows`; calendar minutes from creation (first reply NaN: none); counts.
        """
        went = design(first_reply, resolution, replies, handoffs, reopens)
        found = np.empty(len(went))
        _values(went, np.asarray(workflow, dtype=np.int32), self.line, found)
        return odds_to_share(found) if self.limits is None else np.clip(found, *self.limits)

    @property
    def line(self) -> Line:
        """For compiled code."""
        return Line(self.beta, self.low, self.high)


@dataclass(frozen=True)
class Response:
    """Fitted: what is expected of tickets of these workflows."""

    workflows: tuple[str, ...]
    csat: Curve  # probability that an answer is a satisfied one
    ces: Curve  # mean score of an answer, higher is easier
    csat_given: Curve  # probability that a resolved ticket brings an answer to the CSAT survey
    ces_given: Curve
    evidence: tuple[Evidence, ...]


@inlined
def describe(
    first_reply: float, resolution: float, replies: int, handoffs: int, reopens: int, went: Floats, row: int
) -> None:  # fmt: skip
    """Fills a row of a design: what a ticket went through. Without a reply, the resolution is what was waited for."""
    waited = resolution if np.isnan(first_reply) else first_reply
    went[row, 0] = 1.0
    went[row, 1] = np.log1p(max(waited, 0.0) / _HOUR)
    went[row, 2] = np.log1p(max(resolution, 0.0) / _HOUR)
    went[row, 3] = max(replies - 1.0, 0.0)
    went[row, 4] = handoffs
    went[row, 5] = reopens
    went[row, 6] = replies == 0


@inlined
def value(went: Floats, row: int, flow: int, line: Line) -> float:
    """What a line says of a row of a design, clipped to what was seen in the workflow."""
    total = 0.0
    for k in range(went.shape[1]):
        total += min(max(went[row, k], line.low[flow, k]), line.high[flow, k]) * line.beta[flow, k]
    return total


@cached
def _values(went: Floats, workflow: Ints, line: Line, found: Floats) -> None:
    for row in range(len(workflow)):
        found[row] = value(went, row, workflow[row], line)


@cached
def _design(
    first_reply: Floats, resolution: Floats, replies: Floats, handoffs: Floats, reopens: Floats, went: Floats
) -> None:  # fmt: skip
    for row in range(len(resolution)):
        describe(first_reply[row], resolution[row], replies[row], handoffs[row], reopens[row], went, row)


def design(first_reply: Floats, resolution: Floats, replies: Counts, handoffs: Counts, reopens: Counts) -> Floats:
    """What tickets went through as a design [N, 7]. Without a reply, the resolution is what the customer waited for."""
    columns = (first_reply, resolution, replies, handoffs, reopens)
    first, whole, *counts = (np.array(column, dtype=np.float64) for column in columns)
    went = np.empty((len(whole), len(_BOUND)))
    _design(first, whole, counts[0], counts[1], counts[2], went)
    return went


def read_answers(tickets: pl.DataFrame, workflows: tuple[str, ...]) -> Answers:
    """From rows of `fct_ticket`: counted, resolved, of these workflows, and old enough to have answered."""
    tickets = tickets.with_row_index("row").filter(
        pl.col("workflow").is_in(workflows), pl.col("resolution_calendar_minutes").is_not_null()
    )
    code = tickets["workflow"].replace_strict(workflows, range(len(workflows)), return_dtype=pl.Int32).to_numpy()
    counts = (tickets[name].fill_null(0).to_numpy() for name in ("public_reply_count", "handoff_count", "reopen_count"))
    waits = (tickets[f"{name}_calendar_minutes"].cast(pl.Float64).to_numpy() for name in ("first_reply", "resolution"))
    went, row = design(*waits, *counts), tickets["row"].to_numpy().astype(np.int64)
    satisfied = tickets["csat_satisfied"].cast(pl.Float64).to_numpy()
    score = tickets["ces_score"].cast(pl.Float64).to_numpy()
    size = len(workflows)
    return Answers(
        workflows,
        tickets.height,
        _asked(code, went, satisfied, row, size),
        _asked(code, went, score, row, size),
        _asked(code, went, (~np.isnan(satisfied)).astype(np.float64), row, size),
        _asked(code, went, (~np.isnan(score)).astype(np.float64), row, size),
    )


def fit_response(answers: Answers, weights: Floats | None = None) -> Response:
    """Fitted to answers that count `weights` times: one per row of the frame read; without them, once each."""
    return Response(
        workflows=answers.workflows,
        csat=_fit_odds(answers.csat, weights),
        ces=_fit_linear(answers.ces, weights, _BOUND, _EFFORT),
        csat_given=_fit_linear(answers.csat_given, weights, _FREE, _SHARE),
        ces_given=_fit_linear(answers.ces_given, weights, _FREE, _SHARE),
        evidence=answers.evidence,
    )


def _asked(code: Ints, went: Floats, y: Floats, row: NDArray[np.int64], workflows: int) -> Asked:
    """The rows whose outcome is known, in cells of workflow, waits on the grid and counts: a fit over cells takes
    a fraction of the time of one over tickets, and a wait counts as within an eighth of its logarithm.
    """
    given = np.flatnonzero(~np.isnan(y))
    code, x = code[given], went[given]
    keys = np.column_stack([code, x])
    keys[:, _WAITS] = np.round(keys[:, _WAITS] / _GRID) * _GRID
    cells, cell = np.unique(keys, axis=0, return_inverse=True)
    low, high = np.zeros((workflows, x.shape[1])), np.zeros((workflows, x.shape[1]))
    for place in range(workflows):
        own = x[code == place]
        seen = own if len(own) >= ENOUGH_FOR_RANGE else x
        if len(seen):
            low[place], high[place] = seen.min(axis=0), seen.max(axis=0)
    low[:, -1], high[:, -1] = 0.0, 1.0  # whether a person replied is a kind of ticket, not a range
    start = np.searchsorted(cells[:, 0], np.arange(workflows + 1)).astype(np.int32)
    return Asked(row[given], cell.ravel(), y[given], np.ascontiguousarray(cells[:, 1:]), start, low, high)


def _fit_odds(asked: Asked, weights: Floats | None) -> Curve:
    """Log odds: the shop's coefficients, then each workflow's with those as prior."""
    counts, means, _ = _cells(asked, weights)
    total = float(counts.sum())
    if total <= 0:
        return _unknown(asked, None)
    good = (float(counts @ means) + 0.5) / (total + 1.0)
    shop = logistic(asked.x, means, counts, _weak(float(np.log(good / (1.0 - good)))), _BOUND)
    share = odds_to_share(asked.x @ shop)
    prior = _of_shop(asked.x, counts * share * (1.0 - share), total, shop)
    beta = np.array([logistic(x, y, n, prior, _BOUND) for x, y, n in _parts(asked, means, counts)])
    return Curve(beta, asked.low, asked.high, None)


def _fit_linear(asked: Asked, weights: Floats | None, bound: NDArray[np.bool_], limits: tuple[float, float]) -> Curve:
    """As `_fit_odds`, of means. Who answers hardly depends on anything, and a straight line is quick to fit."""
    counts, means, squares = _cells(asked, weights)
    total = float(counts.sum())
    if total <= 0:
        return _unknown(asked, limits)
    shop = linear(asked.x, means, counts, _weak(float(counts @ means) / total), bound)
    within = squares - float(counts @ means**2)
    variance = (within + float(counts @ (means - asked.x @ shop) ** 2)) / total
    precise = counts / max(variance, _LEAST_VARIANCE)
    prior = _of_shop(asked.x, precise, total, shop)
    beta = np.array([linear(x, y, n, prior, bound) for x, y, n in _parts(asked, means, precise)])
    return Curve(beta, asked.low, asked.high, limits, float(np.sqrt(max(variance, 0.0))))


def _cells(asked: Asked, weights: Floats | None) -> tuple[Floats, Floats, float]:
    """Of each cell [C] the tickets and their mean outcome; and the sum of all squared outcomes."""
    each = np.ones(len(asked.y)) if weights is None else np.asarray(weights, dtype=np.float64)[asked.row]
    size, weighted = len(asked.x), each * asked.y
    counts = np.bincount(asked.cell, each, size).astype(np.float64)
    sums = np.bincount(asked.cell, weighted, size).astype(np.float64)
    means = np.divide(sums, counts, out=np.zeros(size), where=counts > 0)
    return counts, means, float((weighted * asked.y).sum())


def _unknown(asked: Asked, limits: tuple[float, float] | None) -> Curve:
    return Curve(np.full(asked.low.shape, np.nan), asked.low, asked.high, limits)


def _weak(level: float) -> Prior:
    """No effect at all, held with the weight of about one answer: what a shop with hardly any answers gets."""
    mean = np.zeros(len(_BOUND))
    mean[0] = level
    return Prior(mean, np.eye(len(_BOUND)))


def _of_shop(x: Floats, information: Floats, total: float, shop: Floats) -> Prior:
    """The shop's fit with the information of POOLED_ANSWERS average answers of it."""
    each = (x.T * information) @ x / total
    return Prior(shop, POOLED_ANSWERS * each + 1e-3 * np.eye(len(shop)))


def _parts(asked: Asked, means: Floats, counts: Floats) -> Iterator[tuple[Floats, Floats, Floats]]:
    for first, end in pairwise(asked.start):
        yield asked.x[first:end], means[first:end], counts[first:end]


def _evidence(answers: Answers, asked: Asked, name: str) -> Iterator[Evidence]:
    """One row per workflow."""
    workflow_of = np.searchsorted(asked.start, asked.cell, side="right") - 1
    for place, workflow in enumerate(answers.workflows):
        own = asked.y[workflow_of == place]
        if len(own) >= POOLED_ANSWERS:
            level, method = Level.MEASURED, "association with waits, replies, hand-overs and reopenings in its answers"
        else:
            level, method = Level.POOLED, "mostly the association in the answers of all workflows, as its own are few"
        value = f"mean {own.mean():.2f}" if len(own) else "no answers"
        yield Evidence(name, workflow, value, len(own), level, method)
