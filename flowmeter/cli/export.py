"""`flowmeter export event-log`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import narrate

export = typer.Typer(help="Write files for other tools.", no_args_is_help=True)


class Period(StrEnum):
    """Periods of the process marts."""

    quarter = "quarter"
    all = "all"


class LogFormat(StrEnum):
    """Forms of an event log."""

    xes = "xes"
    csv = "csv"


PeriodOption = Annotated[
    Period, typer.Option(help="The tickets of the last 13 weeks and those open now, or of all time.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


@export.command("event-log")
def event_log(  # noqa: PLR0913, PLR0917 - the options of the command
    ctx: typer.Context,
    output: Annotated[Path, typer.Option(help="The file; .gz at its end compresses it, - is stdout.")],
    workflow: Annotated[str | None, typer.Option(help="Default: all workflows.", show_default=False)] = None,
    period: PeriodOption = Period.all,
    steps: Annotated[
        bool, typer.Option("--steps/--events", help="Visits to steps, or each event of a ticket's history.")
    ] = True,
    form: Annotated[
        LogFormat | None,
        typer.Option("--format", help="Default: by the end of the file's name, else xes.", show_default=False),
    ] = None,
    force: ForceOption = False,
    home: HomeOption = None,
) -> None:
    """An event log for Disco, Apromore, PM4Py: a case per ticket, agents by pseudonym, times in UTC."""
    from flowmeter.event_log_export import Selection, export
    from flowmeter.output_file import written_whole
    from flowmeter.warehouse import current_path

    path = current_path(find_home(ctx, home))
    written_as = form or _by_name(output)
    written = None  # and stays so when the reader of stdout has seen enough
    try:
        with written_whole(output, force=force) as file:
            written = export(path, Selection(workflow, period.value, not steps), written_as.value, file)
    except ValueError as mistake:
        raise typer.BadParameter(str(mistake)) from None
    thing = "visits to steps" if steps else "events"
    if written:
        narrate(f"Wrote {written.rows:,} {thing} of {written.cases:,} tickets from {path.name} as {written_as.value}")


def _by_name(output: Path) -> LogFormat:
    return LogFormat.csv if output.name.removesuffix(".gz").endswith(".csv") else LogFormat.xes
