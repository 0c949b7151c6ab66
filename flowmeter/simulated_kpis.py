"""KPIs of simulated tickets by the macros of the published file, so that a formula stands in one place only.

A column of a ticket belongs to one anchor (created, first resolved, last resolved, ...). It is null where the ticket's
anchor lies outside the period: then every aggregate sees just its own tickets, and one query serves all metrics.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

Connection = duckdb.DuckDBPyConnection

TOTAL = "all"
"""The workflow of the totals, as in kpi_week."""

LATENT = ("workflow", "variant", "channel")
"""Parameters that name a group: their macros need rows of all groups at once."""


@dataclass(frozen=True)
class Metric:
    """A published metric and what its macro reads."""

    key: str
    label: str
    unit: str
    better: str
    columns: tuple[str, ...]
    matures_days: int
    is_headline: bool


def simulated_metrics(connection: Connection, columns: Sequence[str]) -> list[Metric]:
    """The metrics that can be computed from these columns, in the order in which pages show them."""
    query = """
        select metric, label, unit, better, parameters, matures_days, is_headline
        from metric
        inner join duckdb_functions() as macros on macros.function_name = metric.metric and function_type = 'macro'
        where expression is not null
        order by position"""
    rows = connection.execute(query).fetchall()
    metrics = [Metric(row[0], row[1], row[2], row[3], tuple(row[4]), row[5], row[6]) for row in rows]
    known = set(columns) - set(LATENT)
    return [metric for metric in metrics if set(metric.columns) <= known]


def settled_days(metrics: Sequence[Metric]) -> dict[str, float]:
    """Days that must pass before a column is final, by column."""
    return {
        column: float(metric.matures_days) for metric in metrics for column in metric.columns if metric.matures_days
    }


def simulated_kpis(connection: Connection, tickets: pl.DataFrame, metrics: Sequence[Metric]) -> pl.DataFrame:
    """One row per run and workflow, 'all' included: run, workflow, and a column per metric.

    `tickets` has one row per run and ticket: `run`, `workflow` and what the metrics read.
    """
    calls = ", ".join(f"{metric.key}({', '.join(metric.columns)})::double as {metric.key}" for metric in metrics)
    query = f"""
        select run, case when grouping(workflow) = 1 then '{TOTAL}' else workflow end as workflow, {calls}
        from simulated_ticket group by grouping sets ((run), (run, workflow)) order by run, workflow"""
    cursor = connection.cursor()
    try:
        cursor.register("simulated_ticket", tickets)
        found: pl.DataFrame = cursor.sql(query).pl()
    finally:
        cursor.close()
    return found


def scorer(connection: Connection, metrics: Sequence[Metric]) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """simulated_kpis as a function of the tickets alone, for threads: one asks at a time."""
    lock = threading.Lock()

    def score(tickets: pl.DataFrame) -> pl.DataFrame:
        with lock:
            return simulated_kpis(connection, tickets, metrics)

    return score
