"""Who works on what and how fast: skills in tiers, pace."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from simulation.calibrate.chain import Columns
from simulation.parameters import AT_ONCE, Floats, Ints

_HELP_SHARE = 0.005
LEAST_HELP = 5
_OWN_WAITS = 0.3
_PACE_PRIOR = 20.0


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
    least = max(LEAST_HELP, _HELP_SHARE * counts.sum())
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


def zone_minutes(instants: pl.Series, zone: str) -> Floats:
    """Naive UTC instants as local minutes since 1970-01-01 00:00."""
    ZoneInfo(zone)
    local = instants.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
    minutes = local.dt.epoch("us").cast(pl.Float64) / 6e7
    return minutes.fill_null(float("nan")).to_numpy()
