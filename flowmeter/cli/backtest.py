"""`flowmeter backtest`: would the forecast have been right?"""

import contextlib
import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import Format, narrate, write_json, write_rows, write_text

if TYPE_CHECKING:
    import duckdb

    from flowmeter.backtest_facts import Past

SHOWN = (
    "workflow", "metric", "unit", "periods", "error", "naive_error", "noise", "bias", "coverage", "verdict",
)  # fmt: skip
DRAWS, REPLICATIONS = 30, 3


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
    from flowmeter.backtest_facts import past
    from flowmeter.config import load_config
    from flowmeter.warehouse import current_path, read
    from simulation.backtest import document, foretold, plan

    shop = find_home(ctx, home)
    with contextlib.closing(read(current_path(shop))) as connection:
        known = past(connection)
        try:
            cuts = plan(known.weeks, weeks)
        except ValueError as mistake:
            raise typer.BadParameter(str(mistake), param_hint="--weeks") from None
        try:
            forecasts = foretold(
                cuts, _forecaster(connection, known, load_config(shop).settings.kpi.cohort_days), _tell
            )
        except ValueError as mistake:
            narrate(f"Nothing can be foretold: {mistake}")
            return
    found = document(known.weeks, forecasts, known.metrics, cuts.ahead)
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


def _forecaster(connection: "duckdb.DuckDBPyConnection", known: "Past", cohort_days: int) -> Any:
    from flowmeter.backtest_facts import WATCHED
    from flowmeter.simulated_kpis import scorer, settled_days, simulated_metrics
    from flowmeter.simulation_facts import service_facts
    from flowmeter.survey_facts import answered_tickets
    from simulation.experiment import Settings
    from simulation.kpi_frame import COLUMNS
    from simulation.set_back import forecaster

    metrics = simulated_metrics(connection, COLUMNS)
    settings = Settings(
        draws=DRAWS, replications=REPLICATIONS, explained=0, cohort_days=cohort_days, settled=settled_days(metrics)
    )

    def facts(cut: dt.date) -> Any:
        begin = known.begin(cut)
        return service_facts(connection, begin), answered_tickets(connection, begin)

    watched = [metric for metric in metrics if metric.key in WATCHED]
    return forecaster(facts, scorer(connection, watched), settings)


def _tell(done: int, cuts: int, cut: dt.date) -> bool:
    narrate(f"Forecast {done + 1} of {cuts}: as of {cut}")
    return True


def _row(score: dict[str, Any]) -> dict[str, Any]:
    naive = [error for error in (score["replay_error"], score["last_month_error"]) if error is not None]
    return {**score, "naive_error": min(naive, default=None), "verdict": str(score["verdict"])}
