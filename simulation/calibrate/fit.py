"""From what was seen to parameters, each observation counting as much as its day does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulation.calibrate.amounts import weighted
from simulation.calibrate.observed import Observed
from simulation.calibrate.queues import kept
from simulation.calibrate.shifts import hours
from simulation.calibrate.streams import daily, priorities, rates, recency, repeats, trend
from simulation.parameters import Arrivals, Floats, Parameters, Routes, Staff

_POSSIBLE = 0.001
"""What every day counts besides its weight: what was ever seen stays possible."""


def fit(observed: Observed, weights: Floats | None = None) -> Parameters:
    """Parameters with each of `observed.days` counting `weights` times (default: once), recent ones more than old ones.

    Fast: made for resampling.

    Skills, who comes on which weekday, the order of queues and their `after_work` are the same whatever the weights.
    """
    weights = np.ones(len(observed.days)) if weights is None else weights
    weights = (weights + _POSSIBLE) * recency(len(weights))
    return Parameters(
        zone=observed.zone,
        start=observed.start,
        workflows=observed.workflows,
        steps=observed.steps,
        routes=_routes(observed, weights),
        work=replace(observed.work, keep=_keep(observed, weights)),
        distributions=weighted(observed.amounts, weights),
        pools=observed.pools,
        staff=_staff(observed, weights),
        arrivals=_arrivals(observed, weights),
        backlog=observed.backlog,
        money=observed.money,
        holidays=observed.holidays,
        evidence=observed.evidence,
        opening=observed.opening,
    )


def _routes(observed: Observed, weights: Floats) -> Routes:
    """Shares of the passages of each state. What was ever seen stays possible: days drawn without the only way out of
    two steps would send tickets to and fro for ever.
    """
    edge, size = observed.chain.passage_edge, len(observed.chain.edge_from)
    weight = weights[observed.passage_day]
    count = np.bincount(edge, weight, size).astype(np.float64)
    seen = np.where(count > 0, count, 1.0)
    reply = np.bincount(edge, weight * observed.passage_reply, size) / seen
    handoff = np.bincount(edge, weight * observed.passage_handoff, size) / seen
    chance = _by_state(observed, count)
    return replace(observed.routes, chance=chance, reply=np.clip(reply, 0, 1), handoff=handoff)


def _by_state(observed: Observed, count: Floats) -> Floats:
    start = observed.chain.edge_from
    total = np.bincount(start, count, len(observed.chain.step))
    # A state that no passage left has one edge, which is sure.
    result: Floats = np.where(total[start] > 0, count / np.where(total > 0, total, 1)[start], 1.0)
    return result


def _keep(observed: Observed, weights: Floats) -> Floats:
    weight = weights[observed.keep_day]
    return kept(observed.keep_state, observed.keep_hit, observed.keep_luck, weight, len(observed.chain.step))


def _staff(observed: Observed, weights: Floats) -> Staff:
    days, staff = observed.shift_days, observed.staff
    start, end = hours(days, weights[observed.shift_place], len(staff.shift_agent))
    return replace(staff, shift_from=start, shift_to=end)


def _arrivals(observed: Observed, weights: Floats) -> Arrivals:
    contacts = observed.contacts
    holiday, dispersion = daily(contacts, weights)
    return Arrivals(
        workflow=observed.stream_workflow,
        channel=observed.stream_channel,
        state=observed.stream_state,
        rate=rates(contacts, weights),
        trend=trend(contacts, weights)[contacts.workflow],
        holiday=holiday[contacts.workflow],
        dispersion=dispersion[contacts.workflow],
        priority=priorities(contacts, weights),
        repeat=np.where(observed.stream_outreach[:, None], 0.0, repeats(contacts, weights)),
        repeat_delay=observed.repeat_delay,
        outreach=observed.stream_outreach,
    )
