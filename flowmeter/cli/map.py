"""`flowmeter map`: the flowchart of a workflow."""

import contextlib
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import narrate, write_json, write_text
from flowmeter.settings import Home

if TYPE_CHECKING:
    import duckdb

    from analysis.flowchart.graph import Chart
    from analysis.wording import Speech


class Period(StrEnum):
    """'quarter' is the 13 weeks before the snapshot."""

    quarter = "quarter"
    all = "all"


class Measured(StrEnum):
    """What the colours and figures say."""

    time = "time"
    volume = "volume"
    cost = "cost"
    csat = "csat"


class MapFormat(StrEnum):
    """How the flowchart is written."""

    svg = "svg"
    mermaid = "mermaid"
    json = "json"


def flow_map(  # noqa: PLR0913, PLR0917 (one parameter per option)
    ctx: typer.Context,
    workflow: Annotated[str, typer.Option(help="The key of a workflow, such as returns.")],
    period: Annotated[Period, typer.Option(help="The 13 weeks before the snapshot, or everything.")] = Period.quarter,
    measure: Annotated[Measured, typer.Option(help="What colours and figures say.")] = Measured.time,
    keep: Annotated[
        float, typer.Option(min=0, max=1, help="The share of passages to show; rarer arrows are hidden.")
    ] = 0.95,
    intended: Annotated[
        bool, typer.Option("--intended", help="Mark what leaves the intended paths, or draw the intended .flow.")
    ] = False,
    form: Annotated[MapFormat, typer.Option("--format", help="How it is written on stdout.")] = MapFormat.svg,
    home: HomeOption = None,
) -> None:
    """The flowchart of a workflow, as it really went."""
    from flowmeter.config import load_config
    from flowmeter.warehouse import current_path, read

    shop = find_home(ctx, home)
    with contextlib.closing(read(current_path(shop))) as connection:
        try:
            chart = _chart(connection, shop, workflow, (period, measure, keep), intended=intended)
        except ValueError as mistake:
            raise typer.BadParameter(str(mistake), param_hint="--workflow") from None
    if chart is None:
        narrate(f"No tickets of '{workflow}' in the 13 weeks before the snapshot; `--period all` shows all of them")
        return
    from analysis.wording import Speech

    config = load_config(shop)
    name = next((entry.name for entry in config.workflows if entry.key == workflow), workflow)
    when = ", last 13 weeks" if period is Period.quarter else ""
    title = chart.workflow if chart.measure is None else f"{name}: how tickets really went{when}"
    _write(chart, Speech(config.settings.shop.currency), form, title)


def _chart(
    connection: "duckdb.DuckDBPyConnection",
    home: Home,
    workflow: str,
    asked: tuple[Period, Measured, float],
    *,
    intended: bool,
) -> "Chart | None":
    """The chart that was asked for; None when the workflow has no tickets in the period."""
    from analysis.flowchart.graph import chart, of_flow
    from analysis.flowchart.intended import links
    from flowmeter.intended_flow import read_flow
    from flowmeter.intention import check_paths, intention
    from flowmeter.process import edges, step_names, steps

    period, measure, keep = asked
    plan = intention(home, workflow) if intended else None
    if plan is not None and plan.intended_flow:
        return of_flow(read_flow(home, plan.intended_flow))
    found = steps(connection, workflow, period)
    if found.is_empty():
        return None
    paths = plan.intended if plan else []
    check_paths(home, workflow, paths, step_names(connection, workflow))
    pairs = links(paths) if plan else None
    return chart(found, edges(connection, workflow, period), measure.value, keep, intended=pairs)


def _write(chart: "Chart", speech: "Speech", form: MapFormat, title: str) -> None:
    if form is MapFormat.json:
        from analysis.flowchart.document import document

        write_json(document(chart, speech))
    elif form is MapFormat.mermaid:
        from analysis.flowchart.mermaid import mermaid

        write_text(mermaid(chart, speech))
    else:
        from analysis.flowchart.svg import svg

        write_text(svg(chart, speech, title=title) + "\n")
