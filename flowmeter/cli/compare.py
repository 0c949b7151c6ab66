"""`flowmeter compare` and `flowmeter plan`: which variant is better, and how long a test takes."""

import contextlib
import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import Format, narrate, write_json, write_rows, write_text

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from analysis.compare.comparison import Comparison
    from flowmeter.choice import Choice


class CompareFormat(StrEnum):
    """How a comparison is written."""

    table = "table"
    json = "json"
    html = "html"


WorkflowOption = Annotated[str, typer.Option(help="The key of a workflow, such as order_updates.")]


def compare(  # noqa: PLR0913, PLR0917 (one parameter per option)
    ctx: typer.Context,
    workflow: WorkflowOption,
    by: Annotated[
        str,
        typer.Option(
            help="variant, tag:NAME, macro:NAME, rule:NAME, field:NAME, flow:NAME, group, channel, or date:2026-06-01."
        ),
    ] = "variant",
    arms: Annotated[
        str, typer.Option(help="Two or more with commas, the baseline first. Default: the largest.", show_default=False)
    ] = "",
    goal: Annotated[
        str | None, typer.Option(help="The metric that decides. Default: average resolution time.", show_default=False)
    ] = None,
    margin: Annotated[
        float | None, typer.Option(min=0, help="The smallest difference that matters, in its unit.", show_default=False)
    ] = None,
    first: Annotated[
        dt.datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day. Default: when all were in use."),
    ] = None,
    last: Annotated[
        dt.datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day. Default: as long as all were.")
    ] = None,
    form: Annotated[
        CompareFormat, typer.Option("--format", help="How it is written on stdout; html is a page to send to somebody.")
    ] = CompareFormat.table,
    home: HomeOption = None,
) -> None:
    """Which variant of a workflow is better: differences with intervals, and a verdict."""
    from flowmeter.comparison import choose, metrics
    from flowmeter.warehouse import current_path, read

    shop = find_home(ctx, home)
    named = [name.strip() for name in arms.split(",") if name.strip()]
    with contextlib.closing(read(current_path(shop))) as connection:
        try:
            choice = choose(connection, workflow, by, named, first and first.date(), last and last.date())
            if form is CompareFormat.html:
                write_text(_page(connection, choice, goal, margin))
                return
            found = _compared(connection, choice, metrics(connection), goal, margin)
        except ValueError as mistake:
            raise typer.BadParameter(str(mistake)) from None
    _write(choice, found, form)


def plan(
    ctx: typer.Context,
    workflow: WorkflowOption,
    effect: Annotated[float, typer.Option(help="The difference to be seen, in the metric's unit: 0.03 is 3 points.")],
    goal: Annotated[
        str | None, typer.Option(help="The metric that decides. Default: average resolution time.", show_default=False)
    ] = None,
    arms: Annotated[int, typer.Option(min=2, help="How many variants, of equal size.")] = 2,
    form: Annotated[Format, typer.Option("--format", help="How it is written on stdout.")] = Format.table,
    home: HomeOption = None,
) -> None:
    """How many tickets and weeks a test needs before it can see an effect (80% power), from the last 13 weeks."""
    from flowmeter.warehouse import current_path, read

    with contextlib.closing(read(current_path(find_home(ctx, home)))) as connection:
        try:
            row = _planned(connection, workflow, goal, effect, arms)
        except ValueError as mistake:
            raise typer.BadParameter(str(mistake)) from None
    if form is Format.json:
        write_json(row)
    else:
        write_rows([row], [name for name in row if name not in {"method", "reason"}], form)
    if row["reason"]:
        narrate(f"We cannot tell: {row['reason']}")


def _compared(
    connection: "duckdb.DuckDBPyConnection",
    choice: "Choice",
    known: "pl.DataFrame",
    goal: str | None,
    margin: float | None,
) -> "Comparison":
    from analysis.compare.comparison import GOAL, Question
    from analysis.compare.comparison import compare as compared
    from analysis.wording import Speech
    from flowmeter.comparison import shop_facts, tickets, weeks

    facts = shop_facts(connection)
    question = Question(choice.arms, choice.by, facts.snapshot_at, goal or GOAL, margin, choice.cut)
    series = weeks(connection, choice.workflow) if choice.cut else None
    return compared(tickets(connection, choice), known, question, series, Speech(facts.currency))


def _page(connection: "duckdb.DuckDBPyConnection", choice: "Choice", goal: str | None, margin: float | None) -> str:
    """The main metrics, as the app shows and downloads them."""
    from analysis.compare.comparison import GOAL, main
    from analysis.comparison_html import About, comparison_html
    from analysis.wording import Speech
    from flowmeter.comparison import about, metrics, shop_facts

    found = _compared(connection, choice, main(metrics(connection), goal or GOAL), goal, margin)
    return comparison_html(found, About(**about(connection, choice)), Speech(shop_facts(connection).currency))


def _planned(
    connection: "duckdb.DuckDBPyConnection", workflow: str, goal: str | None, effect: float, arms: int
) -> dict[str, Any]:
    from analysis.compare.comparison import GOAL, planned
    from flowmeter.comparison import QUARTER_WEEKS, metrics, recent_tickets

    now = recent_tickets(connection, workflow)
    found = planned(now, metrics(connection), goal or GOAL, effect, now.height / QUARTER_WEEKS, arms)
    return {"workflow": workflow, "metric": goal or GOAL, "effect": effect, "arms": arms, **vars(found)}


def _write(choice: "Choice", found: "Comparison", form: CompareFormat) -> None:
    from analysis.compare.comparison import document, table

    told = document(found)
    if form is CompareFormat.json:
        write_json({"workflow": choice.workflow, "from": choice.first, "to": choice.last, **told})
        return
    write_text("\n".join(verdict["sentence"] for verdict in told["verdicts"].values()) + "\n\n")
    rows = table(found)
    write_rows(rows.to_dicts(), rows.columns, Format.table)
    narrate(f"Tickets created from {choice.first} to {choice.last}: {' against '.join(choice.arms)}")
    if found.is_running:
        narrate("The test still runs: the verdict allows for looking at it every day")
    for sentence in (*found.cautions, *(one["sentence"] for one in told["reversals"])):
        narrate(sentence)
