"""Intervals of effects and of what the next weeks bring, from runs of bootstrapped calibrations.

An estimate has two kinds of error: the calibration rests on a sample of days (draws of it differ), and runs are finite
(seeds differ). docs/decisions/0008 has the reasons and what was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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
class Runs:
    """A figure in all runs: by the best calibration [R], by draws of it with the same seeds [B, R], and by each draw
    with one seed of its own [B]; `blocks` is how many independent blocks of days a draw is made of.
    """

    point: Floats
    draws: Floats
    fresh: Floats
    blocks: float

    def __sub__(self, other: Runs) -> Runs:
        return Runs(self.point - other.point, self.draws - other.draws, self.fresh - other.fresh, self.blocks)

    def __add__(self, other: Runs) -> Runs:
        return Runs(self.point + other.point, self.draws + other.draws, self.fresh + other.fresh, self.blocks)

    @cached_property
    def rows(self) -> Floats:
        """[B] each draw's mean over the common seeds; NaN where a run has no such figure."""
        means: Floats = self.draws.mean(axis=1)
        return means

    @cached_property
    def luck(self) -> Floats:
        """[B] what a period's own luck adds to what its draw expects."""
        return self.fresh - self.rows

    @cached_property
    def expected(self) -> float:
        """The figure's mean by the best calibration.

        The common seeds are few and their luck is the same in all draws: the fresh runs, ten times as many, show how
        far it is off.
        """
        known = self.luck[~np.isnan(self.luck)]
        return float(self.point.mean() + known.mean()) if len(known) >= LEAST_DRAWS else float(self.point.mean())


@dataclass(frozen=True)
class Spread:
    """Variance of a figure's estimate by where it comes from."""

    calibration: float
    chance: float  # of finite runs


UNKNOWN = Estimate(np.nan, np.nan, np.nan)


def effect(runs: Runs, level: float = 0.95) -> Estimate:
    """The mean of a figure, with Student's t over the draws."""
    value = runs.expected
    known = ~np.isnan(runs.luck)
    if np.isnan(value) or known.sum() < LEAST_DRAWS:
        return Estimate(value, np.nan, np.nan)
    parts = spread(runs)
    half = float(stdtrit(known.sum() - 1, (1 + level) / 2)) * np.sqrt(parts.calibration + parts.chance)
    return Estimate(value, value - half, value + half)


def spread(runs: Runs) -> Spread:
    """Both variances. Resampling n blocks shows (n - 1) / n of what sampling them does: it is put back."""
    known = ~np.isnan(runs.luck)
    rows, luck = runs.rows[known], runs.luck[known]
    return Spread(float(rows.var(ddof=1)) * _lost(runs.blocks), float(luck.var(ddof=1)) / len(luck))


def prediction(runs: Runs, level: float = 0.90) -> Estimate:
    """What one future period may bring.

    The luck of a period is as good as independent of the calibration's error: every pairing of the two is a possible
    future.
    """
    known = ~np.isnan(runs.luck)
    if known.sum() < LEAST_DRAWS or np.isnan(runs.expected):
        return UNKNOWN
    rows, luck = runs.rows[known], runs.luck[known]
    value = runs.expected
    off = (rows - rows.mean()) * np.sqrt(_lost(runs.blocks))
    futures = value + off[:, None] + (luck - luck.mean())[None, :]
    in_order = np.sort(futures, axis=None)  # np.quantile takes longer to put them in order itself
    low, high = np.quantile(in_order, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high))


def _lost(blocks: float) -> float:
    return blocks / (blocks - 1) if blocks > 2 else 2.0
