"""Dates, ages and counts in words, as the pages say them. Numbers in units are in analysis.wording."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl

STALE_AFTER = dt.timedelta(days=8)
MARKDOWN = frozenset("\\`*_[]<>$~:#|")


def iso_week(monday: dt.date) -> str:
    """The ISO name of the week that begins on `monday`: 2026-W46."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def week_in_words(monday: dt.date) -> str:
    """Week 46, 9–15 November 2026."""
    return f"Week {monday.isocalendar().week}, {span(monday)}"


def span(monday: dt.date) -> str:
    """The seven days that begin on `monday`: 9–15 November 2026, or 28 September – 4 October 2026."""
    sunday = monday + dt.timedelta(days=6)
    if monday.month == sunday.month:
        return f"{monday.day}–{sunday.day} {sunday:%B %Y}"
    year = f" {monday.year}" if monday.year != sunday.year else ""
    return f"{monday.day} {monday:%B}{year} – {sunday.day} {sunday:%B %Y}"


def short_day(day: dt.date) -> str:
    """9 Nov."""
    return f"{day.day} {day:%b}"


def local(moment: dt.datetime, zone: str) -> dt.datetime:
    """A stored UTC instant in the shop's time zone."""
    return moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone))


def monday_of(moment: dt.datetime, zone: str) -> dt.date:
    """The Monday of the week of a stored UTC instant in the shop's time zone."""
    day = local(moment, zone).date()
    return day - dt.timedelta(days=day.weekday())


def spoken_key(key: str) -> str:
    """A key of an export as words: native_messaging is Native messaging."""
    return key.replace("_", " ").capitalize()


def local_column(column: str, zone: str) -> pl.Expr:
    """A column of stored UTC instants in the shop's time zone, for a table."""
    there = pl.col(column).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    return there.dt.replace_time_zone(None, ambiguous="earliest")


def moment_in_words(moment: dt.datetime, zone: str) -> str:
    """22 November 2026, 23:40."""
    there = local(moment, zone)
    return f"{there.day} {there:%B %Y, %H:%M}"


def age_in_days(moment: dt.datetime, now: dt.datetime) -> int:
    """Whole days from a stored UTC instant to `now` (UTC, aware); never negative."""
    return max(0, (now - moment.replace(tzinfo=dt.UTC)).days)


def is_stale(moment: dt.datetime, now: dt.datetime) -> bool:
    """Whether the snapshot is so old that last week cannot be in it."""
    return now - moment.replace(tzinfo=dt.UTC) > STALE_AFTER


def counted(n: int, thing: str) -> str:
    """1 ticket, 1,204 tickets."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def plain(text: str) -> str:
    """Text that Markdown shows as it is: names of steps, groups and macros come from exports."""
    return "".join(f"\\{sign}" if sign in MARKDOWN else sign for sign in text)
