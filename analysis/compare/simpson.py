"""Simpson's reversals: the whole says one thing, and nearly every part of it the opposite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from analysis.compare.design import Factor, factors
from analysis.compare.frame import COVARIATES, QUANTILES, Arm, Array, Measure, Sample, sample, split

NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Reversal:
    """The whole moves by `difference`, but in `strata` of the covariate, with `share` of the tickets, the other way."""

    metric: str
    baseline: str
    arm: str
    covariate: str
    difference: float
    strata: tuple[str, ...]
    share: float


def reversals(
    tickets: pl.DataFrame, measures: Sequence[Measure], found: pl.DataFrame, covariates: Sequence[str] = COVARIATES
) -> list[Reversal]:
    """The metrics whose clear difference is turned round within the levels of one covariate.

    `found`: what effects() says of these tickets. Only a difference whose interval leaves out 0 has a direction. A
    level counts if both arms have the metric's `min_n` in it.
    """
    known = {measure.key: measure for measure in measures}
    clear = found.filter((pl.col("low") > 0) | (pl.col("high") < 0))
    told = []
    for (baseline, arm), rows in clear.group_by("baseline", "arm", maintain_order=True):
        arms = split(tickets, [str(baseline), str(arm)])
        levelled = factors(pl.concat(one.tickets for one in arms), covariates)
        for row in rows.iter_rows(named=True):
            for factor in levelled:
                told += _reversal(row, known[row["metric"]], arms, factor)
    return told


def _reversal(row: Mapping[str, Any], measure: Measure, arms: Sequence[Arm], factor: Factor) -> list[Reversal]:
    differences = _differences(measure, arms, factor)
    opposite = [at for at, delta in enumerate(differences) if delta * row["difference"] < 0]
    share = float(np.isin(factor.codes, opposite).mean())
    if share < NEARLY_ALL:
        return []
    strata = tuple(factor.levels[at] for at in opposite)
    return [Reversal(row["metric"], row["baseline"], row["arm"], factor.name, row["difference"], strata, share)]


def _differences(measure: Measure, arms: Sequence[Arm], factor: Factor) -> Array:
    """Per level the second arm less the first; nan where one of them has too few."""
    old, new = (sample(arm, measure) for arm in arms)
    codes = factor.codes[np.concatenate([old.rows, new.rows])]
    before = _by_level(old, codes[: len(old.top)], measure, len(factor.levels))
    return _by_level(new, codes[len(old.top) :], measure, len(factor.levels)) - before


def _by_level(data: Sample, codes: np.ndarray[Any, np.dtype[np.int64]], measure: Measure, levels: int) -> Array:
    n = np.bincount(codes, weights=data.bottom, minlength=levels)
    enough = n >= max(measure.min_n, 1)
    values = np.full(levels, np.nan)
    quantile = QUANTILES.get(measure.kind)
    if quantile is None:
        tops = np.bincount(codes, weights=data.top, minlength=levels)
        values[enough] = tops[enough] / n[enough]
    else:
        for at in np.flatnonzero(enough):
            values[at] = np.quantile(data.top[codes == at], quantile)
    return values
