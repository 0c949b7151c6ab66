"""Paths, contact reasons and automations of a published file, as frames: queries only, the same for app and CLI."""

import duckdb
import polars as pl

ALL = "all"

Connection = duckdb.DuckDBPyConnection


def ticket_paths(connection: Connection, period: str, workflow: str = ALL) -> pl.DataFrame:
    """Rows of ticket_path, most frequent first within each workflow; of one workflow or of all."""
    order = "workflow, workflow_rank"
    return _rows(connection, "ticket_path", period, workflow, order)


def path_departures(connection: Connection, period: str, workflow: str = ALL) -> pl.DataFrame:
    """Rows of path_departure along each happy path: what analysis.departures.departures tests."""
    order = "workflow, position, is_happy desc, ticket_count desc, next_step"
    return _rows(connection, "path_departure", period, workflow, order)


def contact_reasons(connection: Connection, period: str, workflow: str = ALL) -> pl.DataFrame:
    """Rows of contact_reason, most frequent first: of one workflow, or of every one and of the totals ('all')."""
    return _rows(connection, "contact_reason", period, workflow, "workflow, source, ticket_count desc, reason")


def contact_subjects(connection: Connection, period: str, workflow: str = ALL) -> pl.DataFrame:
    """Rows of contact_subject: what analysis.reasons.subject_reasons groups."""
    return _rows(connection, "contact_subject", period, workflow, "ticket_count desc, subject, workflow")


def order_status_workflows(connection: Connection) -> frozenset[str]:
    """The workflows in which customers ask where their order is, as configured."""
    rows = connection.execute("select workflow from dim_workflow where is_order_status").fetchall()
    return frozenset(str(row[0]) for row in rows)


def automations(connection: Connection) -> pl.DataFrame:
    """Rows of dim_automation, most used first."""
    rows: pl.DataFrame = connection.sql("from dim_automation order by use_count desc, kind, name").pl()
    return rows


def automation_reach(connection: Connection, period: str) -> pl.DataFrame:
    """Rows of automation_reach, steps included, widest reach first."""
    return _rows(connection, "automation_reach", period, ALL, "kind, ticket_count desc, name, workflow, part")


def automation_effects(connection: Connection, period: str) -> pl.DataFrame:
    """Rows of automation_effect, steps included."""
    return _rows(connection, "automation_effect", period, ALL, "kind, name, workflow, part, metric")


def _rows(connection: Connection, mart: str, period: str, workflow: str, order: str) -> pl.DataFrame:
    query = f"from {mart} where period = $period and ($workflow = 'all' or workflow = $workflow) order by {order}"
    rows: pl.DataFrame = connection.sql(query, params={"period": period, "workflow": workflow}).pl()
    return rows
