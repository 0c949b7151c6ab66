"""How far off the level is: found in histories whose drift is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from simulation.calibrate.drift import drift
from simulation.calibrate.streams import Contacts
from simulation.drift import Drift, levels
from simulation.parameters import Floats

WEEKS = 104


def history(daily: NDArray[np.int64]) -> Contacts:
    """Contacts by workflow and day [W, L], the first day a Monday."""
    size, length = daily.shape
    stream = np.repeat(np.arange(size), daily.sum(axis=1))
    day = np.concatenate([np.repeat(np.arange(length), row) for row in daily])
    alone, nothing = np.arange(size, dtype=np.int32), np.empty(0, np.int32)
    return Contacts(
        stream.astype(np.int32), np.zeros(len(day), np.int32), day.astype(np.int32), np.ones(len(day), np.int32),
        np.ones(len(day), np.bool_), alone, alone, np.arange(length, dtype=np.int32) % 7, np.zeros(length, np.bool_),
        nothing, nothing, np.empty(0, np.bool_), np.empty(0, np.bool_),
    )  # fmt: skip


def found(weekly: Floats, seed: int) -> Drift:
    """Of Poisson days whose levels are the week's, [W, weeks]."""
    daily = np.random.default_rng(seed).poisson(20 * np.repeat(weekly, 7, axis=1))
    return drift(history(daily), np.zeros(len(weekly)))


def test_a_level_that_stays_does_not_drift() -> None:
    none = [found(np.ones((2, WEEKS)), seed) for seed in range(10)]
    for name in ("steady", "growing", "weekly"):
        assert np.mean([getattr(each, name) for each in none]) < 0.001


def test_weeks_that_differ_by_themselves_are_told_from_chance() -> None:
    dice = np.random.default_rng(1)
    each = [found(np.exp(dice.normal(0, 0.2, (2, WEEKS))), seed) for seed in range(10)]
    assert np.mean([one.weekly[1:] for one in each]) == pytest.approx(0.04, rel=0.35)
    assert np.mean([one.growing for one in each]) < 0.004


def test_what_workflows_share_is_told_from_what_each_has_alone() -> None:
    """Trends that are told from few contacts are each workflow's own mistake: what is shared is not all there is."""
    dice = np.random.default_rng(2)
    shared = [found(np.exp(np.tile(dice.normal(0, 0.05, WEEKS).cumsum(), (3, 1))), seed) for seed in range(10)]
    alone = [found(np.exp(dice.normal(0, 0.05, (3, WEEKS)).cumsum(axis=1)), seed) for seed in range(10)]
    reach = 4.0
    together, apart = (np.mean([one.steady + reach * one.growing for one in each], axis=0) for each in (shared, alone))
    assert together[0] > 1.5 * together[1:].mean()
    assert apart[1:].mean() > 3 * apart[0]


def test_a_history_too_short_to_tell_is_taken_to_be_off_by_a_tenth() -> None:
    short = drift(history(np.full((2, 60), 20)), np.zeros(2))
    assert (short.steady.tolist(), short.growing.tolist(), short.weekly.tolist()) == ([0.01, 0, 0], [0] * 3, [0] * 3)


def test_levels_move_together_by_what_is_shared_and_shift_no_mean() -> None:
    none = np.zeros(3)
    drawn = levels(Drift(np.array([0.04, 0.0, 0.01]), none, none, 1e6), 4000, 2, 7)
    logs = np.log(drawn)
    assert drawn.shape == (4000, 2, 2)
    assert logs[:, :, 0].var(axis=0) == pytest.approx([0.04, 0.05], rel=0.1)
    assert np.corrcoef(logs[:, 0, 0], logs[:, 1, 0])[0, 1] == pytest.approx((0.04 / 0.05) ** 0.5, abs=0.03)
    assert drawn.mean(axis=(0, 2)) == pytest.approx([1.0, 1.0], abs=0.01)
    assert (logs[::2] + logs[1::2]).std(axis=0).max() < 1e-9
    walk = np.log(levels(Drift(none, np.array([0.01, 0.0, 0.0]), none, 1e6), 4000, 4, 7))[:, 0]
    assert walk.var(axis=0) == pytest.approx([0.01, 0.02, 0.03, 0.04], rel=0.15)


def test_few_periods_make_wide_tails() -> None:
    none = np.zeros(2)
    few, many = (np.log(levels(Drift(np.array([0.01, 0]), none, none, known), 8000, 1, 3)) for known in (4.0, 1e6))
    assert np.quantile(few, 0.95) / np.quantile(many, 0.95) == pytest.approx(2.13 / 1.645, rel=0.1)  # Student's t
