"""Simulated KPIs are the marts' KPIs: real tickets put through the simulator's route give kpi_week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from flowmeter.settings import Home
from flowmeter.simulated_kpis import Metric, settled_days, simulated_kpis, simulated_metrics
from flowmeter.simulation_facts import known_hours, service_facts
from flowmeter.warehouse import read_current
from simulation.calibrate.opening import opening
from simulation.kpi_frame import COLUMNS
from simulation.opening import open_minutes
from tests.simulation.parameter_shops import desk

WEEK = dt.date(2026, 9, 14)
CREATED = ("first_reply_calendar_minutes", "first_reply_business_minutes", "resolved_in_cohort", "sla_met")
RESOLVED = (
    "resolution_calendar_minutes", "resolution_business_minutes", "is_zero_touch", "is_one_touch", "is_fcr_7d",
    "is_repeated_7d", "handoff_count", "is_automated", "is_automated_held",
)  # fmt: skip
FIRST_RESOLVED = ("is_reopened", "first_resolution_calendar_minutes")


@pytest.fixture(scope="module")
def published(demo_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(read_current(Home.find(demo_home))) as connection:
        yield connection


def real_week(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """A week's tickets as the simulator would give them: columns of another week's anchor are null."""
    anchored = [
        f"case when is_measured and {week} = $week then {column} end as {column}"
        for week, columns in (
            ("created_week", CREATED), ("resolved_week", RESOLVED), ("first_resolved_week", FIRST_RESOLVED),
        )
        for column in columns
    ]  # fmt: skip
    query = f"""
        with costs as (
            select ticket_key, sum(amount) as amount from fct_cost
            where bearer = 'counted' and date_trunc('week', day)::date = $week group by ticket_key
        )
        select 3::int as run, workflow, {", ".join(anchored)},
            case when csat_week = $week then csat_satisfied end as csat_satisfied,
            case when ces_week = $week then ces_score end as ces_score,
            is_measured and created_week = $week as is_measured, is_measured and created_week = $week as is_creation,
            is_measured and created_week = $week as is_created_here,
            coalesce(is_measured and resolved_week = $week, false) as is_resolution,
            coalesce(is_measured and resolved_week = $week, false) as is_resolved_here,
            coalesce(costs.amount, 0)::double as cost_amount
        from fct_ticket left join costs using (ticket_key) where is_counted order by ticket_key"""
    found: pl.DataFrame = connection.sql(query, params={"week": WEEK}).pl()
    return found


def assert_same_as_marts(published: duckdb.DuckDBPyConnection, tickets: pl.DataFrame, metrics: list[Metric]) -> None:
    """The week's KPIs of the tickets are kpi_week's."""
    ours = simulated_kpis(published, tickets, metrics).unpivot(index=["run", "workflow"], variable_name="metric")
    query = """select workflow, metric, value as expected from kpi_week
        where week = $week and variant = 'all' and channel = 'all'"""
    marts: pl.DataFrame = published.sql(query, params={"week": WEEK}).pl()
    both = ours.join(marts, on=["workflow", "metric"])
    assert {"all", "returns"} <= set(both["workflow"])
    assert both.filter(pl.col("value").is_null() != pl.col("expected").is_null()).is_empty()
    known = both.drop_nulls()
    assert known.height > 4 * len(metrics)
    assert set(known["run"]) == {3}
    difference = np.abs(known["value"].to_numpy() - known["expected"].to_numpy())
    assert (difference <= 1e-12 * np.maximum(1, np.abs(known["expected"].to_numpy()))).all()


def test_real_tickets_give_the_weeks_kpis(published: duckdb.DuckDBPyConnection) -> None:
    tickets = real_week(published)
    metrics = simulated_metrics(published, tickets.columns)
    assert len(metrics) >= 27
    assert_same_as_marts(published, tickets, metrics)


def simulators_open_minutes(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Open minutes of all real tickets as the simulator counts them, in the order of ticket_key; queues are groups."""
    facts = service_facts(connection)
    hours = opening(facts.opening, pl.DataFrame({"pool": ["Night"], "group": ["Night"]}))
    monday = dt.datetime(WEEK.year, WEEK.month, WEEK.day)  # noqa: DTZ001  naive UTC
    shop = desk(start=monday, opening=hours)
    shop = replace(shop, pools=replace(shop.pools, names=("Night",)))
    tickets: pl.DataFrame = connection.sql("select * from fct_ticket where is_counted order by ticket_key").pl()
    queue = np.where((tickets["group_name"] == "Night").fill_null(value=False), 0, -1).astype(np.int32)
    created, replied, resolved = (
        ((tickets[name] - monday).dt.total_microseconds().cast(pl.Float64) / 6e7).fill_null(np.nan).to_numpy()
        for name in ("created_at", "first_reply_at", "resolved_at")
    )
    counted = [open_minutes(shop, 100 * 1440, queue, created, end) for end in (replied, resolved)]
    found: pl.DataFrame = tickets.select(
        pl.col("first_reply_business_minutes", "resolution_business_minutes", "is_outreach"),
        reply=pl.Series(counted[0]).fill_nan(None), resolution=pl.Series(counted[1]).fill_nan(None),
    )  # fmt: skip
    return found


def test_the_simulator_counts_open_minutes_as_the_marts_do(published: duckdb.DuckDBPyConnection) -> None:
    """Over a whole year: nights, weekends, holidays, both changes of the clock, a group with hours of its own."""
    both = simulators_open_minutes(published)
    for ours, marts in (("reply", "first_reply_business_minutes"), ("resolution", "resolution_business_minutes")):
        rows = both.filter(~pl.col("is_outreach")) if ours == "reply" else both
        assert rows.filter(pl.col(ours).is_null() != pl.col(marts).is_null()).is_empty()
        assert rows[marts].count() > 2_000
        assert rows.select((pl.col(ours) - pl.col(marts)).abs().max()).item() < 1e-8


def test_open_minutes_of_the_simulator_give_the_weeks_kpis(published: duckdb.DuckDBPyConnection) -> None:
    tickets, counted = real_week(published), simulators_open_minutes(published)
    columns = {"first_reply_business_minutes": "reply", "resolution_business_minutes": "resolution"}
    ours = tickets.with_columns(
        pl.when(pl.col(name).is_not_null()).then(counted[source]).alias(name) for name, source in columns.items()
    )
    metrics = [each for each in simulated_metrics(published, COLUMNS) if "business" in each.key]
    assert len(metrics) == 5
    assert_same_as_marts(published, ours, metrics)


def test_what_the_simulator_has_serves_the_headline_metrics(published: duckdb.DuckDBPyConnection) -> None:
    metrics = simulated_metrics(published, COLUMNS)
    keys = [metric.key for metric in metrics]
    assert {"resolution_time_mean_calendar_hours", "resolution_rate_cohort", "cost_per_resolution"} <= set(keys)
    assert {"resolution_time_p90_business_hours", "first_reply_median_business_hours", "repeat_contact_7d"} <= set(keys)
    assert settled_days(metrics)["is_fcr_7d"] == 7


def test_runs_are_kept_apart(published: duckdb.DuckDBPyConnection) -> None:
    tickets = pl.DataFrame({"run": [0, 0, 1], "workflow": ["a", "b", "a"], "is_measured": [True, True, None]})
    metrics = simulated_metrics(published, tickets.columns)
    assert [metric.key for metric in metrics] == ["tickets_created"]
    assert simulated_kpis(published, tickets, metrics).rows() == [
        (0, "a", 1.0), (0, "all", 2.0), (0, "b", 1.0), (1, "a", 0.0), (1, "all", 0.0),
    ]  # fmt: skip


def test_a_file_of_an_earlier_version_has_no_opening_hours() -> None:
    assert known_hours(duckdb.connect()) is None
