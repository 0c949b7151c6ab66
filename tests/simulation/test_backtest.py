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
        too_few=pl.lit(value=False),
    )


def _foresees(levels: list[float]):  # type: ignore[no-untyped-def] # noqa: ANN202
    """A forecaster that says the level of each week, with the 90% range of the noise around it."""

    def forecast(cut: dt.date, ahead: int) -> pl.DataFrame:
        weeks = [cut + number * WEEK for number in range(ahead)]
        says = [levels[(week - FIRST) // WEEK] for week in weeks]
        return pl.DataFrame({"week": weeks, "predicted": says}).select(
            "week",
            pl.lit("returns").alias("workflow"),
            pl.lit(HOURS).alias("metric"),
            "predicted",
            low=pl.col("predicted") - 1.645 * NOISE,
            high=pl.col("predicted") + 1.645 * NOISE,
        )

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


def test_a_steady_shop_is_covered_as_promised_and_nothing_beats_its_mean() -> None:
    """The truth foretold: errors of 0.8 standard errors, nine weeks of ten inside."""
    levels = [50.0] * 413
    told = _tried(_drawn(levels), levels, weeks=400)
    (score,) = told["scores"]
    assert told["coverage"] == pytest.approx(0.9, abs=0.04)
    assert "as they should" in told["headline"][-1]
    assert score["error"] == pytest.approx(math.sqrt(2 / math.pi) * NOISE, rel=0.1)
    assert score["noise"] == pytest.approx(score["error"], rel=0.1)
    assert abs(score["bias"]) < 0.4
    assert score["rival"] == "last_month"
    assert score["last_month_error"] == pytest.approx(score["error"] * math.sqrt(1 + 1 / 4), rel=0.1)


def test_a_model_that_knows_the_season_is_better() -> None:
    levels = [50.0 + 40 * math.sin(number / 5) for number in range(60)]
    told = _tried(_drawn(levels), levels)
    assert [score["verdict"] for score in told["scores"]] == ["better"]
    assert told["headline"][0].startswith("It foretells better than the past alone: Average resolution time of returns")
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
        "For 1 of 1 figures the model foretells no better than repeating the past would. "
        "It is worse for Average resolution time of returns."
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
    assert "no better" in told["headline"][0]


def test_few_cuts_give_no_verdict() -> None:
    told = _tried(_drawn([50.0] * 30), [50.0] * 30, weeks=8)
    assert told["scores"][0]["verdict"] == "too few weeks"
    assert told["headline"][0].startswith("There are too few finished weeks")


def test_naive_forecasts_by_hand() -> None:
    """Weeks 0 to 16 worth their number: week 14 is foretold from the cut at 13 as 10 (four earlier) and as 10.5."""
    observed = _observed([float(number) for number in range(17)])
    cuts = plan(observed, 4)
    points = compared(observed, foretold(cuts, _foresees([13.0] * 17), lambda *_: True), cuts.ahead)
    row = points.row(1, named=True)
    assert (row["week"], row["cut"]) == (FIRST + 14 * WEEK, FIRST + 13 * WEEK)
    assert (row["actual"], row["replay"], row["last_month"]) == (14.0, 10.0, 10.5)
    assert (row["predicted"], row["is_inside"]) == (13.0, True)
    assert row["noise"] == pytest.approx(math.sqrt(2 / math.pi) * NOISE)


def test_a_count_has_the_noise_of_its_size_and_weeks_with_too_few_are_left_out() -> None:
    counts = _observed([100.0] * 17).with_columns(
        metric=pl.lit("tickets_created"),
        low=pl.lit(None, pl.Float64),
        high=pl.lit(None, pl.Float64),
        too_few=pl.col("week") == FIRST + 14 * WEEK,
    )
    forecasts = _foresees([100.0] * 17)(FIRST + 13 * WEEK, 4).with_columns(
        metric=pl.lit("tickets_created"), cut=pl.lit(FIRST + 13 * WEEK)
    )
    points = compared(counts, forecasts, 4)
    assert points["noise"].to_list() == pytest.approx([math.sqrt(2 / math.pi) * 10] * 3)
    assert FIRST + 14 * WEEK not in points["week"].to_list()


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
