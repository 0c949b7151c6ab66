"""Waits that no agent causes, so that a run waits as long as the log did.

A log shows whole waits only. What of them was the queue and the night is not known apart; but runs add queue and night
of their own. So the waits are taken whole first, a run is compared with them, and what it waits too long is taken off,
quantile by quantile, until the two agree.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulation.calibrate.fit import fit
from simulation.calibrate.observed import Observed
from simulation.parameters import Floats, Ints
from simulation.runs import one_run

_ROUNDS = 6
_STEP = 0.7
_SHARES = np.linspace(0, 1, 257)
_WEEK = 10_080
_WEEKS = 26
_ENOUGH = 30
_SEED = 1


def tuned_log(observed: Observed) -> Observed:
    """The same with the waits before the queue that make a run's waits those of the log."""
    kinds = np.unique(observed.work.before[observed.work.before >= 0])
    if not len(kinds):
        return observed
    amounts = observed.amounts
    bounds = [(amounts.start[kind], amounts.start[kind + 1]) for kind in kinds]
    known = [amounts.value[low:high] for low, high in bounds]
    target = [np.quantile(values, _SHARES) if len(values) else np.zeros(len(_SHARES)) for values in known]
    before = [values.copy() for values in target]
    found = observed
    for number in range(_ROUNDS):
        waits = _waits(found, kinds, _SEED + number)
        for place, values in enumerate(waits):
            if len(values) >= _ENOUGH:
                over = np.quantile(values, _SHARES) - target[place]
                before[place] = np.maximum.accumulate(np.maximum(before[place] - _STEP * over, 0.0))
        value = amounts.value.copy()
        for place, (low, high) in enumerate(bounds):
            if high > low:
                value[low:high] = np.interp(known[place], target[place], before[place])
        found = replace(observed, amounts=replace(amounts, value=value))
    return found


def _waits(observed: Observed, kinds: Ints, seed: int) -> list[Floats]:
    """The waits in a run by kind of wait, of tickets that came in its first half: the others' are cut short."""
    minutes = 2 * _WEEK * min(_WEEKS, max(len(observed.days) // 7, 1))
    _, came, run = one_run(fit(observed), minutes, seed)
    rows = run.records
    first = np.flatnonzero((came.arrived > 0) & (came.arrived < minutes / 2))
    wait = rows.started - rows.entered
    kept = np.isin(rows.ticket, first) & ~np.isnan(wait)
    kind = observed.work.before[rows.state]
    return [wait[kept & (kind == each)] for each in kinds]
