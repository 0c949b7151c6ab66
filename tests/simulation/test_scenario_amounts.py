"""Distributions of a scenario: means and quantiles by closed forms, scaled and with another mean."""

from dataclasses import replace

import numpy as np
import pytest

from simulation.parameters import Distributions, Parameters, Shape
from simulation.scenario.amounts import mean, quantiles, with_mean, with_scaled
from tests.simulation.scenario_shops import shop

TIMES = Distributions(
    np.array([Shape.CONSTANT, Shape.EXPONENTIAL, Shape.LOG_NORMAL, Shape.EMPIRICAL, Shape.STEPS], np.int8),
    np.array([7.0, 20.0, 2.0, 0.0, 0.0]),
    np.array([0.0, 0.0, 0.5, 0.0, 0.0]),
    np.array([0, 0, 0, 0, 3, 5], np.int32),
    np.array([1.0, 2.0, 9.0, 4.0, 6.0]),
)
MEANS = [7.0, 20.0, float(np.exp(2.125)), 3.5, 5.0]
"""The empirical one, by straight lines from 1 to 2 to 9: half of (1.5 + 5.5)."""


def parameters() -> Parameters:
    return replace(shop(), distributions=TIMES)


@pytest.mark.parametrize("number", range(5))
def test_means_and_quantiles_agree(number: int) -> None:
    assert mean(TIMES, number) == pytest.approx(MEANS[number])
    assert quantiles(TIMES, number, 20_000).mean() == pytest.approx(MEANS[number], rel=2e-3)
    assert (np.diff(quantiles(TIMES, number)) >= 0).all()


@pytest.mark.parametrize("number", range(5))
def test_a_scaled_copy_has_every_quantile_scaled(number: int) -> None:
    after, new = with_scaled(parameters(), number, 0.7)
    assert new == 5
    assert quantiles(after.distributions, new) == pytest.approx(0.7 * quantiles(TIMES, number))
    assert quantiles(after.distributions, number).tolist() == quantiles(TIMES, number).tolist()


def test_another_mean_with_the_same_spread_or_exponential_where_none_is_known() -> None:
    after, new = with_mean(parameters(), 2, 30.0)
    assert [mean(after.distributions, new), float(after.distributions.b[new])] == pytest.approx([30.0, 0.5])
    after, new = with_mean(parameters(), -1, 30.0)
    assert (int(after.distributions.shape[new]), mean(after.distributions, new)) == (Shape.EXPONENTIAL, 30.0)
