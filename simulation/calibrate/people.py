"""Who works, when and on what: usual shifts, skills in tiers, pace, wages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from simulation.calibrate.chain import Columns
from simulation.parameters import AT_ONCE, Floats, Ints

SHIFT_DAYS = 56
_DAY = 1440
_HELP_SHARE = 0.005
_LEAST_HELP = 5
_OWN_WAITS = 0.3
_PACE_PRIOR = 20.0
_EARLY, _LATE = 0.25, 0.9
_ALIKE = 45.0
_IDLE = 60.0
_TELLING = 1.2
_SHORTEST = 15.0
_CRISP = 15.0
_KEEPS = 60.0
_ENOUGH_DAYS = 20
_OVERTIME = 10.0


@dataclass(frozen=True)
class Shifts:
    """Usual shifts, one row each."""

    agent: Ints
    weekday: Ints
    start: Floats  # minutes after local midnight
    end: Floats
    attendance: Floats
    works_holidays: Ints  # [A] 0 or 1


def pace(visits: Columns) -> Floats:
    """Each agent's factor on minutes of work against all who do the same step, drawn to 1 where seldom seen; [A].

    The mean difference of logarithms from the step's mean, with 20 visits at 1 added.
    """
    size = len(visits.agents)
    known = visits.is_work & (visits.agent >= 0) & (visits.work > 0)
    agent, step, logs = visits.agent[known], visits.step[known], np.log(visits.work[known])
    effect = np.zeros(size)
    steps = len(visits.steps)
    for _ in range(10):
        base = np.bincount(step, logs - effect[agent], steps) / np.maximum(np.bincount(step, minlength=steps), 1)
        total = np.bincount(agent, logs - base[step], size)
        effect = total / (np.bincount(agent, minlength=size) + _PACE_PRIOR)
    result: Floats = np.exp(effect)
    return result


def skills(visits: Columns, pool: Ints, groups: list[str | None], pools: tuple[str, ...], since: float) -> list[
    list[tuple[int, int]]
]:  # fmt: skip
    """For each agent (pool, tier), by tier: 0 what it takes first, then where it helps, in the order it does so.

    A pool is help if the agent's own queue was mostly empty when work of it was begun; the order of two helped pools
    is how often the one was taken while the other waited too.
    """
    recent = visits.is_work & (visits.agent >= 0) & (visits.entered >= since) & (visits.own != visits.agent)
    waits = _queues(visits, pool, len(pools))
    at_once = frozenset(number for number, name in enumerate(pools) if name.endswith(AT_ONCE))
    found = []
    for agent in range(len(visits.agents)):
        rows = np.flatnonzero(recent & (visits.agent == agent) & ~np.isnan(visits.started)).astype(np.int32)
        counts = np.bincount(pool[rows], minlength=len(pools)).astype(np.int32)
        found.append(_tiers(rows, counts, _own(counts, groups[agent], pools), pool, waits, visits.started, at_once))
    return found


def _own(counts: Ints, group: str | None, pools: tuple[str, ...]) -> int:
    """The agent's own queue: its group's, if it works there; else where it works most."""
    if group in pools and counts[pools.index(group)] > 0:
        return pools.index(group)
    return int(counts.argmax())


def _queues(visits: Columns, pool: Ints, size: int) -> list[tuple[Floats, Floats]]:
    """By pool when visits joined and were begun, each sorted: how many wait is the difference of their counts."""
    queues = []
    for number in range(size):
        here = (pool == number) & visits.is_work & ~np.isnan(visits.started) & (visits.own != visits.agent)
        queues.append((np.sort(visits.entered[here]), np.sort(visits.started[here])))
    return queues


def _waiting(queue: tuple[Floats, Floats], at: Floats) -> Ints:
    joined, begun = queue
    result: Ints = np.searchsorted(joined, at - 0.5) - np.searchsorted(begun, at + 0.5)
    return result


def _tiers(
    rows: Ints,
    counts: Ints,
    own: int,
    pool: Ints,
    waits: list[tuple[Floats, Floats]],
    started: Floats,
    at_once: frozenset[int],
) -> list[tuple[int, int]]:
    least = max(_LEAST_HELP, _HELP_SHARE * counts.sum())
    others = [number for number in np.flatnonzero(counts >= least) if number != own]
    if counts.sum() == 0:
        return []
    first, help_in = [(own, 0)], []
    for number in others:
        at = started[rows[pool[rows] == number]]
        if number in at_once or (_waiting(waits[own], at) > 0).mean() > _OWN_WAITS:
            first.append((int(number), 0))
        else:
            help_in.append(int(number))
    return first + [(number, tier) for tier, number in enumerate(_ordered(help_in, rows, pool, waits, started), 1)]


def _ordered(
    help_in: list[int], rows: Ints, pool: Ints, waits: list[tuple[Floats, Floats]], started: Floats
) -> list[int]:
    """Helped pools, the one first that is taken more often while the other waits."""

    def passed_over(one: int) -> float:
        at = started[rows[pool[rows] == one]]
        return float(sum((_waiting(waits[other], at) > 0).mean() for other in help_in if other != one))

    return sorted(help_in, key=lambda one: (-passed_over(one), one))


def shifts(visits: Columns, instants: tuple[Floats, Floats], holidays: set[date], last: date) -> Shifts:
    """Usual shifts of the last weeks. `instants`: local minutes since 1970-01-01 at which work began and ended, [V].

    An agent's day runs from the middle of the hours of the day in which he is never seen. A shift begins by when
    a quarter of the days' first acts have come, and ends when nine in ten of the last ones have. Where all together
    begin and end at the same minute day by day, those whose days are about as long keep the opening hours.
    """
    rows: list[tuple[int, int, float, float, float]] = []
    size = len(visits.agents)
    possible = _possible(instants[0], holidays, last)
    works = np.zeros(size, np.int32)
    known = visits.is_work & (visits.agent >= 0) & ~np.isnan(visits.started) & ~np.isnan(visits.left)
    hours = _opening(instants[0][known], instants[1][known], last)
    for agent in range(size):
        mine = known & (visits.agent == agent)
        if mine.any():
            table = acting_days(instants[0][mine], instants[1][mine], math.inf if visits.is_log.any() else _OVERTIME)
            works[agent] = _on_holidays(table, holidays)
            rows += [(agent, *_kept(row, hours)) for row in _usual(table, possible)]
    columns = np.array(rows, np.float64).reshape(-1, 5)
    return Shifts(
        columns[:, 0].astype(np.int32), columns[:, 1].astype(np.int32), columns[:, 2], columns[:, 3], columns[:, 4],
        works,
    )  # fmt: skip


Row = tuple[int, float, float, float]  # weekday, beginning, end, attendance


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


def _kept(row: Row, hours: tuple[float, float] | None) -> Row:
    """A shift, or the opening hours if it begins and ends near them."""
    weekday, start, end, attendance = row
    if hours is None or max(abs(start - hours[0]), abs(end - hours[1])) > _KEEPS:
        return row
    return weekday, *hours, attendance


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
        .with_columns(date=pl.lit(date(1970, 1, 1)) + pl.duration(days=pl.col("day").cast(pl.Int64)))
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


def _usual(table: pl.DataFrame, possible: list[date]) -> list[Row]:
    """Rows of weekday, beginning, end, attendance; weekdays whose days begin alike share beginning and end.

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
        start = _start(days["first"])
        end = max(_end(days["late"]), start + _SHORTEST)
        seen = int((recent["weekday"] == weekday).sum())
        share = _attendance(seen, sum(day.weekday() == weekday for day in possible), _shown(days["acts"]))
        later = int(start // _DAY)
        start, end = start - later * _DAY, min(end - later * _DAY, 2.0 * _DAY)
        rows.append(((weekday + later) % 7, start, end, share))
    return rows


def _attendance(seen: int, possible: int, shown: float) -> float:
    """The share of days at work; 1 where days without any visit may well be days at work that show none."""
    luck = 2 * math.sqrt(possible * shown * (1 - shown))
    return 1.0 if seen >= possible * shown - luck else seen / possible / shown


def _possible(began: Floats, holidays: set[date], last: date) -> list[date]:
    """The last weeks' days but holidays, none before anything was begun."""
    if np.isnan(began).all():
        return []
    first = max(date(1970, 1, 1) + timedelta(days=int(np.nanmin(began) // _DAY)), last - timedelta(days=SHIFT_DAYS - 1))
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


def _start(first: pl.Series) -> float:
    """When days begin: the early ones among first acts; the earliest where they say little."""
    quantiles = [float(first.quantile(share, "linear") or 0.0) for share in (0.0, _EARLY, 0.75)]
    return quantiles[0] if quantiles[2] - quantiles[1] > _IDLE else quantiles[1]


def _end(late: pl.Series) -> float:
    """When days end: the late ones among last acts; the latest where they say little, for days end in idle hours."""
    quantiles = [float(late.quantile(share, "linear") or 0.0) for share in (0.25, 0.75, _LATE, 1.0)]
    return quantiles[3] if quantiles[1] - quantiles[0] > _IDLE else quantiles[2]


def _on_holidays(table: pl.DataFrame, holidays: set[date]) -> int:
    """Whether the agent was seen on at least half as many holidays as on other days."""
    dates: list[date] = table["date"].to_list()
    span = [day for day in holidays if min(dates) <= day <= max(dates)]
    days = (max(dates) - min(dates)).days + 1
    seen = sum(day in holidays for day in dates)
    usual = (table.height - seen) / max(days - len(span), 1)
    return int(bool(span) and seen >= 0.5 * usual * len(span))


def zone_minutes(instants: pl.Series, zone: str) -> Floats:
    """Naive UTC instants as local minutes since 1970-01-01 00:00."""
    ZoneInfo(zone)
    local = instants.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
    minutes = local.dt.epoch("us").cast(pl.Float64) / 6e7
    return minutes.fill_null(float("nan")).to_numpy()
