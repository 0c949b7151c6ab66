"""Differences adjusted for mix: what would remain if both arms had the same channels, reasons, priorities and hours."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.compare import limits, overlap
from analysis.compare.design import design, factors
from analysis.compare.figures import FEWEST, people
from analysis.compare.frame import COVARIATES, QUANTILES, Arm, Array, Codes, Measure, Sample, count, sample, split
from analysis.compare.limits import Z95

METHOD = "overlap weighting (Li, Morgan, Zaslavsky 2018), robust by customer"
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "metric": pl.String,
    "baseline": pl.String,
    "arm": pl.String,
    "baseline_value": pl.Float64,
    "value": pl.Float64,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "probability_better": pl.Float64,
    "covariates": pl.List(pl.String),
    "outside_share": pl.Float64,
    "baseline_effective_n": pl.Float64,
    "effective_n": pl.Float64,
    "method": pl.String,
    "reason": pl.String,
}
BALANCE = {
    "baseline": pl.String,
    "arm": pl.String,
    "covariate": pl.String,
    "level": pl.String,
    "before": pl.Float64,
    "after": pl.Float64,
}


@dataclass(frozen=True)
class Adjusted:
    """`differences`: one row per metric and arm, columns as in SCHEMA, with the checks of overlap of the tickets that
    count for the metric. `balance`: per arm and level the standardised difference before and after, over all tickets.
    """

    differences: pl.DataFrame
    balance: pl.DataFrame


@dataclass(frozen=True)
class _Pair:
    """The tickets of two arms for one measure, the baseline's first. Customers are numbered over both arms."""

    top: Array
    bottom: Array
    customer: Codes
    rows: NDArray[np.bool_]


def adjusted(
    tickets: pl.DataFrame, measures: Sequence[Measure], arms: Sequence[str], covariates: Sequence[str] = COVARIATES
) -> Adjusted:
    """Every measure's difference to the first arm after weighting for the covariates that the frame has."""
    baseline, *others = split(tickets, arms)
    found = [_of_pair(baseline, other, measures, covariates) for other in others]
    return Adjusted(pl.concat(one.differences for one in found), pl.concat(one.balance for one in found))


def _of_pair(baseline: Arm, other: Arm, measures: Sequence[Measure], covariates: Sequence[str]) -> Adjusted:
    both = pl.concat([baseline.tickets, other.tickets])
    treated = np.repeat([0.0, 1.0], [baseline.tickets.height, other.tickets.height])
    known = factors(both, covariates)
    drawn = design(known, both.height)
    fitted: dict[bytes, overlap.Weights] = {}

    def weights_of(rows: NDArray[np.bool_]) -> overlap.Weights:
        """Metrics that the same tickets count for share one propensity."""
        key = rows.tobytes()
        if key not in fitted:
            fitted[key] = overlap.fit(treated[rows], drawn.cell[rows], drawn.indicators)
        return fitted[key]

    names = [factor.name for factor in known]
    cells = [_cells(measure, baseline, other, names, weights_of) for measure in measures]
    rows = [(measure.key, baseline.name, other.name, *told) for measure, told in zip(measures, cells, strict=True)]
    balance = []
    if known and min(baseline.customers, other.customers) >= FEWEST:
        pairs = zip(*overlap.standardised(weights_of(np.ones(both.height, dtype=bool))), strict=True)
        balance = [(baseline.name, other.name, *name, *pair) for name, pair in zip(drawn.names, pairs, strict=True)]
    return Adjusted(
        pl.DataFrame(rows, schema=SCHEMA, orient="row"), pl.DataFrame(balance, schema=BALANCE, orient="row")
    )


def _cells(
    measure: Measure,
    baseline: Arm,
    other: Arm,
    covariates: list[str],
    weights_of: Callable[[NDArray[np.bool_]], overlap.Weights],
) -> tuple[object, ...]:
    old, new = sample(baseline, measure), sample(other, measure)
    reason = _too_few(old, baseline.name) or _too_few(new, other.name)
    if reason:
        return (*(None,) * 11, reason)
    pair = _together(old, new, baseline.customers)
    return _row(weights_of(pair.rows), measure, pair, covariates)


def _together(old: Sample, new: Sample, customers: int) -> _Pair:
    return _Pair(
        np.concatenate([old.top, new.top]),
        np.concatenate([old.bottom, new.bottom]),
        np.concatenate([old.customer, new.customer + customers]),
        np.concatenate([old.rows, new.rows]),
    )


def _too_few(data: Sample, name: str) -> str | None:
    customers = count(data.customer)
    if customers >= FEWEST and data.n >= FEWEST:
        return None
    return f"{people(customers)} in {name}, fewer than the {FEWEST} that are needed"


def _row(weights: overlap.Weights, measure: Measure, pair: _Pair, covariates: list[str]) -> tuple[object, ...]:
    quantile = QUANTILES.get(measure.kind)
    if quantile is None:
        values, low, high = _of_means(weights, pair)
    else:
        values, low, high = _of_quantiles(weights, pair, quantile)
    delta = values[1] - values[0]
    likely = limits.probability_better(delta, low, high, measure.better)
    checks = (covariates, weights.outside, weights.effective_n(0), weights.effective_n(1))
    return (*values, delta, low, high, likely, *checks, METHOD, None)


def _error(influence: Array, customer: Codes) -> float:
    summed = np.bincount(customer, weights=influence)
    customers = count(customer)
    return math.sqrt(float(summed @ summed) * customers / (customers - 1))


def _of_means(weights: overlap.Weights, pair: _Pair) -> tuple[limits.Limits, float, float]:
    old, new = (overlap.figure(weights, arm, pair.top, pair.bottom) for arm in (0, 1))
    half = Z95 * _error(new.influence - old.influence, pair.customer)
    return (old.value, new.value), new.value - old.value - half, new.value - old.value + half


def _of_quantiles(weights: overlap.Weights, pair: _Pair, p: float) -> tuple[limits.Limits, float, float]:
    """Woodruff's intervals (1952, JASA 47) of the weighted quantiles, joined by MOVER."""
    values, spans = [], []
    for arm in (0, 1):
        inside = weights.treated == arm
        value = _quantile(pair.top[inside], weights.weight[inside], p)
        below = overlap.figure(weights, arm, (pair.top <= value).astype(np.float64), pair.bottom)
        half = Z95 * _error(below.influence, pair.customer)
        ends = [_quantile(pair.top[inside], weights.weight[inside], level) for level in (p - half, p + half)]
        values.append(value)
        spans.append((min(ends[0], value), max(ends[1], value)))
    return (values[0], values[1]), *limits.difference((values[0], values[1]), spans[0], spans[1])


def _quantile(values: Array, weights: Array, p: float) -> float:
    """The weighted quantile, interpolated: with equal weights it is type 7."""
    order = np.argsort(values)
    ordered, weight = values[order], weights[order]
    places = (np.cumsum(weight) - weight[0]) / (weight.sum() - weight[0]) if len(values) > 1 else np.zeros(1)
    return float(np.interp(min(max(p, 0.0), 1.0), places, ordered))
