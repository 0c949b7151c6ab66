"""The whole of a comparison: what its verdict rests on, and what it says it cannot know."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from analysis.compare.comparison import Comparison, Question, compare, covariates_of, document, table
from analysis.compare.verdict import Code
from tests.analysis.compare.shops import shop

NOW = dt.datetime(2026, 6, 29)  # noqa: DTZ001 (naive UTC, as everywhere)
METRICS = pl.DataFrame(
    [
        ("csat", "CSAT", "share", "higher", "wilson", 10, "count(*) filter (where csat_satisfied) / count(*)"),
        ("time", "Time", "hours", "lower", "mean", 5, "avg(resolution_calendar_minutes) / 60"),
    ],
    schema=["metric", "label", "unit", "better", "interval_method", "min_n", "expression"],
    orient="row",
)


def asked(by: str, *, days_ago: int = 0, cut: dt.date | None = None, weeks: pl.DataFrame | None = None) -> Comparison:
    tickets = shop(3, (300, 300)).with_columns(pl.lit(NOW - dt.timedelta(days=days_ago)).alias("created_at"))
    return compare(tickets, METRICS, Question(("A", "B"), by, NOW, "time", cut=cut), weeks)


@pytest.mark.parametrize(
    ("by", "days_ago", "basis"),
    [
        ("variant", 0, "always valid"),
        ("variant", 8, "plain"),
        ("tag:vip", 0, "adjusted"),
        ("channel", 0, "adjusted"),
    ],
)
def test_what_the_verdict_rests_on(by: str, days_ago: int, basis: str) -> None:
    found = asked(by, days_ago=days_ago)
    assert found.basis == basis
    assert bool(found.cautions) == (by != "variant")


def test_a_channel_is_not_adjusted_for_itself() -> None:
    covariates = asked("channel").adjusted.differences["covariates"].to_list()
    assert all("channel" not in names and "priority" in names for names in covariates)


def test_a_field_is_not_adjusted_for_itself_under_another_name() -> None:
    """The number of the field of reasons is not known here, but what it says is."""
    tickets = shop(3, (300, 300)).with_columns(pl.col("arm").alias("reason"), pl.col("channel").alias("language"))
    assert covariates_of(tickets, "field:4201") == ["channel", "priority", "language"]
    assert "reason" in covariates_of(tickets, "tag:vip")


def test_a_reason_that_many_tickets_of_an_arm_lack_is_left_out() -> None:
    """Noted when a ticket is solved, it would say who is still open. 89% of 300 are not enough, 90% are."""
    tickets = shop(3, (300, 300)).with_row_index("row")
    for missing, used in ((30, True), (33, False)):
        reason = pl.when(pl.col("row") >= missing).then(pl.lit("late")).alias("reason")
        assert ("reason" in covariates_of(tickets.with_columns(reason), "variant")) == used


def test_arms_without_like_tickets_are_not_judged() -> None:
    """Everybody of A wrote a mail and everybody of B chatted: no weighting makes them alike, however far apart."""
    mail = pl.when(pl.col("arm") == "A").then(pl.lit("mail")).otherwise(pl.lit("chat")).alias("channel")
    slow = pl.col("resolution_calendar_minutes") * pl.when(pl.col("arm") == "A").then(1.0).otherwise(9.0)
    tickets = shop(3, (300, 300)).with_columns(mail, slow, pl.lit(NOW).alias("created_at"))
    found = compare(tickets, METRICS, Question(("A", "B"), "tag:vip", NOW, "time"))
    assert found.verdict.code is Code.NOT_ENOUGH
    assert "hardly any tickets of B and A are alike" in found.verdict.sentence


def test_the_table_is_that_of_the_frames() -> None:
    found = asked("tag:vip")
    rows = table(found)
    assert rows["metric"].to_list() == ["csat", "time"]
    assert rows["difference"].to_list() == found.effects["difference"].to_list()
    assert rows["adjusted_low"].to_list() == found.adjusted.differences["low"].to_list()


def test_the_week_of_a_cut_is_on_neither_side() -> None:
    """20 flat weeks with a step of 5 at the cut, whose own week (Monday 2026-04-27) would be half and half."""
    monday, cut = dt.date(2026, 1, 5), dt.date(2026, 4, 29)
    periods = [monday + dt.timedelta(weeks=week) for week in range(25)]
    noise = np.random.default_rng(1).normal(0, 0.1, 25)
    values = [10.0 + (5 if day >= cut else 0) + bump for day, bump in zip(periods, noise, strict=True)]
    values[periods.index(dt.date(2026, 4, 27))] = 1_000.0
    weeks = pl.DataFrame({"metric": "time", "period": periods, "value": values})
    found = asked(f"date:{cut}", cut=cut, weeks=weeks)
    assert found.before_after
    assert found.before_after.step
    assert found.before_after.step.step == pytest.approx(5, abs=0.5)
    assert found.before_after.rank == 1
    assert "no fair draw" in found.verdict.sentence
    told = document(found)["before_after"]
    assert (told["rank"], told["step"]["cut"]) == (1, cut)


def test_the_document_says_what_the_frames_say() -> None:
    found = asked("variant", days_ago=8)
    rows = document(found)["metrics"]
    assert [row["metric"] for row in rows] == ["csat", "time"]
    for row, frame in zip(rows, found.effects.iter_rows(named=True), strict=True):
        assert (row["difference"], row["low"], row["high"]) == (frame["difference"], frame["low"], frame["high"])
        assert row["values"] == {"A": frame["baseline_value"], "B": frame["value"]}
    assert document(found)["verdict"]["code"] == found.verdict.code
    assert found.verdict.code in set(Code)


def test_a_goal_that_cannot_be_judged_is_named() -> None:
    with pytest.raises(ValueError, match="Choose one of: csat, time"):
        compare(shop(1).with_columns(created_at=pl.lit(NOW)), METRICS, Question(("A", "B"), "variant", NOW, "cats"))


def test_an_arm_whose_slow_tickets_are_still_open_wins_nothing() -> None:
    """Both arms are alike, but of B only what took less than its 60% quantile is resolved so far."""
    tickets = shop(3, (300, 300)).with_columns(pl.lit(NOW - dt.timedelta(days=8)).alias("created_at"))
    minutes = pl.col("resolution_calendar_minutes")
    limit = tickets.filter(arm="B").select(minutes.quantile(0.6)).item()
    is_open = (pl.col("arm") == "B") & (minutes > limit)
    young = tickets.with_columns(
        pl.when(is_open).then(minutes).otherwise("open_minutes").alias("open_minutes"),
        pl.when(~is_open).then(minutes).alias("resolution_calendar_minutes"),
    )
    question = Question(("A", "B"), "variant", NOW, "time")
    told = compare(young, METRICS, question).verdicts["B"]
    assert told.code == Code.NOT_ENOUGH
    assert "of B and" in told.sentence
    assert "are still open" in told.sentence
    others = compare(young, METRICS, Question(("A", "B"), "variant", NOW, "csat")).verdicts["B"]
    assert "still open" not in others.sentence, "here open tickets have it too"
