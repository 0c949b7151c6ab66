"""The only module with SQL: what the pages read from the published snapshot, cached and read-only.

A published file never changes under its name, so its path is the key of every cache: when `current` moves, the next
click reads the new file, and the old one is closed once nobody caches it. Polars frames are never changed in place,
therefore they are shared between sessions (cache_resource) and not copied at every click.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import polars as pl
import streamlit as st

from flowmeter.errors import WarehouseError
from flowmeter.settings import Home
from flowmeter.warehouse import current_path, read

Answer = TypeVar("Answer")

PAGE_ROWS = 25
EXPORT_ROWS = 100_000
SNAPSHOTS_OPEN = 2


@dataclass(frozen=True)
class Snapshot:
    """The published file that a page reads, and what it says about itself. Instants are UTC without a zone."""

    path: str
    build_id: str
    snapshot_at: dt.datetime
    built_at: dt.datetime
    shop_name: str
    currency: str
    time_zone: str
    helpdesk_url: str
    ticket_count: int


@dataclass(frozen=True)
class TicketQuery:
    """Which tickets to list: a metric's tickets of a week in a slice ('all' = every one), searched and sorted."""

    week: dt.date
    workflow: str
    variant: str
    channel: str
    week_column: str
    ticket_filter: str
    search: str = ""
    order: str = "newest"


# Named one by one, so that a snapshot of another version is a failed query with its cause.
METRIC_COLUMNS = """metric, label, unit, better, min_n, is_headline, is_table, sentence, week_column, ticket_filter,
    matures_days"""
SNAPSHOT_COLUMNS = "snapshot_at, built_at, shop_name, currency, time_zone, helpdesk_url, ticket_count"
# What the ticket list can be sorted by, in the words of its menu.
ORDERS = {
    "newest": ("Newest first", "created_at desc"),
    "oldest": ("Oldest first", "created_at"),
    "slowest": ("Slowest resolution first", "resolution_calendar_minutes desc nulls last"),
    "dearest": ("Most expensive first", "cost desc nulls last"),
    "unhappy": ("Unhappy customers first", "csat_satisfied nulls last, ces_score nulls last"),
}
# Tickets by a move of their status in the week.
MOVED = "is_counted and ticket_key in (select ticket_key from fct_status_change where week = $week and {move})"
# Lists that are no metric's: key, label, what it holds, week column ('' = none), condition on fct_ticket.
TICKET_LISTS = (
    (
        "counted_created",
        "Created",
        "Every counted ticket that was created in the week, those that the shop opened included.",
        "created_week",
        "is_counted",
    ),
    (
        "resolved_in_week",
        "Resolved",
        "Every counted ticket that was resolved in the week, once each even if it was resolved twice.",
        "",
        MOVED.format(move="is_resolution"),
    ),
    (
        "reopened_in_week",
        "Reopened",
        "Every counted ticket that was opened again in the week, once each even if that happened twice.",
        "",
        MOVED.format(move="is_reopening"),
    ),
    ("open_now", "Open", "Every counted ticket that is open as of the snapshot.", "", "is_counted and not is_resolved"),
)
TICKET_COLUMNS = """ticket_id, source_ticket_id, url, subject, workflow, variant, channel, group_name, priority, status,
    created_at, resolved_at, first_reply_calendar_minutes, resolution_calendar_minutes, csat_satisfied, ces_score,
    handle_minutes, cost::double as cost"""


def home() -> Home:
    """The shop folder that the app was started for (FLOWMETER_HOME). Raises FlowmeterError when there is none."""
    return Home.find(None)


def snapshot() -> Snapshot:
    """The snapshot that `current` names now. Raises FlowmeterError when nothing is published or it cannot be read."""
    return _snapshot(str(current_path(home())))


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def _snapshot(path: str) -> Snapshot:
    row = _frame(path, f"select {SNAPSHOT_COLUMNS} from snapshot").row(0, named=True)
    # The build is named by its file, and a published file's name is never used again.
    build_id = Path(path).stem.removeprefix("warehouse-")
    return Snapshot(path, build_id, **(row | {"helpdesk_url": row["helpdesk_url"] or ""}))


def _close(con: duckdb.DuckDBPyConnection) -> None:
    con.close()


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False, on_release=_close)
def _connection(path: str) -> duckdb.DuckDBPyConnection:
    return read(Path(path))


def _frame(path: str, sql: str, parameters: dict[str, Any] | None = None) -> pl.DataFrame:
    return asked(path, lambda cursor: pl.DataFrame(cursor.sql(sql, params=parameters or {}).to_arrow_table()))


def asked(path: str, question: Callable[[duckdb.DuckDBPyConnection], Answer]) -> Answer:
    """Asks on a cursor of its own, since sessions are threads. Raises WarehouseError with the cause."""
    try:
        return question(_connection(path).cursor())
    except duckdb.Error as error:
        raise query_failed(path, error) from error


def query_failed(path: str, error: duckdb.Error) -> WarehouseError:
    """What a page says of a query that failed."""
    return WarehouseError(
        what="A query on the published snapshot failed",
        where=path,
        expected="a snapshot of this version of Flowmeter",
        found=str(error).splitlines()[0],
        next_step="Run `flowmeter build` to publish a new snapshot, then reload the page.",
    )


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def metrics(path: str) -> pl.DataFrame:
    """One row per metric in display order: label, unit, better, min_n, sentence, week_column, ticket_filter, ..."""
    return _frame(path, f"select {METRIC_COLUMNS} from metric order by position")


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def targets(path: str) -> pl.DataFrame:
    """Targets: metric, workflow ('all' = shop), priority ('all'), value in the metric's unit."""
    return _frame(path, "select metric, workflow, priority, value from kpi_target")


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def workflows(path: str) -> pl.DataFrame:
    """One row per workflow in the shop's order, 'unclassified' included: workflow, name, color_index."""
    return _frame(path, "select workflow, name, color_index from dim_workflow order by position nulls last, workflow")


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def variants(path: str) -> pl.DataFrame:
    """One row per variant: workflow, variant, name."""
    return _frame(path, "select workflow, variant, name from dim_variant order by workflow, position")


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def weeks(path: str) -> pl.DataFrame:
    """Weeks that have tickets, newest first: week, is_complete (the week itself is over)."""
    return _frame(
        path,
        """select week, is_complete from kpi_week where metric = 'tickets_created' and workflow = 'all'
        and variant = 'all' and channel = 'all' and week is not null order by week desc""",
    )


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def channels(path: str) -> list[str]:
    """Channels that have tickets, most used first."""
    return _frame(
        path,
        """select channel from kpi_week where metric = 'tickets_created' and workflow = 'all' and variant = 'all'
        and channel <> 'all' group by channel order by sum(n) desc, channel""",
    )["channel"].to_list()


@st.cache_resource(max_entries=64, show_spinner=False)
def slice_weeks(path: str, workflow: str, variant: str, channel: str) -> pl.DataFrame:
    """Every metric of one slice for all weeks: metric, week, value, low, high, n, too_few, is_complete."""
    return _frame(
        path,
        """select metric, week, value, low, high, n, too_few, is_complete from kpi_week
        where workflow = $workflow and variant = $variant and channel = $channel order by metric, week""",
        {"workflow": workflow, "variant": variant, "channel": channel},
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def workflow_weeks(path: str, channel: str, first: dt.date, last: dt.date) -> pl.DataFrame:
    """Every metric of every workflow and of the shop ('all') from week `first` to `last`, columns as slice_weeks."""
    return _frame(
        path,
        """select workflow, metric, week, value, low, high, n, too_few, is_complete from kpi_week
        where variant = 'all' and channel = $channel and week between $first and $last""",
        {"channel": channel, "first": first, "last": last},
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def variant_weeks(path: str, workflow: str, channel: str, week: dt.date) -> pl.DataFrame:
    """Every metric of every variant of one workflow in one week, columns as slice_weeks and variant."""
    return _frame(
        path,
        """select variant, metric, week, value, low, high, n, too_few, is_complete from kpi_week
        where workflow = $workflow and variant <> 'all' and channel = $channel and week = $week""",
        {"workflow": workflow, "channel": channel, "week": week},
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def part_weeks(path: str, workflow: str, first: dt.date, last: dt.date) -> pl.DataFrame:
    """Every metric of every channel, and of every variant, of one workflow, columns as slice_weeks and both keys."""
    return _frame(
        path,
        """select channel, variant, metric, week, value, low, high, n, too_few, is_complete from kpi_week
        where workflow = $workflow and (variant = 'all') <> (channel = 'all') and week between $first and $last""",
        {"workflow": workflow, "first": first, "last": last},
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def backlog_days(path: str, workflow: str, first: dt.date, last: dt.date) -> pl.DataFrame:
    """Backlog by day from `first` to `last`: opening, created, reopened, resolved, closing and age bands."""
    return _frame(
        path,
        """select day, opening, created, reopened, resolved, closing, open_0_1d, open_1_3d, open_3_7d, open_over_7d
        from backlog_day where workflow = $workflow and day between $first and $last order by day""",
        {"workflow": workflow, "first": first, "last": last},
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def ticket_count(path: str, query: TicketQuery) -> int:
    """How many tickets the query finds."""
    where, parameters = _ticket_where(query)
    return int(_frame(path, f"select count(*) as n from fct_ticket where {where}", parameters).item())


@st.cache_resource(max_entries=64, show_spinner=False)
def ticket_page(path: str, query: TicketQuery, page: int) -> pl.DataFrame:
    """Page `page` (from 1) of the tickets, PAGE_ROWS rows; instants are UTC without a zone."""
    return _tickets(path, query, PAGE_ROWS, (page - 1) * PAGE_ROWS)


def ticket_export(path: str, query: TicketQuery) -> str:
    """The tickets as CSV text with a header, at most EXPORT_ROWS of them."""
    return _tickets(path, query, EXPORT_ROWS, 0).write_csv()


def _tickets(path: str, query: TicketQuery, rows: int, skip: int) -> pl.DataFrame:
    where, parameters = _ticket_where(query)
    order = ORDERS.get(query.order, ORDERS["newest"])[1] + ", ticket_key"
    # The page is found in the few narrow columns that decide it, and only its rows are read whole.
    found = f"select rowid from fct_ticket where {where} order by {order} limit {rows} offset {skip}"
    return _frame(
        path,
        f"select {TICKET_COLUMNS} from fct_ticket where rowid in ({found}) order by {order}",
        parameters,
    )


def _ticket_where(query: TicketQuery) -> tuple[str, dict[str, Any]]:
    """The condition and its values. The metric's own filter is SQL from the snapshot, all else is a parameter."""
    parts = [f"({query.ticket_filter})"] if query.ticket_filter else []
    given: dict[str, Any] = {}
    if query.week_column:
        parts.append(f'"{query.week_column}" = $week')
    if query.week_column or "$week" in query.ticket_filter:
        given["week"] = query.week
    for column in ("workflow", "variant", "channel"):
        if getattr(query, column) != "all":
            parts.append(f"{column} = ${column}")
            given[column] = getattr(query, column)
    if query.search.strip():
        parts.append(
            "(contains(lower(subject), $search) or contains(ticket_id, $search) or list_contains(tags, $search))"
        )
        given["search"] = query.search.strip().lower()
    return " and ".join(parts) or "true", given


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def batches(path: str) -> pl.DataFrame:
    """Files loaded, newest first, with the sum that must hold: read = loaded + quarantined + known."""
    return _frame(
        path,
        """select file, source, read, loaded, quarantined, known, last_at, loaded_at from load_batch
        order by batch_no desc limit 500""",
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def quarantine(path: str, source: str) -> pl.DataFrame:
    """Rows that could not be loaded ('all' sources or one), newest file first, at most 500."""
    return _frame(
        path,
        """select file, line, source, rule, column_name, expected, found, remedy, raw from quarantine
        where $source = 'all' or source = $source order by batch_no desc, line limit 500""",
        {"source": source},
    )


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def quarantine_rules(path: str) -> pl.DataFrame:
    """Quarantined rows counted by rule: source, rule, remedy, rows."""
    return _frame(
        path,
        """select source, rule, any_value(remedy) as remedy, count(*) as rows from quarantine
        group by source, rule order by rows desc""",
    )
