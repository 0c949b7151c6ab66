"""Who comes: the tickets open at the start and first contacts drawn hour by hour.

Counts and instants are keyed by stream, hour and place within the hour, so that two runs with one seed share their
tickets: half as many arrivals are a half of the same ones, and hours that a scenario leaves alone stay as they were.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from simulation.clock import DAY, WEEK, clock, day_number
from simulation.compiled import cached
from simulation.network import Keys, Tickets
from simulation.parameters import Arrivals, Backlog, Floats, Ints, Parameters
from simulation.random import Purpose, child, children, uniform, uniforms

FAR = 600.0
"""From this mean on a Poisson count is drawn in parts, since exp(-mean) runs out of digits."""

_BACKLOG = 0xB0C  # stands for the stream, of tickets open at the start
_COUNT, _AT, _PRIORITY = int(Purpose.ARRIVALS), int(Purpose.INSTANT), int(Purpose.PRIORITY)


@dataclass(frozen=True)
class Cells:
    """The local hours of a run, the first and the last cut to it; arrays [C]."""

    begins: Floats  # minutes of the run
    length: Floats  # minutes
    key: NDArray[np.int64]  # the hour's beginning in quarters of an hour, UTC, whenever a run starts
    hour: NDArray[np.int64]  # of the local week, Monday 00:00 first
    day: NDArray[np.int64]  # local day number


def tickets(parameters: Parameters, minutes: int, seed: int) -> Tickets:
    """Those open at the start, then first contacts by the instant they come."""
    arrivals = parameters.arrivals
    found = cells(parameters.zone, parameters.start, minutes)
    mean = means(parameters, found) * _days(arrivals, found, seed)
    shares = np.cumsum(arrivals.priority, axis=1)
    stream, key, arrived, priority = _drawn(mean, found.begins, found.length, found.key, shares, seed)
    order = np.lexsort((key, arrived))
    stream, arrived = stream[order], arrived[order]
    known = parameters.backlog
    count = len(order)
    return Tickets(
        np.r_[_numbered(known), key[order]],
        np.r_[known.stream, stream],
        np.r_[known.state, arrivals.state[stream]],
        np.r_[known.created, arrived],
        np.r_[known.entered, arrived],
        np.r_[known.priority, priority[order]],
        np.r_[known.agent, np.full(count, -1, dtype=np.int32)],
        np.r_[known.in_work, np.zeros(count, dtype=np.bool_)],
    )


def means(parameters: Parameters, hours: Cells) -> Floats:
    """[N, C] first contacts expected in each hour: rate, trend and holidays, without the days' own luck."""
    arrivals = parameters.arrivals
    weeks = np.maximum(hours.begins, 0.0) / WEEK
    off = np.isin(hours.day, [day_number(date) for date in parameters.holidays])
    factor = np.where(off, arrivals.holiday[:, None], 1.0) * (1 + arrivals.trend[:, None]) ** weeks
    expected: Floats = arrivals.rate[:, hours.hour] * (hours.length / 60) * factor
    return expected


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


def _days(arrivals: Arrivals, hours: Cells, seed: int) -> Floats:
    """[N, C] or [N, 1]: the gamma factor of the day, with mean 1 and the stream's dispersion as variance."""
    varied = arrivals.dispersion > 0
    if not varied.any():
        return np.ones((len(varied), 1))
    days, place = np.unique(hours.day, return_inverse=True)
    streams = np.arange(len(varied), dtype=np.uint64)
    keys = (streams[:, None] << np.uint64(32)) + days.astype(np.uint64)[None, :]
    drawn = uniforms(seed, keys.ravel(), np.zeros(keys.size, dtype=np.int64), Purpose.DISPERSION).reshape(keys.shape)
    shape = 1 / np.where(varied, arrivals.dispersion, 1.0)[:, None]
    factor = np.where(varied[:, None], gammaincinv(shape, drawn) / shape, 1.0)
    by_cell: Floats = factor[:, place]
    return by_cell


def _numbered(backlog: Backlog) -> Keys:
    places = np.arange(len(backlog.ticket))
    return children(np.full(len(places), _BACKLOG, dtype=np.uint64), places)


@cached
def _poisson(mean: float, drawn: float) -> int:
    """The count at which the distribution function passes `drawn`: it grows with the mean."""
    chance = np.exp(-mean)
    passed, count = chance, 0
    while passed < drawn and count < mean + 40 * np.sqrt(mean) + 40:
        count += 1
        chance *= mean / count
        passed += chance
    return count


@cached
def _count(mean: float, seed: int, key: np.uint64) -> int:
    """A Poisson count, of parts where the mean is large."""
    total, part = 0, 0
    while mean > 0:
        total += _poisson(min(mean, FAR), uniform(seed, key, part, _COUNT))
        mean -= FAR
        part += 1
    return total


@cached
def _drawn(
    mean: Floats, begins: Floats, length: Floats, hours: NDArray[np.int64], shares: Floats, seed: int
) -> tuple[Ints, Keys, Floats, NDArray[np.int8]]:
    """Stream, key, instant and priority of every first contact, by stream and hour."""
    counts = np.empty(mean.shape, dtype=np.int64)
    for n, c in np.ndindex(mean.shape):
        counts[n, c] = _count(mean[n, c], seed, child(child(np.uint64(n), 0), hours[c]))
    total = counts.sum()
    stream, priority = np.empty(total, dtype=np.int32), np.empty(total, dtype=np.int8)
    key, arrived = np.empty(total, dtype=np.uint64), np.empty(total)
    at = 0
    for n, c in np.ndindex(mean.shape):
        hour = child(child(np.uint64(n), 0), hours[c])
        for nth in range(counts[n, c]):
            stream[at], key[at] = n, child(hour, nth)
            arrived[at] = begins[c] + length[c] * uniform(seed, key[at], 0, _AT)
            dice, rank = uniform(seed, key[at], 0, _PRIORITY), 0
            while rank < shares.shape[1] - 1 and dice >= shares[n, rank]:
                rank += 1
            priority[at] = rank
            at += 1
    return stream, key, arrived, priority
