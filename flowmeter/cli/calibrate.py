"""`flowmeter calibrate`: what a simulation of the shop would run on, and what each input rests on."""

import contextlib
from enum import StrEnum
from typing import Annotated

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import Format, narrate, write_json, write_rows

SHOWN = ("input", "subject", "value", "n", "level", "method")


class CalibrateFormat(StrEnum):
    """How the inputs are written: the evidence for people, or every input."""

    text = "text"
    json = "json"


def calibrate(
    ctx: typer.Context,
    workflow: Annotated[
        str | None, typer.Option(help="The key of a workflow, such as returns. Default: all.", show_default=False)
    ] = None,
    form: Annotated[
        CalibrateFormat, typer.Option("--format", help="The evidence as a table, or all inputs as JSON.")
    ] = CalibrateFormat.text,
    home: HomeOption = None,
) -> None:
    """What a simulation of the shop runs on: arrivals, routes, work, waits, people, cost; and what that rests on."""
    from flowmeter.checked_file import nearest
    from flowmeter.simulation_facts import service_facts
    from flowmeter.warehouse import current_path, read
    from simulation.calibrate import fit, observe
    from simulation.calibrate.document import document, of_workflow

    with contextlib.closing(read(current_path(find_home(ctx, home)))) as connection:
        facts = service_facts(connection)
    if facts.visits.is_empty():
        narrate("No ticket has a log of what happened to it: nothing can be simulated")
        write_rows([], SHOWN, Format.table) if form is CalibrateFormat.text else write_json({})
        return
    found = fit(observe(facts))
    if workflow is not None and workflow not in found.workflows:
        mistake = f"no tickets of a workflow '{workflow}' have a log. {nearest(workflow, list(found.workflows))}"
        raise typer.BadParameter(mistake, param_hint="--workflow")
    if form is CalibrateFormat.json:
        write_json(document(found, workflow))
        return
    rows = [row for row in found.evidence if workflow is None or of_workflow(found, row, workflow)]
    write_rows([vars(row) for row in rows], SHOWN, Format.table)
