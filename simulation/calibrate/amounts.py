"""Amounts of time: which observations belong to which distribution, and the distributions under weights by day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log, pi

import numpy as np
from numpy.typing import NDArray

from simulation.parameters import Distributions, Floats, Ints, Shape

QUANTILES = 257
_SAME = 0.1
_ENOUGH_FOR_SHAPE = 30
_TINY = 1e-9
_LOT = 0


@dataclass(frozen=True)
class Amounts:
    """Observations by distribution, sorted by value within each; distributions D, observations O.

    `points`: how many quantiles tell a distribution that is not a formula.
    """

    shape: Ints  # [D]
    constant: Floats  # [D] value where nothing was observed
    start: Ints  # [D + 1]
    value: Floats  # [O]
    day: Ints  # [O]
    points: Ints  # [D]

    @cached_property
    def owner(self) -> NDArray[np.intp]:
        """[O] the distribution of an observation."""
        return np.repeat(np.arange(len(self.shape)), np.diff(self.start))

    @cached_property
    def told(self) -> NDArray[np.intp]:
        """Observations of distributions that a formula tells."""
        return np.flatnonzero(self.points[self.owner] == 0)

    @cached_property
    def logs(self) -> Floats:
        """Logarithms of those."""
        logs: Floats = np.log(np.maximum(self.value[self.told], _TINY))
        return logs


class Collected:
    """Distributions while they are being found, each under a key that is asked for once or more."""

    def __init__(self) -> None:
        self._number: dict[object, int] = {}
        self._parts: list[tuple[Floats, Ints]] = []
        self._shape: list[int] = []
        self._constant: list[float] = []

    def constant(self, value: float) -> int:
        """The number of a distribution that is always this."""
        return self._add(("constant", value), np.empty(0), np.empty(0, np.int32), Shape.CONSTANT, value)

    def exponential(self, mean: float) -> int:
        """The number of an exponential distribution whose mean no day changes."""
        return self._add(("exponential", mean), np.empty(0), np.empty(0, np.int32), Shape.EXPONENTIAL, mean)

    def observed(self, key: object, value: Floats, day: Ints, *, fit: bool = False) -> int:
        """The number of the distribution of values (minutes) seen on days; `fit`: a formula may stand for it."""
        if key in self._number:
            return self._number[key]
        if len(value) == 0:
            return self.constant(0.0)
        value = np.round(value, 6)  # instants are known to the microsecond: what is shorter is the computer's
        if value.min() == value.max():
            return self.constant(float(value[0]))
        order = np.argsort(value, kind="stable")
        value, day = value[order], day[order]
        shape = best_shape(value) if fit else _free_shape(value)
        return self._add(key, value, day, shape, 0.0)

    def _add(self, key: object, value: Floats, day: Ints, shape: Shape, constant: float) -> int:
        if key not in self._number:
            self._number[key] = len(self._parts)
            self._parts.append((value, day))
            self._shape.append(shape)
            self._constant.append(constant)
        return self._number[key]

    def done(self) -> Amounts:
        """All of them."""
        sizes = [len(value) for value, _ in self._parts]
        free = np.isin(self._shape, (Shape.EMPIRICAL, Shape.STEPS))
        return Amounts(
            np.array(self._shape, np.int32),
            np.array(self._constant),
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
            np.concatenate([np.empty(0), *(value for value, _ in self._parts)]),
            np.concatenate([np.empty(0, np.int32), *(day for _, day in self._parts)]).astype(np.int32),
            np.where(free, np.minimum(sizes, QUANTILES), 0).astype(np.int32),
        )


def weighted(amounts: Amounts, weights: Floats) -> Distributions:
    """The distributions, each observation counting as its day does; one whose days count nothing counts them all."""
    weight, seen = weights[amounts.day], np.diff(amounts.start)
    counted = np.bincount(amounts.owner, weight, len(seen))
    without = (counted == 0) & (seen > 0)
    if without.any():
        weight[without[amounts.owner]] = 1.0
    total: Floats = np.where(without, seen, counted)
    a, b = _formulas(amounts, weight, total)
    start = np.concatenate([[0], np.cumsum(amounts.points)]).astype(np.int32)
    return Distributions(amounts.shape.astype(np.int8), a, b, start, _quantiles(amounts, weight, total))


def _formulas(amounts: Amounts, weight: Floats, total: Floats) -> tuple[Floats, Floats]:
    """Weighted means (exponential), means and deviations of logarithms (log-normal), or the constant."""
    size, told = len(amounts.shape), amounts.told
    count = np.maximum(total, _TINY)
    owner, weight, logs = amounts.owner[told], weight[told], amounts.logs
    mean = np.bincount(owner, weight * amounts.value[told], size) / count
    mu = np.bincount(owner, weight * logs, size) / count
    spread = np.bincount(owner, weight * (logs - mu[owner]) ** 2, size) / count
    a = np.where(amounts.shape == Shape.EXPONENTIAL, mean, mu)
    a = np.where(np.diff(amounts.start) == 0, amounts.constant, a)
    is_log_normal = amounts.shape == Shape.LOG_NORMAL
    free = amounts.points > 0
    return np.where(free, 0.0, a), np.where(is_log_normal, np.sqrt(spread), 0.0)


def _quantiles(amounts: Amounts, weight: Floats, total: Floats) -> Floats:
    """Values at equally spaced shares of the weight, by distribution; with as many points as values, the values."""
    owner = np.repeat(np.arange(len(amounts.shape)), amounts.points)
    first = np.concatenate([[0], np.cumsum(amounts.points)])[:-1]
    place = np.arange(len(owner)) - first[owner]
    points = amounts.points[owner]
    inner = place / np.maximum(points - 1, 1)
    share = np.where(amounts.shape[owner] == Shape.STEPS, (place + 0.5) / np.maximum(points, 1), inner)
    cumulated = np.concatenate([[0.0], np.cumsum(weight)])
    base = cumulated[amounts.start[:-1]][owner]
    wanted = base + np.maximum(share - _TINY, _TINY / 2) * total[owner]
    found = np.searchsorted(cumulated[1:], wanted, side="left")
    result: Floats = amounts.value[np.clip(found, amounts.start[owner], amounts.start[owner + 1] - 1)]
    return result


def _free_shape(value: Floats) -> Shape:
    """Steps where one value is common, as a timer's or no time at all."""
    _, counts = np.unique(np.round(value, 2), return_counts=True)
    return Shape.STEPS if len(value) > 1 / _SAME and counts.max() >= _SAME * len(value) else Shape.EMPIRICAL


def best_shape(value: Floats) -> Shape:
    """The shape under which left-out observations are likeliest: either half, drawn by lot, is judged by the other.

    The empirical one is judged as a histogram on the logarithm with about the root of n bins.
    """
    value = value[value > 0]
    if len(value) < _ENOUGH_FOR_SHAPE:
        return Shape.LOG_NORMAL
    mixed = np.random.default_rng(_LOT).permutation(value)
    one, other = mixed[::2], mixed[1::2]
    halves = ((one, other), (other, one))
    scores = {
        shape: sum(score(fitted, judged) for fitted, judged in halves)
        for shape, score in (
            (Shape.LOG_NORMAL, _log_normal_score),
            (Shape.EXPONENTIAL, _exponential_score),
            (Shape.EMPIRICAL, _histogram_score),
        )
    }
    return max(scores, key=lambda shape: scores[shape])


def _log_normal_score(fitted: Floats, judged: Floats) -> float:
    mu, sigma = float(np.log(fitted).mean()), max(float(np.log(fitted).std()), 1e-3)
    logs = np.log(judged)
    return float((-logs - ((logs - mu) / sigma) ** 2 / 2).sum() - len(judged) * (log(sigma) + log(2 * pi) / 2))


def _exponential_score(fitted: Floats, judged: Floats) -> float:
    mean = float(fitted.mean())
    return float(-(judged / mean).sum() - len(judged) * log(mean))


def _histogram_score(fitted: Floats, judged: Floats) -> float:
    bins = max(int(len(fitted) ** 0.5), 2)
    logs = np.log(np.concatenate([fitted, judged]))
    edges = np.linspace(logs.min(), logs.max() + _TINY, bins + 1)
    counts = np.histogram(np.log(fitted), edges)[0] + 0.5
    density = counts / counts.sum() / np.diff(edges)
    place = np.clip(np.searchsorted(edges, np.log(judged), side="right") - 1, 0, bins - 1)
    return float((np.log(density[place]) - np.log(judged)).sum())
