"""How long each answer of the compare page takes: `python -m benchmarks.answers --tickets 1000000`.

A demo shop is built, and the tickets of one workflow are multiplied in its published file (see benchmarks.large_shop).
The page's own cached functions are asked in one process, which has imported all that they need. Drawing is not in it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import streamlit as st

from benchmarks.large_shop import WORKFLOW, multiply
from benchmarks.measure import measured
from benchmarks.pipeline import REPORT, narrate, work_folder
from benchmarks.report import ANSWERS_HEADING, Target, table, with_section
from benchmarks.runs import FLOWMETER, REPEATS
from dashboard import compare_data, data
from dashboard.compare_data import GOAL, Asked
from flowmeter import warehouse
from flowmeter.errors import FlowmeterError
from flowmeter.settings import CHECKOUT, Home

TICKETS = 1_000_000
DEMO_TICKETS = 20_000
MOST_SECONDS = 1.0
CUT = dt.timedelta(weeks=12)
FIRST = ("which tickets", "read the tickets", "verdict and main KPIs")
"""What the title waits for; all else appears below it, one after another."""


@dataclass(frozen=True)
class Answer:
    """One answer by one kind of variants: seconds of each time it was asked of empty caches."""

    by: str
    name: str
    seconds: tuple[float, ...]

    @property
    def typical(self) -> float:
        return median(self.seconds)


def run(home: Home, repeats: int = REPEATS) -> list[Answer]:
    """Every answer about WORKFLOW of what is published in `home`: by variant, by a tag, by channel, and by a day."""
    os.environ["FLOWMETER_HOME"] = str(home.root)
    snap = data.snapshot()
    names = compare_data.names(snap.path, WORKFLOW, "tag")
    kinds = ["variant", f"tag:{names[0]}", "channel", f"date:{(snap.snapshot_at - CUT).date()}"]
    asked = {kind: [dict(_answers(kind)) for _ in range(repeats)] for kind in kinds}
    return [
        Answer(kind, name, tuple(each[name] for each in times)) for kind, times in asked.items() for name in times[0]
    ]


def _answers(by: str) -> Iterator[tuple[str, float]]:
    """The answers in the order in which the page asks for them, with seconds."""
    st.cache_resource.clear()
    snap, asked = data.snapshot(), Asked(WORKFLOW, by, goal=GOAL)
    compare_data.metrics(snap.path)
    found = compare_data.choice(snap.path, asked)
    if found.choice is None:
        raise FlowmeterError("nothing can be compared", found=found.problem)
    choice = found.choice
    compare_data.choice.clear()

    def compared() -> object:
        return compare_data.compared(snap.path, asked, snap.snapshot_at, snap.currency)

    yield FIRST[0], _seconds(lambda: compare_data.choice(snap.path, asked))
    yield FIRST[1], _seconds(lambda: compare_data.tickets(snap.path, choice))
    yield FIRST[2], _seconds(compared)
    known = compare_data.compared(snap.path, asked, snap.snapshot_at, snap.currency).measures
    goal = next(one for one in known if one.key == GOAL)
    yield "week by week", _seconds(lambda: compare_data.by_week(snap.path, asked, goal, snap.time_zone))
    yield "by channel", _seconds(lambda: compare_data.by_channel(snap.path, asked, goal))
    yield "plan a test", _seconds(lambda: compare_data.planned(snap.path, asked, goal, 1.0, snap.snapshot_at))
    yield "all other KPIs", _seconds(lambda: compare_data.other_effects(snap.path, asked))


def _seconds(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started


def targets(answers: list[Answer], tickets: int) -> list[Target]:
    """The promise: each answer under a second."""
    slowest = max(answers, key=lambda answer: answer.typical)
    said = f"{slowest.typical:.2f} s ({slowest.name}, by {slowest.by})"
    figure = f"Slowest answer of the compare page at {tickets:,} tickets"
    return [Target(figure, f"{MOST_SECONDS:.0f} s", said, slowest.typical < MOST_SECONDS)]


def section(answers: list[Answer], tickets: int, command: str, load: float) -> str:
    """The section of the report, as Markdown."""
    kinds = list(dict.fromkeys(answer.by for answer in answers))
    seconds = {(answer.by, answer.name): answer for answer in answers}
    rows = [
        f"| {name} | " + " | ".join(_cell(seconds[kind, name]) for kind in kinds) + " |"
        for name in dict.fromkeys(answer.name for answer in answers)
    ]
    together = [sum(seconds[kind, name].typical for name in FIRST) for kind in kinds]
    rows.append(
        "| the first three together, until the verdict | " + " | ".join(f"{one:.2f}" for one in together) + " |"
    )
    heads = " | ".join(f"by {kind.partition(':')[0]}, seconds" for kind in kinds)
    said = (
        f"Written on {dt.datetime.now(dt.UTC).date()} by `{command}`. The file is a built demo shop's in which the "
        f"tickets of one workflow are multiplied to {tickets:,}, all of which are compared; it is no full build of as "
        f"many. Each figure is the median of {len(answers[0].seconds)} with empty caches, the slowest in brackets; the "
        f"browser's drawing is not in it. Load when the run began: {load:.1f}."
    )
    parts = [
        ANSWERS_HEADING,
        said,
        table("| Figure | Target | Measured | Met |", [target.row() for target in targets(answers, tickets)]),
        table(f"| Answer | {heads} |", rows),
    ]
    return "\n\n".join(parts) + "\n"


def _cell(answer: Answer) -> str:
    return f"{answer.typical:.2f} ({max(answer.seconds):.2f})"


def large_shop(source: Path | None, work: Path, tickets: int) -> Home:
    """A shop folder in `work` with the multiplied file of `source`, a published file, else of a new demo shop's."""
    home = Home(work / "large")
    if source is None:
        demo = Home(work / "demo")
        arguments = ["demo", "--no-serve", "--tickets", str(DEMO_TICKETS), "--home", str(demo.root)]
        measured([FLOWMETER, *arguments], work / "demo.log")
        source = warehouse.current_path(demo)
    multiply(source, home, tickets)
    (home.root / "flowmeter.toml").touch()
    return home


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers", description=__doc__)
    parser.add_argument("--tickets", type=int, default=TICKETS, help="how many are compared")
    parser.add_argument("--source", type=Path, help="a published file to multiply (default: a new demo shop's)")
    parser.add_argument("--out", type=Path, default=CHECKOUT / REPORT, help="the report that gets the section")
    parser.add_argument("--work", type=Path, help="an empty folder for the files (default: a temporary one)")
    options = parser.parse_args()
    work, load = work_folder(options.work), os.getloadavg()[0]
    try:
        narrate(f"making a shop with {options.tickets:,} tickets to compare")
        home = large_shop(options.source, work, options.tickets)
        narrate("asking")
        command = f"python -m benchmarks.answers --tickets {options.tickets}"
        written = section(run(home), options.tickets, command, load)
        before = options.out.read_text(encoding="utf-8") if options.out.exists() else "# Benchmarks\n"
        options.out.write_text(with_section(before, written), encoding="utf-8")
        narrate(f"wrote {options.out}")
    except FlowmeterError as error:
        narrate(str(error))
        sys.exit(error.exit_code)
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
