"""Sizes of tests against statsmodels, and that a test of that size has the power."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from analysis.compare.effects import effects
from analysis.compare.plan import mean_size, plan, share_size
from tests.analysis.compare.shops import CSAT, MEAN, MEDIAN, arm, shop


def test_sizes_are_statsmodels() -> None:
    size = proportion_effectsize(0.85, 0.8)
    assert share_size(0.8, 0.85) == pytest.approx(NormalIndPower().solve_power(size, alpha=0.05, power=0.8), rel=1e-4)
    theirs = NormalIndPower().solve_power(0.5 / 3, alpha=0.05, power=0.9)
    assert mean_size(9.0, 0.5, 0.9) == pytest.approx(theirs, rel=1e-4)


def test_a_survey_that_half_answer_needs_twice_the_tickets() -> None:
    answers = [True, None, True, None, False, None, True, None, True, None] * 20
    found = plan(arm("A", csat_satisfied=answers), CSAT, 0.05, 400)
    assert found.per_arm == round(np.ceil(share_size(0.8, 0.85)))
    assert found.counted_share == 0.5
    assert found.tickets == 4 * found.per_arm
    assert found.weeks == found.tickets / 400


def test_a_test_of_that_size_has_the_power() -> None:
    """Of 150 tests of the planned size with the effect, 80% are clear (70-90% allows for chance)."""
    generator = np.random.default_rng(1)
    before = arm("A", resolution_calendar_minutes=60 * generator.normal(10, 3, 4_000))
    size = plan(before, MEAN, -1.0, 100).per_arm or 0
    clear = 0
    for _ in range(150):
        frame = pl.concat([
            arm(name, resolution_calendar_minutes=60 * generator.normal(mean, 3, size))
            for name, mean in (("A", 10), ("B", 9))
        ])  # fmt: skip
        clear += (effects(frame, [MEAN], ["A", "B"])["high"][0]) < 0
    assert 105 <= clear <= 135


def test_medians_by_their_bootstrap_error() -> None:
    """Of normal times the median's variance is pi / 2 of the mean's, as far as 20,000 tickets tell."""
    hours = np.random.default_rng(2).normal(20, 3, 20_000)
    frame = arm("A", resolution_calendar_minutes=60 * hours)
    mean, median = (plan(frame, measure, 1.0, 10).per_arm or 0 for measure in (MEAN, MEDIAN))
    assert median / mean == pytest.approx(np.pi / 2, rel=0.25)


def test_what_cannot_be_planned() -> None:
    with pytest.raises(ValueError, match="smallest difference that would matter"):
        plan(shop(1), CSAT, 0.0, 10)
    with pytest.raises(ValueError, match="cannot change by"):
        plan(shop(1), CSAT, 0.5, 10)
    assert "fewer than the 10" in str(plan(shop(1, (3, 3)), MEAN, 1.0, 10).reason)
