import math
from statistics import NormalDist

import numpy as np
import pytest

from simulation.compiled import cached
from simulation.engine.arrays import Fixed, Places
from simulation.engine.draws import amount, normal, rest, survival
from simulation.engine.prepare import prepare
from simulation.parameters import Floats
from tests.simulation.shops import END, Amount, Edge, Shop, constant, exponential, log_normal, steps, table, work

AMOUNTS = (
    constant(3.0),
    exponential(5.0),
    log_normal(10.0, 0.7),
    table(1.0, 2.0, 4.0, 4.0, 9.0),
    steps(0.0, 2.0, 2.0, 5.0),
)


@cached
def normals(upper: Floats, found: Floats) -> None:
    for row in range(len(upper)):
        found[row] = normal(upper[row])


@cached
def draw(fixed: Fixed, which: int, age: float, upper: Floats, found: Floats) -> None:
    for row in range(len(upper)):
        found[row] = amount(fixed, which, upper[row]) if age < 0.0 else rest(fixed, which, age, upper[row])


@cached
def survive(fixed: Fixed, which: int, ages: Floats, found: Floats) -> None:
    for row in range(len(ages)):
        found[row] = survival(fixed, which, ages[row])


def fixed_of(value: Amount) -> tuple[Fixed, Places]:
    fixed = prepare(Shop((work(Edge(1), service=value), END)).network())
    return fixed, fixed.service


def test_normal_is_the_standard_librarys() -> None:
    upper = np.concatenate([np.linspace(0.001, 0.999, 999), 10.0 ** -np.arange(4, 300, 7)])
    found = np.empty(len(upper))
    normals(upper, found)
    expected = [-NormalDist().inv_cdf(chance) for chance in upper]
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("value", AMOUNTS)
def test_amounts_are_exceeded_with_their_probability(value: Amount) -> None:
    fixed, service = fixed_of(value)
    upper = (np.arange(200_000) + 0.5) / 200_000
    drawn, ages = np.empty(len(upper)), np.array([0.0, 0.5, 1.0, 1.7, 2.0, 3.0, 4.0, 6.5, 9.0, 30.0])
    draw(fixed, service[0], -1.0, upper, drawn)
    survived = np.empty(len(ages))
    survive(fixed, service[0], ages, survived)
    np.testing.assert_allclose(survived, [(drawn > age).mean() for age in ages], atol=2e-5)


@pytest.mark.parametrize("value", AMOUNTS)
def test_what_is_left_is_what_those_have_left_who_lasted_so_long(value: Amount) -> None:
    fixed, service = fixed_of(value)
    upper = (np.arange(100_000) + 0.5) / 100_000
    drawn, left = np.empty(len(upper)), np.empty(len(upper))
    draw(fixed, service[0], -1.0, upper, drawn)
    draw(fixed, service[0], 1.5, upper, left)
    expected = np.quantile(drawn[drawn > 1.5] - 1.5, [0.1, 0.3, 0.6, 0.9], method="inverted_cdf")
    np.testing.assert_allclose(np.quantile(left, [0.1, 0.3, 0.6, 0.9], method="inverted_cdf"), expected, atol=2e-2)
    assert left.min() >= 0.0


def test_nothing_is_left_of_what_never_lasts_so_long() -> None:
    for value in (constant(3.0), table(1.0, 2.0), steps(1.0), log_normal(1.0, 0.1)):
        fixed, service = fixed_of(value)
        left = np.empty(1)
        draw(fixed, service[0], 1e9, np.array([0.5]), left)
        assert left[0] == 0.0
    assert math.isfinite(left[0])
