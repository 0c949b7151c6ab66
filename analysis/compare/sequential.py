"""An interval that may be looked at every day while a test runs.

An ordinary 95% interval leaves out the truth sooner or later if it is looked at often enough. An asymptotic confidence
sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, Annals of Statistics 52) with Robbins' normal mixture
holds at all looks together; it is wider by a factor that grows slowly.

Of a median or P90 the same is said of a share: that of the tickets below the true quantile, which is 50% or 90%. The
quantiles whose share could be that are a confidence sequence (Howard and Ramdas 2022, Bernoulli 28), and two arms are
joined by a union bound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from analysis.compare.figures import Figure, figure_of
from analysis.compare.frame import QUANTILES, Arm, Array, Kind, Measure, Tickets, sample, split
from analysis.compare.limits import Limits

METHOD = "asymptotic confidence sequence (Waudby-Smith et al. 2024), by customer"
ALPHA = 0.05
FIRST_LOOK = 50
"""Customers in each arm before the first look: the sequence is asymptotic."""
TIGHTEST = 1_000
"""Customers in both arms together at which the interval is tightest, unless a plan says otherwise."""
QUANTILE_METHOD = "confidence sequence of order statistics (Howard and Ramdas 2022), by customer, union bound"
NO_TAIL = "too few tickets beyond it"
SCHEMA = {
    "metric": pl.String,
    "baseline": pl.String,
    "arm": pl.String,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "method": pl.String,
    "reason": pl.String,
}


def always_valid(
    tickets: Tickets, measures: Sequence[Measure], arms: Sequence[str], planned: int = TIGHTEST
) -> pl.DataFrame:
    """One row per metric and arm against the first: a 95% interval of the difference that holds at all looks together.

    Arms under FIRST_LOOK get null with the reason, as do quantiles beyond which too few tickets lie.
    """
    baseline, *others = split(tickets, arms)
    rows: list[tuple[object, ...]] = []
    for measure in measures:
        old = _of_arm(baseline, measure)
        for other in others:
            cells = _cells(measure, old, _of_arm(other, measure), planned)
            rows.append((measure.key, baseline.name, other.name, *cells))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def sequence(delta: float, error: float, units: float, planned: float = TIGHTEST) -> Limits:
    """The interval after `units` independent units, from the difference and its standard error at this look."""
    half = error * _times(units, planned, ALPHA)
    return delta - half, delta + half


def quantile_sequence(ordered: Array, p: float, effect: float, units: float, planned: float) -> Limits | None:
    """The interval of one arm's quantile at 1 - ALPHA / 2, from its values from small to large.

    `effect` is the design effect and `units` the customers. Null if the interval has no end on one side.
    """
    n = len(ordered)
    half = math.sqrt(p * (1 - p) * effect / n) * _times(units, planned, ALPHA / 2)
    below, above = math.ceil(n * (p - half)), math.floor(n * (p + half)) + 1
    if below < 1 or above > n:
        return None
    return float(ordered[below - 1]), float(ordered[above - 1])


def _times(units: float, planned: float, alpha: float) -> float:
    """How many standard errors wide to either side: Robbins' mixture, about tightest at `planned` units (B.2)."""
    scale = units * (-2 * math.log(alpha) + math.log(-2 * math.log(alpha)) + 1) / planned
    return math.sqrt(2 * (scale + 1) / scale * math.log(math.sqrt(scale + 1) / alpha))


def _of_arm(arm: Arm, measure: Measure) -> tuple[Figure, Array]:
    """The figure, and of a quantile the values from small to large."""
    ordered = sample(arm, measure).ordered if measure.kind in QUANTILES else np.empty(0)
    return figure_of(arm, measure), ordered


def _cells(
    measure: Measure, baseline: tuple[Figure, Array], other: tuple[Figure, Array], planned: int
) -> tuple[object, ...]:
    old, new = baseline[0], other[0]
    if old.value is None or new.value is None:
        return (*(None,) * 4, "nothing counts in one of them")
    delta = new.value - old.value
    if min(old.customers, new.customers) < FIRST_LOOK:
        return delta, None, None, None, f"fewer than {FIRST_LOOK} customers in one of them"
    if measure.kind in QUANTILES:
        return delta, *_joined(QUANTILES[measure.kind], baseline, other, planned)
    error = math.hypot(_error(measure, old), _error(measure, new))
    if error == 0.0:
        return delta, None, None, None, "the same in every ticket"
    return delta, *sequence(delta, error, old.customers + new.customers, planned), METHOD, None


def _joined(p: float, baseline: tuple[Figure, Array], other: tuple[Figure, Array], planned: int) -> tuple[object, ...]:
    """Both arms' own intervals hold together, so the difference lies between their farthest ends."""
    spans = [
        quantile_sequence(ordered, p, one.design_effect, one.customers, planned / 2)
        for one, ordered in (baseline, other)
    ]
    if spans[0] is None or spans[1] is None:
        return None, None, None, NO_TAIL
    (bottom, top), (low, high) = spans[0], spans[1]
    if low - top == high - bottom:
        return None, None, None, "the same in every ticket"
    return low - top, high - bottom, QUANTILE_METHOD, None


def _error(measure: Measure, one: Figure) -> float:
    """Of shares at (x + 2) / (n + 4), so that an early run of equal answers does not look certain."""
    if measure.kind is not Kind.SHARE:
        return one.error
    n = one.n / one.design_effect
    share = ((one.value or 0.0) * n + 2) / (n + 4)
    return max(one.error, math.sqrt(share * (1 - share) / n))
