"""Answers to surveys after simulated tickets, from the association found in real ones (simulation/response.py)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulation.parameters import Parameters
from simulation.random import Purpose, uniforms
from simulation.response import Response
from simulation.ticket_rows import TicketRows


def with_answers(rows: TicketRows, parameters: Parameters, response: Response, seed: int) -> TicketRows:
    """`rows` with what their customers answer: who answers, and whether satisfied, is drawn by ticket.

    The score of effort is its expected value: what single answers add to its noise is not known here. A workflow that
    the response does not know gets no answers.
    """
    known = {name: place for place, name in enumerate(response.workflows)}
    flow = np.array([known.get(name, -1) for name in parameters.arrivals.workflow], dtype=np.int32)[rows.stream]
    asked = np.flatnonzero(~np.isnan(rows.resolved) & (flow >= 0))
    went = (
        flow[asked], (rows.first_reply - rows.created)[asked], (rows.resolved - rows.created)[asked],
        rows.replies[asked], rows.handoffs[asked], rows.reopens[asked],
    )  # fmt: skip
    key = rows.key[asked]
    csat, ces = rows.csat.copy(), rows.ces.copy()
    answers = uniforms(seed, key, 0, Purpose.CSAT_ANSWER) < response.csat_given(*went)
    satisfied = uniforms(seed, key, 0, Purpose.CSAT) < response.csat(*went)
    csat[asked[answers]] = satisfied[answers]
    scored = uniforms(seed, key, 0, Purpose.CES_ANSWER) < response.ces_given(*went)
    ces[asked[scored]] = response.ces(*went)[scored]
    return replace(rows, csat=csat, ces=ces)
