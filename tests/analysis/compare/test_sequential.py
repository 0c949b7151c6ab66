"""The interval of a running test: its formula, and that looking often finds no winner where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.compare.effects import effects
from analysis.compare.sequential import always_valid, sequence
from tests.analysis.compare.shops import ALL, CSAT, MEDIAN, shares, shop


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


def test_medians_and_small_arms_are_refused_with_the_reason() -> None:
    rows = always_valid(shop(5, (40, 300)), [CSAT, MEDIAN], ["A", "B"])
    assert rows["reason"].to_list() == [
        "fewer than 50 customers in one of them",
        "not known for medians and the slowest tenth",
    ]


def test_equal_answers_do_not_look_certain() -> None:
    row = always_valid(shares((60, 60), (60, 60)), [CSAT], ["A", "B"]).to_dicts()[0]
    assert row["low"] < -0.02
