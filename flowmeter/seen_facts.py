"""What weeks with data showed of what a scenario can change, as simulation.scenario.seen reads it."""

from __future__ import annotations

import duckdb
import polars as pl

WEEKS = 26
"""How far back: an older team or bot says little about what this one can do."""

TICKETS = f"""
    select workflow, created_week from fct_ticket, snapshot
    where is_counted and created_week >= date_trunc('week', snapshot_at) - interval {WEEKS} week
        and created_week < date_trunc('week', snapshot_at)"""
VISITS = f"""
    select workflow, step, step_kind, entered_at, work_minutes, agent_id, group_name, next_step
    from fct_ticket_step, snapshot
    where entered_at >= date_trunc('week', snapshot_at) - interval {WEEKS} week
        and entered_at < date_trunc('week', snapshot_at)"""

CONTACTS = f"""
    select isodow(local_at) as weekday, hour(local_at) as hour, count(*) / {WEEKS}.0 as contacts
    from (
        select (created_at::timestamptz at time zone time_zone) as local_at from fct_ticket, snapshot
        where is_counted and created_at >= date_trunc('week', snapshot_at) - interval {WEEKS} week
            and created_at < date_trunc('week', snapshot_at)
    )
    group by all order by all"""


def contacts_by_hour(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Tickets that came in a week by local weekday (1 Monday) and hour: the mean of the last whole weeks."""
    connection.execute("set TimeZone = 'UTC'")
    found: pl.DataFrame = connection.sql(CONTACTS).pl()
    return found


def seen_frames(connection: duckdb.DuckDBPyConnection) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tickets (workflow, created_week) and visits to steps of the last whole weeks."""
    return connection.sql(TICKETS).pl(), connection.sql(VISITS).pl()
