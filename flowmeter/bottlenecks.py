"""Where customers wait, from the process marts of a published file, as frames: the same for app and command."""

import datetime as dt

import duckdb
import polars as pl

from flowmeter.checked_file import nearest

ALL = "all"
SLOWEST = 10

Connection = duckdb.DuckDBPyConnection


def periods(connection: Connection) -> pl.DataFrame:
    """The periods over which a process is looked at: period, label, from_at, to_at (UTC); the shorter one first."""
    return _frame(connection, "from process_period order by period = 'all', period")


def sizes(connection: Connection) -> pl.DataFrame:
    """Rows of process_size: how many tickets with a log of what happened a period and workflow has."""
    return _frame(connection, "from process_size order by period, ticket_count desc, workflow")


def ranking(connection: Connection, period: str, workflow: str | None = None) -> pl.DataFrame:
    """Rows of workflow_bottleneck, worst first: of one workflow, or of all (None).

    Raises ValueError for a workflow without any, with the nearest that has some.
    """
    query = """from workflow_bottleneck where period = $period and ($workflow is null or workflow = $workflow)
        order by rank"""
    found = _frame(connection, query, period=period, workflow=workflow)
    if workflow is not None and found.is_empty():
        _check(connection, workflow)
    return found


def step_weeks(connection: Connection, workflow: str, step: str) -> pl.DataFrame:
    """The weeks of a step, oldest first: week (Monday), visit_count, wait_mean_minutes, elapsed_median_..."""
    query = "from workflow_step_week where workflow = $workflow and step = $step order by week"
    return _frame(connection, query, workflow=workflow, step=step)


def slowest(
    connection: Connection, workflow: str, step: str, from_step: str | None, since: dt.datetime | None
) -> pl.DataFrame:
    """The tickets whose visit to `step` waited longest (or took longest, where no work is known), each once.

    `from_step`: only visits that come from there. `since`: visits that ended from then on (naive UTC), or go on.
    Columns: ticket_id, url, subject, status, entered_at, left_at, minutes. At most SLOWEST.
    """
    bound = {"workflow": workflow, "step": step}
    conditions = ["workflow = $workflow", "step = $step"]
    if from_step is not None:
        conditions.append("previous_step = $from_step")
        bound["from_step"] = from_step
    if since is not None:
        conditions.append("(left_at is null or left_at >= $since::timestamp)")
        bound["since"] = since.isoformat()
    found = pl.DataFrame()
    for minutes in ("wait_minutes", "elapsed_calendar_minutes"):
        found = _frame(connection, _slowest_sql(" and ".join(conditions), minutes), **bound)
        if not found.is_empty():
            break
    return found


def _slowest_sql(where: str, minutes: str) -> str:
    """The visits are found in the few narrow columns that decide it; only theirs and their tickets' rows are read."""
    return f"""
        with found as (
            select rowid as visit from fct_ticket_step where {where} and {minutes} is not null
            order by {minutes} desc limit {SLOWEST * 5}
        ),
        visits as (
            select ticket_key, max_by(entered_at, {minutes}) as entered_at, max_by(left_at, {minutes}) as left_at,
                max({minutes}) as minutes
            from fct_ticket_step where rowid in (select visit from found)
            group by ticket_key order by minutes desc, ticket_key limit {SLOWEST}
        )
        select tickets.ticket_id, tickets.url, tickets.subject, tickets.status, visits.entered_at, visits.left_at,
            visits.minutes
        from fct_ticket as tickets inner join visits using (ticket_key)
        where tickets.ticket_key in (select ticket_key from visits)
        order by visits.minutes desc, tickets.ticket_key"""


def handoffs(connection: Connection, period: str, workflow: str | None = None) -> pl.DataFrame:
    """Passages of tickets between groups over one workflow, or all (None): from_group, to_group, and the counts."""
    query = """
        select from_group, to_group, sum(passage_count)::bigint as passage_count,
            sum(ticket_count)::bigint as ticket_count, sum(unanswered_count)::bigint as unanswered_count,
            sum(back_count)::bigint as back_count
        from group_handoff where period = $period and ($workflow is null or workflow = $workflow)
        group by from_group, to_group order by passage_count desc, from_group, to_group"""
    return _frame(connection, query, period=period, workflow=workflow)


def rework(connection: Connection, period: str, workflow: str | None = None) -> pl.DataFrame:
    """Rows of workflow_rework: work done twice, and tickets sent to the wrong group."""
    query = """from workflow_rework where period = $period and ($workflow is null or workflow = $workflow)
        order by ticket_count desc, workflow"""
    return _frame(connection, query, period=period, workflow=workflow)


def hour_load(connection: Connection, period: str) -> pl.DataFrame:
    """Rows of hour_load: an average week of each group, 168 hours, over all workflows."""
    return _frame(connection, "from hour_load where period = $period order by group_name, weekday, hour", period=period)


def _frame(connection: Connection, query: str, **values: object) -> pl.DataFrame:
    found: pl.DataFrame = connection.sql(query, params=values).pl()
    return found


def _check(connection: Connection, workflow: str) -> None:
    known = sizes(connection)["workflow"].unique().sort().to_list()
    if known and workflow not in known:
        raise ValueError(
            f"no tickets of a workflow '{workflow}' have a log of what happened. {nearest(workflow, known)}"
        )
