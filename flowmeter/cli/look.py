"""`flowmeter kpis`, `status`, `quarantine`."""

from typing import Annotated

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import Format, narrate, write_json, write_rows

FormatOption = Annotated[Format, typer.Option("--format", help="How rows are written on stdout.")]


def kpis(
    ctx: typer.Context,
    week: Annotated[
        str | None,
        typer.Option(help="The last week, such as 2026-W46. Default: the last one that is over.", show_default=False),
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, help="How many weeks, up to and with that one.")] = 1,
    by: Annotated[
        str,
        typer.Option(
            help="workflow, variant, channel: one or more with commas. Default: the totals.", show_default=False
        ),
    ] = "",
    metric: Annotated[
        list[str] | None, typer.Option(help="A metric key; can be repeated. Default: all.", show_default=False)
    ] = None,
    form: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """The KPIs of one or more weeks."""
    from flowmeter.kpis import COLUMNS, SLICES, kpi_rows
    from flowmeter.warehouse import current_path

    slices = [part.strip() for part in by.split(",") if part.strip()]
    for part in slices:
        if part not in SLICES:
            raise typer.BadParameter(f"'{part}' is none of {', '.join(SLICES)}", param_hint="--by")
    path = current_path(find_home(ctx, home))
    try:
        rows = kpi_rows(path, week=week, weeks=weeks, by=slices, metrics=metric or [])
    except ValueError as mistake:
        raise typer.BadParameter(str(mistake)) from None
    write_rows(rows, [*COLUMNS, *(name for name in SLICES[1:] if name in slices)], form)
    if not rows:
        narrate(f"No figures for these weeks in {path.name}; `flowmeter status` shows what is loaded")


def status(ctx: typer.Context, home: HomeOption = None) -> None:
    """What is loaded and published, how fresh it is, and its tests, as JSON."""
    from flowmeter.status import status as status_of

    write_json(status_of(find_home(ctx, home)))


def quarantine(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many rows at most.")] = 100,
    form: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """The rows that were refused, with file, line, rule, and what to do."""
    from flowmeter.status import QUARANTINE_COLUMNS, loaded_rows

    rows = loaded_rows(find_home(ctx, home), "quarantine", QUARANTINE_COLUMNS, "batch_no, line")
    shown = QUARANTINE_COLUMNS[:-1] if form is Format.table else QUARANTINE_COLUMNS
    write_rows([{column: row[column] for column in shown} for row in rows[:limit]], shown, form)
    if len(rows) > limit:
        narrate(f"Showing {limit:,} of {len(rows):,} rows; `--limit {len(rows)}` shows all")
    elif not rows:
        narrate("Nothing is in quarantine")
    else:
        narrate("Correct the rows in their file and load the file again: what was loaded before stays as it is")
