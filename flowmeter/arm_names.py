"""What tickets of a workflow can be compared by, and which tickets an arm has, for lists of choice and of tickets."""

import datetime as dt
from zoneinfo import ZoneInfo

import duckdb

from flowmeter.choice import Choice

MOST = 100


def variant_workflows(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Workflows that have two variants or more, in the shop's order."""
    query = """
        select workflow from dim_variant inner join dim_workflow using (workflow)
        group by workflow having count(*) > 1 order by min(dim_workflow.position) nulls last, workflow"""
    return [str(row[0]) for row in connection.execute(query).fetchall()]


def names(connection: duckdb.DuckDBPyConnection, workflow: str, kind: str) -> list[str]:
    """The tags, macros or rules that some tickets of a workflow have and some not, the most used first."""
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


def condition(choice: Choice, arm: str, zone: str) -> str:
    """The tickets of an arm as SQL on fct_ticket."""
    kind, _, name = choice.by.partition(":")
    first, after = _midnight(choice.first, zone), _midnight(choice.last + dt.timedelta(days=1), zone)
    parts = ["is_counted", f"created_at >= '{first}'::timestamp", f"created_at < '{after}'::timestamp"]
    if choice.cut is not None:
        sign = "<" if arm.startswith("before ") else ">="
        parts.append(f"created_at {sign} '{_midnight(choice.cut, zone)}'::timestamp")
    elif name:
        ran = f"select ticket_key from fct_automation_run where kind = {_text(kind)} and name = {_text(name)}"
        has = f"list_contains(tags, {_text(name)})" if kind == "tag" else f"ticket_key in ({ran})"
        parts.append(f"coalesce({has}, false)" if arm.startswith("with ") else f"not coalesce({has}, false)")
    else:
        column = {"group": "group_name", "channel": "coalesce(channel, 'unknown')"}.get(kind, "variant")
        parts.append(f"{column} = {_text(arm)}")
    return " and ".join(parts)


def channel_condition(channel: str) -> str:
    """The tickets of a channel as SQL on fct_ticket."""
    return f"coalesce(channel, 'unknown') = {_text(channel)}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _midnight(day: dt.date, zone: str) -> str:
    at = dt.datetime.combine(day, dt.time(), ZoneInfo(zone))
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")
