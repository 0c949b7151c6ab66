"""Intervals where the truth is known: figures made of a calibration's error, a seed's luck and their interaction."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.experiment import block_weights
from simulation.intervals import Runs, effect, prediction, spread
from simulation.money import Price, payback, worth

BLOCKS = 8.0


def made(dice: np.random.Generator, calibration: float, luck: float, draws: int = 50, seeds: int = 4) -> Runs:
    """Runs about a true mean of 0: the best calibration errs, its draws err as much again about it."""
    error = dice.normal(0, calibration)
    about = error + dice.normal(0, calibration * np.sqrt(1 - 1 / BLOCKS), draws)
    common = dice.normal(0, luck, seeds)
    noise = dice.normal(0, luck / 4, (draws, seeds))
    return Runs(
        error + common + dice.normal(0, luck / 4, seeds),
        about[:, None] + common + noise,
        about + dice.normal(0, luck, draws) + dice.normal(0, luck / 4, draws),
        BLOCKS,
    )


@pytest.mark.parametrize(("calibration", "luck"), [(1.0, 0.1), (1.0, 1.0), (0.2, 1.0), (0.02, 1.0)])
def test_effects_hold_the_truth_in_95_of_100_cases(calibration: float, luck: float) -> None:
    """Whether days or runs are what is scarce: 1,500 experiments, within four standard errors."""
    dice = np.random.default_rng(5)
    found = [effect(made(dice, calibration, luck)) for _ in range(1500)]
    held = np.mean([each.low <= 0 <= each.high for each in found])
    assert held == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 1500))


@pytest.mark.parametrize(("calibration", "luck"), [(1.0, 0.1), (1.0, 1.0), (0.2, 1.0)])
def test_predictions_hold_the_next_period_in_90_of_100_cases(calibration: float, luck: float) -> None:
    dice = np.random.default_rng(6)
    held = []
    for _ in range(1500):
        told = prediction(made(dice, calibration, luck))
        held.append(told.low <= dice.normal(0, luck * np.sqrt(1 + 1 / 16)) <= told.high)
    assert np.mean(held) == pytest.approx(0.90, abs=0.035)


def test_fresh_runs_take_the_common_seeds_luck_out() -> None:
    """The four common seeds were lucky by 3: the estimate is not, and its range is that of 50 runs."""
    dice = np.random.default_rng(7)
    luck = dice.normal(0, 1.0, 50)
    runs = Runs(np.full(4, 10.0 + 3.0), np.full((50, 4), 10.0 + 3.0), 10.0 + luck, 8.0)
    told = effect(runs)
    assert told.value == pytest.approx(10.0, abs=4 / np.sqrt(50))
    assert told.high - told.low == pytest.approx(2 * 2.01 * luck.std(ddof=1) / np.sqrt(50), rel=0.01)
    assert spread(runs).calibration == 0.0


def test_no_difference_is_exactly_none() -> None:
    runs = made(np.random.default_rng(1), 1.0, 1.0)
    assert effect(runs - runs) == effect(Runs(np.zeros(5), np.zeros((50, 5)), np.zeros(50), 8.0))
    assert (effect(runs - runs).low, effect(runs - runs).high) == (0.0, 0.0)


def test_too_few_draws_with_a_value_give_no_range() -> None:
    runs = made(np.random.default_rng(2), 1.0, 1.0)
    runs.fresh[:45] = np.nan
    told = effect(runs)
    assert told.value == pytest.approx(runs.point.mean())
    assert np.isnan([told.low, told.high]).all()


def test_blocks_are_weeks_and_every_day_counts_alike() -> None:
    weights = block_weights(56, 4000, 3)
    assert (weights.sum(axis=1) == 56).all()
    assert weights.mean(axis=0) == pytest.approx(np.ones(56), abs=4 * np.sqrt(1 / 4000))
    # With blocks of a week each weekday comes as often as in the data.
    assert (weights.reshape(-1, 8, 7).sum(axis=1) == 8).all()
    # Neighbours are drawn together: of two neighbouring days six of seven blocks have both.
    together = np.corrcoef(weights[:, 10], weights[:, 11])[0, 1]
    assert together == pytest.approx(6 / 7 - 1 / 49, abs=0.05)
    assert block_weights(56, 5, 3).tolist() == weights[:5].tolist()


def test_payback() -> None:
    """1,200 spent once, 300 saved a month less 100 a month of its own: 6 months; never where nothing is saved."""
    runs = Runs(np.full(5, 300.0), np.full((50, 5), 300.0), np.full(50, 300.0), 8.0)
    none = runs - runs
    told = worth({"handling": runs, "fees": none, "payroll": none, "hours": none}, Price(1200.0, 100.0))
    assert told["saving_month"]["value"] == 300.0
    assert told["net_month"]["value"] == 200.0
    assert told["payback_months"] == {"value": 6.0, "low": 6.0, "high": 6.0}
    assert payback(1200.0, -5.0) is None


def test_where_staff_is_changed_what_is_paid_counts() -> None:
    runs = Runs(np.full(5, 300.0), np.full((50, 5), 300.0), np.full(50, 300.0), 8.0)
    none, paid = runs - runs, Runs(-runs.point * 9, -runs.draws * 9, -runs.fresh * 9, 8.0)
    told = worth({"handling": runs, "fees": none, "payroll": paid, "hours": none}, Price())
    assert told["saving_month"]["value"] == -2700.0
    assert told["payback_months"]["value"] is None
