"""Who comes: the tickets open at the start and first contacts drawn hour by hour.

Counts and instants are keyed by stream, hour and place within the hour, so that two runs with one seed share their
tickets: half as many arrivals are a half of the same ones, and hours that a scenario leaves alone stay as they were.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from simulation.clock import DAY, WEEK, clock, day_number
from simulation.compiled import cached, inlined
from simulation.network import Keys, Tickets
from simulation.parameters import Backlog, Floats, Ints, Parameters
from simulation.random import Purpose, child, children, uniform, uniforms

FAR = 600.0
"""From this mean on a Poisson count is drawn in parts, since exp(-mean) runs out of digits."""

PARTS = 1024
"""So many parts at most have numbers of their own, hour by hour."""

_BACKLOG = 0xB0C  # stands for the stream, of tickets open at the start
_COUNT, _AT, _PRIORITY = int(Purpose.ARRIVALS), int(Purpose.INSTANT), int(Purpose.PRIORITY)


Hours: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Cells:
    """The local hours of a run, the first and the last cut to it; arrays [C]."""

    begins: Floats  # minutes of the run
    length: Floats  # minutes
    key: NDArray[np.int64]  # the hour's beginning in quarters of an hour, UTC, whenever a run starts
    hour: NDArray[np.int64]  # of the local week, Monday 00:00 first
    day: NDArray[np.int64]  # local day number


@dataclass(frozen=True)
class Luck:
    """Days differ by a gamma factor with mean 1 and the stream's dispersion as variance.

    A day is lucky for a whole workflow: its streams draw the same luck.
    """

    kind: NDArray[np.int64]  # [N] row of the factors
    place: NDArray[np.int64]  # [C] column of the factors
    spread: Floats  # [kinds] variance
    key: Keys  # [kinds, days]

    def factors(self, seed: int) -> Floats:
        """[kinds, days]."""
        factor = np.ones(self.key.shape)
        spread = self.spread > 0
        if spread.any():
            keys, shape = self.key[spread], 1 / self.spread[spread][:, None]
            drawn = uniforms(seed, keys.ravel(), 0, Purpose.DISPERSION).reshape(keys.shape)
            factor[spread] = gammaincinv(shape, drawn) / shape
        return factor


class _Counted(NamedTuple):
    """How many first contacts come in each hour."""

    drawn: Floats  # [C] random numbers of the stream at hand
    counts: Hours  # [N, C]


class _Made(NamedTuple):
    """First contacts."""

    stream: Ints
    key: Keys
    arrived: Floats
    priority: NDArray[np.int8]


@dataclass(frozen=True)
class Expected:
    """Who comes in a run, before it is drawn: the tickets open at the start, and first contacts by stream and hour."""

    known: Tickets
    state: Ints  # [N] first state of a stream
    flow: Ints  # [N] its workflow
    hours: Cells
    mean: Floats  # [N, C] first contacts, without the days' own luck
    upto: Floats  # [N, 4] shares of priorities, added up
    luck: Luck

    def tickets(self, seed: int) -> Tickets:
        """Those open at the start, then first contacts by the instant they come."""
        stream, key, arrived, priority = self._drawn(seed)
        order = np.argsort(arrived)
        if (np.diff(arrived[order]) == 0.0).any():
            order = np.lexsort((key, arrived))
        stream, arrived = stream[order], arrived[order]
        count = len(order)
        came: tuple[Any, ...] = (
            key[order], stream, self.state[stream], arrived, arrived, priority[order],
            np.full(count, -1, dtype=np.int32), np.zeros(count, dtype=np.bool_),
        )  # fmt: skip
        known: list[Any] = [getattr(self.known, field.name) for field in fields(Tickets)]
        return Tickets(*(np.concatenate(parts) for parts in zip(known, came, strict=True)))

    def at_level(self, factors: Floats | None) -> Expected:
        """So many times as many first contacts in each week from the start [W, weeks]; None: as many."""
        if factors is None:
            return self
        week = np.minimum(self.hours.begins // WEEK, factors.shape[1] - 1).astype(np.int64)
        return replace(self, mean=self.mean * factors[self.flow][:, week])

    def _drawn(self, seed: int) -> _Made:
        """First contacts by stream and hour."""
        hours, luck = self.hours, self.luck
        counted = _Counted(np.empty(len(hours.key)), np.empty(self.mean.shape, dtype=np.int64))
        _count_all(self.mean, luck.factors(seed), luck.kind, luck.place, hours.key, int(seed), counted)
        total = int(counted.counts.sum())
        made = _Made(
            np.empty(total, dtype=np.int32), np.empty(total, dtype=np.uint64), np.empty(total),
            np.empty(total, dtype=np.int8),
        )  # fmt: skip
        _fill(counted.counts, hours.begins, hours.length, hours.key, self.upto, int(seed), made)
        return made


def tickets(parameters: Parameters, minutes: int, seed: int) -> Tickets:
    """Those open at the start, then first contacts by the instant they come."""
    return expected(parameters, minutes).tickets(seed)


def expected(parameters: Parameters, minutes: int) -> Expected:
    """Who comes in a run of `minutes`."""
    hours = cells(parameters.zone, parameters.start, minutes)
    arrivals = parameters.arrivals
    flow = np.array([parameters.workflows.index(name) for name in arrivals.workflow], dtype=np.int32)
    return Expected(
        _open(parameters.backlog), arrivals.state, flow, hours, means(parameters, hours),
        np.cumsum(arrivals.priority, axis=1), _luck(parameters, flow, hours),
    )  # fmt: skip


def means(parameters: Parameters, hours: Cells) -> Floats:
    """[N, C] first contacts expected in each hour: rate, trend, holidays and surges, without the days' own luck."""
    arrivals = parameters.arrivals
    weeks = np.maximum(hours.begins, 0.0) / WEEK
    off = np.isin(hours.day, [day_number(date) for date in parameters.holidays])
    factor = np.where(off, arrivals.holiday[:, None], 1.0) * (1 + arrivals.trend[:, None]) ** weeks
    found: Floats = arrivals.rate[:, hours.hour] * (hours.length / 60) * factor
    surges = (arrivals.surge_stream, arrivals.surge_from, arrivals.surge_to, arrivals.surge_factor)
    for stream, begins, ends, times in zip(*surges, strict=True):
        inside = np.minimum(hours.begins + hours.length, ends) - np.maximum(hours.begins, begins)
        found[stream] *= 1 + (times - 1) * np.maximum(inside, 0.0) / hours.length
    return found


@lru_cache(maxsize=64)
def cells(zone: str, start: dt.datetime, minutes: int) -> Cells:
    """The local hours of a run. A day has 23 or 25 of them when the clocks change."""
    wall = clock(zone, start, minutes)
    quarter = -(wall.base % 15)  # the quarter of an hour in which the run starts
    edges = np.arange(quarter, minutes + 15.0, 15.0)
    local = np.rint(wall.local(edges))  # changes happen on quarters: no quarter has two offsets
    ahead = np.rint(local - edges - wall.base)
    fresh = np.r_[True, (np.diff(local // 60) != 0) | (np.diff(ahead) != 0)]
    begins, shown = edges[fresh], local[fresh].astype(np.int64)
    # The key is that of the whole hour, so that a run that starts in the middle of it meets the same customers.
    key = np.rint((wall.base + begins) / 15 - shown % 60 / 15).astype(np.int64)
    begins = np.maximum(begins, 0.0)
    length = np.diff(np.r_[begins, float(minutes)])
    kept = length > 0
    return Cells(begins[kept], length[kept], key[kept], (shown // 60 % 168)[kept], (shown // DAY)[kept])


def _luck(parameters: Parameters, flow: Ints, hours: Cells) -> Luck:
    arrivals = parameters.arrivals
    days, place = np.unique(hours.day, return_inverse=True)
    kinds, stream = np.unique(np.stack([flow, arrivals.dispersion]), axis=1, return_inverse=True)
    keys = (kinds[0].astype(np.uint64)[:, None] << np.uint64(32)) + days.astype(np.uint64)[None, :]
    return Luck(stream.ravel(), place, kinds[1], keys)


def _open(backlog: Backlog) -> Tickets:
    places = np.arange(len(backlog.ticket))
    keys = children(np.full(len(places), _BACKLOG, dtype=np.uint64), places)
    return Tickets(
        keys, backlog.stream, backlog.state, backlog.created, backlog.entered, backlog.priority, backlog.agent,
        backlog.in_work,
    )  # fmt: skip


@inlined
def _poisson(mean: float, drawn: float) -> int:
    """The count at which the distribution function passes `drawn`: it grows with the mean."""
    if drawn < 1.0 - mean:  # less than exp(-mean), which takes long: nobody comes in most hours of a small stream
        return 0
    chance = np.exp(-mean)
    passed, count = chance, 0
    while passed < drawn and count < mean + 40 * np.sqrt(mean) + 40:
        count += 1
        chance *= mean / count
        passed += chance
    return count


@inlined
def _count(mean: float, first: float, seed: int, stream: np.uint64, number: int) -> int:
    """A Poisson count, of parts where the mean is large. `first`: drawn for the first part, of this `number`."""
    total = _poisson(min(mean, FAR), first)
    mean -= FAR
    part = 1
    while mean > 0:
        total += _poisson(min(mean, FAR), uniform(seed, stream, number + part % PARTS, _COUNT))
        mean -= FAR
        part += 1
    return total


@inlined
def _rank(upto: Floats, row: int, drawn: float) -> int:
    rank = 0
    while rank < upto.shape[1] - 1 and drawn >= upto[row, rank]:
        rank += 1
    return rank


@cached
def _count_all(mean: Floats, luck: Floats, kind: Hours, place: Hours, hours: Hours, seed: int, made: _Counted) -> None:
    """Fills what is made, for means [N, C], each times its day's luck."""
    for n in range(mean.shape[0]):
        stream = child(np.uint64(n), 0)
        for c in range(mean.shape[1]):  # by itself, as several at once then take little more time than one
            made.drawn[c] = uniform(seed, stream, hours[c] * PARTS, _COUNT)
        for c in range(mean.shape[1]):
            wanted = mean[n, c] * luck[kind[n], place[c]]
            made.counts[n, c] = _count(wanted, made.drawn[c], seed, stream, hours[c] * PARTS)


@cached
def _fill(counts: Hours, begins: Floats, length: Floats, hours: Hours, shares: Floats, seed: int, made: _Made) -> None:
    """Fills every first contact, by stream and hour."""
    at = 0
    for n in range(counts.shape[0]):
        stream = child(np.uint64(n), 0)
        for c in range(counts.shape[1]):
            hour = child(stream, hours[c])
            for nth in range(counts[n, c]):
                key = child(hour, nth)
                made.stream[at], made.key[at] = n, key
                made.arrived[at] = begins[c] + length[c] * uniform(seed, key, 0, _AT)
                made.priority[at] = _rank(shares, n, uniform(seed, key, 0, _PRIORITY))
                at += 1
