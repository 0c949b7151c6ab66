"""Levers on people: how many, when, in which order they take tickets, at which wage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from flowmeter.config_models import WEEKDAYS
from simulation.parameters import AT_ONCE, PRIORITIES, Ints, Parameters, Staff
from simulation.scenario import document
from simulation.scenario.find import RefusedError, group, members, unknown

_SHIFT_COLUMNS = ("shift_agent", "shift_weekday", "shift_from", "shift_to", "shift_attendance")
_LATEST = 2880.0


def staff(shop: Parameters, change: document.Staff) -> Parameters:
    """More agents as the group's typical one (median weekly hours), or fewer, typical ones first."""
    own = members(shop, group(shop, change.group))
    if change.agents == 0:
        return shop
    if change.agents > 0 and not own:
        raise RefusedError("group", f"nobody works in '{change.group}' whose shifts a new agent could have",
                           f"It can be one of {', '.join(manned(shop))}")  # fmt: skip
    if change.agents < -len(own):
        raise RefusedError("agents", f"'{change.group}' has {len(own)} agents and cannot lose {-change.agents}",
                           f"It can be {-len(own)} or more")  # fmt: skip
    by_typical = _by_typical(shop.staff, own)
    if change.agents > 0:
        return replace(shop, staff=_joined(shop.staff, by_typical[0], change.agents, change.group))
    return _without(shop, by_typical[: -change.agents])


def shifts(shop: Parameters, change: document.Shifts) -> Parameters:
    """Those days' shifts of these people are replaced; they come as often as they usually do."""
    own = _people(shop, change)
    days = [WEEKDAYS.index(day) for day in change.days]
    known, (begins, ends) = shop.staff, document.minutes_of(change.hours)
    kept = ~(np.isin(known.shift_agent, own) & np.isin(known.shift_weekday, days))
    rows = [(agent, day, begins, ends, _attendance(known, agent)) for agent in own for day in days]
    return replace(shop, staff=_with_shifts(known, kept, rows))


def extend(shop: Parameters, change: document.Extend) -> Parameters:
    """Longer shifts, from midnight at the earliest to the end of the next day at the latest."""
    known, own = shop.staff, members(shop, group(shop, change.group))
    days = [WEEKDAYS.index(day) for day in change.days]
    usual = set(known.shift_weekday[np.isin(known.shift_agent, own)].tolist())
    if not usual & set(days):
        shown = ", ".join(WEEKDAYS[day] for day in sorted(usual)) or "none: nobody works there"
        raise RefusedError("days", f"'{change.group}' has no shifts on {', '.join(change.days)}",
                           f"Its days are {shown}")  # fmt: skip
    longer = np.isin(known.shift_agent, own) & np.isin(known.shift_weekday, days)
    begins = np.maximum(known.shift_from - 60 * change.hours_earlier, 0.0)
    ends = np.minimum(known.shift_to + 60 * change.hours_later, _LATEST)
    return replace(
        shop,
        staff=replace(
            known,
            shift_from=np.where(longer, begins, known.shift_from),
            shift_to=np.where(longer, ends, known.shift_to),
        ),
    )


def wages(shop: Parameters, change: document.Wages) -> Parameters:
    """Another wage for a group's own people, or for all."""
    known = shop.staff
    own = list(range(len(known.agents))) if change.group is None else members(shop, group(shop, change.group))
    wage = known.wage.copy()
    wage[own] = wage[own] * (1 + change.change) if change.change is not None else float(change.hourly or 0.0)
    return replace(shop, staff=replace(known, wage=wage))


def priorities(shop: Parameters, change: document.Priorities) -> Parameters:
    """Other headstarts in one queue, or in all."""
    rows = list(range(len(shop.pools.names))) if change.group is None else [group(shop, change.group)]
    headstart = shop.pools.headstart.copy()
    for name, hours in change.hours_ahead.items():
        headstart[rows, PRIORITIES.index(name)] = 60.0 * hours
    return replace(shop, pools=replace(shop.pools, headstart=headstart))


def weekly_hours(known: Staff) -> NDArray[np.float64]:
    """[A] Hours on shift in a usual week."""
    length = (known.shift_to - known.shift_from) * known.shift_attendance / 60
    return np.bincount(known.shift_agent, length, len(known.agents)).astype(np.float64)


def _people(shop: Parameters, change: document.Shifts) -> list[int]:
    if change.agent is None:
        own = members(shop, group(shop, str(change.group)))
        if not own:
            raise RefusedError("group", f"nobody works in '{change.group}'",
                               f"It can be one of {', '.join(manned(shop))}")  # fmt: skip
        return own
    if change.agent not in shop.staff.agents:
        raise unknown("agent", "agent", change.agent, list(shop.staff.agents))
    return [shop.staff.agents.index(change.agent)]


def manned(shop: Parameters) -> list[str]:
    """The groups that somebody works in, whose shifts a new agent could have."""
    names = enumerate(shop.pools.names)
    return [name for number, name in names if members(shop, number) and not name.endswith(AT_ONCE)]


def _by_typical(known: Staff, own: list[int]) -> list[int]:
    """Agents by how near their weekly hours are to the median."""
    hours = weekly_hours(known)
    typical = float(np.median(hours[own])) if own else 0.0
    return sorted(own, key=lambda agent: (abs(hours[agent] - typical), agent))


def _attendance(known: Staff, agent: int) -> float:
    own = known.shift_attendance[known.shift_agent == agent]
    return float(own.mean()) if len(own) else 1.0


def _joined(known: Staff, like: int, count: int, name: str) -> Staff:
    """More agents after those there are, with the skills, shifts and wage of one, at a speed of 1."""
    size = len(known.agents)
    skills = slice(known.skill_start[like], known.skill_start[like + 1])
    pools, tiers = known.skill_pool[skills], known.skill_tier[skills]
    ends = known.skill_start[-1] + len(pools) * np.arange(1, count + 1)
    more = replace(
        known,
        agents=known.agents + tuple(_free_name(known, name, number + 1) for number in range(count)),
        speed=np.append(known.speed, np.ones(count)),
        capacity=np.append(known.capacity, np.full(count, known.capacity[like])).astype(np.int32),
        wage=np.append(known.wage, np.full(count, known.wage[like])),
        works_holidays=np.append(known.works_holidays, np.full(count, known.works_holidays[like])),
        skill_start=np.append(known.skill_start, ends).astype(np.int32),
        skill_pool=np.append(known.skill_pool, np.tile(pools, count)).astype(np.int32),
        skill_tier=np.append(known.skill_tier, np.tile(tiers, count)).astype(np.int32),
    )
    own = np.flatnonzero(known.shift_agent == like)
    columns = [getattr(known, column)[own] for column in _SHIFT_COLUMNS[1:]]
    rows = [(agent, *row) for agent in range(size, size + count) for row in zip(*columns, strict=True)]
    return _with_shifts(more, np.ones(len(known.shift_agent), dtype=np.bool_), rows)


def _free_name(known: Staff, name: str, number: int) -> str:
    there = sum(agent.startswith(f"New in {name} ") for agent in known.agents)
    return f"New in {name} {there + number}"


def _without(shop: Parameters, gone: list[int]) -> Parameters:
    """Agents without shifts: they keep their numbers, by which the others' attendance is drawn. What they had in hand
    goes back to the queue.
    """
    known, backlog = shop.staff, shop.backlog
    kept = ~np.isin(known.shift_agent, gone)
    lost = np.isin(backlog.agent, gone)
    freed = replace(
        backlog,
        agent=np.where(lost, np.int32(-1), backlog.agent).astype(np.int32),
        in_work=backlog.in_work & ~lost,
    )
    return replace(shop, staff=_with_shifts(known, kept, []), backlog=freed)


def _with_shifts(known: Staff, kept: NDArray[np.bool_], rows: Sequence[tuple[float, ...]]) -> Staff:
    new: dict[str, Ints | NDArray[np.float64]] = {}
    for place, column in enumerate(_SHIFT_COLUMNS):
        old = getattr(known, column)
        new[column] = np.append(old[kept], np.array([row[place] for row in rows])).astype(old.dtype)
    return replace(known, **new)  # type: ignore[arg-type]
