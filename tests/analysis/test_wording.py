"""Numbers as a shop reads them."""

import pytest

from analysis.wording import Speech, counted, duration, signed


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.8744, "share", "87.4%"),
        (5.63, "score", "5.6"),
        (3.2, "hours", "3 h 12 m"),
        (0.7, "hours", "42 m"),
        (52.0, "hours", "2 d 4 h"),
        (24.0, "hours", "24 h"),
        (48.0, "hours", "2 d"),
        (4.2, "money", "€4.20"),
        (1204.4, "money", "€1,204"),
        (99.999, "money", "€100"),
        (1204.0, "count", "1,204"),
        (125.5, "count", "126"),
        (0.42, "count", "0.4"),
        (12.34, "per_100", "12.3"),
        (None, "share", "–"),
        (float("nan"), "hours", "–"),
    ],
)
def test_values_are_rounded_by_meaning(value: float | None, unit: str, shown: str) -> None:
    assert Speech().value(value, unit) == shown


def test_changes_say_their_unit() -> None:
    speech = Speech()
    assert speech.change(0.021, 0.85, "share") == "+2.1 points"
    assert speech.change(-2.0, 14.0, "hours") == "\N{MINUS SIGN}14%"
    assert speech.change(0.04, 5.0, "score") == "0.0"
    assert speech.change(3.0, 0.0, "count") == "+3.0"


def test_intervals_currencies_and_counts() -> None:
    assert Speech().interval(0.841, 0.902, "share") == "84.1–90.2%"
    assert Speech("CHF").interval(4, 5, "money") == "CHF 4.00 to CHF 5.00"
    assert Speech().interval(None, 1.0, "share") == ""
    assert Speech("XAF").money(-5) == "\N{MINUS SIGN}XAF 5.00"
    assert counted(1, "share", "csat") == "1 answer"
    assert counted(1200, "per_100", "contact_rate") == "1,200 orders"
    assert Speech().interval(43.15, 56.0, "hours") == "1 d 19 h to 2 d 8 h", "both ends in one unit"
    assert Speech().interval(20.0, 47.0, "hours") == "20 h to 47 h"
    assert duration(-0.5) == "\N{MINUS SIGN}30 m"
    assert signed(0.04, 1) == "0.0"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.9, "share", "90%"),
        (0.905, "share", "90.5%"),
        (6.0, "money", "€6"),
        (6.5, "money", "€6.50"),
        (5.5, "score", "5.5"),
    ],
)
def test_targets_have_no_zeros_that_nobody_set(value: float, unit: str, shown: str) -> None:
    assert Speech().target(value, unit) == shown


def test_sizes_are_read_after_a_verb_and_doublings_are_factors() -> None:
    speech = Speech()
    assert speech.size(-0.2, 0.8, "share") == "20.0 points"
    assert speech.size(-2.0, 14.0, "hours") == "14%"
    assert speech.size(20.0, 3.3, "hours") == "a factor of 7.1"
    assert speech.distance(20.0, 3.3, "hours") == "7.1 times"
    assert speech.distance(-2.0, 14.0, "hours") == "14% below"
    assert speech.distance(0.1, 0.8, "share") == "10.0 points above"
