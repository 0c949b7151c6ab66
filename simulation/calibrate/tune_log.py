"""Waits that no agent causes, so that a run waits as long as the log did.

A log shows whole waits only. What of them was the queue and the night is not known apart; but runs add queue and night
of their own. So the waits are taken as they were first, a run is compared with the log, and what it waits too long is
taken off, quantile by quantile, until the two agree. Nothing is added. Where no wait is left to take from, work that
ran beside other work keeps its people busy for half as long.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulation.calibrate.chain import Columns
from simulation.calibrate.fit import fit
from simulation.calibrate.observed import Observed
from simulation.calibrate.pauses import in_turn
from simulation.parameters import Floats, Ints, queue_by_step
from simulation.runs import one_run

_ROUNDS = 6
_STEP = 0.7
_SHARES = np.linspace(0, 1, 257)
_WEEK = 10_080
_WEEKS = 26
_ENOUGH = 30
_SEED = 1


def tuned_log(observed: Observed, visits: Columns, since: float) -> Observed:
    """The same with waits before the queue and minutes after work that make a run's waits those of the log.

    `since`: minutes (negative) from which on the log counts.
    """
    kinds = np.unique(observed.work.before)
    amounts, minutes = observed.amounts, observed.pools.after_work
    if kinds.max(initial=-1) < 0 and not minutes.any():
        return observed
    bounds = [(amounts.start[kind], amounts.start[kind + 1]) if kind >= 0 else (0, 0) for kind in kinds]
    first = [_quantiles(amounts.value[low:high]) for low, high in bounds]
    before = list(first)
    wait, kind, pool = _seen(observed, visits, since)
    target = [_quantiles(wait[kind == each]) for each in kinds]
    most = _means(wait, np.where(kind < 0, pool, -1), len(minutes))
    found = observed
    for number in range(_ROUNDS):
        wait, kind, pool = _ran(found, _SEED + number)
        for place, each in enumerate(kinds):
            if (kind == each).sum() >= _ENOUGH:
                over = _quantiles(wait[kind == each]) - target[place]
                taken = np.clip(before[place] - _STEP * over, 0.0, first[place])
                before[place] = np.maximum.accumulate(taken)
        minutes = np.where(_means(wait, np.where(kind < 0, pool, -1), len(minutes)) > most, minutes / 2, minutes)
        value = amounts.value.copy()
        for place, (low, high) in enumerate(bounds):
            value[low:high] = np.interp(np.linspace(0, 1, high - low), _SHARES, before[place])
        found = replace(
            observed, amounts=replace(amounts, value=value), pools=replace(observed.pools, after_work=minutes)
        )
    return found


def _quantiles(values: Floats) -> Floats:
    return np.quantile(values, _SHARES) if len(values) else np.zeros(len(_SHARES))


def _seen(observed: Observed, visits: Columns, since: float) -> tuple[Floats, Ints, Ints]:
    """The whole waits in the log, the kind of wait before each, and its queue."""
    entered, started = in_turn(visits)
    wait = np.maximum(started - entered, 0.0)
    kept = visits.is_log & visits.is_work & ~np.isnan(wait) & (visits.entered >= since)
    state = observed.chain.state[kept]
    return wait[kept], observed.work.before[state], _pool(observed)[state]


def _ran(observed: Observed, seed: int) -> tuple[Floats, Ints, Ints]:
    """The same in a run, of tickets that came in its first half: the others' are cut short."""
    minutes = 2 * _WEEK * min(_WEEKS, max(len(observed.days) // 7, 1))
    _, came, run = one_run(fit(observed), minutes, seed)
    rows = run.records
    first = np.flatnonzero((came.arrived > 0) & (came.arrived < minutes / 2))
    wait, pool = rows.started - rows.entered, _pool(observed)[rows.state]
    kept = np.isin(rows.ticket, first) & ~np.isnan(wait) & (pool >= 0)
    return wait[kept], observed.work.before[rows.state[kept]], pool[kept]


def _pool(observed: Observed) -> Ints:
    """The queue of each state, -1 none."""
    result: Ints = queue_by_step(observed.steps, observed.pools.names)[observed.routes.step]
    return result


def _means(wait: Floats, pool: Ints, size: int) -> Floats:
    """Mean wait by queue, 0 where there is none."""
    here = pool >= 0
    n = np.maximum(np.bincount(pool[here], minlength=size), 1)
    result: Floats = np.bincount(pool[here], wait[here], size) / n
    return result
