"""Individuals charts against hand-computed limits."""

import datetime as dt
from collections.abc import Sequence

import polars as pl
import pytest

from analysis.control import in_words, limits, with_signals
from analysis.wording import Speech

MONDAY = dt.date(2026, 1, 5)


def weeks(values: Sequence[float | None], open_last: int = 0) -> pl.DataFrame:
    count = len(values)
    return pl.DataFrame(
        {
            "week": [MONDAY + dt.timedelta(weeks=index) for index in range(count)],
            "value": pl.Series(values, dtype=pl.Float64),
            "is_complete": [index < count - open_last for index in range(count)],
            "too_few": [False] * count,
        }
    )


def test_limits_are_mean_and_two_point_66_mean_moves() -> None:
    """Values 10, 12 alternating: mean 11, every move 2, limits 11 +- 5.32."""
    found = limits(weeks([10.0, 12.0] * 5), "hours")
    assert found is not None
    assert (found.center, found.low, found.high) == pytest.approx((11.0, 5.68, 16.32))


def test_a_gap_is_no_move_and_open_weeks_do_not_count() -> None:
    """Across the gap lies a step of 50 that must not widen the limits; the open 999 must not move the mean."""
    found = limits(weeks([10.0] * 5 + [None] + [60.0] * 5 + [999.0], open_last=1), "hours")
    assert found is not None
    assert (found.center, found.low, found.high) == (35.0, 35.0, 35.0)


def test_shares_stay_between_nothing_and_everything() -> None:
    found = limits(weeks([0.95, 1.0] * 5), "share")
    assert found is not None
    assert found.high == 1.0


def test_seven_weeks_are_too_few() -> None:
    assert limits(weeks([1.0, 2.0] * 3 + [1.0]), "hours") is None
    assert in_words("CES", weeks([1.0]), None, "score", Speech()) == "CES: too few finished weeks to say what is usual"


def test_outside_the_limits_is_a_signal() -> None:
    frame = weeks([10.0, 12.0] * 12 + [30.0, 5.0], open_last=1)
    marked = with_signals(frame, limits(frame, "hours"))["signal"].to_list()
    assert marked[:-2] == [None] * 24
    assert marked[-2:] == ["above", None], "the open week is no signal"
    assert "is above its usual" in in_words(
        "Wait", with_signals(frame, limits(frame, "hours")), limits(frame, "hours"), "hours", Speech()
    )


def test_the_eighth_week_on_one_side_is_a_signal() -> None:
    frame = weeks([10.0, 11.0] * 5 + [12.0, 13.0] * 4)
    marked = with_signals(frame, limits(frame, "hours"))["signal"].to_list()
    assert marked[:7] == [None] * 7
    assert marked[7:10] == ["run below"] * 3
    assert marked[10:17] == [None] * 7
    assert marked[17] == "run above"


def title(values: Sequence[float | None]) -> str:
    frame = weeks(values)
    bounds = limits(frame, "hours")
    return in_words("Wait", with_signals(frame, bounds), bounds, "hours", Speech())


def test_a_title_says_where_the_last_finished_week_stands() -> None:
    calm = [10.0, 12.0] * 5
    assert title(calm) == "Wait is steady within its usual 5 h 41 m to 16 h 19 m"
    assert "is above its usual" in title([*calm, 30.0])
    assert title([*calm, 40.0, *calm[:6]]).endswith("; it was above it in week 12")
    assert title([*calm[:6], 40.0, *calm[:6], 40.0, *calm[:6]]).endswith("; it was above it in week 8 and week 15")
    assert "has shifted: 8 or more weeks in a row above its mean of" in title([10.0, 11.0] * 5 + [12.0, 13.0] * 4)


def test_a_range_that_reaches_zero_is_told_by_its_upper_end() -> None:
    assert title([1.0, 9.0] * 5) == "Wait is steady within its usual range up to 26 h 17 m"
