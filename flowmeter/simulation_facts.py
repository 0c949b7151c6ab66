"""What calibration reads of a published file: the same for app, command and tests. Queries only."""

import datetime as dt
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from flowmeter.simulation_frames import ServiceFacts

Connection = duckdb.DuckDBPyConnection

FIXED_COST_DAYS = 56

# Of a visit that goes on only what was known then: an activity of a generic log shows when it is over.
VISITS = """
    select ticket_key, visit_no, workflow, step, step_kind, entered_at, started_at, start_source, left_at,
        work_minutes, coalesce(delay_minutes, timer_minutes + extraneous_minutes) as delay_minutes,
        agent_id, group_name, ended_by
    from fct_ticket_step where left_at <= $as_of
    union all by name
    select ticket_key, visit_no, workflow, step, step_kind, entered_at, 0.0 as work_minutes,
        case when step_kind <> 'queue' then agent_id end as agent_id, group_name
    from fct_ticket_step
    where entered_at <= $as_of and (left_at is null or left_at > $as_of) and step_kind <> 'activity'
    order by ticket_key, visit_no"""
TICKETS = """
    select ticket_key, ticket_id, workflow, channel, coalesce(priority, 'normal') as priority, customer_id, created_at,
        is_outreach, is_measured, case when resolved_at <= $as_of then resolved_at end as resolved_at
    from fct_ticket where is_counted and created_at <= $as_of order by ticket_key"""
REPLIES = """
    select ticket_key, happened_at
    from (
        select *, row_number() over (partition by ticket_key order by happened_at, kind_order, event_id) as place
        from fct_ticket_event where kind = 'comment'
    )
    where place > 1 and actor_kind = 'human' and is_public and happened_at <= $as_of
    order by ticket_key, happened_at"""
# What an hour costs shows in the tickets that one person worked on alone.
WAGES = """
    with acts as (
        select ticket_key, any_value(actor_id) as agent_id
        from fct_ticket_event where actor_kind = 'human' and happened_at <= $as_of
        group by ticket_key having count(distinct actor_id) = 1
    ),
    costs as (
        select ticket_key, sum(amount) / sum(handle_minutes) * 60 as hourly
        from fct_cost where kind = 'handling' and day < $day group by ticket_key having sum(handle_minutes) > 0
    )
    select agent_id, median(hourly) as hourly, count(*) as n
    from acts inner join costs using (ticket_key) group by agent_id order by agent_id"""
FEES = """
    select kind, min(amount) as amount from fct_cost
    where kind like '%fee' and day < $day group by kind order by kind"""
FIXED = f"""
    select coalesce(sum(amount), 0) * 7 / {FIXED_COST_DAYS} from fct_cost
    where kind = 'fixed' and day < $day and day >= $day - {FIXED_COST_DAYS}"""

HANDLED = """
    select fct_ticket.workflow, sum(fct_cost.handle_minutes) as minutes
    from fct_cost inner join fct_ticket using (ticket_key)
    where fct_cost.kind = 'handling' and fct_cost.day < $day and fct_ticket.is_counted
    group by fct_ticket.workflow order by fct_ticket.workflow"""


def service_facts(connection: Connection, as_of: dt.datetime | None = None) -> ServiceFacts:
    """The facts until an instant (naive UTC), by default the snapshot.

    Raises ValueError for an instant after the snapshot.
    """
    snapshot, zone, currency = _frame(connection, "select snapshot_at, time_zone, currency from snapshot").row(0)
    as_of = snapshot if as_of is None else as_of
    if as_of > snapshot:
        raise ValueError(f"nothing is known of {as_of:%Y-%m-%d %H:%M}: the snapshot is of {snapshot:%Y-%m-%d %H:%M}")
    day = as_of.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date()
    return ServiceFacts(
        zone=zone,
        currency=currency,
        as_of=as_of,
        visits=_frame(connection, VISITS, as_of=as_of),
        tickets=_frame(connection, TICKETS, as_of=as_of),
        replies=_frame(connection, REPLIES, as_of=as_of),
        agents=_frame(connection, "select agent_id, group_name, kind from dim_agent order by agent_id"),
        wages=_frame(connection, WAGES, as_of=as_of, day=day),
        fees=dict(_frame(connection, FEES, day=day).iter_rows()),
        fixed_per_week=_frame(connection, FIXED, day=day).item(),
        handled=dict(_frame(connection, HANDLED, day=day).iter_rows()),
        holidays=_holidays(connection),
        opening=known_hours(connection),
    )


def known_hours(connection: Connection) -> pl.DataFrame | None:
    """When groups are open; None where an earlier version published the file, which did not say."""
    try:
        return _frame(connection, "select * from opening_hours order by group_name, weekday, opens_minute")
    except duckdb.CatalogException:
        return None


def _holidays(connection: Connection) -> tuple[dt.date, ...]:
    """Those of the published days, and the same dates of the year after them: the calendar ends at the snapshot."""
    found = connection.execute("select day from dim_date where is_holiday order by day").fetchall()
    days = [row[0] for row in found]
    return tuple(sorted({*days, *(day.replace(year=day.year + 1) for day in days if (day.month, day.day) != (2, 29))}))


def _frame(connection: Connection, query: str, **values: object) -> pl.DataFrame:
    found: pl.DataFrame = connection.sql(query, params=values or None).pl()
    return found
