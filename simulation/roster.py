"""Usual shifts as intervals on duty: the local calendar of a horizon, holidays, and who does not come."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simulation.clock import DAY, clock, day_number
from simulation.network import Duty
from simulation.parameters import Floats, Ints, Parameters, Staff
from simulation.random import Purpose, uniforms

_TURN, _SLACK = 0.9, 0.05


def duty(parameters: Parameters, minutes: int, seed: int) -> Duty:
    """Who is on duty when, in minutes of a run of `minutes`, and in the week before it (how long work in hand has
    been worked on).

    Whether a shift is worked is drawn by agent and date: a scenario that changes one agent's shifts leaves the others'
    sick days where they are. Those who take turns share the draw. A shift on a holiday is worked by those who work
    holidays; its date is that of its start.
    """
    staff = parameters.staff
    row, day = _shifts(parameters, minutes)
    holder, after = _turns(staff)
    keys = (holder[row].astype(np.uint64) << np.uint64(32)) + day.astype(np.uint64)
    drawn = uniforms(seed, keys, 0, Purpose.ATTENDANCE)
    comes = (drawn >= after[row]) & (drawn < after[row] + staff.shift_attendance[row])
    off = np.isin(day, [day_number(date) for date in parameters.holidays])
    kept = comes & (~off | staff.works_holidays[staff.shift_agent[row]])
    row, midnight = row[kept], day[kept] * float(DAY)
    wall = clock(parameters.zone, parameters.start, minutes)
    begins = wall.instant(midnight + staff.shift_from[row])
    ends = wall.instant(midnight + staff.shift_to[row])
    return _duty(staff, staff.shift_agent[row], begins, np.minimum(ends, float(minutes)))


def local_days(zone: str, start: dt.datetime, minutes: int) -> tuple[int, int]:
    """The first and the last local day of a run, as day numbers."""
    ends = clock(zone, start, minutes).local(np.array([0.0, float(minutes)]))
    return int(ends[0] // DAY), int(ends[1] // DAY)


def _shifts(parameters: Parameters, minutes: int) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Every shift of the horizon: its row in Staff and the number of the local day on which it begins."""
    first, last = local_days(parameters.zone, parameters.start, minutes)
    days = np.arange(first - 7, last + 1)
    row, place = np.nonzero(parameters.staff.shift_weekday[:, None] == days[None, :] % 7)
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


def _duty(staff: Staff, agent: Ints, begins: Floats, ends: Floats) -> Duty:
    kept = ends > begins
    agent, begins, ends = _merged(agent[kept], begins[kept], ends[kept])
    holder = np.repeat(np.arange(len(staff.agents)), np.diff(staff.skill_start))
    by_tier = np.lexsort((staff.skill_tier, holder))
    return Duty(
        staff.speed, staff.capacity, staff.skill_start, staff.skill_pool[by_tier], staff.skill_tier[by_tier],
        np.searchsorted(agent, np.arange(len(staff.agents) + 1)).astype(np.int32), begins, ends,
    )  # fmt: skip


def _merged(agent: Ints, begins: Floats, ends: Floats) -> tuple[Ints, Floats, Floats]:
    """Sorted by agent and beginning, with those that touch or overlap made one."""
    order = np.lexsort((begins, agent))
    agent, begins, ends = agent[order], begins[order], ends[order]
    if not len(agent):
        return agent, begins, ends
    # No interval of one agent reaches into the next one's.
    far = (float(ends.max() - begins.min()) + 1.0) * agent
    latest = np.maximum.accumulate(ends + far)
    opens = np.r_[True, (begins + far)[1:] > latest[:-1]]
    groups = np.flatnonzero(opens)
    return agent[opens], begins[opens], np.maximum.reduceat(ends, groups)
