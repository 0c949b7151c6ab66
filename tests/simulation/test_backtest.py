"""The back-test on shops whose weeks are drawn here, so that what it must find is known."""

from __future__ import annotations

import datetime as dt
import itertools
import math

import numpy as np
import polars as pl
import pytest

from simulation.backtest import TRAINING_WEEKS, compared, document, foretold, plan

FIRST = dt.date(2025, 1, 6)
WEEK = dt.timedelta(weeks=1)
HOURS = "resolution_time_mean_calendar_hours"
METRICS = pl.DataFrame({"metric": [HOURS], "label": ["Average resolution time"], "unit": ["hours"]})
NOISE = 3.0


def _observed(values: list[float], workflow: str = "returns") -> pl.DataFrame:
    """Finished weeks of one metric, each with the interval of a figure whose standard error is NOISE."""
    weeks = [FIRST + number * WEEK for number in range(len(values))]
    half = 1.96 * NOISE
    return pl.DataFrame({"week": weeks, "value": values}).with_columns(
        workflow=pl.lit(workflow),
        metric=pl.lit(HOURS),
        low=pl.col("value") - half,
        high=pl.col("value") + half,
        n=pl.lit(50),
    )


def _foresees(levels: list[float]):  # type: ignore[no-untyped-def] # noqa: ANN202
    """A forecaster that says the mean level of the period, with the 90% range of the noise around it."""

    def forecast(cut: dt.date, ahead: int) -> pl.DataFrame:
        number = (cut - FIRST) // WEEK
        says, half = float(np.mean(levels[number : number + ahead])), 1.645 * NOISE / math.sqrt(ahead)
        row = {"workflow": "returns", "metric": HOURS, "predicted": says, "low": says - half, "high": says + half}
        return pl.DataFrame([row])

    return forecast


def _tried(values: list[float], levels: list[float], weeks: int = 32):  # type: ignore[no-untyped-def] # noqa: ANN202
    observed = _observed(values)
    cuts = plan(observed, weeks)
    forecasts = foretold(cuts, _foresees(levels), lambda *_: True)
    return document(observed, forecasts, METRICS, cuts.ahead)


def _drawn(levels: list[float], seed: int = 1) -> list[float]:
    noise = np.random.default_rng(seed).normal(0, NOISE, len(levels))
    return [float(level + error) for level, error in zip(levels, noise, strict=True)]


def test_cuts_are_mondays_that_share_no_week_and_leave_a_quarter_to_learn_from() -> None:
    observed = _observed([1.0] * 30)
    cuts = plan(observed, 100).cuts
    assert cuts[-1] + 4 * WEEK == FIRST + 30 * WEEK
    assert {later - earlier for earlier, later in itertools.pairwise(cuts)} == {4 * WEEK}
    assert cuts[0] - FIRST >= TRAINING_WEEKS * WEEK
    assert len(cuts) == 4
    assert len(plan(observed, 8).cuts) == 2


def test_too_short_a_history_says_what_is_needed() -> None:
    with pytest.raises(ValueError, match=r"needs 17 finished weeks: 13 to learn from and 4 to foretell.*are 16"):
        plan(_observed([1.0] * 16), 8)
    with pytest.raises(ValueError, match="no week is over"):
        plan(_observed([]), 8)


def test_a_steady_shop_is_covered_as_promised_and_repeating_costs_its_noise_twice() -> None:
    """The truth foretold: errors of 0.8 standard errors, nine of ten inside; the last month has errors of its own."""
    levels = [50.0] * 1613
    told = _tried(_drawn(levels), levels, weeks=1600)
    (score,) = told["scores"]
    assert score["periods"] == 400
    assert told["coverage"] == pytest.approx(0.9, abs=0.04)
    assert "as they should" in told["headline"][-1]
    assert score["error"] == pytest.approx(math.sqrt(2 / math.pi) * NOISE / 2, rel=0.1)
    assert score["noise"] == pytest.approx(score["error"], rel=0.1)
    assert abs(score["bias"]) < 0.2
    assert score["last_month_error"] == pytest.approx(score["error"] * math.sqrt(2), rel=0.1)


def test_a_model_that_knows_the_season_is_better() -> None:
    levels = [50.0 + 40 * math.sin(number / 5) for number in range(60)]
    told = _tried(_drawn(levels), levels)
    assert [score["verdict"] for score in told["scores"]] == ["better"]
    assert told["headline"][0].startswith("It foretells better than the past alone: average resolution time of returns")
    assert "the model is better" in told["scores"][0]["sentence"]


def test_where_the_level_jumps_and_the_model_misses_it_that_stands_first() -> None:
    """The model goes on with the level of the first year; last month's figures know the new one."""
    values = _drawn([50.0] * 30 + [90.0] * 30)
    told = _tried(values, [50.0] * 60, weeks=24)
    (score,) = told["scores"]
    assert score["verdict"] == "worse"
    assert score["bias"] == pytest.approx(-40, abs=3)
    assert told["coverage"] == 0.0
    assert told["headline"][0] == (
        "For 1 of 1 figures we cannot say that the model foretells better than repeating the past: it is worse for "
        "average resolution time of returns."
    )
    assert told["headline"][-1].endswith("the ranges are too narrow.")


def test_a_model_that_says_what_last_month_says_is_no_better() -> None:
    values = _drawn([50.0] * 60)
    observed = _observed(values)
    cuts = plan(observed, 32)

    def last_month(cut: dt.date, ahead: int) -> pl.DataFrame:
        number = (cut - FIRST) // WEEK
        return _foresees([float(np.mean(values[number - 4 : number]))] * 60)(cut, ahead)  # type: ignore[no-any-return]

    told = document(observed, foretold(cuts, last_month, lambda *_: True), METRICS, cuts.ahead)
    assert told["scores"][0]["error"] == pytest.approx(told["scores"][0]["last_month_error"])
    assert told["scores"][0]["verdict"] == "as good"
    assert told["headline"][0] == (
        "For 1 of 1 figures we cannot say that the model foretells better than repeating the past."
    )
    assert "there is no clear difference" in told["scores"][0]["sentence"]


def test_few_cuts_give_no_verdict() -> None:
    told = _tried(_drawn([50.0] * 30), [50.0] * 30, weeks=8)
    assert told["scores"][0]["verdict"] == "too few periods"
    assert told["headline"][0].startswith("There are too few finished weeks")


def test_naive_forecasts_by_hand() -> None:
    """Weeks are worth their number: from the cut at 13, two are 13.5, the two before 11.5, the month before 10.5."""
    observed = _observed([float(number) for number in range(17)])
    forecasts = _foresees([13.0] * 17)(FIRST + 13 * WEEK, 2).with_columns(cut=pl.lit(FIRST + 13 * WEEK))
    (row,) = compared(observed, forecasts, 2).to_dicts()
    assert (row["actual"], row["replay"], row["last_month"]) == (13.5, 11.5, 10.5)
    assert (row["predicted"], row["is_inside"]) == (13.0, True)
    assert row["noise"] == pytest.approx(math.sqrt(2 / math.pi) * NOISE / math.sqrt(2))


def test_means_weigh_weeks_by_what_they_rest_on() -> None:
    observed = _observed([1.0] * 16 + [5.0]).with_columns(
        n=pl.when(pl.col("week") == FIRST + 16 * WEEK).then(300).otherwise(100)
    )
    forecasts = _foresees([1.0] * 17)(FIRST + 13 * WEEK, 4).with_columns(cut=pl.lit(FIRST + 13 * WEEK))
    assert compared(observed, forecasts, 4)["actual"].to_list() == [pytest.approx((3 * 1 + 3 * 5) / 6)]


@pytest.mark.parametrize(
    ("metric", "actual", "month", "noise"),
    [("tickets_created", 31.0, 25.0, math.sqrt(2 / math.pi) * math.sqrt(31)), ("backlog", 16.0, 14.0, None)],
)
def test_counts_add_up_and_stocks_are_the_last_weeks(
    metric: str, actual: float, month: float, noise: float | None
) -> None:
    """Weeks 15 and 16 are foretold as one; the month before has 11 to 14, half of whose sum is two weeks' worth."""
    observed = _observed([float(number) for number in range(17)]).with_columns(
        metric=pl.lit(metric), low=pl.lit(None, pl.Float64), high=pl.lit(None, pl.Float64)
    )
    cut = FIRST + 15 * WEEK
    forecasts = _foresees([30.0] * 17)(cut, 2).with_columns(metric=pl.lit(metric), cut=pl.lit(cut))
    (row,) = compared(observed, forecasts, 2).to_dicts()
    assert (row["actual"], row["last_month"]) == (actual, month)
    assert row["noise"] == (pytest.approx(noise) if noise else None)


def test_a_period_of_which_a_week_is_not_known_yet_is_left_out() -> None:
    observed = _observed([1.0] * 17).filter(pl.col("week") != FIRST + 14 * WEEK)
    forecasts = _foresees([1.0] * 17)(FIRST + 13 * WEEK, 4).with_columns(cut=pl.lit(FIRST + 13 * WEEK))
    assert compared(observed, forecasts, 4).is_empty()


def test_it_can_be_stopped_and_keeps_what_it_has() -> None:
    observed = _observed(_drawn([50.0] * 60))
    cuts = plan(observed, 32)
    asked: list[int] = []

    def tell(done: int, total: int, cut: dt.date) -> bool:
        assert (total, cut) == (8, cuts.cuts[done])
        asked.append(done)
        return done < 3

    found = foretold(cuts, _foresees([50.0] * 60), tell)
    assert asked == [0, 1, 2, 3]
    assert found["cut"].n_unique() == 3
