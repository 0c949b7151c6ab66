"""Tickets of two arms, made for tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from analysis.compare.frame import Kind, Measure

CSAT = Measure("csat", "CSAT", "share", "higher", Kind.SHARE, ("csat_satisfied",), 10)
REOPENED = Measure("reopen_rate", "Reopened", "share", "lower", Kind.SHARE, ("is_reopened",), 10)
MEAN = Measure("time_mean", "Average time", "hours", "lower", Kind.MEAN, ("resolution_calendar_minutes",), 5)
MEDIAN = Measure("time_median", "Median time", "hours", "lower", Kind.MEDIAN, ("resolution_calendar_minutes",), 5)
P90 = Measure("time_p90", "90% within", "hours", "lower", Kind.P90, ("resolution_calendar_minutes",), 5)
COST = Measure("cost_per_resolution", "Cost", "money", "lower", Kind.RATIO, ("cost", "is_resolved"), 10)
ALL = [CSAT, REOPENED, MEAN, MEDIAN, P90, COST]


def arm(name: str, customers: list[Any] | None = None, **columns: Any) -> pl.DataFrame:
    """One arm; without customers every ticket stands for itself."""
    height = len(next(iter(columns.values())))
    named = pl.Series("customer_id", customers or [None] * height, pl.String)
    return pl.DataFrame(columns).with_columns(named, pl.lit(name).alias("arm"))


def shares(a: tuple[int, int], b: tuple[int, int]) -> pl.DataFrame:
    """Arms A and B with (satisfied, answers)."""
    return pl.concat([arm(n, csat_satisfied=[i < x for i in range(of)]) for n, (x, of) in (("A", a), ("B", b))])


def shop(seed: int, sizes: tuple[int, int] = (120, 90), *, labels: str = "AB") -> pl.DataFrame:
    """A shop without any effect: skewed times, repeated customers, some open, some who answered."""
    generator = np.random.default_rng(seed)
    n = sum(sizes)
    resolved = generator.random(n) < 0.9
    hours = np.exp(generator.normal(2, 1, n))
    return pl.DataFrame(
        {
            "arm": [labels[0]] * sizes[0] + [labels[1]] * sizes[1],
            "customer_id": [f"c{i}" for i in generator.integers(0, n, n)],
            "csat_satisfied": np.where(generator.random(n) < 0.6, generator.random(n) < 0.8, np.nan),
            "is_reopened": generator.random(n) < 0.1,
            "resolution_calendar_minutes": np.where(resolved, hours * 60, np.nan),
            "open_minutes": np.where(resolved, np.nan, hours * 30),
            "cost": generator.gamma(2, 2, n),
            "is_resolved": resolved,
            "channel": generator.choice(["mail", "chat"], n),
            "priority": generator.choice(["low", "high"], n, p=[0.7, 0.3]),
        },
        nan_to_null=True,
    )
