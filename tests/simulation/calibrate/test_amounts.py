"""Distributions from weighted observations."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.calibrate.amounts import Collected, best_shape, weighted
from simulation.parameters import Distributions, Shape

RNG = np.random.default_rng(7)


def told(value: list[float], day: list[int], weights: list[float], *, fit: bool = False) -> Distributions:
    collected = Collected()
    collected.observed("one", np.array(value), np.array(day, np.int32), fit=fit)
    return weighted(collected.done(), np.array(weights))


def test_few_values_are_told_as_they_are() -> None:
    times = told([3.0, 1.0, 2.0], [0, 0, 0], [1.0])
    assert times.values.tolist() == [1.0, 2.0, 3.0]
    assert Shape(times.shape[0]) is Shape.EMPIRICAL


def test_a_day_that_counts_three_times_moves_the_quantiles() -> None:
    # Of 1, 2, 5, 5, 5, 9, 9, 9 the values at no weight, a third, two thirds (2.67 and 5.33 of 8) and all of it.
    assert told([1.0, 2.0, 5.0, 9.0], [0, 0, 1, 1], [1.0, 3.0]).values.tolist() == [1.0, 5.0, 9.0, 9.0]


def test_days_that_count_nothing_leave_the_rest() -> None:
    assert set(told([1.0, 2.0, 5.0, 9.0], [0, 0, 1, 1], [0.0, 1.0]).values) == {5.0, 9.0}
    assert told([1.0, 2.0], [0, 0], [0.0, 1.0]).values.tolist() == [1.0, 2.0]


def test_a_log_normal_is_recovered_under_weights() -> None:
    value = np.exp(RNG.normal(2.0, 0.5, 4000))
    day = np.repeat([0, 1], 2000).astype(np.int32)
    value[2000:] *= 100
    times = told(value.tolist(), day.tolist(), [1.0, 0.0], fit=True)
    if Shape(times.shape[0]) is Shape.LOG_NORMAL:
        assert (times.a[0], times.b[0]) == pytest.approx((2.0, 0.5), abs=0.05)
    assert times.values.max(initial=0.0) < 1000


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (np.exp(RNG.normal(1.5, 0.6, 300)), Shape.LOG_NORMAL),
        (RNG.exponential(5.0, 300), Shape.EXPONENTIAL),
        (np.concatenate([RNG.normal(2, 0.05, 400), RNG.normal(60, 1, 400)]), Shape.EMPIRICAL),
        (np.array([1.0, 2.0]), Shape.LOG_NORMAL),
    ],
)
def test_the_shape_is_the_one_left_out_values_are_likeliest_under(value: np.ndarray, shape: Shape) -> None:
    assert best_shape(np.sort(value)) is shape


def test_a_timer_is_steps_and_a_constant_is_one() -> None:
    assert Shape(told([0.0] * 10 + [float(n) for n in range(1, 11)], [0] * 20, [1.0]).shape[0]) is Shape.STEPS
    constant = told([7.0] * 5, [0] * 5, [1.0])
    assert (Shape(constant.shape[0]), constant.a[0]) == (Shape.CONSTANT, 7.0)


def test_a_key_asked_for_twice_is_one_distribution() -> None:
    collected = Collected()
    one = collected.observed("same", np.array([1.0, 2.0]), np.zeros(2, np.int32))
    assert collected.observed("same", np.array([1.0, 2.0]), np.zeros(2, np.int32)) == one
    assert collected.constant(3.0) == collected.constant(3.0)
    times = weighted(collected.done(), np.ones(1))
    assert times.value_start.tolist() == [0, 2, 2]
