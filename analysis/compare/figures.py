"""One measure of one arm: the figure, how sure it is, and its bootstrap draws. Customers, not tickets, vary."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.compare.frame import QUANTILES, Arm, Array, Kind, Measure, Sample, sample
from analysis.compare.limits import Limits, wilson
from analysis.compare.resample import redrawn_quantiles, redrawn_sums, seed_of

FEWEST = 10
"""Customers in an arm without whom there is no interval."""
MOST_DRAWN = 10_000
"""Tickets of an arm up to which customers are drawn again; beyond, the bootstrap's limit differs by nothing seen."""


@dataclass(frozen=True)
class Figure:
    """The value of a measure in one arm.

    `error` is its standard error and `third` the third cumulant, both by customer; `customers` are those with tickets
    that count; `design_effect` is the variance by customer over that of as many unrelated tickets. `draws` and
    `draw_errors` are bootstrap values (of linear statistics: less the value) and their standard errors, null where none
    were drawn.
    """

    value: float | None
    n: int
    customers: int
    error: float = 0.0
    third: float = 0.0
    design_effect: float = 1.0
    draws: Array | None = None
    draw_errors: Array | None = None

    @property
    def wilson(self) -> Limits:
        """The interval of a share at its effective n."""
        return wilson(self.value or 0.0, self.n / self.design_effect)


def figures(arm: Arm, measures: Sequence[Measure]) -> list[Figure]:
    """The figures of one arm, in the order of the measures."""
    found = [figure_of(arm, measure) for measure in measures]
    linear = [at for at, measure in enumerate(measures) if measure.kind in {Kind.MEAN, Kind.RATIO} and found[at].n]
    if linear and arm.size <= MOST_DRAWN:
        deviations = []
        for at in linear:
            data = sample(arm, measures[at])
            moved = by_customer(data, data.deviation(found[at].value or 0.0), arm.customers)
            deviations.append((moved, by_customer(data, data.bottom, arm.customers)))
        for at, drawn in zip(linear, _drawn(deviations, arm.name), strict=True):
            found[at] = replace(found[at], draws=drawn[0], draw_errors=drawn[1])
    return found


def figure_of(arm: Arm, measure: Measure) -> Figure:
    """The figure of one measure in one arm; draws only if it is a quantile (theirs cost nothing)."""
    return arm.keep(("figure", measure), lambda: _figure(sample(arm, measure), measure))


def _figure(data: Sample, measure: Measure) -> Figure:
    if not data.n:
        return Figure(None, 0, 0)
    quantile = QUANTILES.get(measure.kind)
    if quantile is not None:
        return _quantile(data, quantile)
    value = float(data.top.sum() / _total(data))
    found = _linear(data, value)
    return _share(found, data) if measure.kind is Kind.SHARE else found


def by_customer(data: Sample, of: Array | None, customers: int = 0) -> Array:
    """The sum of what every ticket adds (null: 1), per customer (at least `customers` of them)."""
    summed: Array = np.bincount(data.customer, weights=of, minlength=customers).astype(np.float64, copy=False)
    return summed


def people(customers: int) -> str:
    """1 customer, 2 customers."""
    return f"{customers:,} customer{'' if customers == 1 else 's'}"


def _total(data: Sample) -> float:
    return len(data.top) if data.bottom is None else float(data.bottom.sum())


def _linear(data: Sample, value: float) -> Figure:
    scaled = by_customer(data, data.deviation(value))
    scaled /= _total(data)
    # A product of two long vectors would start BLAS's own threads, which wait busily on the cores of the others.
    squares = scaled * scaled
    spread = float(squares.sum()) * data.customers / max(data.customers - 1, 1)
    scaled *= squares
    return Figure(value, data.n, data.customers, math.sqrt(spread), float(scaled.sum()))


def _share(found: Figure, data: Sample) -> Figure:
    value, n = found.value or 0.0, found.n
    unrelated = value * (1 - value) / max(n - 1, 1)
    if unrelated > 0:
        effect = max(1.0, found.error**2 / unrelated)
    else:
        # Everybody agrees, so nothing shows how alike a customer's own tickets are: take them for one.
        counts = np.bincount(data.customer)
        effect = float((counts**2).sum() / n)
    return replace(found, design_effect=effect)


def _quantile(data: Sample, p: float) -> Figure:
    value = float(np.quantile(data.ordered, p))
    below = replace(data, top=(data.top <= value).astype(np.float64))
    share = _share(_linear(below, float(below.top.mean())), below)
    draws = redrawn_quantiles(data, p, share.n / share.design_effect)
    return replace(share, value=value, error=float(draws.std()), third=0.0, draws=draws)


def _drawn(deviations: Sequence[tuple[Array, Array]], seed: str) -> list[tuple[Array, Array]]:
    """Per measure: how far each draw's figure is from the figure, and its standard error."""
    columns = [column for u, n in deviations for column in (u, n, u * u, u * n, n * n)]
    sums = redrawn_sums(np.column_stack(columns), seed_of(seed))
    found = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for at, (_, bottom) in enumerate(deviations):
            u, n, uu, un, nn = sums[:, 5 * at : 5 * at + 5].T
            moved = u / n
            customers = int((bottom > 0).sum())
            spread = (uu - 2 * moved * un + moved**2 * nn) / n**2 * customers / max(customers - 1, 1)
            found.append((moved, np.sqrt(np.maximum(spread, 0.0))))
    return found
