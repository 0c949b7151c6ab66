"""What work costs: marts estimate its minutes from gaps between acts, which is not how long it keeps an agent busy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from simulation.calibrate.chain import Bools, Chain, Columns
from simulation.parameters import IDLE, Distributions, Floats, Parameters, Shape, Step

_FEW = 30.0
_SURE = 3.0  # standard errors from none: there are many steps


@dataclass(frozen=True)
class _Seen:
    """Of visits by step [X]: minutes that they ran, minutes that they were charged and the squares of these, how many
    there were.
    """

    ran: Floats
    charged: Floats
    squares: Floats
    n: Floats

    def where(self, chosen: Bools, others: _Seen) -> _Seen:
        """These steps' own figures where chosen, else others'."""
        return _Seen(*(np.where(chosen, getattr(self, one.name), getattr(others, one.name)) for one in fields(self)))

    @property
    def chance(self) -> Floats:
        """Variance of the mean charge of a visit."""
        n = np.maximum(self.n, 2.0)
        result: Floats = np.maximum(self.squares / n - (self.charged / n) ** 2, 0.0) / (n - 1)
        return result


def billed(
    steps: tuple[Step, ...], visits: Columns, found: Chain, point: Parameters, handled: Mapping[str, float]
) -> tuple[Step, ...]:
    """Steps with the minutes that are charged for a minute of simulated work, and for a visit after idle time.

    As many as make the visits that were seen cost what they did. `handled`: minutes by workflow that cost was reckoned
    by; what of them is in no visit is shared out by the others. A step with few visits takes its workflow's. Idle time
    counts where it surely makes visits dearer: where they show no act when work is taken up, the gap is charged.
    """
    done = visits.is_work & ~visits.is_given_up & ~np.isnan(visits.left)
    speed = np.where(visits.agent >= 0, point.staff.speed[visits.agent], 1.0) if len(point.staff.speed) else 1.0
    work = means(point.distributions)[point.work.service[found.state]] * speed
    rested = _idle(visits, done) >= IDLE
    every, busy, after = (_seen(visits, work, rows, len(steps)) for rows in (done, done & ~rested, done & rested))
    dearer = (after.charged - busy.charged / np.maximum(busy.ran, 1e-9) * after.ran) / np.maximum(after.n, 1.0)
    apart = (busy.n >= _FEW) & (after.n >= _FEW) & (dearer > _SURE * np.sqrt(busy.chance + after.chance))
    base = busy.where(apart, every)
    told = list(steps)
    for place in np.flatnonzero(every.n).tolist():
        step, later = steps[place], after if apart[place] else None
        charge, more = _charges(place, steps, base, later, every, handled.get(step.workflow))
        told[place] = replace(step, billed=charge, billed_idle=more)
    return tuple(told)


def _seen(visits: Columns, work: Floats, rows: Bools, size: int) -> _Seen:
    step = visits.step[rows]
    columns = (work, visits.billed, visits.billed**2, np.ones(len(rows)))
    return _Seen(*(np.bincount(step, of[rows], size).astype(np.float64) for of in columns))


def _charges(
    place: int, steps: tuple[Step, ...], base: _Seen, after: _Seen | None, every: _Seen, handled: float | None
) -> tuple[float, float]:
    """`billed` and `billed_idle` of a step."""
    mine = np.array([step.workflow == steps[place].workflow for step in steps])
    usual = base.charged[mine].sum() / max(base.ran[mine].sum(), 1e-9)
    own, n = base.charged[place] / max(base.ran[place], 1e-9), base.n[place]
    factor = (own * n + usual * _FEW) / (n + _FEW)
    more = 0.0 if after is None else max(after.charged[place] - factor * after.ran[place], 0.0) / after.n[place]
    whole = every.charged[mine].sum()
    rest = handled / whole if handled and whole > 0 else 1.0
    return float(factor * rest), float(more * rest)


def _idle(visits: Columns, done: Bools) -> Floats:
    """Minutes from when an agent last ended a visit to when it began this one [V]; 0 where nobody knows."""
    rows = np.flatnonzero(done & (visits.agent >= 0))
    rows = rows[np.lexsort((visits.left[rows], visits.agent[rows]))]
    result = np.zeros(len(done))
    follows = visits.agent[rows[1:]] == visits.agent[rows[:-1]]
    gap = visits.started[rows[1:]] - visits.left[rows[:-1]]
    result[rows[1:]] = np.where(follows, np.nan_to_num(np.maximum(gap, 0.0)), 0.0)
    return result


def means(times: Distributions) -> Floats:
    """[D] mean of each distribution."""
    found = np.where(times.shape == Shape.LOG_NORMAL, np.exp(np.minimum(times.a + times.b**2 / 2, 50.0)), times.a)
    for place in np.flatnonzero(np.isin(times.shape, (Shape.EMPIRICAL, Shape.STEPS))):
        values = times.values[times.value_start[place] : times.value_start[place + 1]]
        between = times.shape[place] == Shape.EMPIRICAL and len(values) > 1
        found[place] = np.trapezoid(values) / (len(values) - 1) if between else values.mean()
    return found
