"""What the process marts say about one workflow, as frames."""

import duckdb
import polars as pl

from flowmeter.checked_file import nearest

PERIODS = ("quarter", "all")
"""'quarter' is the 13 weeks before the snapshot."""


def steps(connection: duckdb.DuckDBPyConnection, workflow: str, period: str = "quarter") -> pl.DataFrame:
    """The rows of `workflow_step` of a workflow and period, by step; none if it has no tickets in it.

    Raises ValueError for a workflow that has no steps in any period, with the nearest that has.
    """
    query = "select * from workflow_step where workflow = $1 and period = $2 order by step"
    found = _frame(connection, query, workflow, period)
    if found.is_empty():
        _check(connection, workflow)
    return found


def edges(connection: duckdb.DuckDBPyConnection, workflow: str, period: str = "quarter") -> pl.DataFrame:
    """The rows of `workflow_edge` of a workflow and period, by from_step and to_step; may be none."""
    query = "select * from workflow_edge where workflow = $1 and period = $2 order by from_step, to_step"
    return _frame(connection, query, workflow, period)


def step_names(connection: duckdb.DuckDBPyConnection, workflow: str) -> list[str]:
    """Every step that tickets of the workflow were ever in, by name."""
    query = "select distinct step from workflow_step where workflow = $1 order by step"
    return [str(row[0]) for row in connection.execute(query, [workflow]).fetchall()]


def _frame(connection: duckdb.DuckDBPyConnection, query: str, *values: str) -> pl.DataFrame:
    return pl.DataFrame(connection.sql(query, params=list(values)).pl())


def _check(connection: duckdb.DuckDBPyConnection, workflow: str) -> None:
    query = "select distinct workflow from workflow_step order by workflow"
    known = [str(row[0]) for row in connection.execute(query).fetchall()]
    if workflow not in known:
        raise ValueError(f"no tickets of a workflow '{workflow}' are loaded. {nearest(workflow, known)}")
