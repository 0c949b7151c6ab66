"""When people work: usual shifts, and those of each day that they rest on.

Hours go with the season: the longest day of eight weeks is no usual one. So beginnings and ends are read week by week,
and the usual shift is their mean. Days drawn anew give another mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from simulation.calibrate.chain import Columns
from simulation.clock import day_number
from simulation.parameters import Floats, Ints

SHIFT_DAYS = 56
_EPOCH = date(1970, 1, 1)
_DAY = 1440
_OFTEN = 3  # days a week that show when they end
_EARLY, _LATE = 0.25, 0.9
_ALIKE = 45.0
_IDLE, _LITTLE = 60.0, 0.2  # minutes, and part of the day, by which its ends differ when they say little
_TELLING = 1.2
_SHORTEST = 15.0
_CRISP = 15.0
_KEEPS = 60.0
_ENOUGH_DAYS = 20
_OVERTIME = 10.0


@dataclass(frozen=True)
class Days:
    """Shifts as they were, one row per usual shift and day that it rests on: [N]."""

    shift: Ints  # row of the usual shift
    day: Ints  # local, as clock.day_number
    start: Floats  # minutes after local midnight
    end: Floats


@dataclass(frozen=True)
class Shifts:
    """Usual shifts, one row each."""

    agent: Ints
    weekday: Ints
    start: Floats  # minutes after local midnight
    end: Floats
    attendance: Floats
    works_holidays: Ints  # [A] 0 or 1
    days: Days


def hours(days: Days, weights: Floats, size: int) -> tuple[Floats, Floats]:
    """Beginnings and ends of the `size` usual shifts, each of `days` counting as often as its weight says."""
    total = np.bincount(days.shift, weights, size)
    start = np.bincount(days.shift, weights * days.start, size) / total
    end = np.bincount(days.shift, weights * days.end, size) / total
    return np.clip(start, 0.0, float(_DAY)), np.minimum(end, 2.0 * _DAY)


def shifts(visits: Columns, instants: tuple[Floats, Floats], holidays: set[date], last: date) -> Shifts:
    """Usual shifts of the last weeks. `instants`: local minutes since 1970-01-01 at which work began and ended, [V].

    An agent's day runs from the middle of the hours of the day in which he is never seen. A shift begins by when
    a quarter of a week's first acts have come, and ends when nine in ten of the last ones have. Where all together
    begin and end at the same minute day by day, those whose days are about as long keep the opening hours.
    """
    rows: list[_Row] = []
    size = len(visits.agents)
    possible = _possible(instants[0], holidays, last)
    works = np.zeros(size, np.int32)
    known = visits.is_work & (visits.agent >= 0) & ~np.isnan(visits.started) & ~np.isnan(visits.left)
    opening = _opening(instants[0][known], instants[1][known], last)
    for agent in range(size):
        mine = known & (visits.agent == agent)
        if mine.any():
            table = acting_days(instants[0][mine], instants[1][mine], math.inf if visits.is_log.any() else _OVERTIME)
            works[agent] = _on_holidays(table, holidays)
            rows += [replace(_kept(row, opening), agent=agent) for row in _usual(table, possible)]
    days = Days(
        np.repeat(np.arange(len(rows), dtype=np.int32), [len(row.day) for row in rows]),
        np.concatenate([np.empty(0, np.int32), *(row.day for row in rows)]).astype(np.int32) + day_number(_EPOCH),
        np.concatenate([np.empty(0), *(row.start for row in rows)]),
        np.concatenate([np.empty(0), *(row.end for row in rows)]),
    )
    start, end = hours(days, np.ones(len(days.day)), len(rows))
    agents, weekdays = (np.array([getattr(row, name) for row in rows], np.int32) for name in ("agent", "weekday"))
    return Shifts(agents, weekdays, start, end, np.array([row.attendance for row in rows]), works, days)


@dataclass(frozen=True)
class _Row:
    """A usual shift with the days that it rests on."""

    weekday: int
    day: Ints
    start: Floats
    end: Floats
    attendance: float
    agent: int = -1


def _opening(began: Floats, ended: Floats, last: date) -> tuple[float, float] | None:
    """The minutes after midnight at which all together begin and end, if half of the days do so within a few minutes.

    The more work there is, the sharper they show; one person's days show them late and early.
    """
    if not len(began):
        return None
    recent = acting_days(began, ended).filter(pl.col("date") > last - timedelta(days=SHIFT_DAYS))
    first, late = recent["first"], recent.select(pl.max_horizontal("latest", "ended")).to_series()
    spread = [float(each.quantile(0.75) or 0.0) - float(each.quantile(0.25) or 0.0) for each in (first, late)]
    if recent.height < _ENOUGH_DAYS or max(spread) > _CRISP:
        return None
    return float(first.quantile(0.5) or 0.0), float(late.quantile(_LATE) or 0.0)


def _kept(row: _Row, opening: tuple[float, float] | None) -> _Row:
    """A shift, or the opening hours if it begins and ends near them."""
    if opening is None or max(abs(row.start.mean() - opening[0]), abs(row.end.mean() - opening[1])) > _KEEPS:
        return row
    return replace(row, start=np.full(len(row.day), opening[0]), end=np.full(len(row.day), opening[1]))


def acting_days(began: Floats, ended: Floats, overtime: float = math.inf) -> pl.DataFrame:
    """First act, last beginning and latest act of each day with any, in minutes after its local midnight.

    `day`: since 1970-01-01. The latest act is the middle of the last work, which a shift's end seldom meets at its end,
    but not more than `overtime` after its beginning: long work is finished after the shift.
    """
    cut = _quiet(np.concatenate([began, ended]))
    acts = pl.concat([_by_day(began, cut, "began"), _by_day(ended, cut, "ended")], how="diagonal")
    # A day may show nothing but the end of what was begun the day before, or a beginning whose end is tomorrow's.
    latest = pl.col("began").max()
    return (
        acts.group_by("day")
        .agg(
            pl.min_horizontal(pl.col("began").min(), pl.col("ended").min()).alias("first"),
            pl.coalesce(latest, pl.col("ended").max()).alias("latest"),
            pl.max_horizontal(latest, pl.col("ended").max()).alias("ended"),
            pl.col("began").count().alias("acts"),
        )
        .sort("day")
        .with_columns(late=pl.min_horizontal((pl.col("latest") + pl.col("ended")) / 2, pl.col("latest") + overtime))
        .with_columns(date=pl.lit(_EPOCH) + pl.duration(days=pl.col("day").cast(pl.Int64)))
    )


def _by_day(instants: Floats, cut: float, name: str) -> pl.DataFrame:
    day = np.floor((instants - cut) / _DAY)
    return pl.DataFrame({"day": day, name: instants - day * _DAY})


def _quiet(instants: Floats) -> float:
    """The middle of the longest stretch of the clock without any act, in minutes after midnight."""
    clock = np.unique(np.round(instants % _DAY))
    gaps = np.diff(np.append(clock, clock[0] + _DAY))
    place = int(gaps.argmax())
    middle = float((clock[place] + gaps[place] / 2) % _DAY)
    return middle if middle < _DAY / 2 else middle - _DAY


def _usual(table: pl.DataFrame, possible: list[date]) -> list[_Row]:
    """A row per weekday; weekdays whose days begin alike share beginnings and ends.

    Where nobody waits at its ends, a shift shows late and is last seen early: so the earlier first acts and the later
    last ones count.
    """
    recent = table.filter(pl.col("date").is_in(possible)).with_columns(
        weekday=pl.col("date").dt.weekday().cast(pl.Int32) - 1
    )
    median = dict(recent.group_by("weekday").agg(pl.col("first").median()).iter_rows())
    off = (recent["first"] - recent["weekday"].replace_strict(median, return_dtype=pl.Float64)).abs()
    near = max(_ALIKE, 2 * float(off.quantile(_LATE) or 0.0)) if recent.height else _ALIKE
    rows = []
    for weekday in sorted(median):
        alike = [other for other in median if abs(median[other] - median[weekday]) <= near]
        days = recent.filter(pl.col("weekday").is_in(alike))
        start = _edges(days, "first", _EARLY, 0.0)
        end = np.maximum(_edges(days, "late", _LATE, 1.0), start + _SHORTEST)
        seen = int((recent["weekday"] == weekday).sum())
        share = _attendance(seen, sum(day.weekday() == weekday for day in possible), _shown(days["acts"]))
        later = int(start.mean() // _DAY)
        start, end = start - later * _DAY, np.minimum(end - later * _DAY, 2.0 * _DAY)
        number = days["day"].to_numpy().astype(np.int32)
        rows.append(_Row((weekday + later) % 7, number + later, start, end, share))
    return rows


def _edges(days: pl.DataFrame, acts: str, share: float, extreme: float) -> Floats:
    """By day when shifts of its week begin or end: at this share of the days' `acts`, for days end in idle hours.

    The idler the days, the less each says: then the earliest or latest of the week (`extreme`, a share) stands, and of
    all weeks for a night watch, or for who comes once a week and leaves when all is done.
    """
    values = days[acts].to_numpy()
    week = (days["day"].to_numpy() + 3) // 7  # 1970-01-01 was a Thursday
    weeks = np.split(values, np.flatnonzero(np.diff(week)) + 1)
    spread = np.mean([np.subtract(*np.quantile(one, (0.75, 0.25))) for one in weeks])
    if spread > _IDLE or len(values) < _OFTEN * len(weeks):
        return np.full(len(values), np.quantile(values, extreme))
    if spread > _LITTLE * (days["late"] - days["first"]).mean():  # type: ignore[operator]
        share = extreme
    return np.concatenate([np.full(len(one), np.quantile(one, share)) for one in weeks])


def _attendance(seen: int, possible: int, shown: float) -> float:
    """The share of days at work; 1 where days without any visit may well be days at work that show none."""
    luck = 2 * math.sqrt(possible * shown * (1 - shown))
    return 1.0 if seen >= possible * shown - luck else seen / possible / shown


def _possible(began: Floats, holidays: set[date], last: date) -> list[date]:
    """The last weeks' days but holidays, none before anything was begun."""
    if np.isnan(began).all():
        return []
    first = max(_EPOCH + timedelta(days=int(np.nanmin(began) // _DAY)), last - timedelta(days=SHIFT_DAYS - 1))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day not in holidays]


def _shown(acts: pl.Series) -> float:
    """The chance that a day at work shows: visits that come by chance leave some days without any.

    Solves the mean of the days with visits, m = x / (1 - exp(-x)), for x (a Poisson count without its zeros). Where
    hardly a day has two, it cannot be told who had nothing to do from who was not there: then every day shows.
    """
    mean = float(acts.mean() or 1.0)  # type: ignore[arg-type]
    if mean < _TELLING:
        return 1.0
    rate = mean
    for _ in range(50):
        rate = mean * (1 - math.exp(-rate))
    return 1 - math.exp(-rate)


def _on_holidays(table: pl.DataFrame, holidays: set[date]) -> int:
    """Whether the agent was seen on at least half as many holidays as on other days."""
    dates: list[date] = table["date"].to_list()
    span = [day for day in holidays if min(dates) <= day <= max(dates)]
    days = (max(dates) - min(dates)).days + 1
    seen = sum(day in holidays for day in dates)
    usual = (table.height - seen) / max(days - len(span), 1)
    return int(bool(span) and seen >= 0.5 * usual * len(span))
