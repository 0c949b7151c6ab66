"""The tickets of a workflow's variants: one row per ticket, as analysis.compare.frame asks for them. Queries only."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from flowmeter.checked_file import nearest
from flowmeter.choice import COLUMNS_OF, VALUED, Choice, field_of

KINDS = (
    "variant", "tag:NAME", "macro:NAME", "rule:NAME", "field:NAME", "flow:NAME", "group", "channel", "date:2026-06-01",
)  # fmt: skip

QUARTER_WEEKS = 13
MEASURED = (
    "resolution_calendar_minutes",
    "resolution_business_minutes",
    "first_resolution_calendar_minutes",
    "is_automated",
)
"""Columns of tickets that the customer began: the others have surveys and cost, and no part in these."""
AS_THEY_ARE = (
    "csat_satisfied",
    "ces_score",
    "coalesce(cost, 0) as cost",
    "is_measured and resolved_at is not null as is_resolved",
    "case when csat_offered_week + 13 <= snapshot_day then csat_week is not null end as is_answered",
    """case when is_measured and resolved_at is null then epoch_us(snapshot_at - created_at) / 60000000.0
        end as open_minutes""",
    "coalesce(channel, 'unknown') as channel",
    "coalesce(priority, 'normal') as priority",
    "reason",
    "language",
    """['night', 'morning', 'afternoon', 'evening'][hour(local_at) // 6 + 1]::enum(
        'night', 'morning', 'afternoon', 'evening') as hour_band""",
    """['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][isodow(local_at)]::enum(
        'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun') as weekday""",
)
SETTLED = {
    "first_reply_calendar_minutes": ("created_at", "first_reply_median_calendar_hours"),
    "first_reply_business_minutes": ("created_at", "first_reply_median_business_hours"),
    "sla_met": ("created_at", "sla_hit"),
    "resolved_in_cohort": ("created_at", "resolution_rate_cohort"),
    "is_fcr_7d": ("resolved_at", "fcr_7d"),
    "is_repeated_7d": ("resolved_at", "repeat_contact_7d"),
    "is_automated_held": ("resolved_at", "automated_held"),
}
"""Columns that are true only some days after an instant: of which metric, and since when."""

OF_RUNS = "select distinct name from fct_automation_run where kind = '{}' and name is not null order by name"
OF_FIELDS = """select distinct {} from fct_ticket_field inner join fct_ticket using (ticket_key)
    where workflow = $workflow and {} order by 1"""
NAMES_OF = {
    "tag": "select distinct unnest(tags) as tag from fct_ticket where workflow = $workflow order by tag",
    "macro": OF_RUNS.format("macro"),
    "rule": OF_RUNS.format("rule"),
    "field": OF_FIELDS.format("field", "not starts_with(field, 'flow:')"),
    "flow": OF_FIELDS.format("field[6:]", "starts_with(field, 'flow:')"),
}
"""What there is of a kind: names to choose from, for whoever misspelt one."""
TO_HAVE = {
    "field": "no field of these tickets has two to 100 different values",
    "flow": "Shopify exports no runs of Flows. Let the Flow tag the order with its name and version, as refunds_v2",
}

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class ShopFacts:
    """The snapshot (naive UTC), and the shop's currency and time zone."""

    snapshot_at: dt.datetime
    currency: str
    zone: str


def choose(
    connection: Connection,
    workflow: str,
    by: str,
    arms: Sequence[str] = (),
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> Choice:
    """The arms by name (the first is the baseline), or the two with most tickets; of with and without, without first.

    Days that are not given are those between which every arm had tickets, so that a variant that began in June is not
    compared with the spring; of a date cut all days. Raises ValueError for an unknown workflow, `by` or arm, with the
    nearest known one, and where there are not two arms.
    """
    _check_workflow(connection, workflow)
    rows = _spans(connection, workflow, by, first, last)
    counts = {name: count for name, count, _, _ in rows}
    kind, _, detail = by.partition(":")
    chosen = tuple(arms) or _usual(list(counts), kind, detail)
    for name in chosen:
        if name not in counts:
            raise ValueError(f"no tickets of '{workflow}' have the arm '{name}'. {nearest(name, list(counts))}")
    if len(set(chosen)) < 2:
        told = ", ".join(f"{name} ({count:,})" for name, count in counts.items()) or "none"
        raise ValueError(f"a comparison by {by} needs two arms with tickets of '{workflow}'; there are: {told}")
    spans = [(start, end) for name, _, start, end in rows if name in chosen]
    pick = (min, max) if kind == "date" else (max, min)
    start, end = first or pick[0](span[0] for span in spans), last or pick[1](span[1] for span in spans)
    if start > end:
        raise ValueError(f"{' and '.join(chosen)} never had tickets at the same time. Give --from and --to")
    return Choice(workflow, by, chosen, start, end, counts, _day(detail) if kind == "date" else None)


def tickets(connection: Connection, choice: Choice) -> pl.DataFrame:
    """One row per counted ticket: ticket_key, arm, created_at, customer_id (a number; null where unknown), the KPI
    columns of fct_ticket (null where the ticket does not count for the metric, or not yet), and the covariates.
    """
    arm, names = _arm(choice.by, shop_facts(connection).zone)
    return _tickets(connection, choice, arm, names)


def recent_tickets(connection: Connection, workflow: str) -> pl.DataFrame:
    """The tickets of the QUARTER_WEEKS before the snapshot, as tickets() has them, all in one arm, 'now'."""
    _check_workflow(connection, workflow)
    facts = shop_facts(connection)
    last = _local(facts.snapshot_at, facts.zone)
    first = last - dt.timedelta(weeks=QUARTER_WEEKS)
    return _tickets(connection, Choice(workflow, "", ("now",), first, last, {}), "'now'", {})


def _tickets(connection: Connection, choice: Choice, arm: str, names: dict[str, str]) -> pl.DataFrame:
    facts = shop_facts(connection)
    bound = {
        "workflow": choice.workflow, "arms": list(choice.arms), "snapshot": facts.snapshot_at.isoformat(),
        "zone": facts.zone,
    }  # fmt: skip
    where = _between(choice.first, choice.last, facts.zone)
    query = f"""
        with found as (
            select *, {arm} as arm, timezone($zone, timezone('UTC', created_at)) as local_at,
                $snapshot::timestamp as snapshot_at,
                timezone($zone, timezone('UTC', $snapshot::timestamp))::date as snapshot_day
            from fct_ticket where workflow = $workflow and is_counted and {where}
        )
        select ticket_key, arm::enum({_listed(choice.arms)}) as arm, created_at,
            case when customer_id is not null then hash(customer_id) end as customer_id,
            {_columns(connection)}
        from found where arm in (select unnest($arms))"""
    # As numbers with names: of a million texts, the mix of tickets would be counted text by text in every answer.
    return _frame(connection, query, **bound, **names).with_columns(pl.col(pl.String).cast(pl.Categorical))


def weeks(connection: Connection, workflow: str) -> pl.DataFrame:
    """The finished weeks of every metric of a workflow, oldest first: metric, period (Monday), value."""
    query = """
        select metric, week as period, value from kpi_week
        where workflow = $workflow and variant = 'all' and channel = 'all' and is_complete and value is not null
        order by metric, week"""
    return _frame(connection, query, workflow=workflow)


def metrics(connection: Connection) -> pl.DataFrame:
    """The rows of `metric`, in their order."""
    return _frame(connection, "from metric order by position")


def shop_facts(connection: Connection) -> ShopFacts:
    """What `snapshot` says."""
    row = connection.execute("select snapshot_at, currency, time_zone from snapshot").fetchall()[0]
    return ShopFacts(row[0], str(row[1] or "EUR"), str(row[2] or "UTC"))


def about(connection: Connection, choice: Choice) -> dict[str, Any]:
    """What heads a report: shop, workflow, days, the snapshot in words, and the tickets of every arm in these days."""
    zone = shop_facts(connection).zone
    arm, bound = _arm(choice.by, zone)
    names = """select shop_name, coalesce((select name from dim_workflow where workflow = $workflow), $workflow),
        strftime(timezone(time_zone, timezone('UTC', snapshot_at)), '%-d %B %Y, %H:%M') from snapshot"""
    shop, workflow, snapshot = connection.execute(names, {"workflow": choice.workflow}).fetchall()[0]
    sizes = f"""select {arm} as arm, count(*) from fct_ticket
        where workflow = $workflow and is_counted and {_between(choice.first, choice.last, zone)} group by arm"""
    counted = connection.execute(sizes, {"workflow": choice.workflow, **bound}).fetchall()
    days = (choice.first, choice.last)
    return {"shop": shop, "workflow": workflow, "days": days, "snapshot": snapshot, "sizes": dict(counted)}


def _columns(connection: Connection) -> str:
    """Null where a ticket has no part in a figure, or where time must still pass before it is settled."""
    found = connection.execute("select metric, matures_days from metric").fetchall()
    days = {str(metric): int(matures) for metric, matures in found}
    resolved = [_where("resolved_at is not null", column) for column in ("is_zero_touch", "is_one_touch")]
    resolved += [
        _where("resolved_at is not null", "handoff_count"),
        _where("first_resolved_at is not null", "is_reopened"),
    ]
    settled = [
        _where(f"{since} <= snapshot_at - to_days({days.get(metric, 0)})", column)
        for column, (since, metric) in SETTLED.items()
    ]
    measured = [_where("true", column) for column in MEASURED]
    return ", ".join([*AS_THEY_ARE, *measured, *resolved, *settled])


def _where(condition: str, column: str) -> str:
    return f"case when is_measured and {condition} then {column} end as {column}"


def _spans(
    connection: Connection, workflow: str, by: str, first: dt.date | None, last: dt.date | None
) -> list[tuple[str, int, dt.date, dt.date]]:
    """Per arm, the largest first: name, tickets, first and last local day."""
    if by.removesuffix(":") in NAMES_OF:
        raise ValueError(_known(connection, workflow, by))
    zone = shop_facts(connection).zone
    arm, names = _arm(by, zone)
    query = f"""
        select arm, count(*), min(created_at), max(created_at) from (
            select {arm} as arm, created_at from fct_ticket
            where workflow = $workflow and is_counted and {_between(first, last, zone)}
        ) where arm is not null group by arm order by count(*) desc, arm"""
    rows = connection.execute(query, {"workflow": workflow, **names}).fetchall()
    _check_name(connection, workflow, by, [str(row[0]) for row in rows])
    return [(str(arm), int(count), _local(start, zone), _local(end, zone)) for arm, count, start, end in rows]


def _arm(by: str, zone: str) -> tuple[str, dict[str, str]]:
    """The SQL of the arm of a ticket, and what it binds. ValueError for a `by` that is none."""
    kind, _, detail = by.partition(":")
    if kind in COLUMNS_OF and not detail:
        return COLUMNS_OF[kind], {}
    if kind == "date":
        day = _day(detail)
        return (
            f"""case when created_at < '{_midnight(day, zone)}'::timestamp then 'before {day}'
            else 'since {day}' end""",
            {},
        )
    if kind in {"field", "flow"} and detail:
        says = "said.ticket_key = fct_ticket.ticket_key and said.field = $name"
        return f'(select "value" from fct_ticket_field as said where {says})', {"name": field_of(by)}
    tests = {
        "tag": "list_contains(tags, $name)",
        "macro": "ticket_key in (select ticket_key from fct_automation_run where kind = 'macro' and name = $name)",
        "rule": "ticket_key in (select ticket_key from fct_automation_run where kind = 'rule' and name = $name)",
    }
    if kind not in tests or not detail:
        known = [*VALUED, "tag", "macro", "rule", "date"]
        raise ValueError(f"'{by}' is none of {', '.join(KINDS)}. {nearest(kind, known)}")
    return f"case when {tests[kind]} then 'with ' || $name else 'without ' || $name end", {"name": detail}


def _usual(names: list[str], kind: str, detail: str) -> tuple[str, ...]:
    """The two largest; with and without, and before and since, in the order in which they are told."""
    if kind in VALUED:
        return tuple(names[:2])
    pair = ("before ", "since ") if kind == "date" else ("without ", "with ")
    return tuple(name for name in (pair[0] + detail, pair[1] + detail) if name in names)


def _check_workflow(connection: Connection, workflow: str) -> None:
    query = "select distinct workflow from fct_ticket where workflow is not null order by workflow"
    known = [str(row[0]) for row in connection.execute(query).fetchall()]
    if workflow not in known:
        raise ValueError(f"no tickets of a workflow '{workflow}' are loaded. {nearest(workflow, known)}")


def _check_name(connection: Connection, workflow: str, by: str, arms: list[str]) -> None:
    """A tag, macro, rule, field or Flow that no ticket of the workflow has is most likely misspelt."""
    kind, _, name = by.partition(":")
    if kind not in NAMES_OF or f"with {name}" in arms or (kind in VALUED and arms):
        return
    raise ValueError(f"no tickets of '{workflow}' have the {kind} '{name}'. {_known(connection, workflow, by)}")


def _known(connection: Connection, workflow: str, by: str) -> str:
    """Which names there are of a kind, or how to get some."""
    kind, _, name = by.partition(":")
    bound = {"workflow": workflow} if "$workflow" in NAMES_OF[kind] else {}
    known = [str(row[0]) for row in connection.execute(NAMES_OF[kind], bound).fetchall()]
    if kind in TO_HAVE and not known:
        return TO_HAVE[kind]
    return nearest(name, known) if name else f"which {kind}? Write it like {kind}:NAME. {nearest(name, known)}"


def _between(first: dt.date | None, last: dt.date | None, zone: str) -> str:
    parts = ["true"]
    if first:
        parts.append(f"created_at >= '{_midnight(first, zone)}'::timestamp")
    if last:
        parts.append(f"created_at < '{_midnight(last + dt.timedelta(days=1), zone)}'::timestamp")
    return " and ".join(parts)


def _listed(names: Sequence[str]) -> str:
    return ", ".join("'" + name.replace("'", "''") + "'" for name in names)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is no day. Write it like date:2026-06-01") from None


def _midnight(day: dt.date, zone: str) -> str:
    """The instant at which a local day begins, as naive UTC."""
    at = dt.datetime.combine(day, dt.time(), ZoneInfo(zone))
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")


def _local(instant: dt.datetime, zone: str) -> dt.date:
    return instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date()


def _frame(connection: Connection, query: str, **values: object) -> pl.DataFrame:
    found: pl.DataFrame = connection.sql(query, params=values).pl()
    return found
