"""Answers to surveys after simulated tickets, from the association found in real ones (simulation/response.py)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import cached, inlined
from simulation.network import Keys
from simulation.parameters import Floats, Ints, Parameters
from simulation.random import Purpose, uniform
from simulation.response import Line, Response, describe, value
from simulation.ticket_rows import TicketRows

_CSAT_ANSWER, _CSAT = int(Purpose.CSAT_ANSWER), int(Purpose.CSAT)
_CES_ANSWER, _CES = int(Purpose.CES_ANSWER), int(Purpose.CES)


class _Went(NamedTuple):
    """Columns of TicketRows."""

    key: Keys
    stream: Ints
    created: Floats
    first_reply: Floats
    resolved: Floats
    replies: Ints
    handoffs: Ints
    reopens: Ints


class _Lines(NamedTuple):
    """Curves of Response, by name, and what else answers are drawn from."""

    csat: Line
    ces: Line
    csat_given: Line
    ces_given: Line
    effort: tuple[float, float, float]  # least and most score, and the spread of single ones


def with_answers(rows: TicketRows, parameters: Parameters, response: Response, seed: int) -> TicketRows:
    """`rows` with what their customers answer: who answers, and whether satisfied, is drawn by ticket.

    Scores of effort scatter about their expected value as the real ones do. A workflow that the response does not know
    gets no answers.
    """
    known = {name: place for place, name in enumerate(response.workflows)}
    flow = np.array([known.get(name, -1) for name in parameters.arrivals.workflow], dtype=np.int32)
    went = _Went(*(getattr(rows, name) for name in _Went._fields))
    csat, ces = rows.csat.copy(), rows.ces.copy()
    assert response.ces.limits is not None
    effort = (*response.ces.limits, response.ces.spread)
    lines = _Lines(
        response.csat.line, response.ces.line, response.csat_given.line, response.ces_given.line, effort
    )  # fmt: skip
    _answer(went, flow, lines, int(seed), np.empty((1, lines.csat.beta.shape[1])), csat, ces)
    return replace(rows, csat=csat, ces=ces)


@inlined
def _scattered(score: float, effort: tuple[float, float, float], drawn: float) -> float:
    """One of two scores, of which the mean is the expected one and the spread that of answers, as far as it fits in."""
    least, most, spread = effort
    if np.isnan(score):
        return score
    mean = min(max(score, least), most)
    above = min(spread, most - mean)
    below = min(spread * spread / above, mean - least) if above > 0.0 else 0.0
    if above <= 0.0 or below <= 0.0:
        return mean
    return mean + above if drawn < below / (above + below) else mean - below


@cached
def _answer(
    went: _Went, flows: Ints, lines: _Lines, seed: int, one: Floats, csat: NDArray[np.int8], ces: Floats
) -> None:  # fmt: skip
    """Fills the answers; `one` [1, 7] is for the ticket at hand. A chance that is unknown (NaN) brings none."""
    for row in range(len(went.key)):
        flow, key = flows[went.stream[row]], went.key[row]
        if flow < 0 or np.isnan(went.resolved[row]):
            continue
        first, whole = went.first_reply[row] - went.created[row], went.resolved[row] - went.created[row]
        describe(first, whole, went.replies[row], went.handoffs[row], went.reopens[row], one, 0)
        if uniform(seed, key, 0, _CSAT_ANSWER) < value(one, 0, flow, lines.csat_given):
            odds = value(one, 0, flow, lines.csat)
            csat[row] = uniform(seed, key, 0, _CSAT) < 0.5 * (1.0 + math.tanh(0.5 * odds))
        if uniform(seed, key, 0, _CES_ANSWER) < value(one, 0, flow, lines.ces_given):
            ces[row] = _scattered(value(one, 0, flow, lines.ces), lines.effort, uniform(seed, key, 0, _CES))
