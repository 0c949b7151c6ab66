"""Before and after a date: an interrupted time series, and how unusual its step is among the dates before.

Nobody drew lots for the tickets, so anything else that changed that week is in the difference too.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import stdtr, stdtrit

from analysis.compare.frame import Array

FEWEST_BEFORE, FEWEST_AFTER = 8, 4
WARNING = (
    "Before and after is no fair draw: whatever else changed at the same time (season, staff, what was sold) is in "
    "this difference too."
)


@dataclass(frozen=True)
class Step:
    """The jump at a date: size with standard error and 95% interval, p, change of slope per period, slope before.

    `expected` and `actual` are the fitted values in the first period after, without and with the jump.
    """

    cut: dt.date
    step: float
    error: float
    low: float
    high: float
    p: float
    slope_before: float
    slope_change: float
    expected: float
    actual: float

    @property
    def t(self) -> float:
        """The step in standard errors."""
        return self.step / self.error if self.error > 0 else 0.0


@dataclass(frozen=True)
class BeforeAfter:
    """The step at the cut (null with the `reason`), the same at every earlier date that allows it, and its rank there.

    `rank` 1: no earlier date has so large a step against its noise; `placebo_p` = rank / (earlier dates + 1).
    """

    step: Step | None
    placebos: tuple[Step, ...]
    rank: int | None
    placebo_p: float | None
    warning: str = WARNING
    method: str = "interrupted time series, errors by Newey and West (1987)"
    reason: str | None = None


def before_after(values: pl.DataFrame, cut: dt.date) -> BeforeAfter:
    """What changed at `cut`. `values`: period (date) and value, one row per finished week or day; nulls are gaps.

    Placebos use the periods before the cut only, so that the real step is in none of them.
    """
    known = values.drop_nulls(["period", "value"]).sort("period")
    days, figures = known["period"].to_list(), known["value"].cast(pl.Float64).to_numpy()
    after = sum(day >= cut for day in days)
    if len(days) - after < FEWEST_BEFORE or after < FEWEST_AFTER:
        reason = f"{len(days) - after} periods before and {after} after; {FEWEST_BEFORE} and {FEWEST_AFTER} are needed"
        return BeforeAfter(None, (), None, None, reason=reason)
    step = _fitted(days, figures, cut)
    earlier = [at for at, day in enumerate(days) if day < cut]
    candidates = days[FEWEST_BEFORE : len(earlier) - FEWEST_AFTER + 1]
    past, before = [days[at] for at in earlier], figures[: len(earlier)]
    placebos = tuple(_fitted(past, before, day) for day in candidates)
    if not placebos:
        return BeforeAfter(step, (), None, None)
    rank = 1 + sum(abs(placebo.t) >= abs(step.t) for placebo in placebos)
    return BeforeAfter(step, placebos, rank, rank / (len(placebos) + 1))


def _fitted(days: list[dt.date], figures: Array, cut: dt.date) -> Step:
    """Least squares of level, trend, step and change of trend, the time counted in periods from the first after."""
    spacing = min((b - a).days for a, b in itertools.pairwise(days))
    first = next(day for day in days if day >= cut)
    time = np.array([(day - first).days / spacing for day in days])
    later = (time >= 0).astype(np.float64)
    design = np.column_stack([np.ones(len(time)), time, later, time * later])
    inverse = np.linalg.inv(design.T @ design)
    level, slope, step, change = (float(one) for one in inverse @ (design.T @ figures))
    residuals = figures - design @ np.array([level, slope, step, change])
    error = float(np.sqrt(max(_newey_west(design, residuals, inverse)[2, 2], 0.0)))
    freedom = len(time) - 4
    half = float(stdtrit(freedom, 0.975)) * error
    p = float(2 * stdtr(freedom, -abs(step) / error)) if error > 0 else 1.0
    return Step(cut, step, error, step - half, step + half, p, slope, change, level, level + step)


def lags(periods: int) -> int:
    """How many periods back a period may remember: Newey and West's rule of thumb."""
    return int(4 * (periods / 100) ** (2 / 9))


def _newey_west(design: Array, residuals: Array, inverse: Array) -> Array:
    scores = design * residuals[:, None]
    periods, columns = design.shape
    middle = scores.T @ scores
    for lag in range(1, lags(periods) + 1):
        cross = scores[lag:].T @ scores[:-lag]
        middle = middle + (1 - lag / (lags(periods) + 1)) * (cross + cross.T)
    covariance: Array = inverse @ middle @ inverse * periods / (periods - columns)
    return covariance
