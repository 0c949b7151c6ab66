"""Covariates as numbers: rare levels taken together, and tickets that agree in every covariate as one cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.compare.frame import Array, Codes

RAREST = 20
"""Tickets of both arms together under which a level is no stratum of its own."""
UNKNOWN, OTHER = "unknown", "other"


@dataclass(frozen=True)
class Factor:
    """One covariate: the names of its levels, and per ticket which one it has."""

    name: str
    levels: tuple[str, ...]
    codes: Codes


@dataclass(frozen=True)
class Design:
    """`names`: (covariate, level) of every column of `indicators` (cells x columns, 0 or 1); `cell` of every ticket."""

    names: tuple[tuple[str, str], ...]
    indicators: Array
    cell: Codes


def factors(tickets: pl.DataFrame, covariates: Sequence[str]) -> list[Factor]:
    """The covariates at hand, nulls as 'unknown' and rare levels as 'other'; only those that differ at all."""
    found = [_factor(tickets[name]) for name in covariates if name in tickets.columns]
    return [factor for factor in found if len(factor.levels) > 1]


def design(known: Sequence[Factor], tickets: int) -> Design:
    """Every level of every covariate as a column. Without covariates there is one cell and no column."""
    combined = np.zeros(tickets, dtype=np.int64)
    for factor in known:
        combined = combined * len(factor.levels) + factor.codes
    cells, cell = np.unique(combined, return_inverse=True)
    columns: list[Array] = []
    for factor in reversed(known):
        cells, codes = np.divmod(cells, len(factor.levels))
        columns = [*((codes == at).astype(np.float64) for at in range(len(factor.levels))), *columns]
    names = tuple((factor.name, level) for factor in known for level in factor.levels)
    return Design(names, np.column_stack(columns) if columns else np.empty((len(cells), 0)), cell)


def _factor(column: pl.Series) -> Factor:
    told = column.cast(pl.String).fill_null(UNKNOWN)
    counts = told.value_counts(name="count")
    common = counts.filter(pl.col("count") >= RAREST)[column.name].sort().to_list()
    levels = common if len(common) == len(counts) else [*common, OTHER]
    codes = told.replace_strict(common, list(range(len(common))), default=len(common), return_dtype=pl.Int64)
    return Factor(column.name, tuple(levels), codes.to_numpy())
