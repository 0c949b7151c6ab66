"""The shop's wall clock over a run: minutes of a run as local time and back, through changes to and from summer time.

Local time is counted in minutes since Monday 1970-01-05 00:00 on the wall, so that `// 1440` is a day, `% 10080` a
place in the week, and no two days share a number.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from simulation.parameters import Floats

MONDAY = dt.datetime(1970, 1, 5)  # noqa: DTZ001  on the wall, whatever the zone
DAY, WEEK = 1440, 10080

Days = NDArray[np.int64]


@dataclass(frozen=True)
class Clock:
    """From `changes[i]` (minutes of the run, the first -inf) on, the wall is `offsets[i]` minutes ahead of UTC."""

    base: float  # minutes from MONDAY to the run's start, in UTC
    changes: Floats
    offsets: Floats

    def local(self, minutes: Floats) -> Floats:
        """What the wall shows at minutes of the run."""
        at = np.searchsorted(self.changes, minutes, side="right") - 1
        shown: Floats = self.base + minutes + self.offsets[at]
        return shown

    def instant(self, local: Floats, *, later: bool = False) -> Floats:
        """The minute of the run at which the wall shows `local`: the first of two, and for an hour that is left out
        the moment as far past the change (Python's fold=0). `later`: the second of two, as DuckDB takes it.
        """
        after = self.offsets[1:] if later else np.maximum(self.offsets[:-1], self.offsets[1:])
        shown = self.base + self.changes[1:] + after
        at = np.searchsorted(shown, local, side="right")
        minutes: Floats = local - self.base - self.offsets[at]
        return minutes


def day_number(date: dt.date) -> int:
    """A date as the number that Clock's local minutes // DAY give."""
    return (date - MONDAY.date()).days


def zone_of(name: str) -> ZoneInfo:
    """Raises ValueError for a name that IANA does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"'{name}' is no time zone; write one like Europe/Berlin") from None


@lru_cache(maxsize=64)
def clock(zone: str, start: dt.datetime, minutes: int) -> Clock:
    """The clock of a run of so many minutes from `start` (naive UTC), and of three days on either side."""
    found, margin = zone_of(zone), 3 * 24
    hours = np.arange(-margin, minutes // 60 + margin + 2)
    top = start.replace(minute=0, second=0, microsecond=0, tzinfo=dt.UTC)
    offsets = [_offset(found, top + dt.timedelta(hours=int(hour))) for hour in hours]
    changes, values = [-np.inf], [offsets[0]]
    lead = (start.replace(tzinfo=dt.UTC) - top).total_seconds() / 60
    for hour, before, after in zip(hours[1:], offsets, offsets[1:], strict=False):
        if after != before:
            moment = _change(found, top + dt.timedelta(hours=int(hour) - 1), before)
            changes.append(moment + 60 * (int(hour) - 1) - lead)
            values.append(after)
    return Clock((start - MONDAY).total_seconds() / 60, np.array(changes), np.array(values))


def _offset(zone: ZoneInfo, instant: dt.datetime) -> float:
    ahead = instant.astimezone(zone).utcoffset()
    assert ahead is not None
    return ahead.total_seconds() / 60


def _change(zone: ZoneInfo, hour: dt.datetime, before: float) -> int:
    """The minute of an hour in which the offset changes (on the half hour in a few zones)."""
    return next(minute for minute in range(1, 61) if _offset(zone, hour + dt.timedelta(minutes=minute)) != before)
