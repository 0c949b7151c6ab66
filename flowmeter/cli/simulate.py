"""`flowmeter simulate` and `flowmeter forecast`: what a change would do, and what the next weeks bring."""

import contextlib
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from flowmeter.cli.bottlenecks import NO_EVENTS
from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import Format, narrate, write_json, write_rows, write_text
from flowmeter.settings import Home

if TYPE_CHECKING:
    import duckdb

    from analysis.simulation_words import Known
    from simulation.experiment import Settings
    from simulation.runs import Score
    from simulation.trial import Report, Shop

SHOWN = ("workflow", "metric", "unit", "today", "then", "difference", "low", "high", "standing")
DAYS_SHOWN = ("day", "created", "resolved", "open", "open_low", "open_high")


class TextFormat(StrEnum):
    """How an answer is written."""

    text = "text"
    json = "json"


FormatOption = Annotated[TextFormat, typer.Option("--format", help="How it is written on stdout.")]
SeedOption = Annotated[int, typer.Option(min=0, help="The same seed gives the same answer, to the last digit.")]
WorkflowOption = Annotated[
    str | None, typer.Option(help="The key of a workflow, such as returns. Default: all.", show_default=False)
]


class _Desk(NamedTuple):
    """A calibrated shop, and what runs of it need."""

    shop: "Shop"
    score: "Score"
    settings: "Settings"
    known: "Known"
    connection: "duckdb.DuckDBPyConnection"


@contextlib.contextmanager
def _desk(home: Home, seed: int) -> Iterator[_Desk | None]:
    """The calibrated shop and what runs need; none, and said so, when no ticket has a log of what happened."""
    from analysis.simulation_words import Known
    from analysis.wording import Speech
    from flowmeter.simulated_kpis import scorer, settled_days, simulated_metrics
    from flowmeter.simulation_facts import service_facts
    from flowmeter.survey_facts import answered_tickets
    from flowmeter.warehouse import read_current
    from simulation.experiment import Settings
    from simulation.kpi_frame import COLUMNS
    from simulation.trial import calibrated

    with contextlib.closing(read_current(home)) as connection:
        narrate("Learning how the shop works")
        facts = service_facts(connection)
        shop = calibrated(facts, answered_tickets(connection))
        if shop is None:
            narrate(NO_EVENTS)
            yield None
            return
        metrics = simulated_metrics(connection, COLUMNS)
        names = dict(connection.execute("select workflow, name from dim_workflow").fetchall())
        known = Known({one.key: vars(one) for one in metrics}, names, Speech(facts.currency))
        settings = Settings(seed, settled=settled_days(metrics))
        yield _Desk(shop, scorer(connection, metrics), settings, known, connection)


def simulate(
    ctx: typer.Context,
    scenario: Annotated[Path, typer.Argument(help="A scenario file (YAML), such as scenarios/refunds.yml.")],
    seed: SeedOption = 7,
    workflow: WorkflowOption = None,
    form: FormatOption = TextFormat.text,
    home: HomeOption = None,
) -> None:
    """What a change would do to every KPI, to queues, people and money, with ranges."""
    from flowmeter.seen_facts import seen_frames
    from simulation.scenario.apply import apply, parse
    from simulation.scenario.seen import observed, past_seen, ranges
    from simulation.trial import groups_of, tried

    shop_home, text = find_home(ctx, home), _text(scenario)
    with _desk(shop_home, seed) as desk:
        if desk is None:
            return
        shop, score, settings, known, connection = desk
        _check_workflow(shop, workflow)
        asked = parse(text, str(scenario), shop.today)
        [answer] = tried(shop, [asked], score, settings, _progress())
        proposed, seen = apply(shop.today, asked), ranges(shop.today, observed(*seen_frames(connection)))
        answer["past_seen"] = past_seen(shop.today, proposed, seen, known.workflows)
    if workflow is not None:
        answer["effects"] = [row for row in answer["effects"] if row["workflow"] == workflow]
    if form is TextFormat.json:
        write_json(answer)
    else:
        _tell(answer, known, groups_of(proposed), workflow or "all")


def forecast(
    ctx: typer.Context,
    weeks: Annotated[int, typer.Option(min=1, max=26, help="How far ahead.")] = 4,
    seed: SeedOption = 7,
    workflow: WorkflowOption = None,
    target: Annotated[
        str | None,
        typer.Option(
            help="A figure that should be met, as 'first_reply_median_calendar_hours<=6' or "
            "'resolution_rate_cohort>=0.95': who would have to be added for it.",
            show_default=False,
        ),
    ] = None,
    form: FormatOption = TextFormat.text,
    home: HomeOption = None,
) -> None:
    """The next weeks from the tickets that are open now: created, resolved and open day by day, and the KPIs."""
    from dataclasses import replace

    from simulation.staffing import check, foretold_figure, read_target, staffing
    from simulation.trial import foretold

    with _refused("--target"):
        wanted = None if target is None else read_target(target, workflow or "all")
    with _desk(find_home(ctx, home), seed) as desk:
        if desk is None:
            return
        shop, score, settings, known, _ = desk
        _check_workflow(shop, workflow)
        settings, report = replace(settings, weeks=weeks), _progress()
        with _refused("--target"):  # before minutes of runs
            if wanted is not None:
                check(shop.today, wanted, score, settings)
        answer = foretold(shop, score, settings, report)
        with _refused("--target"):
            if wanted is not None:
                now = foretold_figure(answer, wanted)
                answer["staffing"] = staffing(shop.calibration, wanted, now, score, settings, report)
    for part in ("days", "predictions"):
        answer[part] = [row for row in answer[part] if workflow is None or row["workflow"] == workflow]
    if form is TextFormat.json:
        write_json(answer)
        return
    write_rows(
        [_day(row) for row in answer["days"] if row["workflow"] == (workflow or "all")], DAYS_SHOWN, Format.table
    )
    write_text("\n")
    rows = [_predicted(row, known) for row in answer["predictions"] if row["metric"] in known.metrics]
    write_rows(rows, ("workflow", "metric", "unit", "value", "low", "high"), Format.table)
    narrate("low and high: nine of ten times the figure lies between them")
    if wanted is not None:
        _tell_staffing(answer["staffing"], known)


def _tell_staffing(found: dict[str, Any], known: "Known") -> None:
    from analysis import staffing_words as words

    told = filter(None, (words.sentence(found, known), words.caution(found, known)))
    write_text("\n" + "\n".join(told) + "\n\n")
    write_rows(words.table(found, known), words.COLUMNS, Format.table)


@contextlib.contextmanager
def _refused(option: str) -> Iterator[None]:
    """What a value of this option cannot be, said as all refusals of the command line."""
    try:
        yield
    except ValueError as mistake:
        raise typer.BadParameter(str(mistake), param_hint=option) from None


def _text(scenario: Path) -> str:
    from flowmeter.errors import ConfigError

    try:
        return scenario.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError("the scenario cannot be read", str(scenario), found=reason or "") from error


def _check_workflow(shop: "Shop", workflow: str | None) -> None:
    from flowmeter.checked_file import nearest

    known = list(shop.today.workflows)
    if workflow is not None and workflow not in known:
        mistake = f"no tickets of a workflow '{workflow}' have a log. {nearest(workflow, known)}"
        raise typer.BadParameter(mistake, param_hint="--workflow")


def _progress() -> "Report":
    """Says what goes on: in place on a terminal, once for each stage anywhere else."""
    said: set[str] = set()

    def report(told: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{told}: {done} of {total}{'' if done < total else chr(10)}")
            sys.stderr.flush()
        elif told not in said:
            narrate(told)
        said.add(told)

    return report


def _tell(answer: dict[str, Any], known: "Known", groups: dict[str, str], workflow: str) -> None:
    from analysis import simulation_words as words

    rows = words.effects(answer, known)
    title = words.title(words.main(rows, workflow), answer["scenario"], known)
    lines = [title, *words.past_seen(answer["past_seen"]), *words.money(answer["money"], known.speech)]
    lines += words.overloaded(answer, groups)
    write_text("\n".join(lines) + "\n\n")
    table = [{"today": row["baseline"], "then": row["scenario"], **row} for row in rows if row["workflow"] == workflow]
    write_rows(table, SHOWN, Format.table)
    narrate(answer["method"])


def _day(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "day": row["day"],
        **{name: round(row[name]["value"], 1) for name in ("created", "resolved", "open")},
        "open_low": row["open"]["low"],
        "open_high": row["open"]["high"],
    }


def _predicted(row: dict[str, Any], known: "Known") -> dict[str, Any]:
    return {**row, "unit": known.metrics[row["metric"]]["unit"]}
