"""Differences adjusted for mix: what would remain if both arms had the same channels, reasons, priorities and hours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from analysis.compare import limits, overlap
from analysis.compare.design import Cells, Design, cells, design, factors, sums
from analysis.compare.figures import FEWEST, by_customer, figure_of, people
from analysis.compare.frame import (
    COVARIATES,
    QUANTILES,
    Arm,
    Array,
    Codes,
    Measure,
    Sample,
    Tickets,
    at_once,
    sample,
    split,
)
from analysis.compare.limits import Z95
from analysis.compare.overlap import Weighted, Weights

METHOD = "overlap weighting (Li, Morgan, Zaslavsky 2018), robust by customer"
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "metric": pl.String,
    "baseline": pl.String,
    "arm": pl.String,
    "baseline_value": pl.Float64,
    "value": pl.Float64,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "probability_better": pl.Float64,
    "covariates": pl.List(pl.String),
    "outside_share": pl.Float64,
    "baseline_effective_n": pl.Float64,
    "effective_n": pl.Float64,
    "method": pl.String,
    "reason": pl.String,
}
BALANCE = {
    "baseline": pl.String,
    "arm": pl.String,
    "covariate": pl.String,
    "level": pl.String,
    "before": pl.Float64,
    "after": pl.Float64,
}


@dataclass(frozen=True)
class Adjusted:
    """`differences`: one row per metric and arm, columns as in SCHEMA, with the checks of overlap of the tickets that
    count for the metric. `balance`: per arm and level the standardised difference before and after, over all tickets.
    """

    differences: pl.DataFrame
    balance: pl.DataFrame


@dataclass(frozen=True)
class _Pair:
    """Two arms, the baseline first, with the design of their covariates. Metrics of the same tickets share weights."""

    arms: tuple[Arm, Arm]
    covariates: tuple[str, ...]
    design: Design
    fitted: dict[bytes, Weights] = field(default_factory=dict)

    def cells(self, arm: int) -> Cells:
        return cells(self.arms[arm], self.covariates)

    def joint(self, arm: int, of: Array) -> Array:
        """Sums per cell of the arm as sums per joint cell."""
        return _joint(self.design.cell[arm], of, len(self.design.indicators))

    def weights(self, old: Array, new: Array) -> Weights:
        """`old`, `new`: tickets per joint cell."""
        key = old.tobytes() + new.tobytes()
        if key not in self.fitted:
            self.fitted[key] = overlap.fit(old, new, self.design.indicators)
        return self.fitted[key]


@dataclass(frozen=True)
class _Side:
    """The tickets of one arm that count for one measure, and their sums per joint cell.

    `cell` of every ticket is one of the arm's own; `own` says which joint cell that is.
    """

    data: Sample
    cell: Codes
    own: Codes
    counts: Array
    top: Array
    bottom: Array


def adjusted(
    tickets: Tickets, measures: Sequence[Measure], arms: Sequence[str], covariates: Sequence[str] = COVARIATES
) -> Adjusted:
    """Every measure's difference to the first arm after weighting for the covariates that the frame has."""
    baseline, *others = split(tickets, arms)
    found = [_of_pair(baseline, other, measures, tuple(covariates)) for other in others]
    return Adjusted(pl.concat(one.differences for one in found), pl.concat(one.balance for one in found))


def _of_pair(baseline: Arm, other: Arm, measures: Sequence[Measure], covariates: tuple[str, ...]) -> Adjusted:
    arms = (baseline, other)
    known = factors(arms, covariates)
    pair = _Pair(arms, covariates, design(known, [cells(arm, covariates) for arm in arms]))
    names = [factor.name for factor in known]
    told = at_once(lambda measure: _columns(measure, pair, names), measures)
    rows = [(measure.key, baseline.name, other.name, *one) for measure, one in zip(measures, told, strict=True)]
    balance = []
    if known and min(baseline.customers, other.customers) >= FEWEST:
        every = pair.weights(*(pair.joint(arm, pair.cells(arm).counts.astype(np.float64)) for arm in (0, 1)))
        pairs = zip(*overlap.standardised(every), strict=True)
        balance = [(baseline.name, other.name, *name, *of) for name, of in zip(pair.design.names, pairs, strict=True)]
    return Adjusted(
        pl.DataFrame(rows, schema=SCHEMA, orient="row"), pl.DataFrame(balance, schema=BALANCE, orient="row")
    )


def _columns(measure: Measure, pair: _Pair, covariates: list[str]) -> tuple[object, ...]:
    for arm in pair.arms:
        figure_of(arm, measure)  # while its tickets are at hand
    old, new = (sample(arm, measure) for arm in pair.arms)
    reason = _too_few(old, pair.arms[0].name) or _too_few(new, pair.arms[1].name)
    if reason:
        return (*(None,) * 11, reason)
    sides = (_side(pair, 0, measure), _side(pair, 1, measure))
    weights = pair.weights(sides[0].counts, sides[1].counts)
    quantile = QUANTILES.get(measure.kind)
    values, low, high = _of_means(weights, sides) if quantile is None else _of_quantiles(weights, sides, quantile)
    delta = values[1] - values[0]
    likely = limits.probability_better(delta, low, high, measure.better)
    checks = (covariates, weights.outside, weights.effective_n(0), weights.effective_n(1))
    return (*values, delta, low, high, likely, *checks, METHOD, None)


def _joint(own: Codes, of: Array, cells: int) -> Array:
    return np.bincount(own, weights=of, minlength=cells).astype(np.float64, copy=False)


def _too_few(data: Sample, name: str) -> str | None:
    if data.customers >= FEWEST and data.n >= FEWEST:
        return None
    return f"{people(data.customers)} in {name}, fewer than the {FEWEST} that are needed"


def _side(pair: _Pair, arm: int, measure: Measure) -> _Side:
    own, found = pair.arms[arm], sums(pair.arms[arm], measure, pair.covariates)
    joint = (pair.joint(arm, of) for of in (found.counts, found.top, found.bottom))
    data = sample(own, measure)
    return _Side(data, pair.cells(arm).cell[data.rows], pair.design.cell[arm], *joint)


def _of_means(weights: Weights, sides: tuple[_Side, _Side]) -> tuple[limits.Limits, float, float]:
    old, new = (overlap.figure(weights, arm, side.top, side.bottom) for arm, side in enumerate(sides))
    score = new.score - old.score
    squares = [
        _squares(sides[0], replace(old, scale=-old.scale, score=-score * weights.propensity)),
        _squares(sides[1], replace(new, score=score * (1 - weights.propensity))),
    ]
    half = Z95 * _error(squares, sides)
    return (old.value, new.value), new.value - old.value - half, new.value - old.value + half


def _squares(side: _Side, figure: Weighted, *, moves: bool = True) -> float:
    """The sum over customers of the squares of what their tickets add to a figure. `moves`: of their own arm."""
    data, score = side.data, figure.score
    if moves and data.bottom is None:
        score = score - figure.scale * figure.value
    added = score[side.own][side.cell]
    if moves:
        moved = figure.scale[side.own][side.cell]
        moved *= data.top if data.bottom is None else data.deviation(figure.value)
        added += moved
    summed = by_customer(data, added)
    summed *= summed
    return float(summed.sum())


def _error(squares: Sequence[float], sides: tuple[_Side, _Side]) -> float:
    customers = sum(side.data.customers for side in sides)
    return math.sqrt(sum(squares) * customers / (customers - 1))


def _of_quantiles(weights: Weights, sides: tuple[_Side, _Side], p: float) -> tuple[limits.Limits, float, float]:
    """Woodruff's intervals (1952, JASA 47) of the weighted quantiles, joined by MOVER."""
    values, spans = [], []
    for arm, side in enumerate(sides):
        weight = weights.weight(arm)[side.own][side.cell[side.data.order]]
        (value,) = _quantiles(side.data.ordered, weight, [p])
        below = _below(side, value)
        figure = overlap.figure(weights, arm, below.top, below.bottom)
        scores = (-figure.score * weights.propensity, figure.score * (1 - weights.propensity))
        squares = [
            _squares(below if at == arm else sides[at], replace(figure, score=score), moves=at == arm)
            for at, score in enumerate(scores)
        ]
        half = Z95 * _error(squares, sides)
        ends = _quantiles(side.data.ordered, weight, [p - half, p + half])
        values.append(value)
        spans.append((min(ends[0], value), max(ends[1], value)))
    return (values[0], values[1]), *limits.difference((values[0], values[1]), spans[0], spans[1])


def _below(side: _Side, value: float) -> _Side:
    """Whether each ticket is not over the value, as a share."""
    top = (side.data.top <= value).astype(np.float64)
    summed = np.bincount(side.cell, weights=top, minlength=len(side.own)).astype(np.float64, copy=False)
    return replace(side, data=replace(side.data, top=top), top=_joint(side.own, summed, len(side.counts)))


def _quantiles(ordered: Array, weight: Array, levels: Sequence[float]) -> list[float]:
    """Weighted quantiles, interpolated: with equal weights they are type 7."""
    places = np.cumsum(weight) - weight[0]
    wanted = np.clip(levels, 0.0, 1.0) * places[-1]
    return [float(value) for value in np.interp(wanted, places, ordered)]
