"""An interval that may be looked at every day while a test runs.

An ordinary 95% interval leaves out the truth sooner or later if it is looked at often enough. An asymptotic confidence
sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, Annals of Statistics 52) with Robbins' normal mixture
holds at all looks together; it is wider by a factor that grows slowly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from analysis.compare.figures import Figure, figure_of
from analysis.compare.frame import QUANTILES, Kind, Measure, Tickets, split
from analysis.compare.limits import Limits

METHOD = "asymptotic confidence sequence (Waudby-Smith et al. 2024), by customer"
ALPHA = 0.05
FIRST_LOOK = 50
"""Customers in each arm before the first look: the sequence is asymptotic."""
TIGHTEST = 1_000
"""Customers in both arms together at which the interval is tightest, unless a plan says otherwise."""
NO_QUANTILES = "not known for medians and the slowest tenth"
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

    For shares, means and cost per resolution; medians and P90 get null with the reason, as do arms under FIRST_LOOK.
    """
    baseline, *others = split(tickets, arms)
    rows: list[tuple[object, ...]] = []
    for measure in measures:
        if measure.kind in QUANTILES:
            rows += [(measure.key, baseline.name, other.name, None, None, None, None, NO_QUANTILES) for other in others]
            continue
        old = figure_of(baseline, measure)
        for other in others:
            new = figure_of(other, measure)
            rows.append((measure.key, baseline.name, other.name, *_cells(measure, old, new, planned)))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def sequence(delta: float, error: float, units: float, planned: float = TIGHTEST) -> Limits:
    """The interval after `units` independent units, from the difference and its standard error at this look."""
    scale = units * _rho_squared(planned)
    half = error * math.sqrt(2 * (scale + 1) / scale * math.log(math.sqrt(scale + 1) / ALPHA))
    return delta - half, delta + half


def _rho_squared(planned: float) -> float:
    """The mixture's width that is about tightest at `planned` units (their appendix B.2)."""
    return (-2 * math.log(ALPHA) + math.log(-2 * math.log(ALPHA)) + 1) / planned


def _cells(measure: Measure, old: Figure, new: Figure, planned: int) -> tuple[object, ...]:
    if old.value is None or new.value is None:
        return (*(None,) * 4, "nothing counts in one of them")
    delta = new.value - old.value
    if min(old.customers, new.customers) < FIRST_LOOK:
        return delta, None, None, None, f"fewer than {FIRST_LOOK} customers in one of them"
    error = math.hypot(_error(measure, old), _error(measure, new))
    if error == 0.0:
        return delta, None, None, None, "the same in every ticket"
    return delta, *sequence(delta, error, old.customers + new.customers, planned), METHOD, None


def _error(measure: Measure, one: Figure) -> float:
    """Of shares at (x + 2) / (n + 4), so that an early run of equal answers does not look certain."""
    if measure.kind is not Kind.SHARE:
        return one.error
    n = one.n / one.design_effect
    share = ((one.value or 0.0) * n + 2) / (n + 4)
    return max(one.error, math.sqrt(share * (1 - share) / n))
