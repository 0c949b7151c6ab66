"""The demo year: local days, daylight saving, holidays, the Black-Friday surge and the weeks of late parcels."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from demo.shop import DAY, HOUR, TIME_ZONE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LATE_ISO_WEEKS = (7, 20, 36, 37, 49, 50)
_ZONE = ZoneInfo(TIME_ZONE)
_SECONDS = [f"{s // HOUR:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(DAY)]
_WEEKDAY_WEIGHT = (1.12, 1.05, 1.0, 1.0, 1.0, 0.86, 0.97)
_MONTH_WEIGHT = (0.90, 0.92, 0.97, 0.98, 1.0, 0.95, 0.90, 0.93, 1.02, 1.08, 1.20, 1.22)


def easter(year: int) -> date:
    """Easter Sunday of a year (Gregorian)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def holidays(year: int) -> set[date]:
    """Public holidays of all of Germany in a year."""
    moved = {easter(year) + timedelta(days=n) for n in (-2, 1, 39, 50)}
    return moved | {date(year, m, d) for m, d in ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))}


def black_friday(year: int) -> date:
    """The last Friday of November."""
    last = date(year, 11, 30)
    return last - timedelta(days=(last.weekday() - 4) % 7)


def iso(t: int) -> str:
    """An instant (seconds since 1970) as ``2026-01-31T23:59:59Z``."""
    return f"{_day_text(t // DAY)}T{_SECONDS[t % DAY]}Z"


_DAY_TEXTS: dict[int, str] = {}


def _day_text(day: int) -> str:
    text = _DAY_TEXTS.get(day)
    if text is None:
        text = _DAY_TEXTS[day] = (date(1970, 1, 1) + timedelta(days=day)).isoformat()
    return text


class Calendar:
    """The days from the Monday on or before a year ago to `end`, in the shop's time zone.

    Instants are whole seconds since 1970 (UTC). `start` is the first local midnight, `end` the last local 23:59:59.
    """

    def __init__(self, end: date) -> None:
        first = end - timedelta(days=364)
        self.first = first - timedelta(days=first.weekday())
        self.last = end
        self.days = (end - self.first).days + 1
        self.dates = [self.first + timedelta(days=n) for n in range(self.days)]
        self._instants: dict[tuple[int, int], int] = {}
        self.start = self.at(0, 0)
        self.end = self.at(self.days, 0) - 1
        years = range(self.first.year, end.year + 1)
        self.holidays = set().union(*(holidays(year) for year in years))
        self.surges = [black_friday(year) for year in years]
        self._changes, self._offsets = self._transitions()
        self.order_weight = np.array([self._weight(day) for day in self.dates])
        self.late = np.array([day.isocalendar().week in LATE_ISO_WEEKS for day in self.dates])
        self.variant_from = self._variant_start()

    def at(self, day: int, second: int) -> int:
        """The instant of a wall-clock second (may reach past midnight) of the day with this number."""
        key = (day, second)
        instant = self._instants.get(key)
        if instant is None:
            midnight = datetime(self.first.year, self.first.month, self.first.day, tzinfo=_ZONE)
            wall = midnight + timedelta(days=day, seconds=second)  # wall clock, as Python adds within a zone
            instant = self._instants[key] = int(wall.timestamp())
        return instant

    def day_start(self, day: date | None) -> int:
        """The instant at which a local day begins; without a day, that of the first one."""
        return self.at((day - self.first).days, 0) if day else self.start

    def offset(self, t: int) -> int:
        """Seconds that local time is ahead of UTC at an instant."""
        return self._offsets[bisect_right(self._changes, t)]

    def local_second(self, t: int) -> int:
        """Second of the local day, 0-86399."""
        return (t + self.offset(t)) % DAY

    def day_of(self, t: int) -> int:
        """Number of the local day that an instant is in (0 = first day)."""
        local = (t + self.offset(t)) // DAY
        return local - (self.first - date(1970, 1, 1)).days

    def local_text(self, t: int) -> str:
        """Local wall clock as ``2026-01-31 23:59:59``."""
        local = t + self.offset(t)
        return f"{_day_text(local // DAY)} {_SECONDS[local % DAY]}"

    def offset_text(self, t: int) -> str:
        """Local wall clock with offset as ``2026-01-31 23:59:59 +0100``."""
        ahead = self.offset(t)
        local = t + ahead
        return f"{_day_text(local // DAY)} {_SECONDS[local % DAY]} +{ahead // HOUR:02d}00"

    def instants(self, day: Ints, second: Ints) -> Ints:
        """Vector form of `at` for seconds within the day; a wall clock that does not exist moves on by an hour."""
        naive = np.int64((self.first - date(1970, 1, 1)).days * DAY) + day * DAY + second
        changes, offsets = np.array(self._changes, dtype=np.int64), np.array(self._offsets, dtype=np.int64)
        guess = naive - offsets[np.searchsorted(changes, naive - offsets[0], side="right")]
        result: Ints = naive - offsets[np.searchsorted(changes, guess, side="right")]
        return result

    def local_days(self, t: Ints) -> Ints:
        """Vector form of `day_of`."""
        changes, offsets = np.array(self._changes, dtype=np.int64), np.array(self._offsets, dtype=np.int64)
        local = (t + offsets[np.searchsorted(changes, t, side="right")]) // DAY
        result: Ints = local - (self.first - date(1970, 1, 1)).days
        return result

    def _transitions(self) -> tuple[list[int], list[int]]:
        def ahead(t: int) -> int:
            shift = datetime.fromtimestamp(t, UTC).astimezone(_ZONE).utcoffset()
            return int(shift.total_seconds()) if shift else 0

        hours = range(self.start - 40 * DAY, self.end + 40 * DAY, HOUR)
        changes = [t for t in hours if ahead(t) != ahead(t - HOUR)]
        return changes, [ahead(hours[0]), *(ahead(t) for t in changes)]

    def _weight(self, day: date) -> float:
        weight = _WEEKDAY_WEIGHT[day.weekday()] * _MONTH_WEIGHT[day.month - 1]
        weight *= 0.92 + 0.16 * (day - self.first).days / self.days
        after = min(((day - friday).days for friday in self.surges), key=abs)
        surge = {-3: 1.2, -2: 1.3, -1: 1.6, 0: 3.0, 1: 2.6, 2: 2.4, 3: 2.8, 4: 1.5, 5: 1.3}
        return weight * surge.get(after, 1.0)

    def _variant_start(self) -> int:
        years = (self.last.year, self.last.year - 1)
        june = next(date(y, 6, 1) for y in years if (self.last - date(y, 6, 1)).days >= 56)
        return self.at((june - self.first).days, 0)
