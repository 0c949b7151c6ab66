"""Which tickets a workflow has in a period, on a published file."""

import duckdb

from flowmeter.checked_file import nearest

PERIODS = ("quarter", "all")

PERIOD_TICKETS = """
    select ticket_key from period_ticket where period = $period and ($workflow is null or workflow = $workflow)"""
"""The counted tickets of $workflow (null: of all) in $period."""


def check_workflow(connection: duckdb.DuckDBPyConnection, workflow: str) -> None:
    """Raises ValueError for a workflow that does not exist, with the nearest that does."""
    known = [str(row[0]) for row in connection.execute("select workflow from dim_workflow").fetchall()]
    if workflow not in known:
        raise ValueError(f"there is no workflow '{workflow}'. {nearest(workflow, known)}")
