"""Interrupted time series against statsmodels, and what a step looks like among earlier dates."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from analysis.compare.before_after import before_after, lags

FIRST = dt.date(2026, 1, 5)


def weekly(values: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame({"period": [FIRST + dt.timedelta(weeks=at) for at in range(len(values))], "value": values})


def noise(seed: int, weeks: int = 50) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, weeks)


def test_the_step_is_statsmodels_with_newey_west() -> None:
    values = 20 + noise(1)
    values[30:] -= 3
    found = before_after(weekly(values), FIRST + dt.timedelta(weeks=30)).step
    time = np.arange(50) - 30.0
    later = (time >= 0).astype(float)
    fit = sm.OLS(values, np.column_stack([np.ones(50), time, later, time * later])).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags(50), "use_correction": True}, use_t=True
    )
    assert found is not None
    assert (found.expected, found.slope_before, found.step, found.slope_change) == pytest.approx(tuple(fit.params))
    assert (found.low, found.high) == pytest.approx(tuple(fit.conf_int()[2]))
    assert found.p == pytest.approx(fit.pvalues[2])


def test_a_planted_step_ranks_first() -> None:
    values = 20 + 0.05 * np.arange(50) + noise(2)
    values[36:] -= 6
    found = before_after(weekly(values), FIRST + dt.timedelta(weeks=36))
    assert found.step is not None
    assert found.step.low < -6 < found.step.high < 0
    assert (found.rank, len(found.placebos)) == (1, 36 - 8 - 4 + 1)
    assert found.placebo_p == pytest.approx(1 / 26)
    assert found.warning.startswith("Before and after is no fair draw")


def test_without_a_step_the_rank_is_anywhere() -> None:
    """60 series without a step: the p of the placebo check is under 0.1 in about a tenth of them."""
    found = [before_after(weekly(noise(seed)), FIRST + dt.timedelta(weeks=30)).placebo_p for seed in range(60)]
    assert sum((p or 1) <= 0.1 for p in found) <= 14


def test_gaps_stay_gaps() -> None:
    """A straight line has no step, whichever weeks are missing."""
    values = weekly(3.0 * np.arange(40)).with_columns(
        pl.when(pl.int_range(pl.len()).is_in([5, 6, 25])).then(None).otherwise("value").alias("value")
    )
    found = before_after(values, FIRST + dt.timedelta(weeks=20)).step
    assert found is not None
    assert (found.step, found.slope_before) == pytest.approx((0.0, 3.0), abs=1e-9)


def test_too_short_says_so() -> None:
    found = before_after(weekly(noise(1, 10)), FIRST + dt.timedelta(weeks=7))
    assert found.step is None
    assert found.reason == "7 periods before and 3 after; 8 and 4 are needed"
