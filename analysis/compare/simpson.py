"""Simpson's reversals: the whole says one thing, and nearly every part of it the opposite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from analysis.compare.design import Factor, cells, factors, sums
from analysis.compare.frame import COVARIATES, QUANTILES, Arm, Array, Codes, Measure, Tickets, sample, split

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
    tickets: Tickets, measures: Sequence[Measure], found: pl.DataFrame, covariates: Sequence[str] = COVARIATES
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
        levelled = factors(arms, covariates)
        for row in rows.iter_rows(named=True):
            for factor in levelled:
                told += _reversal(row, known[row["metric"]], arms, covariates, factor)
    return told


def _reversal(
    row: Mapping[str, Any], measure: Measure, arms: Sequence[Arm], covariates: Sequence[str], factor: Factor
) -> list[Reversal]:
    old, new = (
        _by_level(arm, measure, covariates, codes, len(factor.levels))
        for arm, codes in zip(arms, factor.codes, strict=True)
    )
    opposite = [at for at, delta in enumerate(new - old) if delta * row["difference"] < 0]
    share = float(factor.counts[opposite].sum() / factor.counts.sum())
    if share < NEARLY_ALL:
        return []
    strata = tuple(factor.levels[at] for at in opposite)
    return [Reversal(row["metric"], row["baseline"], row["arm"], factor.name, row["difference"], strata, share)]


def _by_level(arm: Arm, measure: Measure, covariates: Sequence[str], codes: Codes, levels: int) -> Array:
    """The figure of one arm in every level; nan where it has too few. `codes`: the level of every cell."""
    part = sums(arm, measure, covariates)
    n = np.bincount(codes, weights=part.bottom, minlength=levels)
    enough = n >= max(measure.min_n, 1)
    values = np.full(levels, np.nan)
    quantile = QUANTILES.get(measure.kind)
    if quantile is None:
        tops = np.bincount(codes, weights=part.top, minlength=levels)
        values[enough] = tops[enough] / n[enough]
        return values
    # From small to large within every level: small numbers are sorted by counting them.
    data = sample(arm, measure)
    level = codes[cells(arm, covariates).cell[data.rows][data.order]].astype(np.min_scalar_type(levels))
    ordered = data.ordered[np.argsort(level, kind="stable")]
    ends = np.cumsum(n).astype(np.int64)
    for at in np.flatnonzero(enough):
        values[at] = np.quantile(ordered[ends[at] - int(n[at]) : ends[at]], quantile)
    return values
