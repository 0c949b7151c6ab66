"""Which tickets a workflow has in a period, on a published file."""

import duckdb

from flowmeter.checked_file import nearest

PERIODS = ("quarter", "all")

PERIOD_TICKETS = """
    select tickets.ticket_key
    from fct_ticket as tickets
    inner join (select ticket_key, max(entered_at) as last_at from fct_ticket_step group by ticket_key) as visits
        using (ticket_key)
    cross join (select * from process_period where period = $period) as chosen
    where ($workflow is null or tickets.workflow = $workflow)
        and (
            $period = 'all'
            or coalesce(tickets.resolved_at, visits.last_at) >= chosen.from_at
            or (tickets.resolved_at is null and tickets.status in ('open', 'pending', 'hold'))
        )"""
"""The counted tickets of $workflow (null: of all) in $period, by the rule by which the process marts count them."""


def check_workflow(connection: duckdb.DuckDBPyConnection, workflow: str) -> None:
    """Raises ValueError for a workflow that does not exist, with the nearest that does."""
    known = [str(row[0]) for row in connection.execute("select workflow from dim_workflow").fetchall()]
    if workflow not in known:
        raise ValueError(f"there is no workflow '{workflow}'. {nearest(workflow, known)}")
