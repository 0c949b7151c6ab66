"""Opening hours as UTC intervals, and the minutes of a span that fall inside them.

Only instants are added and subtracted, so days of 23 and 25 hours come out right by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Interval = tuple[datetime, datetime]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """One entry of schedules.yml: local opening hours by weekday (0 is Monday), valid for a range of dates."""

    zone: ZoneInfo
    by_weekday: Mapping[int, tuple[tuple[str, str], ...]]
    holidays: frozenset[date]
    valid_from: date
    valid_to: date

    def intervals(self, first: date, last: date) -> Iterator[Interval]:
        """Yield the opening hours that begin on the days from ``first`` to ``last``, as UTC instants."""
        day = first
        while day <= last:
            for opens, closes in self.by_weekday.get(day.weekday(), ()):
                yield from self._open_parts(day, opens, closes)
            day += DAY

    def _open_parts(self, day: date, opens: str, closes: str) -> Iterator[Interval]:
        """Cut one shift at local midnight and keep the parts whose own date is valid and no holiday."""
        over_night = closes <= opens
        parts = [(day, opens, "24:00"), (day + DAY, "00:00", closes)] if over_night else [(day, opens, closes)]
        for on, begin, end in parts:
            closed = on in self.holidays or not self.valid_from <= on <= self.valid_to
            if not closed and begin != end:
                yield self._instant(on, begin), self._instant(on, end)

    def _instant(self, day: date, clock: str) -> datetime:
        if clock == "24:00":
            day, clock = day + DAY, "00:00"
        return datetime.combine(day, time.fromisoformat(clock), self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Schedules:
    """All schedules of a shop, the one of each group, and the default."""

    by_key: Mapping[str, tuple[Hours, ...]]
    by_group: Mapping[str, str]
    default: str | None

    def minutes(self, group: str | None, begin: datetime, end: datetime) -> float | None:
        """Business minutes between two instants on the group's schedule; None where no schedule is known."""
        key = self.by_group.get(group or "", self.default)
        hours = self.by_key.get(key or "")
        if not hours:
            return None
        first, last = begin.date() - 2 * DAY, end.date() + 2 * DAY
        spans = union(span for entry in hours for span in entry.intervals(first, last))
        total = sum((overlap(span, (begin, end)) for span in spans), timedelta())
        return total / timedelta(minutes=1)


def union(spans: Iterable[Interval]) -> list[Interval]:
    """Merge overlapping intervals, so that no minute counts twice."""
    merged: list[Interval] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def overlap(one: Interval, other: Interval) -> timedelta:
    """The time that two intervals share."""
    return max(min(one[1], other[1]) - max(one[0], other[0]), timedelta())


def read_schedules(content: Mapping[str, Any]) -> Schedules:
    """Read the parsed schedules.yml."""
    by_key: dict[str, list[Hours]] = {}
    for entry in content.get("schedules") or []:
        by_key.setdefault(entry["key"], []).append(_read_hours(entry))
    return Schedules(
        by_key={key: tuple(entries) for key, entries in by_key.items()},
        by_group=dict(content.get("groups") or {}),
        default=content.get("default"),
    )


def _read_hours(entry: Mapping[str, Any]) -> Hours:
    by_weekday = {
        WEEKDAYS.index(name): tuple(_clock_pair(text) for text in ([texts] if isinstance(texts, str) else texts))
        for name, texts in entry["hours"].items()
    }
    return Hours(
        zone=ZoneInfo(entry["time_zone"]),
        by_weekday=by_weekday,
        holidays=frozenset(_as_date(day) for day in entry.get("holidays") or []),
        valid_from=_as_date(entry.get("valid_from") or date.min + 9 * DAY),
        valid_to=_as_date(entry.get("valid_to") or date.max - 9 * DAY),
    )


def _clock_pair(text: str) -> tuple[str, str]:
    opens, closes = text.replace(" ", "").split("-")
    return opens.zfill(5), closes.zfill(5)


def _as_date(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
