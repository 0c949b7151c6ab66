"""Usual shifts as intervals on duty: the local calendar of a horizon, holidays, and who does not come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.clock import DAY, clock, day_number
from simulation.compiled import cached
from simulation.network import Duty, Keys
from simulation.parameters import Floats, Ints, Parameters, Staff
from simulation.random import Purpose, uniform

_TURN, _SLACK = 0.9, 0.05
_ATTENDANCE = int(Purpose.ATTENDANCE)
_AT_WORK = {"speed", "capacity", "wage"}  # of Staff: what has no part in who is there


class Shifts(NamedTuple):
    """Usual shifts, by agent and beginning, before it is drawn who comes."""

    agent: Ints
    key: Keys  # of the draw
    after: Floats  # the shift is worked if the draw lies from here
    upto: Floats  # to here
    begins: Floats  # minutes of the run
    ends: Floats


@dataclass(frozen=True)
class Roster:
    """The shifts of a run and of the week before it. `skills`: agents and what they can; nobody is on duty."""

    skills: Duty
    shifts: Shifts

    def duty(self, seed: int) -> Duty:
        """Who is on duty when."""
        size = len(self.shifts.agent)
        start = np.zeros(len(self.skills.speed) + 1, dtype=np.int32)
        begins, ends = np.empty(size), np.empty(size)
        _attend(self.shifts, int(seed), start, begins, ends)
        count = start[-1]
        return replace(self.skills, duty_start=start, duty_from=begins[:count], duty_to=ends[:count])


def roster(parameters: Parameters, minutes: int) -> Roster:
    """The shifts of a run of `minutes`, and of the week before it (how long work in hand has been worked on).

    Whether a shift is worked is drawn by agent and date: a scenario that changes one agent's shifts leaves the others'
    sick days where they are. Those who take turns share the draw. A shift on a holiday is worked by those who work
    holidays; its date is that of its start.
    """
    return Roster(
        _skills(parameters.staff),
        _usual(_Same(parameters.staff), parameters.zone, parameters.start, parameters.holidays, minutes),
    )


@dataclass(frozen=True, eq=False)
class _Same:
    """Staff as a key: equal to staff with the very same shifts, as that of most draws and scenarios is."""

    staff: Staff

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and all(
            getattr(other.staff, field.name) is getattr(self.staff, field.name)
            for field in fields(Staff)
            if field.name not in _AT_WORK
        )

    def __hash__(self) -> int:
        return id(self.staff.shift_agent)


@lru_cache(maxsize=16)
def _usual(
    of: _Same, zone: str, start: dt.datetime, holidays: tuple[dt.date, ...], minutes: int
) -> Shifts:  # fmt: skip
    staff = of.staff
    row, day = _shifts(staff, *local_days(zone, start, minutes))
    off = np.isin(day, [day_number(date) for date in holidays])
    kept = ~off | staff.works_holidays[staff.shift_agent[row]]
    row, day = row[kept], day[kept]
    wall = clock(zone, start, minutes)
    begins = wall.instant(day * float(DAY) + staff.shift_from[row])
    ends = np.minimum(wall.instant(day * float(DAY) + staff.shift_to[row]), float(minutes))
    order = np.lexsort((begins, staff.shift_agent[row]))
    order = order[ends[order] > begins[order]]
    holder, after = _turns(staff)
    row, day = row[order], day[order]
    key = (holder[row].astype(np.uint64) << np.uint64(32)) + day.astype(np.uint64)
    upto = after[row] + staff.shift_attendance[row]
    return Shifts(staff.shift_agent[row], key, after[row], upto, begins[order], ends[order])


def duty(parameters: Parameters, minutes: int, seed: int) -> Duty:
    """Who is on duty when, in a run of `minutes` and the week before it."""
    return roster(parameters, minutes).duty(seed)


class Intervals(NamedTuple):
    """Times at work, in minutes of the run."""

    agent: Ints
    begins: Floats
    ends: Floats


def worked(staff: Staff, known: Intervals) -> Duty:
    """Duty as it is known to have been, whatever the usual shifts are."""
    order = np.lexsort((known.begins, known.agent))
    none = np.zeros(len(order))
    shifts = Shifts(
        known.agent[order].astype(np.int32), none.astype(np.uint64), none, none + 1.0, known.begins[order],
        known.ends[order],
    )  # fmt: skip
    return Roster(_skills(staff), shifts).duty(0)


def local_days(zone: str, start: dt.datetime, minutes: int) -> tuple[int, int]:
    """The first and the last local day of a run, as day numbers."""
    ends = clock(zone, start, minutes).local(np.array([0.0, float(minutes)]))
    return int(ends[0] // DAY), int(ends[1] // DAY)


def _shifts(staff: Staff, first: int, last: int) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Every shift from a week before the first day to the last: its row in Staff, and the day on which it begins."""
    days = np.arange(first - 7, last + 1)
    row, place = np.nonzero(staff.shift_weekday[:, None] == days[None, :] % 7)
    return row.astype(np.int32), days[place]


def _turns(staff: Staff) -> tuple[Ints, Floats]:
    """By shift the agent by whom the draw is keyed, and from which draw on the shift is worked.

    Agents of one queue (the first of their skills) take turns on a weekday on which each often stays away and their
    attendance adds up to one at most: one comes where another does not, as every second Saturday. Were each drawn
    alone, a night watch of two would be empty every fourth night. Who is one too many, such as a new agent, begins
    another round: the turns of those before stay as they are.
    """
    holder, after = staff.shift_agent.copy(), np.zeros(len(staff.shift_agent))
    skilled = np.diff(staff.skill_start) > 0
    queue = np.where(skilled, np.r_[staff.skill_pool, -1][np.where(skilled, staff.skill_start[:-1], -1)], -1)
    group = queue[staff.shift_agent] * 7 + staff.shift_weekday
    often_away = (staff.shift_attendance < _TURN) & (queue[staff.shift_agent] >= 0)
    for number in np.unique(group[often_away]):
        rows = np.flatnonzero(often_away & (group == number))
        if len(np.unique(staff.shift_agent[rows])) < len(rows):
            continue
        for those in _rounds(rows, staff.shift_attendance):
            attendance = staff.shift_attendance[those]
            holder[those], after[those] = staff.shift_agent[those].min(), np.cumsum(attendance) - attendance
    return holder, after


def _rounds(rows: NDArray[np.intp], attendance: Floats) -> list[list[int]]:
    """Shifts, as they come, in lists whose attendance adds up to one at most."""
    found: list[list[int]] = []
    upto = np.inf
    for row in rows.tolist():
        upto += attendance[row]
        if upto > 1 + _SLACK:
            found.append([])
            upto = attendance[row]
        found[-1].append(row)
    return found


def _skills(staff: Staff) -> Duty:
    holder = np.repeat(np.arange(len(staff.agents)), np.diff(staff.skill_start))
    by_tier = np.lexsort((staff.skill_tier, holder))
    return Duty(
        staff.speed, staff.capacity, staff.skill_start, staff.skill_pool[by_tier], staff.skill_tier[by_tier],
        np.zeros(len(staff.agents) + 1, dtype=np.int32), np.empty(0), np.empty(0),
    )  # fmt: skip


@cached
def _attend(shifts: Shifts, seed: int, start: Ints, duty_from: Floats, duty_to: Floats) -> None:
    """Fills the intervals on duty, those that touch or overlap made one, and where each agent's start."""
    count, last = 0, -1
    for row in range(len(shifts.agent)):
        drawn = uniform(seed, shifts.key[row], 0, _ATTENDANCE)
        if drawn < shifts.after[row] or drawn >= shifts.upto[row]:
            continue
        if shifts.agent[row] == last and shifts.begins[row] <= duty_to[count - 1]:
            duty_to[count - 1] = max(duty_to[count - 1], shifts.ends[row])
            continue
        last = shifts.agent[row]
        duty_from[count], duty_to[count] = shifts.begins[row], shifts.ends[row]
        count += 1
        start[last + 1] += 1
    for place in range(1, len(start)):
        start[place] += start[place - 1]
