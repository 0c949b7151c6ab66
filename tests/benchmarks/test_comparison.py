"""A short run of the coverage benchmark: gross misses are seen here, half percents by the benchmark itself."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from benchmarks.comparison import BASELINE, MEASURES, draw, simulate


@pytest.mark.parametrize(("n", "times"), [(50, 1), (200, 1), (50, 6)])
def test_intervals_cover_and_winners_are_rare(n: int, times: int) -> None:
    """120 comparisons: no more misses than of intervals that cover 93%, nor winners than 5%, but for chance (0.1%)."""
    for metric, tally in simulate(n, 120, seed=10_000, times=times).items():
        assert tally.covered >= binom.ppf(0.001, tally.comparisons, 0.93), metric
        assert tally.false_winners <= binom.ppf(0.999, tally.null_comparisons, 0.05), metric


def test_the_truth_is_what_is_drawn() -> None:
    """Means over 200,000 tickets against the stated truth."""
    import numpy as np

    tickets = draw(BASELINE, 200_000, np.random.default_rng(1))
    truth = BASELINE.values()
    hours = tickets["resolution_calendar_minutes"].drop_nulls() / 60
    found = {
        "csat": tickets["csat_satisfied"].mean(),
        "reopen_rate": tickets["is_reopened"].mean(),
        "ces": tickets["ces_score"].mean(),
        "handoffs": tickets["handoff_count"].mean(),
        "time_mean": hours.mean(),
        "time_median": hours.median(),
        "time_p90": hours.quantile(0.9, "linear"),
        "cost": tickets["cost"].to_numpy().sum() / tickets["is_resolved"].to_numpy().sum(),
    }
    assert set(found) == {measure.key for measure in MEASURES}
    assert {key: pytest.approx(value, rel=0.02) for key, value in truth.items()} == found
