"""Queues and people as the parameters hold them."""

from __future__ import annotations

import numpy as np
import polars as pl

from flowmeter.simulation_frames import ServiceFacts
from simulation.calibrate.chain import Columns
from simulation.calibrate.people import skills, zone_minutes
from simulation.calibrate.queues import STRICT, discipline, together
from simulation.calibrate.shifts import Shifts
from simulation.parameters import AT_ONCE, PRIORITIES, Evidence, Floats, Ints, Level, Money, Pools, Staff

_BEFORE_ALL = 100 * STRICT
_SKILL_MINUTES = 26 * 7 * 1440.0


def queues_of(
    visits: Columns, pool: Ints, pools: tuple[str, ...], priority: Ints, created: Floats
) -> tuple[Pools, list[Evidence]]:
    """The queues with their order as found, and what it rests on. `priority`, `created`: by ticket."""
    size = len(pools)
    headstart, by_age, told = np.zeros((size, len(PRIORITIES))), np.zeros(size, np.bool_), []
    for number, name in enumerate(pools):
        if name.endswith(AT_ONCE):
            headstart[number] = _BEFORE_ALL
            continue
        found = discipline(visits, pool, number, priority[visits.ticket], created[visits.ticket])
        headstart[number], by_age[number] = found.headstart, found.by_age
        told.append(_order(name, found.headstart, found.by_age, found.pairs + found.priority_pairs, found.in_order))
    return Pools(pools, np.zeros(size), by_age, headstart, np.ones(size, np.bool_)), told


def _order(name: str, headstart: Floats, by_age: bool, n: int, in_order: float) -> Evidence:
    strict = [PRIORITIES[level] for level in range(1, 4) if headstart[level] - headstart[level - 1] >= STRICT]
    ahead = [f"{PRIORITIES[level]} counts as {headstart[level]:,.0f} min older" for level in range(1, 4)
             if 0 < headstart[level] < STRICT and headstart[level] > headstart[level - 1]]  # fmt: skip
    words = ["oldest ticket first" if by_age else "who waits longest first", *ahead]
    words += [f"{name} always before what is less urgent" for name in strict]
    return Evidence(
        "queue",
        name,
        "; ".join(words),
        n,
        Level.MEASURED if n else Level.ASSUMED,
        f"Of two that waited at the same time, which was begun first; {in_order:.0%} of equally urgent ones in order.",
    )


def staff_of(
    facts: ServiceFacts, visits: Columns, pool: Ints, pools: tuple[str, ...], speed: Floats, usual: Shifts
) -> tuple[Staff, list[Evidence]]:
    """The people seen at work in the window, their skills, shifts, pace and wage, and what these rest on."""
    group = dict(facts.agents.select("agent_id", "group_name").iter_rows())
    groups = [group.get(name) for name in visits.agents]
    tiers = skills(visits, pool, groups, pools, -_SKILL_MINUTES)
    wage = _wages(facts, visits.agents, groups)
    starts = np.concatenate([[0], np.cumsum([len(one) for one in tiers])]).astype(np.int32)
    flat = [pair for one in tiers for pair in one]
    staff = Staff(
        agents=visits.agents,
        speed=speed,
        capacity=np.array([together(visits, n)[0] for n in range(len(visits.agents))], np.int32),
        wage=wage,
        skill_start=starts,
        skill_pool=np.array([number for number, _ in flat], np.int32),
        skill_tier=np.array([tier for _, tier in flat], np.int32),
        shift_agent=usual.agent,
        shift_weekday=usual.weekday,
        shift_from=usual.start,
        shift_to=usual.end,
        shift_attendance=usual.attendance,
        works_holidays=usual.works_holidays.astype(np.bool_),
    )
    return staff, []


def local_minutes(minutes: Floats, facts: ServiceFacts) -> Floats:
    known = pl.Series(minutes).fill_nan(None)
    instants = pl.Series([facts.as_of]).dt.cast_time_unit("us")[0] + (known * 6e7).cast(pl.Duration("us"))
    return zone_minutes(instants, facts.zone)


def _wages(facts: ServiceFacts, agents: tuple[str, ...], groups: list[str | None]) -> Floats:
    """Money an hour: the agent's own as seen, else the middle of his group's, else of the shop's."""
    seen = dict(facts.wages.select("agent_id", "hourly").iter_rows())
    by_group: dict[str | None, list[float]] = {}
    for name, group in zip(agents, groups, strict=True):
        if name in seen:
            by_group.setdefault(group, []).append(seen[name])
    every = [value for values in by_group.values() for value in values] or [0.0]
    return np.array(
        [
            seen.get(name, float(np.median(by_group.get(group, every))))
            for name, group in zip(agents, groups, strict=True)
        ]
    )


def money_of(facts: ServiceFacts) -> Money:
    """What is charged apiece, and what comes every week."""
    return Money(
        currency=facts.currency,
        fee_per_ticket=facts.fees.get("ticket_fee", 0.0),
        fee_per_reply=facts.fees.get("message_fee", 0.0),
        fee_per_automated_resolution=facts.fees.get("automation_fee", 0.0),
        fixed_per_week=facts.fixed_per_week,
    )
