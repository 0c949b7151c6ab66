"""What tickets of a workflow can be compared by, and which tickets an arm has, for lists of choice and of tickets."""

import datetime as dt
from zoneinfo import ZoneInfo

import duckdb

from flowmeter.choice import COLUMNS_OF, Choice, field_of

MOST = 100


def variant_workflows(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Workflows that have two variants or more, in the shop's order."""
    query = """
        select workflow from dim_variant inner join dim_workflow using (workflow)
        group by workflow having count(*) > 1 order by min(dim_workflow.position) nulls last, workflow"""
    return [str(row[0]) for row in connection.execute(query).fetchall()]


def names(connection: duckdb.DuckDBPyConnection, workflow: str, kind: str) -> list[str]:
    """What some tickets of a workflow have and some not, or say differently, the most used first.

    Tags, macros, rules, fields, or Flows that left their version.
    """
    if kind in {"field", "flow"}:
        return _fields(connection, workflow, kind)
    if kind == "tag":
        query = """select unnest(tags) as name from fct_ticket where workflow = $workflow and is_counted"""
    else:
        query = f"""
            select distinct runs.ticket_key, runs.name from fct_automation_run as runs
            inner join fct_ticket as tickets using (ticket_key)
            where runs.kind = '{"macro" if kind == "macro" else "rule"}' and tickets.workflow = $workflow
                and tickets.is_counted"""
    whole = "select count(*) from fct_ticket where workflow = $workflow and is_counted"
    counted = f"""select name from ({query}) where name is not null group by name
        having count(*) < ({whole}) order by count(*) desc, name limit {MOST}"""
    return [str(row[0]) for row in connection.execute(counted, {"workflow": workflow}).fetchall()]


def _fields(connection: duckdb.DuckDBPyConnection, workflow: str, kind: str) -> list[str]:
    query = f"""
        select field from fct_ticket_field inner join fct_ticket using (ticket_key)
        where workflow = $workflow and is_counted and starts_with(field, 'flow:') = {kind == "flow"}
        group by field having count(distinct "value") > 1 order by count(*) desc, field limit {MOST}"""
    found = connection.execute(query, {"workflow": workflow}).fetchall()
    return [str(field).removeprefix("flow:") for (field,) in found]


def condition(choice: Choice, arm: str, zone: str) -> str:
    """The tickets of an arm as SQL on fct_ticket."""
    kind, _, name = choice.by.partition(":")
    first, after = _midnight(choice.first, zone), _midnight(choice.last + dt.timedelta(days=1), zone)
    parts = ["is_counted", f"created_at >= '{first}'::timestamp", f"created_at < '{after}'::timestamp"]
    if choice.cut is not None:
        sign = "<" if arm.startswith("before ") else ">="
        parts.append(f"created_at {sign} '{_midnight(choice.cut, zone)}'::timestamp")
    elif kind in {"field", "flow"}:
        says = f'field = {_text(field_of(choice.by))} and "value" = {_text(arm)}'
        parts.append(f"ticket_key in (select ticket_key from fct_ticket_field where {says})")
    elif name:
        ran = f"select ticket_key from fct_automation_run where kind = {_text(kind)} and name = {_text(name)}"
        has = f"list_contains(tags, {_text(name)})" if kind == "tag" else f"ticket_key in ({ran})"
        parts.append(f"coalesce({has}, false)" if arm.startswith("with ") else f"not coalesce({has}, false)")
    else:
        parts.append(f"{COLUMNS_OF[kind]} = {_text(arm)}")
    return " and ".join(parts)


def channel_condition(channel: str) -> str:
    """The tickets of a channel as SQL on fct_ticket."""
    return f"coalesce(channel, 'unknown') = {_text(channel)}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _midnight(day: dt.date, zone: str) -> str:
    at = dt.datetime.combine(day, dt.time(), ZoneInfo(zone))
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")
