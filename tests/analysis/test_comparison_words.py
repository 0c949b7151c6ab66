"""What a comparison says: sizes in their unit, standings, the mix, reversals, dates and plans, by hand."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from analysis import comparison_words as words
from analysis.compare.adjusted import BALANCE
from analysis.compare.before_after import BeforeAfter, Step
from analysis.compare.plan import Plan
from analysis.compare.simpson import Reversal
from analysis.wording import Speech

SPEECH = Speech("EUR")


@pytest.mark.parametrize(
    ("delta", "unit", "told"),
    [
        (0.053, "share", "+5.3 points"),
        (-8.95, "hours", "−8 h 57 m"),
        (0.001, "hours", "0 m"),
        (-3.62, "money", "−€3.62"),
        (0.07, "score", "+0.07"),
        (0.0, "count", "0.00"),
    ],
)
def test_a_difference_is_said_in_its_unit(delta: float, unit: str, told: str) -> None:
    assert words.own_unit(delta, unit, SPEECH) == told


@pytest.mark.parametrize(
    ("low", "high", "better", "told"),
    [
        (0.01, 0.1, "higher", "better"),
        (0.01, 0.1, "lower", "worse"),
        (-0.1, -0.01, "lower", "better"),
        (-0.1, 0.1, "lower", "no clear difference"),
        (0.01, 0.1, "neither", "higher"),
        (None, None, "higher", "too few to tell"),
    ],
)
def test_a_side_is_named_only_by_the_whole_interval(
    low: float | None, high: float | None, better: str, told: str
) -> None:
    assert words.standing({"low": low, "high": high, "better": better}) == told


def test_a_mix_that_explains_the_difference_is_said() -> None:
    plain = {"label": "Average resolution time", "unit": "hours", "better": "lower", "difference": -5.0, "low": -8.0,
             "high": -2.0}  # fmt: skip
    adjusted = {"baseline": "a", "arm": "b", "difference": -1.0, "low": -3.0, "high": 1.0, "covariates": ["channel"],
                "outside_share": 0.3, "effective_n": 120.0, "baseline_effective_n": 90.0, "reason": None}  # fmt: skip
    balance = pl.DataFrame([("a", "b", "channel", "chat", 0.4, 0.0)], schema=BALANCE, orient="row")
    told = words.mix(adjusted, balance, plain, SPEECH)
    assert told[0] == "The mix of tickets differs: b has more with channel “chat” than a."
    assert "average resolution time differs by −1 h (−3 h to +1 h): the difference is no longer clear" in told[1]
    assert told[2].startswith("30% of the tickets could hardly have been in the other group")


def test_a_reversal_is_pointed_out() -> None:
    found = Reversal("csat", "a", "b", "channel", -0.02, ("chat", "email"), 0.97)
    told = words.reversal(found, "CSAT", "share", SPEECH)
    assert "CSAT is 2.0 points lower in b than in a, but higher within channel “chat” and “email” (97%" in told


def test_a_date_is_set_beside_earlier_dates() -> None:
    cut = dt.date(2026, 6, 1)
    step = Step(cut, -10.0, 2.0, -14.0, -6.0, 0.01, 0.0, 0.0, 37.0, 27.0)
    first, second = words.cut(BeforeAfter(step, (step, step), 1, 1 / 3), "Median time", "hours", SPEECH)
    assert "median time stepped by −10 h at the date (−14 h to −6 h): 27 h where 37 h was to be expected" in first
    assert second == "None of 2 earlier dates when nothing was changed shows so large a step."
    [_, usual] = words.cut(BeforeAfter(step, (step, step), 2, 2 / 3), "Median time", "hours", SPEECH)
    assert "1 of 2 earlier dates" in usual
    assert "nothing unusual" in usual
    [early] = words.cut(BeforeAfter(None, (), None, None, reason="3 periods before"), "CSAT", "share", SPEECH)
    assert early == "The trend across the date cannot be judged yet: 3 periods before."


def test_a_plan_is_said_in_tickets_and_weeks_or_years() -> None:
    told = words.plan(Plan(1_200, 9_641, 60.2, 0.25, "arcsine"), "2.0 points", "CSAT")
    assert told == (
        "To see a difference of 2.0 points in CSAT, a test needs about 9,700 tickets, about 61 weeks at today's volume "
        "(only 25% of tickets count for CSAT)."
    )
    assert "about 3 years" in words.plan(Plan(1, 9, 160.0, 1.0, "x"), "1 h", "CSAT")
    assert "cannot be said yet: 3 customers." in words.plan(Plan(None, None, None, None, None, "3 customers"), "", "")
