"""What the compare page reads and computes, cached by snapshot and question."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
import streamlit as st

from analysis.compare.adjusted import adjusted
from analysis.compare.comparison import GOAL, Comparison, Question, compare, covariates_of, is_main, main
from analysis.compare.effects import SCHEMA, effects
from analysis.compare.frame import Kind, Measure, measures, split
from analysis.compare.plan import Plan, plan
from analysis.comparison_html import About
from analysis.wording import Speech
from dashboard import data
from dashboard.data import SNAPSHOTS_OPEN
from flowmeter import arm_names, comparison
from flowmeter.choice import Choice

__all__ = ["GOAL", "Answer", "Asked"]

RECENT_WEEKS = 4
LARGE = 3_000
"""Tickets of a week or channel from which no draws are needed."""
COLUMNS = (
    "csat_satisfied", "ces_score", "resolution_calendar_minutes", "resolution_business_minutes",
    "first_resolution_calendar_minutes", "is_automated", "cost", "is_resolved", "is_zero_touch", "is_one_touch",
    "handoff_count", "is_reopened", "is_answered", "first_reply_calendar_minutes", "first_reply_business_minutes",
    "sla_met", "resolved_in_cohort", "is_fcr_7d", "is_repeated_7d", "is_automated_held",
)  # fmt: skip
"""The KPI columns of comparison.tickets()."""


@dataclass(frozen=True)
class Asked:
    """What the page compares. `arms`: the baseline first, () = the usual ones; `first`: null = as long as all ran."""

    workflow: str
    by: str
    arms: tuple[str, ...] = ()
    first: dt.date | None = None
    goal: str = ""


@dataclass(frozen=True)
class Answer:
    """A choice of tickets, or in `problem` why there is none; `counts`: the arms that there are."""

    choice: Choice | None = None
    problem: str = ""


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def variant_workflows(path: str) -> list[str]:
    """Workflows that have two variants or more."""
    return data.asked(path, arm_names.variant_workflows)


@st.cache_resource(max_entries=64, show_spinner=False)
def names(path: str, workflow: str, kind: str) -> list[str]:
    """Tags, macros or rules of a workflow, the most used first."""
    return data.asked(path, lambda cursor: arm_names.names(cursor, workflow, kind))


@st.cache_resource(max_entries=128, show_spinner=False)
def choice(path: str, asked: Asked) -> Answer:
    """The arms and days that are compared."""
    try:
        return Answer(
            data.asked(
                path, lambda cursor: comparison.choose(cursor, asked.workflow, asked.by, asked.arms, asked.first)
            )
        )
    except ValueError as mistake:
        return Answer(problem=str(mistake))


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def metrics(path: str) -> pl.DataFrame:
    """The mart `metric`, whole."""
    return data.asked(path, comparison.metrics)


def comparable(path: str) -> list[str]:
    """Keys of the metrics that variants can be judged by."""
    columns = pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.Float64))
    return [one.key for one in measures(metrics(path), columns) if one.better != "neither"]


@st.cache_resource(max_entries=8, show_spinner=False)
def _tickets(
    path: str, workflow: str, by: str, arms: tuple[str, ...], first: dt.date, last: dt.date, cut: dt.date | None
) -> pl.DataFrame:
    chosen = Choice(workflow, by, arms, first, last, {}, cut)
    return data.asked(path, lambda cursor: comparison.tickets(cursor, chosen))


def tickets(path: str, chosen: Choice) -> pl.DataFrame:
    """One row per ticket of the arms. They do not depend on the goal, so that a change of goal reads nothing."""
    return _tickets(path, chosen.workflow, chosen.by, chosen.arms, chosen.first, chosen.last, chosen.cut)


def _chosen(path: str, asked: Asked) -> Choice:
    found = choice(path, asked).choice
    assert found is not None, "the page asks for a comparison only of what can be compared"
    return found


@st.cache_resource(max_entries=32, show_spinner=False)
def compared(path: str, asked: Asked, snapshot_at: dt.datetime, currency: str, *, whole: bool = False) -> Comparison:
    """The comparison by the goal and the main KPIs: fewer KPIs are sooner there. `whole`: by all, for a download."""
    chosen = _chosen(path, asked)
    weeks = data.asked(path, lambda cursor: comparison.weeks(cursor, asked.workflow)) if chosen.cut else None
    question = Question(chosen.arms, asked.by, snapshot_at, asked.goal, cut=chosen.cut)
    known = metrics(path) if whole else main(metrics(path), asked.goal)
    return compare(tickets(path, chosen), known, question, weeks, Speech(currency))


def about(path: str, asked: Asked) -> About:
    """What heads a report of the comparison."""
    chosen = _chosen(path, asked)
    return About(**data.asked(path, lambda cursor: comparison.about(cursor, chosen)))


@st.cache_resource(max_entries=32, show_spinner=False)
def other_effects(path: str, asked: Asked) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Effects, and adjusted differences, of the KPIs that are no main ones."""
    chosen = _chosen(path, asked)
    rows = tickets(path, chosen)
    known = measures(metrics(path).filter(~is_main(asked.goal)), rows)
    arms = split(rows, chosen.arms)
    evened = adjusted(arms, known, chosen.arms, covariates_of(rows, asked.by))
    return effects(arms, known, chosen.arms), evened.differences


@st.cache_resource(max_entries=32, show_spinner=False)
def by_week(path: str, asked: Asked, measure: Measure, zone: str) -> pl.DataFrame:
    """The goal's effects week by week of creation, oldest first: week and the columns of effects()."""
    chosen = _chosen(path, asked)
    local = pl.col("created_at").dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.date()
    rows = tickets(path, chosen).with_columns(local.dt.truncate("1w").alias("week"))
    return _by(rows, "week", measure, chosen.arms)


@st.cache_resource(max_entries=32, show_spinner=False)
def by_channel(path: str, asked: Asked, measure: Measure) -> pl.DataFrame:
    """The goal's effects channel by channel, the largest first: channel and the columns of effects()."""
    chosen = _chosen(path, asked)
    rows = tickets(path, chosen)
    order = rows["channel"].value_counts(sort=True)["channel"].to_list()
    found = _by(rows, "channel", measure, chosen.arms)
    return found.sort(pl.col("channel").replace_strict(order, list(range(len(order))), return_dtype=pl.Int64))


def _by(rows: pl.DataFrame, column: str, measure: Measure, arms: tuple[str, ...]) -> pl.DataFrame:
    needed = rows.select(column, "arm", "customer_id", *measure.columns)
    parts = needed.partition_by(column, as_dict=True, include_key=False)
    found = [_part(part, measure, arms).select(pl.lit(key[0]).alias(column), pl.all()) for key, part in parts.items()]
    return pl.concat(found).sort(column)


def _part(part: pl.DataFrame, measure: Measure, arms: tuple[str, ...]) -> pl.DataFrame:
    """The effects in one week or channel; of many tickets by their robust errors, which draws would only repeat."""
    if part.height <= LARGE:
        return effects(part, [measure], arms)
    robust = adjusted(part, [measure], arms, ()).differences
    count = pl.col(measure.columns[-1]).cast(pl.Float64)
    counted = count.sum() if measure.kind is Kind.RATIO else count.count()
    n = {arm: int(part.filter(pl.col("arm") == arm).select(counted).item()) for arm in arms}
    return robust.select(
        "metric",
        pl.lit(measure.label).alias("label"),
        pl.lit(measure.unit).alias("unit"),
        pl.lit(measure.better).alias("better"),
        pl.lit(measure.kind.value).alias("kind"),
        "baseline",
        "arm",
        "baseline_value",
        pl.lit(n[arms[0]], pl.Int64).alias("baseline_n"),
        "value",
        pl.col("arm").replace_strict(n, return_dtype=pl.Int64).alias("n"),
        "difference",
        "low",
        "high",
        *(
            pl.lit(None, kind).alias(name)
            for name, kind in SCHEMA.items()
            if name in ("ratio", "ratio_low", "ratio_high")
        ),
        "probability_better",
        pl.lit(None, pl.Float64).alias("design_effect"),
        "method",
        "reason",
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def planned(path: str, asked: Asked, measure: Measure, effect: float, snapshot_at: dt.datetime) -> Plan:
    """How large a test of the goal must be, at the volume of the last weeks."""
    chosen = _chosen(path, asked)
    rows = tickets(path, chosen)
    since = snapshot_at - dt.timedelta(weeks=RECENT_WEEKS)
    per_week = rows.filter(pl.col("created_at") > since).height / RECENT_WEEKS
    if measure.kind is Kind.SHARE:
        value = rows[measure.columns[0]].cast(pl.Float64).mean()
        effect = effect if isinstance(value, float) and value + effect <= 1 else -effect
    return plan(rows, measure, effect, per_week, len(chosen.arms))
