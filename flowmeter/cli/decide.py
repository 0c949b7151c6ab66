"""`flowmeter decide` and `flowmeter decisions`: the log of what was decided about workflows, and on which numbers."""

import contextlib
import datetime as dt
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.look import FormatOption
from flowmeter.cli.output import Format, narrate, write_rows, write_text

if TYPE_CHECKING:
    import duckdb

    from analysis.compare.comparison import Comparison
    from flowmeter.choice import Choice

COLUMNS = ("number", "date", "workflow", "decided", "who", "verdict", "note", "file")
NONE = "none"
WorkflowOption = Annotated[str, typer.Option(help="The key of a workflow, such as order_updates.")]


def decide(  # noqa: PLR0913, PLR0917 (one parameter per option)
    ctx: typer.Context,
    workflow: WorkflowOption,
    choose: Annotated[str, typer.Option(help=f"The arm that is decided for, or '{NONE}'.")],
    who: Annotated[str, typer.Option(help="Who decided.")],
    by: Annotated[str, typer.Option(help="What is compared, as `flowmeter compare` has it.")] = "variant",
    arms: Annotated[
        str, typer.Option(help="Two or more with commas, the baseline first. Default: the largest.", show_default=False)
    ] = "",
    goal: Annotated[
        str | None, typer.Option(help="The metric that decides. Default: average resolution time.", show_default=False)
    ] = None,
    note: Annotated[str, typer.Option(help="Why, in a sentence.")] = "",
    home: HomeOption = None,
) -> None:
    """Write a decision, with the numbers of the comparison as it stands, into the shop's log."""
    from analysis.compare.decided import Said, decision
    from flowmeter.checked_file import nearest
    from flowmeter.comparison import choose as chosen_by
    from flowmeter.comparison import shop_facts
    from flowmeter.decisions import write_decision
    from flowmeter.warehouse import current_path, read

    shop = find_home(ctx, home)
    if not who.strip():
        raise typer.BadParameter("say who decided", param_hint="--who")
    named = [name.strip() for name in arms.split(",") if name.strip()]
    with contextlib.closing(read(current_path(shop))) as connection:
        try:
            choice = chosen_by(connection, workflow, by, named)
            found = _compared(connection, choice, goal)
        except ValueError as mistake:
            raise typer.BadParameter(str(mistake)) from None
        zone = shop_facts(connection).zone
    if choose not in {*choice.arms, NONE}:
        raise typer.BadParameter(
            f"'{choose}' is none of the arms. {nearest(choose, [*choice.arms, NONE])}", param_hint="--choose"
        )
    said = Said(choose, who.strip(), dt.datetime.now(ZoneInfo(zone)).date(), note.strip())
    path = write_decision(shop, decision(found, workflow, (choice.first, choice.last), said))
    write_text(f"{path}\n")
    narrate("It is marked on the weekly trends")


def decisions(
    ctx: typer.Context,
    workflow: Annotated[
        str | None, typer.Option(help="The key of a workflow. Default: all.", show_default=False)
    ] = None,
    form: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """The decisions of the shop, oldest first."""
    from flowmeter.decisions import read_decisions

    found = [one for one in read_decisions(find_home(ctx, home)) if workflow in {None, one.decision.workflow}]
    rows = []
    for one in found:
        entry = {"number": one.number, "file": one.file, **one.decision.model_dump(mode="json")}
        rows.append(entry if form is Format.json else {name: entry[name] for name in COLUMNS})
    write_rows(rows, COLUMNS, form)
    if not rows:
        narrate("No decision is logged yet; `flowmeter decide` or the Compare page writes one")


def _compared(connection: "duckdb.DuckDBPyConnection", choice: "Choice", goal: str | None) -> "Comparison":
    from analysis.compare.comparison import GOAL, Question, compare
    from analysis.wording import Speech
    from flowmeter.comparison import metrics, shop_facts, tickets, weeks

    facts = shop_facts(connection)
    question = Question(choice.arms, choice.by, facts.snapshot_at, goal or GOAL, cut=choice.cut)
    series = weeks(connection, choice.workflow) if choice.cut else None
    return compare(tickets(connection, choice), metrics(connection), question, series, Speech(facts.currency))
