"""How many tickets, and weeks, a test needs before it can see an effect that matters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from analysis.compare.figures import FEWEST, Figure, figure_of, people
from analysis.compare.frame import QUANTILES, Kind, Measure, split
from analysis.compare.limits import NORMAL

POWER = 0.8
ALPHA = 0.05


@dataclass(frozen=True)
class Plan:
    """Tickets of each arm that count for the metric (answers, resolutions), tickets in all, weeks at today's volume.

    `counted_share` of the tickets count: a survey that one in four answers needs four times the tickets.
    """

    per_arm: int | None
    tickets: int | None
    weeks: float | None
    counted_share: float | None
    method: str | None
    reason: str | None = None


def plan(
    tickets: pl.DataFrame, measure: Measure, effect: float, per_week: float, arms: int = 2, power: float = POWER
) -> Plan:
    """The size of a test of `arms` equal arms that sees a difference of `effect` (in the metric's unit) at that power.

    `tickets`: the workflow as it is now; the arms in it are taken together. `per_week`: its tickets a week. ValueError
    if the effect is 0, or would take a share out of 0 to 1.
    """
    needed = tickets.select("customer_id", *measure.columns)
    now = split(needed.with_columns(pl.lit("now").alias("arm")), ["now", "then"])[0]
    current = figure_of(now, measure)
    if current.value is None or current.customers < FEWEST:
        return Plan(
            None, None, None, None, None, f"{people(current.customers)}, fewer than the {FEWEST} that are needed"
        )
    if effect == 0.0:
        raise ValueError("No test sees an effect of 0: say the smallest difference that would matter")
    many, method = _per_arm(measure, current, effect, power)
    share = current.n / tickets.height
    total = math.ceil(arms * many / share)
    return Plan(many, total, total / per_week if per_week > 0 else None, share, method)


def share_size(before: float, after: float, power: float = POWER) -> float:
    """Answers per arm by the arcsine (Cohen 1988)."""
    distance = 2 * math.asin(math.sqrt(after)) - 2 * math.asin(math.sqrt(before))
    return 2 * (_quantiles(power) / distance) ** 2


def mean_size(variance: float, effect: float, power: float = POWER) -> float:
    """Tickets per arm by the normal; `variance` of one ticket."""
    return 2 * variance * (_quantiles(power) / effect) ** 2


def _per_arm(measure: Measure, current: Figure, effect: float, power: float) -> tuple[int, str]:
    value = current.value or 0.0
    if measure.kind is Kind.SHARE:
        if not 0 <= value + effect <= 1:
            raise ValueError(f"A share of {value:.1%} cannot change by {effect * 100:+.1f} points")
        return math.ceil(share_size(value, value + effect, power) * current.design_effect), "arcsine, by customer"
    needed = math.ceil(mean_size(current.error**2 * current.n, effect, power))
    return needed, "bootstrap error" if measure.kind in QUANTILES else "variance by customer"


def _quantiles(power: float) -> float:
    return NORMAL.inv_cdf(1 - ALPHA / 2) + NORMAL.inv_cdf(power)
