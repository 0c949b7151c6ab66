import math

import numpy as np
import pytest

from benchmarks.simulation import hand_made, rivals
from benchmarks.simulation.networks import AGENTS, RATE, SERVICE, WEEK, busy_shop, cases, two_pools
from benchmarks.simulation.throughput import Row, _line
from benchmarks.simulation.truth_table import shops_effects
from simulation.compile import check
from simulation.engine import run


def test_the_same_network_is_timed_everywhere() -> None:
    assert (rivals.RATE, rivals.SERVICE, rivals.AGENTS) == (RATE, SERVICE, AGENTS)
    rows = run(two_pools(), cases(100_000, RATE, 1), math.inf, 1).records
    waits = [(rows.started - rows.entered)[rows.state == state].mean() for state in (0, 1)]
    assert waits == pytest.approx([5.23, 5.23], rel=0.15)  # Erlang C of 9 agents at a load of 8
    assert rivals.with_simpy(20_000) == pytest.approx([5.23, 5.23], rel=0.35)


def test_the_busy_shop_is_busy_and_keeps_up() -> None:
    network = busy_shop(8)
    result = run(network, cases(8_000, 0.11, 1), 8 * WEEK, 1)
    on_duty = (network.duty.duty_to - network.duty.duty_from).sum()
    assert result.open < 300
    assert 0.4 < result.records.work.sum() / on_duty < 0.8
    assert np.unique(result.records.agent).tolist() == list(range(-1, 14))


def test_what_could_not_be_measured_says_so() -> None:
    assert _line(Row("Ciw", 0, None, "could not be installed")) == "| Ciw | | | | could not be installed |"
    assert _line(Row("engine", 1000, 0.5)) == "| engine | 1,000 | 0.50 | 2,000 |  |"


def test_the_shop_by_hand_makes_sense_and_is_as_busy_as_asked() -> None:
    known = hand_made.calibration(500.0)
    shop = known.fit(None)
    check(shop)
    assert shop.arrivals.rate.sum() == pytest.approx(500.0)
    weights = np.where(np.arange(known.days) < 91, 2.0, 0.0)
    assert known.fit(weights).arrivals.rate.sum() != shop.arrivals.rate.sum()


def test_shops_whose_years_differ_as_much_as_they_do_are_alike() -> None:
    """Means 2 and 4 vary by 2; by luck alone, of two years 3 apart, they would by 4.5 / 2."""
    assert shops_effects([[0.5, 3.5], [2.5, 5.5]]) == [3.0, 3.0]


def test_shops_are_drawn_together_by_as_much_as_years_are_luck() -> None:
    """Means 0 and 8 vary by 32, by luck alone, of two years 2 apart, by 2 / 2: one thirty-second of the way."""
    assert shops_effects([[-1.0, 1.0], [7.0, 9.0]]) == pytest.approx([0.125, 7.875])


def test_one_year_of_a_shop_is_its_effect() -> None:
    assert shops_effects([[1.0], [5.0]]) == [1.0, 5.0]
