"""Open minutes between two instants, as the marts count them: by the opening hours of a group, holidays closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulation.clock import DAY, WEEK, Days, clock, day_number
from simulation.parameters import Floats, Ints, Open, Parameters, Schedule


@dataclass(frozen=True)
class OpenTime:
    """Open minutes that lie before instants: even between two of `instants` (minutes of the run)."""

    instants: Floats
    minutes: Floats

    def before(self, instants: Floats) -> Floats:
        """Counted from the first instant that is known."""
        found: Floats = np.interp(instants, self.instants, self.minutes)
        return found


def open_minutes(parameters: Parameters, length: int, queue: Ints, begin: Floats, end: Floats) -> Floats:
    """Open minutes from `begin` to `end` [minutes of a run of so many] by the hours of each ticket's queue (-1: none).

    NaN where no hours are known, or one of the instants is NaN.
    """
    hours = parameters.opening
    own = dict(hours.queues)
    by_queue = [*(own.get(name, hours.default) for name in parameters.pools.names), hours.default]  # -1: the last one
    found = np.full(len(begin), np.nan)
    first = float(np.nanmin(begin, initial=0.0))
    for schedule in {each for each in by_queue if each is not None}:
        at = np.flatnonzero(np.array([each == schedule for each in by_queue])[queue] & ~np.isnan(end))
        time = open_time(schedule, parameters.start, WEEK * int(first // WEEK), length)
        found[at] = time.before(end[at]) - time.before(begin[at])
    return found


@lru_cache(maxsize=64)
def open_time(schedule: Schedule, start: dt.datetime, first: int, last: int) -> OpenTime:
    """From minute `first` to `last` of a run that starts then (naive UTC)."""
    wall = clock(schedule.zone, start + dt.timedelta(minutes=first), last - first)
    day = wall.local(np.array([0.0, last - first])) // DAY
    days = np.arange(int(day[0]), int(day[1]) + 1)
    days = days[~np.isin(days, [day_number(date) for date in schedule.holidays])]
    pieces = [(days[_opens(days, each)] * float(DAY), each) for each in schedule.hours]
    none = np.empty(0)
    begins = wall.instant(np.concatenate([none, *(on + each.opens for on, each in pieces)]), later=True) + first
    ends = wall.instant(np.concatenate([none, *(on + each.closes for on, each in pieces)]), later=True) + first
    order = np.lexsort((ends, begins))
    begins, ends = begins[order], np.maximum.accumulate(ends[order])
    begins = np.maximum(begins, np.concatenate([[-np.inf], ends[:-1]]))  # what overlaps is open once
    kept = ends > begins
    begins, ends = begins[kept], ends[kept]
    done = np.cumsum(ends - begins)
    return OpenTime(  # the first day may have begun before the first minute
        np.concatenate([[float(first - 2 * DAY)], np.column_stack([begins, ends]).ravel()]),
        np.concatenate([[0.0], np.column_stack([done - (ends - begins), done]).ravel()]),
    )


def _opens(days: Days, piece: Open) -> NDArray[np.bool_]:
    held = (days >= day_number(piece.first)) & (days <= day_number(piece.last))
    mine: NDArray[np.bool_] = held & (days % 7 == piece.weekday)
    return mine
