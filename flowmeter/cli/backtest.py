"""`flowmeter backtest`: would the forecast have been right?"""

import contextlib
import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import Format, narrate, write_json, write_rows, write_text

if TYPE_CHECKING:
    import duckdb

SHOWN = (
    "workflow", "metric", "unit", "periods", "error", "naive_error", "noise", "bias", "coverage", "verdict",
)  # fmt: skip
WATCHED = (
    "resolution_time_mean_calendar_hours", "resolution_time_median_calendar_hours", "first_reply_median_calendar_hours",
    "resolution_rate_cohort", "tickets_created", "tickets_resolved", "backlog", "csat", "ces", "cost_per_resolution",
    "reopen_rate", "handoffs",
)  # fmt: skip
DRAWS, REPLICATIONS = 30, 2


class BacktestFormat(StrEnum):
    """How it is written: sentences and a table for people, or everything."""

    text = "text"
    json = "json"


def backtest(
    ctx: typer.Context,
    weeks: Annotated[
        int, typer.Option(min=1, help="How many of the last finished weeks are foretold, four at a time.")
    ] = 32,
    form: Annotated[
        BacktestFormat, typer.Option("--format", help="Sentences and a table, or everything as JSON.")
    ] = BacktestFormat.text,
    home: HomeOption = None,
) -> None:
    """Would the forecast have been right? The model is set back, foretells weeks that are over, and is scored."""
    from flowmeter.config import load_config
    from flowmeter.warehouse import current_path, read
    from simulation.backtest import document, foretold, plan

    shop = find_home(ctx, home)
    with contextlib.closing(read(current_path(shop))) as connection:
        observed = _observed(connection)
        try:
            cuts = plan(observed, weeks)
        except ValueError as mistake:
            raise typer.BadParameter(str(mistake), param_hint="--weeks") from None
        try:
            forecasts = foretold(cuts, _forecaster(connection, load_config(shop).settings.kpi.cohort_days), _tell)
        except ValueError as mistake:
            narrate(f"Nothing can be foretold: {mistake}")
            return
        metrics = connection.sql("select metric, label, unit from metric order by position").pl()
    found = document(observed, forecasts, metrics, cuts.ahead)
    if form is BacktestFormat.json:
        write_json(found)
        return
    write_text("\n".join(found["headline"]) + "\n\n")
    write_rows([_row(score) for score in found["scores"]], SHOWN, Format.table)
    narrate(
        f"{found['cuts']} forecasts of {found['ahead']} weeks each. Errors are mean distances from what came; naive is "
        "the better of the last period again and the same as last month; noise is what chance alone would make of a "
        "perfect forecast"
    )


def _observed(connection: "duckdb.DuckDBPyConnection") -> Any:
    query = """
        select week, workflow, metric, value, n, low, high from kpi_week
        where variant = 'all' and channel = 'all' and is_complete and list_contains($metrics, metric)
        order by week, workflow, metric"""
    return connection.sql(query, params={"metrics": list(WATCHED)}).pl()


def _forecaster(connection: "duckdb.DuckDBPyConnection", cohort_days: int) -> Any:
    from flowmeter.simulated_kpis import scorer, settled_days, simulated_metrics
    from flowmeter.simulation_facts import service_facts
    from simulation.experiment import Settings
    from simulation.kpi_frame import COLUMNS
    from simulation.set_back import forecaster

    metrics = simulated_metrics(connection, COLUMNS)
    zone = ZoneInfo(connection.execute("select time_zone from snapshot").fetchall()[0][0])
    settings = Settings(
        draws=DRAWS, replications=REPLICATIONS, explained=0, cohort_days=cohort_days, settled=settled_days(metrics)
    )

    def facts(cut: dt.date) -> Any:
        begin = dt.datetime(cut.year, cut.month, cut.day, tzinfo=zone)
        return service_facts(connection, begin.astimezone(dt.UTC).replace(tzinfo=None))

    watched = [metric for metric in metrics if metric.key in WATCHED]
    return forecaster(facts, scorer(connection, watched), settings)


def _tell(done: int, cuts: int, cut: dt.date) -> bool:
    narrate(f"Forecast {done + 1} of {cuts}: as of {cut}")
    return True


def _row(score: dict[str, Any]) -> dict[str, Any]:
    naive = [error for error in (score["replay_error"], score["last_month_error"]) if error is not None]
    return {**score, "naive_error": min(naive, default=None), "verdict": str(score["verdict"])}
