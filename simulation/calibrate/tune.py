"""Work that no log shows: minutes after each visit, so that queues are as long in a run as they were.

The last weeks are run again with the tickets that came, their first steps, priorities and instants; only what the
people do is drawn. A queue whose visits wait shorter in the run than they did gets minutes after work, by bisection.

What was seen is luck too: some weeks' waits are not those of others. So it is done several times, each with weeks drawn
anew to be met and a seed of its own, and the middle of what they find is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

import numpy as np

from simulation.calibrate.chain import Bools, Columns
from simulation.calibrate.observed import Observed
from simulation.clock import DAY, clock
from simulation.compile import network
from simulation.engine import run
from simulation.network import Run, Tickets
from simulation.parameters import Floats, Ints, Parameters, StepKind, queue_by_step
from simulation.roster import Intervals, worked

WEEKS = 8
_WEEK = 7 * 1440
_SETTLE = _WEEK  # what is entered in the first week of a run is not judged
_ROUNDS = 6
_SEEDS = range(1, 9)
_FEW = 30
_MOST = 12.0
_LUCK = 0.95
_GIVEN_UP = -2


@dataclass(frozen=True)
class Replay:
    """The tickets and people of the last weeks as they came, and how long visits waited; minutes from `-span`."""

    tickets: Tickets
    shifts: Intervals
    span: int
    total: Floats  # [weeks, P] minutes that visits waited in the queue, by the week in which they joined it
    visits: Ints  # [weeks, P]

    @property
    def observed(self) -> Floats:
        """[P] mean wait of visits in the queue, NaN where nobody waited in it."""
        return _mean(self.total, self.visits)

    def drawn(self, seed: int) -> Floats:
        """The same of as many weeks drawn anew."""
        dice = np.random.Generator(np.random.Philox(key=[seed, len(self.visits)]))
        weeks = dice.integers(0, len(self.visits), len(self.visits))
        return _mean(self.total[weeks], self.visits[weeks])


def replay(observed: Observed, visits: Columns, stream: Ints, priority: Ints, created: Floats, pool: Ints) -> Replay:
    """What came in the last eight weeks, or in half of a shorter log; `stream`, `priority`, `created` by ticket."""
    span = int(min(WEEKS * _WEEK, -created.min() / 2)) if len(created) else 0
    rows = _rows(visits, float(span))
    ticket = visits.ticket[rows]
    new = created[ticket] > -span
    arrived = created[ticket] + span
    entered = np.where(new, arrived, np.clip(visits.entered[rows] + span, arrived, 0.0))
    own = np.where(new, -1, np.where(visits.agent[rows] >= 0, visits.agent[rows], visits.own[rows]))
    order = np.lexsort((ticket, arrived))
    came = Tickets(
        key=visits.keys[ticket[order]].astype(np.uint64),
        stream=stream[ticket[order]].astype(np.int32),
        state=observed.chain.state[rows[order]].astype(np.int32),
        arrived=arrived[order],
        entered=entered[order],
        priority=priority[ticket[order]].astype(np.int8),
        agent=own[order].astype(np.int32),
        in_work=np.zeros(len(order), np.bool_),
    )
    total, n = _waited(visits.entered + span, visits.started + span, pool, visits.is_work & ~visits.is_given_up,
                           float(span), len(observed.pools.names))  # fmt: skip
    return Replay(came, as_worked(observed, span), span, total, n)


def as_worked(observed: Observed, span: int) -> Intervals:
    """Shifts of the last `span` minutes as they were: longer in some weeks, and not on the days of who was away."""
    days, staff = observed.shift_days, observed.staff
    rows = np.flatnonzero(days.day % 7 == staff.shift_weekday[days.shift])
    midnight = days.day[rows] * float(DAY)
    wall = clock(observed.zone, observed.start - timedelta(minutes=span), span)
    begins, ends = wall.instant(midnight + days.start[rows]), wall.instant(midnight + days.end[rows])
    inside = (ends > 0) & (begins < span)
    return Intervals(staff.shift_agent[days.shift[rows]][inside], begins[inside], np.minimum(ends[inside], span))


def _rows(visits: Columns, span: float) -> Ints:
    """Of each ticket the visit that it was in when the weeks began, or its first if it came later."""
    ends = np.where(np.isnan(visits.left), np.inf, visits.left)
    open_then = (visits.entered <= -span) & (ends > -span) & ~(visits.is_resolved & np.isinf(ends))
    comes = visits.is_opening & (visits.entered > -span)
    return np.flatnonzero(open_then | comes).astype(np.int32)


def _waited(entered: Floats, started: Floats, pool: Ints, here: Bools, span: float, size: int) -> tuple[Floats, Ints]:
    """Minutes from joining to beginning, and visits, by week and queue; a wait that goes on counts until the end."""
    weeks = max(int(np.ceil((span - _SETTLE) / _WEEK)), 1)
    judged = here & (entered >= _SETTLE) & (entered < span)
    waits = np.maximum(np.where(np.isnan(started), span, np.minimum(started, span)) - entered, 0.0)[judged]
    cell = ((entered[judged] - _SETTLE) // _WEEK).astype(np.int64) * size + pool[judged]
    total: Floats = np.bincount(cell, waits, weeks * size).astype(np.float64).reshape(weeks, size)
    return total, np.bincount(cell, minlength=weeks * size).reshape(weeks, size).astype(np.int32)


def _mean(total: Floats, visits: Ints) -> Floats:
    n = visits.sum(axis=0)
    mean: Floats = np.where(n > 0, total.sum(axis=0) / np.maximum(n, 1), np.nan)
    return mean


def simulated_waits(parameters: Parameters, was: Replay) -> Floats:
    """Mean wait by queue of the same tickets, mean over runs."""
    found: Floats = np.mean([_waits(parameters, was, seed) for seed in _SEEDS], axis=0)
    return found


def _waits(parameters: Parameters, was: Replay, seed: int) -> Floats:
    names = parameters.pools.names
    kind = np.array([step.kind for step in parameters.steps])[parameters.routes.step]
    pool = queue_by_step(parameters.steps, names)[parameters.routes.step]
    ran = replayed(parameters, was, seed).records
    work = (kind[ran.state] == StepKind.WORK) & (ran.edge != _GIVEN_UP)
    return _mean(*_waited(ran.entered, ran.started, pool[ran.state], work, float(was.span), len(names)))


def replayed(parameters: Parameters, was: Replay, seed: int) -> Run:
    """A run of the weeks with the tickets that came."""
    then = replace(
        parameters,
        start=parameters.start - timedelta(minutes=was.span),
        arrivals=replace(parameters.arrivals, repeat=np.zeros_like(parameters.arrivals.repeat)),
    )
    net = replace(network(then, was.span, seed), duty=worked(parameters.staff, was.shifts))
    return run(net, was.tickets, float(was.span), seed)


def after_work(parameters: Parameters, was: Replay) -> Floats:
    """Minutes after each visit by queue [P]: 0 where visits wait about as long in the run without them."""
    if not was.span:
        return np.zeros(len(parameters.pools.names))
    found: Floats = np.median([_sought(_Runs(parameters, was, seed)) for seed in _SEEDS], axis=0)
    return found


@dataclass(frozen=True)
class _Runs:
    """Runs of one seed, by the minutes after work."""

    parameters: Parameters
    was: Replay
    seed: int

    def waits(self, minutes: Floats) -> Floats:
        """Mean wait by queue, 0 where nobody waited."""
        pools = replace(self.parameters.pools, after_work=minutes)
        return np.nan_to_num(_waits(replace(self.parameters, pools=pools), self.was, self.seed))

    def off(self, minutes: Floats) -> float:
        """Minutes by which the waits of all visits differ, queue by queue."""
        return float((np.abs(self.waits(minutes) - self.wanted) * self.was.visits.sum(axis=0)).sum())

    @cached_property
    def wanted(self) -> Floats:
        """Mean wait by queue that runs are to come to."""
        return np.nan_to_num(self.was.drawn(self.seed))


def _sought(runs: _Runs) -> Floats:
    """Queues share people, so all are sought at once. Minutes that make the waits of all queues together fit no better
    are left out: a queue that waits for a shift to begin hardly answers to them, while others do.
    """
    size, wanted = len(runs.wanted), runs.wanted
    sought = (runs.waits(np.zeros(size)) < _LUCK * wanted) & (runs.was.visits.sum(axis=0) >= _FEW)
    low, high = np.zeros(size), np.full(size, _MOST)
    for _ in range(_ROUNDS if sought.any() else 0):
        minutes = np.where(sought, (low + high) / 2, 0.0)
        short = runs.waits(minutes) < wanted
        low, high = np.where(short, minutes, low), np.where(short, high, minutes)
    return _without_useless(runs, np.where(sought, low, 0.0))


def _without_useless(runs: _Runs, minutes: Floats) -> Floats:
    """Each queue's minutes are kept only if the waits of all visits are nearer to what they were with them."""
    off = runs.off(minutes)
    for queue in np.flatnonzero(minutes):
        without = minutes.copy()
        without[queue] = 0.0
        if (left := runs.off(without)) <= off:
            minutes, off = without, left
    return minutes
