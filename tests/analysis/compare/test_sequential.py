"""The interval of a running test: its formula, and that looking often finds no winner where there is none."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest

from analysis.compare.effects import effects
from analysis.compare.frame import Array
from analysis.compare.sequential import always_valid, quantile_sequence, sequence
from tests.analysis.compare.shops import ALL, CSAT, MEDIAN, P90, shares, shop


def test_the_formula_by_hand() -> None:
    """Of theorem 2.2, sd 2 after 400 units: the radius is sd sqrt(2 (t r + 1) / (t^2 r) log(sqrt(t r + 1) / a))."""
    rho = (-2 * math.log(0.05) + math.log(-2 * math.log(0.05)) + 1) / 1_000
    radius = 2 * math.sqrt(2 * (400 * rho + 1) / (400**2 * rho) * math.log(math.sqrt(400 * rho + 1) / 0.05))
    assert sequence(1.0, 2 / math.sqrt(400), 400) == pytest.approx((1 - radius, 1 + radius))


def test_it_is_tightest_where_planned() -> None:
    widths = [np.ptp(sequence(0.0, 1.0, 500, planned)) for planned in (50, 500, 5_000)]
    assert widths[1] < min(widths[0], widths[2])


def test_looking_after_every_ticket_finds_no_winner() -> None:
    """400 tests without an effect, looked at after each of 1,500 tickets: at most 5% ever leave out 0 (here + 3 s.e.).

    Ordinary intervals do so in about half of them.
    """
    generator = np.random.default_rng(1)
    values = generator.exponential(1.0, (400, 2, 1_500))
    n = np.arange(1, 1_501)
    means = values.cumsum(axis=2) / n
    variances = (values**2).cumsum(axis=2) / n - means**2
    errors = np.sqrt(variances.sum(axis=1) / n)[:, 49:]
    deltas = (means[:, 1] - means[:, 0])[:, 49:]
    unit = np.array([sequence(0.0, 1.0, 2 * many)[1] for many in n[49:]])
    ever = (np.abs(deltas) > unit * errors).any(axis=1).mean()
    ordinary = (np.abs(deltas) > 1.96 * errors).any(axis=1).mean()
    assert ever <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)
    assert ordinary > 0.25


def test_it_is_wider_than_the_ordinary_one() -> None:
    frame = shop(5, (300, 300))
    ordinary = effects(frame, ALL, ["A", "B"]).to_dicts()
    for row, other in zip(always_valid(frame, ALL, ["A", "B"]).to_dicts(), ordinary, strict=True):
        if row["low"] is not None:
            assert row["difference"] == pytest.approx(other["difference"])
            assert row["low"] < other["low"] < other["high"] < row["high"]


def test_small_arms_and_short_tails_are_refused_with_the_reason() -> None:
    """Of 60 tickets six are slower than the P90: too few to say how far it may be out, but not for the median."""
    few, short = (always_valid(shop(5, sizes), [CSAT, MEDIAN, P90], ["A", "B"]) for sizes in ((40, 300), (80, 80)))
    assert few["reason"].to_list() == ["fewer than 50 customers in one of them"] * 3
    assert short["reason"].to_list()[1:] == [None, "too few tickets beyond it"]


def test_the_quantile_by_hand() -> None:
    """1 to 400, p = 0.5, planned at 500: the share below may be out by 0.0849, so from the 167th to the 234th."""
    rho = (-2 * math.log(0.025) + math.log(-2 * math.log(0.025)) + 1) / 500
    half = 0.5 / 20 * math.sqrt(2 * (400 * rho + 1) / (400 * rho) * math.log(math.sqrt(400 * rho + 1) / 0.025))
    found = quantile_sequence(np.arange(1.0, 401.0), 0.5, 1.0, 400, 500)
    assert found == (math.ceil(400 * (0.5 - half)), math.floor(400 * (0.5 + half)) + 1)
    wider = quantile_sequence(np.arange(1.0, 401.0), 0.5, 2.0, 400, 500)
    assert found is not None
    assert wider is not None
    assert wider[0] < found[0] < 200 < found[1] < wider[1]


@pytest.mark.parametrize("p", [0.5, 0.9])
def test_looking_often_at_a_quantile_leaves_the_truth_out_at_most_once_in_twenty(p: float) -> None:
    """300 tests of log-normal times, those of B twice as long, looked at after every tenth ticket up to 1,500."""
    generator = np.random.default_rng(2)
    truth = math.exp(NormalDist().inv_cdf(p))
    left_out = [_ever_out(np.exp(generator.normal(0, 1, (2, 1_500))) * [[1], [2]], p, truth) for _ in range(300)]
    assert np.mean(left_out) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 300)


def _ever_out(values: Array, p: float, truth: float) -> bool:
    for n in range(50, 1_501, 10):
        old, new = (quantile_sequence(np.sort(arm[:n]), p, 1.0, n, 500) for arm in values)
        if old and new and not new[0] - old[1] <= truth <= new[1] - old[0]:
            return True
    return False


def test_a_median_that_differs_is_found_while_the_test_runs() -> None:
    slower = pl.col("resolution_calendar_minutes") * pl.when(pl.col("arm") == "B").then(2.0).otherwise(1.0)
    row = always_valid(shop(5, (900, 900)).with_columns(slower), [MEDIAN], ["A", "B"]).row(0, named=True)
    assert 0 < row["low"] < row["difference"] < row["high"]
    assert "Howard and Ramdas" in row["method"]


def test_equal_answers_do_not_look_certain() -> None:
    row = always_valid(shares((60, 60), (60, 60)), [CSAT], ["A", "B"]).to_dicts()[0]
    assert row["low"] < -0.02
