"""Distributions of time: their means, copies scaled to another mean, parts of them, and sums."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from simulation.parameters import Distributions, Floats, Parameters, Shape

POINTS = 200
"""Equally likely values that stand for a part of a distribution."""


def mean(times: Distributions, number: int) -> float:
    """Minutes on average of distribution `number`."""
    shape, a, b = int(times.shape[number]), float(times.a[number]), float(times.b[number])
    if shape in (Shape.CONSTANT, Shape.EXPONENTIAL):
        return a
    if shape == Shape.LOG_NORMAL:
        return float(np.exp(a + b * b / 2))
    values = _values(times, number)
    if shape == Shape.STEPS or len(values) == 1:
        return float(values.mean())
    return float((values.sum() - (values[0] + values[-1]) / 2) / (len(values) - 1))


def quantiles(times: Distributions, number: int, points: int = POINTS) -> Floats:
    """So many equally likely values [points], sorted: quantiles at the middles of equal parts."""
    shape, a, b = int(times.shape[number]), float(times.a[number]), float(times.b[number])
    at = (np.arange(points) + 0.5) / points
    if shape == Shape.CONSTANT:
        return np.full(points, a)
    if shape == Shape.EXPONENTIAL:
        return np.asarray(-a * np.log1p(-at))
    if shape == Shape.LOG_NORMAL:
        return np.asarray(np.exp(a + b * ndtri(at)))
    values = _values(times, number)
    if shape == Shape.STEPS:
        return values[(at * len(values)).astype(np.int64)]
    return np.interp(at * (len(values) - 1), np.arange(len(values)), values)


def with_scaled(shop: Parameters, number: int, factor: float) -> tuple[Parameters, int]:
    """The shop with one more distribution, `number` times `factor` (over 0), and the new one's number."""
    times = shop.distributions
    logs = times.shape[number] == Shape.LOG_NORMAL
    a = float(times.a[number] + np.log(factor) if logs else times.a[number] * factor)
    return _with(shop, int(times.shape[number]), a, float(times.b[number]), _values(times, number) * factor)


def with_constant(shop: Parameters, minutes: float) -> tuple[Parameters, int]:
    """The shop with one more distribution, always `minutes`, and its number."""
    return _with(shop, Shape.CONSTANT, minutes, 0.0, np.empty(0))


def with_values(shop: Parameters, values: Floats) -> tuple[Parameters, int]:
    """The shop with one more distribution, of equally likely values, and its number."""
    return _with(shop, Shape.STEPS, 0.0, 0.0, np.sort(values))


def with_mean(shop: Parameters, like: int, minutes: float) -> tuple[Parameters, int]:
    """The shop with one more distribution of that mean, spread as `like` is (-1, or always 0: exponential)."""
    known = mean(shop.distributions, like) if like >= 0 else 0.0
    if known <= 0:
        return _with(shop, Shape.EXPONENTIAL, minutes, 0.0, np.empty(0))
    return with_scaled(shop, like, minutes / known)


def _values(times: Distributions, number: int) -> Floats:
    return times.values[times.value_start[number] : times.value_start[number + 1]]


def _with(shop: Parameters, shape: int, a: float, b: float, values: Floats) -> tuple[Parameters, int]:
    times = shop.distributions
    after = Distributions(
        np.append(times.shape, np.int8(shape)),
        np.append(times.a, a),
        np.append(times.b, b),
        np.append(times.value_start, np.int32(times.value_start[-1] + len(values))),
        np.append(times.values, values),
    )
    return replace(shop, distributions=after), len(times.shape)
