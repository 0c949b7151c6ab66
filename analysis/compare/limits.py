"""Intervals of shares and of differences and ratios of two figures, and what is read off an interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeAlias

Z95 = 1.959963984540054
NORMAL = NormalDist()
Limits: TypeAlias = tuple[float, float]


def wilson(share: float, n: float) -> Limits:
    """Wilson's 95% interval (1927). `n` may be an effective number, smaller than the count."""
    centre = share + Z95**2 / (2 * n)
    half = Z95 * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n * n))
    return (centre - half) / (1 + Z95**2 / n), (centre + half) / (1 + Z95**2 / n)


def difference(values: Limits, baseline: Limits, figure: Limits) -> Limits:
    """Interval of figure - baseline from their own (MOVER); of two Wilson intervals Newcombe's method 10 (1998).

    `values`: of the baseline and of the figure.
    """
    old, new = values
    return (
        new - old - math.hypot(new - figure[0], baseline[1] - old),
        new - old + math.hypot(figure[1] - new, old - baseline[0]),
    )


def ratio(values: Limits, baseline: Limits, figure: Limits) -> Sequence[float | None]:
    """Interval of figure / baseline: the same on the logarithms. Nulls where a value is 0, or an end has no bound."""
    old, new = values
    if old <= 0 or new <= 0:
        return None, None
    low, high = math.log(new / old), math.log(new / old)
    low -= math.hypot(_log(new, figure[0]), _log(baseline[1], old))
    high += math.hypot(_log(figure[1], new), _log(old, baseline[0]))
    return math.exp(low), math.exp(high) if math.isfinite(high) else None


def probability_better(delta: float, low: float, high: float, better: str) -> float | None:
    """How sure we can be that the difference goes the good way, read off its 95% interval.

    Over 97.5% exactly where the interval lies on the good side of 0. Null where neither way is good.
    """
    if better not in {"higher", "lower"}:
        return None
    half = delta - low if delta > 0 else high - delta
    risen = NORMAL.cdf(delta / half * Z95) if half > 0 else 0.5
    return risen if better == "higher" else 1 - risen


def _log(above: float, below: float) -> float:
    return math.log(above / below) if below > 0 else math.inf
