"""Differences and ratios between variants, metric by metric, with 95% intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import polars as pl
from scipy.special import stdtrit

from analysis.compare import limits
from analysis.compare.figures import FEWEST, Figure, figure_of, figures, people
from analysis.compare.frame import QUANTILES, Kind, Measure, Tickets, at_once, split
from analysis.compare.limits import Z95, Limits
from analysis.compare.resample import DRAWS

ENDS = (0.975, 0.025)
FEWEST_DRAWS = 0.99
"""Share of the draws that must have an error of their own; else draws say little, and Student's t serves."""

UNEQUAL = 2
"""Times as many customers in one arm as in the other, from which a skewed small arm decides alone."""

SCHEMA = {
    "metric": pl.String,
    "label": pl.String,
    "unit": pl.String,
    "better": pl.String,
    "kind": pl.String,
    "baseline": pl.String,
    "arm": pl.String,
    "baseline_value": pl.Float64,
    "baseline_n": pl.Int64,
    "value": pl.Float64,
    "n": pl.Int64,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "ratio": pl.Float64,
    "ratio_low": pl.Float64,
    "ratio_high": pl.Float64,
    "probability_better": pl.Float64,
    "design_effect": pl.Float64,
    "method": pl.String,
    "reason": pl.String,
}


@dataclass(frozen=True)
class Interval:
    """The 95% interval of a difference and of a ratio (nulls where it has none), and how they were found."""

    low: float
    high: float
    ratio: tuple[float | None, float | None]
    method: str


def effects(tickets: Tickets, measures: Sequence[Measure], arms: Sequence[str]) -> pl.DataFrame:
    """One row per metric and arm other than the first, which is the baseline; columns as in SCHEMA.

    Value, difference and interval are in the metric's unit; `difference` is arm - baseline. `design_effect` is the
    larger of the two arms' (1: no customer's tickets are more alike than others'). Where too few count, value and n
    stand and the rest is null with the `reason`.
    """
    parts = split(tickets, arms)
    at_once(lambda of: figure_of(*of), product(parts, measures))
    found = {arm.name: figures(arm, measures) for arm in parts}
    baseline, *others = arms
    rows = [
        _row(measure, (baseline, found[baseline][at]), (other, found[other][at]))
        for at, measure in enumerate(measures)
        for other in others
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def interval(kind: Kind, old: Figure, new: Figure) -> Interval | None:
    """The interval of new - old, and of new / old; null if neither varies."""
    if kind is Kind.SHARE:
        return _newcombe(old, new)
    if kind in QUANTILES:
        return _of_quantiles(old, new)
    if math.hypot(old.error, new.error) == 0.0:
        return None
    return _of_means(old, new)


def _row(measure: Measure, baseline: tuple[str, Figure], arm: tuple[str, Figure]) -> tuple[object, ...]:
    old, new = baseline[1], arm[1]
    names = (measure.key, measure.label, measure.unit, measure.better, measure.kind.value, baseline[0], arm[0])
    values = (old.value, old.n, new.value, new.n)
    reason = _too_few(measure, baseline) or _too_few(measure, arm)
    if old.value is None or new.value is None:
        return (*names, *values, *(None,) * 9, reason)
    delta = new.value - old.value
    ratio = new.value / old.value if old.value > 0 else None
    span = None if reason else interval(measure.kind, old, new)
    if span is None:
        return (*names, *values, delta, None, None, ratio, *(None,) * 5, reason or "the same in every ticket")
    likely = limits.probability_better(delta, span.low, span.high, measure.better)
    effect = max(old.design_effect, new.design_effect)
    return (*names, *values, delta, span.low, span.high, ratio, *span.ratio, likely, effect, span.method, None)


def _too_few(measure: Measure, arm: tuple[str, Figure]) -> str | None:
    name, figure = arm
    if figure.n < measure.min_n:
        return f"{figure.n:,} in {name}, fewer than the {measure.min_n} that are needed"
    if figure.customers < FEWEST:
        return f"{people(figure.customers)} in {name}, fewer than the {FEWEST} that are needed"
    return None


def _newcombe(old: Figure, new: Figure) -> Interval:
    values = (old.value or 0.0, new.value or 0.0)
    # Where all of an arm agree, how alike a customer's tickets are is only seen in the other.
    agree = [value in {0.0, 1.0} for value in values]
    if agree == [True, False]:
        old = replace(old, design_effect=new.design_effect)
    if agree == [False, True]:
        new = replace(new, design_effect=old.design_effect)
    low, high = limits.difference(values, old.wilson, new.wilson)
    below, above = limits.ratio(values, old.wilson, new.wilson)
    return Interval(low, high, (below, above), "Newcombe's method 10, by customer")


def _of_quantiles(old: Figure, new: Figure) -> Interval | None:
    if old.draws is None or new.draws is None or (np.ptp(old.draws) == 0 and np.ptp(new.draws) == 0):
        return None
    high, low = np.quantile(np.subtract.outer(new.draws, old.draws), ENDS)
    above: tuple[float | None, float | None] = (None, None)
    if old.draws.min() > 0:
        top, bottom = np.quantile(np.divide.outer(new.draws, old.draws), ENDS)
        above = (float(bottom), float(top))
    return Interval(float(low), float(high), above, "bootstrap of order statistics, all pairs")


def _of_means(old: Figure, new: Figure) -> Interval:
    """At either end the wider of Welch's t and bootstrap-t, both by customer.

    Of skewed data Welch's t misses where one arm is much smaller, and bootstrap-t where skewness cancels between equal
    arms: see docs/decisions/0007-comparing-variants.md.
    """
    welch = _welch(old, new)
    ends, method = _studentised(old, new), f"bootstrap-t by customer, {DRAWS:,} draws, not narrower than Welch's t"
    alone = _joined(old, new) if ends is not None else None
    if ends is not None and alone is not None:
        ends = max(ends[0], alone[0]), min(ends[1], alone[1])
    if ends is None and old.draws is None:
        ends, method = _limit(old, new), "limit of bootstrap-t (Hall 1992), by customer"
    if ends is None:
        ends, method = welch, "Welch's t, by customer"
    ends = max(ends[0], welch[0]), min(ends[1], welch[1])
    error, delta = math.hypot(old.error, new.error), (new.value or 0.0) - (old.value or 0.0)
    return Interval(delta - ends[0] * error, delta - ends[1] * error, _fieller(old, new, ends), method)


def _fieller(old: Figure, new: Figure, ends: Limits) -> tuple[float | None, float | None]:
    """The interval of new / old (Fieller 1954): it leaves out 1 exactly where that of the difference leaves out 0.

    Nulls where the baseline is not clearly above 0.
    """
    before, after = old.value or 0.0, new.value or 0.0
    found = []
    for end in ends:
        scale = before**2 - (end * old.error) ** 2
        if before <= 0 or scale <= 0:
            return None, None
        under = (before * after) ** 2 - scale * (after**2 - (end * new.error) ** 2)
        found.append((before * after - math.copysign(math.sqrt(max(under, 0.0)), end)) / scale)
    return found[0], found[1]


def _studentised(old: Figure, new: Figure) -> Limits | None:
    """The 97.5% and 2.5% points of the redrawn (moved / its error); null where too many draws have no error."""
    if old.draws is None or new.draws is None or old.draw_errors is None or new.draw_errors is None:
        return None
    moved, errors = new.draws - old.draws, np.hypot(old.draw_errors, new.draw_errors)
    usable = np.isfinite(moved) & np.isfinite(errors) & (errors > 0)
    if usable.mean() < FEWEST_DRAWS:
        return None
    high, low = np.quantile(moved[usable] / errors[usable], ENDS)
    return float(high), float(low)


def _joined(old: Figure, new: Figure) -> Limits | None:
    """Where one arm is much smaller: the arms' own bootstrap-t intervals joined by MOVER (Zou and Donner 2008)."""
    if max(old.customers, new.customers) < UNEQUAL * min(old.customers, new.customers):
        return None
    still = replace(old, value=0.0, error=0.0, draws=np.zeros(DRAWS), draw_errors=np.zeros(DRAWS))
    spans = []
    for one in (old, new):
        ends, value = _studentised(still, one), one.value or 0.0
        if ends is None:
            return None
        spans.append((value - ends[0] * one.error, value - ends[1] * one.error))
    values = (old.value or 0.0, new.value or 0.0)
    low, high = limits.difference(values, spans[0], spans[1])
    error, delta = math.hypot(old.error, new.error), values[1] - values[0]
    return (delta - low) / error, (delta - high) / error


def _welch(old: Figure, new: Figure) -> Limits:
    pairs = [(one.error**2, one.customers - 1) for one in (old, new)]
    freedom = sum(square for square, _ in pairs) ** 2 / sum(square**2 / many for square, many in pairs)
    times = float(stdtrit(freedom, ENDS[0]))
    return times, -times


def _limit(old: Figure, new: Figure) -> Limits:
    """What bootstrap-t tends to as draws and tickets grow: its expansion to second order (Hall 1992, 3.6)."""
    skew = (new.third - old.third) / math.hypot(old.error, new.error) ** 3 * (2 * Z95**2 + 1) / 6
    return Z95 - skew, -Z95 - skew
