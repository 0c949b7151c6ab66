"""Covariates as numbers: tickets that agree in every covariate are one cell, and rare levels are taken together.

What depends on covariates only is computed once a cell; cells are few, tickets are many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.compare.frame import Arm, Array, Codes, Measure, Sample, sample

RAREST = 20
"""Tickets of both arms together under which a level is no stratum of its own."""
UNKNOWN, OTHER = "unknown", "other"


@dataclass(frozen=True)
class Cells:
    """The cells of one arm. Per covariate: the names of its levels, and per cell which one it has.

    `cell` of every ticket, `counts` of tickets per cell.
    """

    names: Mapping[str, list[str]]
    codes: Mapping[str, Codes]
    cell: Codes
    counts: Codes


@dataclass(frozen=True)
class Sums:
    """Of the tickets of one arm that count for one measure, per cell: how many, and the sums of top and bottom."""

    counts: Array
    top: Array
    bottom: Array


@dataclass(frozen=True)
class Factor:
    """One covariate of two arms: the names of its levels, tickets per level, per arm and cell which level it has."""

    name: str
    levels: tuple[str, ...]
    counts: Array
    codes: tuple[Codes, ...]


@dataclass(frozen=True)
class Design:
    """`names`: (covariate, level) of every column of `indicators` (joint cells x columns, 0 or 1).

    `cell`: per arm and cell of the arm which joint cell it is.
    """

    names: tuple[tuple[str, str], ...]
    indicators: Array
    cell: tuple[Codes, ...]


def cells(arm: Arm, covariates: Sequence[str]) -> Cells:
    """The cells of an arm by the covariates at hand. Without any there is one."""
    known = tuple(name for name in covariates if name in arm.tickets.columns)
    return arm.keep(("cells", known), lambda: _cells(arm, known))


def sums(arm: Arm, measure: Measure, covariates: Sequence[str]) -> Sums:
    """The sums per cell of one arm."""
    own = cells(arm, covariates)
    return arm.keep(("sums", measure, tuple(own.names)), lambda: _sums(sample(arm, measure), own))


def factors(arms: Sequence[Arm], covariates: Sequence[str]) -> list[Factor]:
    """The covariates at hand, nulls as 'unknown' and rare levels as 'other'; only those that differ at all."""
    parts = [cells(arm, covariates) for arm in arms]
    found = [_factor(name, parts) for name in parts[0].names]
    return [factor for factor in found if len(factor.levels) > 1]


def design(known: Sequence[Factor], arms: Sequence[Cells]) -> Design:
    """Every level of every covariate as a column. Without covariates there is one cell and no column."""
    sizes = [len(arm.counts) for arm in arms]
    combined = np.zeros(sum(sizes), dtype=np.int64)
    for factor in known:
        combined = _compact(combined * len(factor.levels) + np.concatenate(factor.codes))[1]
    first, cell = _compact(combined)
    columns = [
        (np.concatenate(factor.codes)[first] == at).astype(np.float64)
        for factor in known
        for at in range(len(factor.levels))
    ]
    names = tuple((factor.name, level) for factor in known for level in factor.levels)
    indicators = np.column_stack(columns) if columns else np.empty((len(first), 0))
    return Design(names, indicators, tuple(np.split(cell, np.cumsum(sizes)[:-1])))


def _sums(data: Sample, own: Cells) -> Sums:
    cell, many = own.cell[data.rows], len(own.counts)
    counts = _summed(cell, None, many)
    return Sums(
        counts, _summed(cell, data.top, many), counts if data.bottom is None else _summed(cell, data.bottom, many)
    )


def _cells(arm: Arm, covariates: Sequence[str]) -> Cells:
    cell, found = np.zeros(arm.size, dtype=np.int64), {}
    for name in covariates:
        names, codes = _levels(arm.column(name))
        found[name] = (names, codes)
        cell = _compact(cell * len(names) + codes)[1]
    first, cell = _compact(cell)
    return Cells(
        {name: names for name, (names, _) in found.items()},
        {name: codes[first] for name, (_, codes) in found.items()},
        cell,
        np.bincount(cell),
    )


def _levels(column: pl.Series) -> tuple[list[str], Codes]:
    """The names of a column's levels, and per row which one it has."""
    told = column if column.dtype == pl.Categorical else column.cast(pl.String).cast(pl.Categorical)
    physical = told.to_physical().cast(pl.Int64).fill_null(-1).to_numpy() + 1
    first, codes = _compact(physical)
    return told.gather(first).cast(pl.String).fill_null(UNKNOWN).to_list(), codes


def _compact(numbers: Codes) -> tuple[Codes, Codes]:
    """Numbers from 0 without gaps in the same order: where each is found, and the new numbers."""
    many = int(numbers.max(initial=-1)) + 1
    place = np.full(many, -1, dtype=np.int64)
    place[numbers] = np.arange(len(numbers))
    present = place >= 0
    return place[present], (np.cumsum(present) - 1)[numbers]


def _summed(cell: Codes, of: Array | None, many: int) -> Array:
    summed: Array = np.bincount(cell, weights=of, minlength=many).astype(np.float64, copy=False)
    return summed


def _factor(name: str, arms: Sequence[Cells]) -> Factor:
    counts: dict[str, float] = {}
    for arm in arms:
        many = np.bincount(arm.codes[name], weights=arm.counts, minlength=len(arm.names[name]))
        for level, count in zip(arm.names[name], many, strict=True):
            counts[level] = counts.get(level, 0) + count
    common = sorted(level for level, count in counts.items() if count >= RAREST)
    place = {level: at for at, level in enumerate(common)}
    rest = sum(count for level, count in counts.items() if level not in place)
    places = [np.array([place.get(level, len(common)) for level in arm.names[name]]) for arm in arms]
    codes = tuple(levels[arm.codes[name]] for levels, arm in zip(places, arms, strict=True))
    levels = (*common, OTHER) if len(common) < len(counts) else tuple(common)
    sizes = np.array([*(counts[level] for level in common), rest])[: len(levels)]
    return Factor(name, levels, sizes, codes)
