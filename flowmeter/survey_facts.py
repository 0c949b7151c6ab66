"""Resolved tickets with what their customers answered, as simulation.response reads them."""

from __future__ import annotations

import datetime as dt

import duckdb
import polars as pl

WEEKS, ANSWER_DAYS = 26, 7
"""How far back, and how long a customer has time to answer before silence counts as no answer."""

ANSWERED = f"""
    select (resolved_at::timestamptz at time zone time_zone)::date as day, workflow, resolution_calendar_minutes,
        first_reply_calendar_minutes, public_reply_count, handoff_count, reopen_count, csat_satisfied, ces_score
    from fct_ticket, snapshot
    where is_counted and resolved_at <= coalesce($as_of, snapshot_at) - interval {ANSWER_DAYS} day
        and resolved_at > coalesce($as_of, snapshot_at) - interval {WEEKS} week
    order by ticket_key"""


def answered_tickets(connection: duckdb.DuckDBPyConnection, as_of: dt.datetime | None = None) -> pl.DataFrame:
    """One row per ticket: day of its resolution (local), what it went through, csat_satisfied, ces_score.

    Those that had time to answer until an instant (naive UTC), by default the snapshot.
    """
    cursor = connection.cursor()
    try:
        cursor.execute("set TimeZone = 'UTC'")
        found: pl.DataFrame = cursor.sql(ANSWERED, params={"as_of": as_of}).pl()
    finally:
        cursor.close()
    return found
