"""Which macros, rules, bots and steps could go, by the stated rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from analysis.retire import handovers, retire_candidates
from analysis.wording import Speech

AT = dt.datetime(2026, 2, 3, 10)  # noqa: DTZ001 - naive UTC, as the marts hold it
METRICS = ("csat", "reopen_rate", "resolution_time_mean_calendar_hours", "one_touch", "mean_cost_per_ticket")
OTHERS = dict(zip(METRICS, (0.8, 0.1, 20.0, 0.5, 8.0), strict=True))
NO_AUTOMATIONS = pl.DataFrame(
    schema={
        "kind": pl.String, "name": pl.String, "is_active": pl.Boolean, "use_count": pl.Int64,
        "quarter_use_count": pl.Int64, "last_used_at": pl.Datetime,
    }
)  # fmt: skip
NO_REACH = pl.DataFrame(
    schema={
        "kind": pl.String, "name": pl.String, "part": pl.String, "workflow": pl.String, "workflows": pl.List(pl.String),
        "ticket_count": pl.Int64, "workflow_ticket_count": pl.Int64, "ticket_share": pl.Float64,
        "part_share": pl.Float64,
    }
)  # fmt: skip
NO_EFFECTS = pl.DataFrame(
    schema={
        "kind": pl.String, "name": pl.String, "part": pl.String, "workflow": pl.String, "metric": pl.String,
        "compared_n": pl.Int64, "compared_value": pl.Float64, "others_value": pl.Float64, "difference": pl.Float64,
        "low": pl.Float64, "high": pl.Float64, "too_few": pl.Boolean,
    }
)  # fmt: skip


def filled(empty: pl.DataFrame, *rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=empty.schema, orient="row")


def effects(name: str, part: str = "all", **ends: tuple[float, float]) -> pl.DataFrame:
    """Every metric of one macro, without a difference but for those given: half-widths of a hundredth, or a tenth."""
    rows = []
    for metric, others in OTHERS.items():
        low, high = ends.get(metric, (-0.01, 0.01) if others < 1 else (-0.1, 0.1))
        middle = (low + high) / 2
        rows.append(("macro", name, part, "all", metric, 500, others + middle, others, middle, low, high, False))
    return filled(NO_EFFECTS, *rows)


def told(
    automations: pl.DataFrame = NO_AUTOMATIONS,
    reach: pl.DataFrame = NO_REACH,
    quarter: pl.DataFrame = NO_REACH,
    effects: pl.DataFrame = NO_EFFECTS,
) -> list[tuple[str, str, str]]:
    found = retire_candidates(automations, reach, quarter, effects, Speech())
    return list(zip(found["name"], found["why"], found["sentence"], strict=True))


def test_never_used_and_not_used_lately() -> None:
    rows = (
        ("macro", "In use", True, 9, 3, AT),
        ("macro", "Never", True, 0, 0, None),
        ("macro", "Off", False, 0, 0, None),
        ("rule", "Old", True, 1200, 0, AT),
    )
    lately = "The rule 'Old' was not used in the last 13 weeks;"
    assert told(filled(NO_AUTOMATIONS, *rows)) == [
        ("Never", "unused", "The macro 'Never' is switched on and was never used in the data."),
        ("Old", "unused", f"{lately} the last of 1,200 uses was on 3 February 2026."),
    ]


def test_nothing_is_unused_where_no_use_of_its_kind_is_recorded() -> None:
    rows = (("macro", "Never", True, 0, 0, None), ("rule", "R", True, 5, 5, AT))
    assert told(filled(NO_AUTOMATIONS, *rows)) == []


def test_rare_by_both_share_and_count() -> None:
    rows = (
        ("step", "Rare", "all", "returns", ["returns"], 4, 1000, 0.004, 1.0),
        ("step", "Many", "all", "returns", ["returns"], 30, 10000, 0.003, 1.0),
        ("macro", "Small shop", "all", "all", ["returns"], 4, 100, 0.04, 1.0),
    )
    reach = filled(NO_REACH, *rows)
    assert told(reach=reach, quarter=reach) == [
        ("Rare", "rarely reached", "The step 'Rare' was in 4 tickets of the 1,000 of returns (0.40%)."),
    ]


def test_a_step_that_no_ticket_of_the_quarter_was_in() -> None:
    gone = ("step", "Old step", "all", "returns", ["returns"], 50, 100, 0.5, 1.0)
    kept = ("step", "Step", "all", "returns", ["returns"], 50, 100, 0.5, 1.0)
    elsewhere = ("step", "Seasonal", "all", "christmas", ["christmas"], 50, 100, 0.5, 1.0)
    found = told(reach=filled(NO_REACH, gone, kept, elsewhere), quarter=filled(NO_REACH, kept))
    assert [(name, why) for name, why, _ in found] == [("Old step", "unused")]


def test_without_effect_only_where_one_would_have_been_seen() -> None:
    (found,) = told(effects=effects("Idle"))
    assert found[:2] == ("Idle", "no effect")
    assert "no difference to any figure on 500 tickets" in found[2]
    assert "satisfaction \N{MINUS SIGN}1.0 points to +1.0 points" in found[2]
    assert told(effects=effects("Helps", csat=(0.01, 0.03))) == []
    assert told(effects=effects("Too wide to tell", csat=(-0.06, 0.06))) == []
    assert told(effects=effects("Too wide to tell", mean_cost_per_ticket=(-0.9, 0.9))) == []
    assert told(effects=effects("Part unknown").filter(pl.col("metric") != "csat")) == []
    assert told(effects=effects("Few").with_columns(pl.lit(value=True).alias("too_few"))) == []


def test_a_bot_that_hands_over_most_is_told_with_what_follows() -> None:
    reach = filled(NO_REACH, ("macro", "Bot", "handed over", "all", [], 70, 100, 0.7, 0.7))
    own = effects("Bot", "handed over", csat=(-0.12, -0.08), one_touch=(0.1, 0.3))
    (sentence,) = handovers(reach, own, Speech())["sentence"]
    assert sentence == (
        "The Bot hands over 70.0% of its 100 tickets to a person, more than half. Against comparable tickets without "
        "it: satisfaction 70.0% against 80.0% (worse); one-touch 70.0% against 50.0% (better)."
    )


def test_half_or_a_handful_is_no_finding() -> None:
    half: tuple[Any, ...] = ("macro", "Bot", "handed over", "all", [], 55, 100, 0.7, 0.55)
    few: tuple[Any, ...] = ("macro", "Bot", "handed over", "all", [], 3, 100, 0.7, 0.75)
    for row in (half, few):
        assert handovers(filled(NO_REACH, row), NO_EFFECTS, Speech()).is_empty()
