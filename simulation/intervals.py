"""Intervals of effects and of what the next weeks bring, from runs of bootstrapped calibrations.

An effect has two kinds of error: the calibration rests on a sample of days (draws of it differ), and runs are finite
(seeds differ). With the same seeds in every draw the two are the rows and columns of a table, and their variances add:
docs/decisions/0008 says why nothing simpler covers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from simulation.parameters import Floats

LEAST_DRAWS = 8
"""With fewer draws in which a figure exists it gets no interval."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval. NaN: unknown."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Spread:
    """Variance of a figure's estimate by where it comes from."""

    calibration: float
    chance: float  # of finite runs


UNKNOWN = Estimate(np.nan, np.nan, np.nan)


def effect(point: Floats, draws: Floats, blocks: float, level: float = 0.95) -> Estimate:
    """The mean of a figure. `point` [R]: runs of the best calibration, `draws` [B, R]: of bootstrapped ones, with the
    same seeds; `blocks`: independent blocks of days that a draw is made of.
    """
    table = draws[~np.isnan(draws).any(axis=1)]
    if np.isnan(point).any() or len(table) < LEAST_DRAWS:
        return Estimate(float(np.nanmean(point)) if not np.isnan(point).all() else np.nan, np.nan, np.nan)
    value = float(point.mean())
    if not table.any() and not point.any():
        return Estimate(0.0, 0.0, 0.0)
    parts = spread(table, blocks)
    variance = parts.calibration + parts.chance
    half = float(_quantile(parts, len(table), table.shape[1], level)) * np.sqrt(variance)
    return Estimate(value, value - half, value + half)


def spread(table: Floats, blocks: float) -> Spread:
    """The two variances of a table [B, R]. Resampling n blocks shows (n - 1) / n of the variance: it is put back."""
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    lost = blocks / (blocks - 1) if blocks > 1 else 2.0
    chance = columns.var(ddof=1) / len(columns) if len(columns) > 1 else 0.0
    return Spread(float(rows.var(ddof=1) * lost), float(chance))


def prediction(rows: Floats, fresh: Floats, blocks: float, level: float = 0.90) -> Estimate:
    """What one future period may bring. `rows` [B]: means of draws over common seeds; `fresh` [B]: one run of each
    draw with a seed of its own.

    The luck of a period (fresh - rows) is as good as independent of the calibration's error (rows): every pairing of
    the two is a possible future. Their middle is that of the fresh runs, which share no seed.
    """
    known = ~(np.isnan(rows) | np.isnan(fresh))
    rows, fresh = rows[known], fresh[known]
    if len(rows) < LEAST_DRAWS:
        return UNKNOWN
    luck = fresh - rows
    lost = np.sqrt(blocks / (blocks - 1)) if blocks > 1 else np.sqrt(2.0)
    futures = fresh.mean() + (rows - rows.mean())[:, None] * lost + (luck - luck.mean())[None, :]
    low, high = np.quantile(futures, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(fresh.mean()), float(low), float(high))


def _quantile(parts: Spread, draws: int, seeds: int, level: float) -> float:
    """Student's t with Welch and Satterthwaite's degrees of freedom of the sum of the two variances."""
    total = parts.calibration + parts.chance
    if total <= 0:
        return 0.0
    squares = parts.calibration**2 / (draws - 1) + (parts.chance**2 / (seeds - 1) if seeds > 1 else 0.0)
    return float(stdtrit(total**2 / squares, (1 + level) / 2))
