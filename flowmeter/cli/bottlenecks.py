"""`flowmeter bottlenecks`: where customers wait, worst first."""

import contextlib
from enum import StrEnum
from typing import Annotated

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.look import FormatOption
from flowmeter.cli.output import Format, narrate, write_rows

SHOWN = (
    "rank", "workflow", "kind", "step", "to_step", "ticket_count", "wait_median_minutes", "main_cause",
    "hours_saved_per_week", "resolution_hours_saved",
)  # fmt: skip
NO_EVENTS = (
    "No ticket has a log of what happened to it: a flat list of tickets does not say where they waited. "
    "Export the ticket audits too (for Zendesk: ticket audits as JSON), or an event log, and run `flowmeter refresh`"
)


class Period(StrEnum):
    """'quarter' is the 13 weeks before the snapshot."""

    quarter = "quarter"
    all = "all"


def bottlenecks(
    ctx: typer.Context,
    workflow: Annotated[
        str | None, typer.Option(help="The key of a workflow, such as returns. Default: all.", show_default=False)
    ] = None,
    period: Annotated[Period, typer.Option(help="The 13 weeks before the snapshot, or everything.")] = Period.quarter,
    limit: Annotated[
        int | None, typer.Option(min=1, help="How many at most. Default: all.", show_default=False)
    ] = None,
    form: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """Steps, hand-offs and loops in which customers wait, worst first, with what mending each would bring."""
    from flowmeter.bottlenecks import ranking, sizes
    from flowmeter.warehouse import current_path, read

    with contextlib.closing(read(current_path(find_home(ctx, home)))) as connection:
        try:
            found = ranking(connection, period.value, workflow)
        except ValueError as mistake:
            raise typer.BadParameter(str(mistake), param_hint="--workflow") from None
        is_silent = found.is_empty() and sizes(connection).is_empty()
    columns = list(SHOWN) if form is Format.table else found.columns
    write_rows(found.head(limit or found.height).select(columns).to_dicts(), columns, form)
    if is_silent:
        narrate(NO_EVENTS)
    elif found.is_empty():
        narrate("Nothing waited in this period; `--period all` looks at everything")
