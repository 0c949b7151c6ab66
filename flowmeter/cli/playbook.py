"""`flowmeter playbook`."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flowmeter.cli.export import ForceOption, Period, PeriodOption
from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import narrate

if TYPE_CHECKING:
    from flowmeter.config_models import Step
    from flowmeter.playbook_facts import PlaybookFacts

KEEP = 0.8  # of the passages: what a new colleague meets, drawn large enough to read on paper


class PlaybookFormat(StrEnum):
    """Forms of a playbook; svg and mermaid are its flowchart alone."""

    html = "html"
    pdf = "pdf"
    svg = "svg"
    mermaid = "mermaid"


ENDINGS = {".pdf": PlaybookFormat.pdf, ".svg": PlaybookFormat.svg, ".mmd": PlaybookFormat.mermaid}


def playbook(
    ctx: typer.Context,
    workflow: Annotated[str, typer.Option(help="Which workflow.")],
    output: Annotated[Path, typer.Option(help="The file; - is stdout.")],
    period: PeriodOption = Period.quarter,
    form: Annotated[
        PlaybookFormat | None,
        typer.Option(
            "--format",
            help="Default: by the end of the file's name, else html. svg and mermaid are the flowchart alone.",
            show_default=False,
        ),
    ] = None,
    force: ForceOption = False,
    home: HomeOption = None,
) -> None:
    """Explain a workflow to a new agent.

    Its flowchart, and of each step what happens, how long it takes, who does it and what follows.
    """
    from flowmeter.config import load_config
    from flowmeter.output_file import written_whole
    from flowmeter.playbook_facts import playbook_facts
    from flowmeter.warehouse import current_path

    shop = find_home(ctx, home)
    config = load_config(shop)
    path = current_path(shop)
    written_as = form or ENDINGS.get(output.suffix, PlaybookFormat.html)
    try:
        facts = playbook_facts(path, workflow, period.value)
        with written_whole(output, force=force) as file:
            file.write(_document(facts, config.steps, written_as))
    except ValueError as mistake:
        raise typer.BadParameter(str(mistake)) from None
    narrate(
        f"Wrote the playbook of {workflow} from {facts.heading['tickets']:,} tickets of {path.name} as {written_as}"
    )


def _document(facts: "PlaybookFacts", steps: "Sequence[Step]", form: PlaybookFormat) -> bytes:
    from analysis.flowchart.graph import chart
    from analysis.flowchart.mermaid import mermaid
    from analysis.flowchart.svg import svg
    from analysis.playbook import Heading, playbook
    from analysis.playbook_html import playbook_html
    from analysis.playbook_pdf import playbook_pdf
    from analysis.wording import Speech

    heading = Heading(**facts.heading)
    drawn, speech = chart(facts.steps, facts.edges, keep=KEEP), Speech(heading.currency)
    if form is PlaybookFormat.mermaid:
        return mermaid(drawn, speech).encode()
    if form is PlaybookFormat.svg:
        return svg(drawn, speech, title=heading.name).encode()
    book = playbook(
        heading,
        facts.steps,
        facts.edges,
        groups=facts.groups,
        macros=facts.macros,
        paths=facts.paths,
        descriptions=_descriptions(steps, heading.workflow),
    )
    flowchart = svg(drawn, speech, theme="light")
    return playbook_pdf(book, flowchart) if form is PlaybookFormat.pdf else playbook_html(book, flowchart).encode()


def _descriptions(steps: "Sequence[Step]", workflow: str) -> dict[str, str]:
    """The shop's words about its steps; of several for one name, the first in the file that is for this workflow."""
    found: dict[str, str] = {}
    for step in steps:
        if step.description and (not step.workflow or workflow in step.workflow):
            found.setdefault(step.name, step.description)
    return found
