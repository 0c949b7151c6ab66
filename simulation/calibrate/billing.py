"""What work costs: marts estimate its minutes from gaps between acts, which is not how long it keeps an agent busy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from simulation.calibrate.chain import Chain, Columns
from simulation.parameters import Distributions, Floats, Parameters, Shape, Step

_FEW = 30.0


def billed(
    steps: tuple[Step, ...], visits: Columns, found: Chain, point: Parameters, handled: Mapping[str, float]
) -> tuple[Step, ...]:
    """Steps with the minutes that are charged for a minute of simulated work.

    As many as make the visits that were seen cost what they did. `handled`: minutes by workflow that cost was reckoned
    by; what of them is in no visit is shared out by the others. A step with few visits takes its workflow's.
    """
    size = len(steps)
    done = visits.is_work & ~visits.is_given_up & ~np.isnan(visits.left)
    speed = np.where(visits.agent >= 0, point.staff.speed[visits.agent], 1.0) if len(point.staff.speed) else 1.0
    work = means(point.distributions)[point.work.service[found.state]] * speed
    ran = np.bincount(visits.step[done], work[done], size).astype(np.float64)
    charged = np.bincount(visits.step[done], visits.billed[done], size).astype(np.float64)
    n = np.bincount(visits.step[done], minlength=size).astype(np.float64)
    return tuple(
        replace(step, billed=_factor(place, steps, (ran, charged, n), handled.get(step.workflow))) if n[place] else step
        for place, step in enumerate(steps)
    )


def _factor(place: int, steps: tuple[Step, ...], seen: tuple[Floats, Floats, Floats], handled: float | None) -> float:
    ran, charged, n = seen
    mine = np.array([step.workflow == steps[place].workflow for step in steps])
    usual = charged[mine].sum() / max(ran[mine].sum(), 1e-9)
    own = charged[place] / max(ran[place], 1e-9)
    rest = handled / charged[mine].sum() if handled and charged[mine].sum() > 0 else 1.0
    return float((own * n[place] + usual * _FEW) / (n[place] + _FEW) * rest)


def means(times: Distributions) -> Floats:
    """[D] mean of each distribution."""
    found = np.where(times.shape == Shape.LOG_NORMAL, np.exp(np.minimum(times.a + times.b**2 / 2, 50.0)), times.a)
    for place in np.flatnonzero(np.isin(times.shape, (Shape.EMPIRICAL, Shape.STEPS))):
        values = times.values[times.value_start[place] : times.value_start[place + 1]]
        between = times.shape[place] == Shape.EMPIRICAL and len(values) > 1
        found[place] = np.trapezoid(values) / (len(values) - 1) if between else values.mean()
    return found
