"""The report of a run as Markdown: targets first, then everything that was measured."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

from benchmarks.measure import Cost
from benchmarks.runs import REPEATS, SHORT_SECONDS, SizeRun

GIGABYTE = 1e9
PROCESS_HEADING = "## Steps, passages and rankings"
ANSWERS_HEADING = "## Answers of the compare page"
COVERAGE_HEADING = "## Intervals of comparisons"
FIT_HEADING = "## How near the simulator comes to what happened next"
THROUGHPUT_HEADING = "## The simulator's engine beside others"
EXPERIMENT_HEADING = "## The simulator's experiment"
TRUTH_HEADING = "## Changes whose true effect is known"
SIMULATED_COVERAGE_HEADING = "## Intervals of the simulator"
OTHER_HEADINGS = (
    PROCESS_HEADING, ANSWERS_HEADING, COVERAGE_HEADING, FIT_HEADING, THROUGHPUT_HEADING, TRUTH_HEADING,
    SIMULATED_COVERAGE_HEADING, EXPERIMENT_HEADING,
)  # fmt: skip
"""The last sections of the report, each of which a command of its own measures and writes: `benchmarks.process`,
`benchmarks.answers`, `benchmarks.comparison`, `benchmarks.simulation.fit`, `benchmarks.simulation`,
`benchmarks.simulation.truth`, `benchmarks.simulation.coverage` and `benchmarks.simulation.experiment`."""
STAGES = (
    ("generate", "Generate the exports"),
    ("ingest", "`flowmeter ingest`"),
    ("reader", "DuckDB's bare reader"),
    ("build", "`flowmeter build --force`"),
    ("bare", "the bare SQL"),
)


@dataclass(frozen=True)
class Target:
    """One promise: what was measured in words, and whether it is kept (None: the comparison is void)."""

    figure: str
    target: str
    measured: str
    met: bool | None

    def row(self) -> str:
        """The line of the table."""
        words = {True: "yes", False: "**no**", None: "**void**"}[self.met]
        return f"| {self.figure} | {self.target} | {self.measured} | {words} |"


@dataclass(frozen=True)
class Results:
    """Everything that one run measured. Sizes from small to large; clicks at the largest."""

    command: str
    day: str
    load_before: float
    sizes: tuple[SizeRun, ...]
    demo_tickets: int
    demo: Cost
    clicks: tuple[tuple[str, float], ...]


def markdown(results: Results) -> str:
    """The whole report."""
    parts = [
        "# Benchmarks",
        f"Written on {results.day} by `{results.command}` (`make benchmark`). Do not edit: run it again.",
        machine(results.load_before),
        "## Targets",
        table("| Figure | Target | Measured | Met |", [target.row() for target in targets(results)]),
        *_differences(results.sizes),
        "## Every stage",
        _stage_notes(),
        *(_stages(run) for run in results.sizes),
        *_growth(results.sizes),
        "## Clicks on the weekly page",
        _clicks(results),
        "## Where a build spends its time",
        _models(results.sizes[-1]),
        "",
    ]
    return "\n\n".join(parts).rstrip() + "\n"


def others_of(report: str) -> str:
    """The sections of a written report that other commands wrote; empty if it has none."""
    return report[_start(report, OTHER_HEADINGS) :]


def with_section(report: str, section: str) -> str:
    """The report with this section, which begins with its heading, in place of the one it has, else at the end."""
    heading = section.partition("\n")[0]
    start = _start(report, (heading,))
    rest = report[start + len(heading) :]
    after = rest[_start(rest, OTHER_HEADINGS) :]
    parts = (report[:start].rstrip(), section.rstrip(), after.rstrip())
    return "\n\n".join(part for part in parts if part) + "\n"


def _start(report: str, headings: tuple[str, ...]) -> int:
    """Where the first of the headings stands, else the end."""
    return min([at for heading in headings if (at := report.find(heading)) >= 0], default=len(report))


def machine(load: float) -> str:
    """What it ran on, and how busy that was before."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
    versions = f"DuckDB {version('duckdb')}, dbt {version('dbt-core')}, Python {platform.python_version()}"
    return (
        f"Machine: {os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()}; {versions}. "
        f"Load when the run began: {load:.1f} (0 is an idle machine; a busy one makes every figure worse)."
    )


def targets(results: Results) -> list[Target]:
    """The promises, at the largest size unless they say otherwise."""
    large = results.sizes[-1]
    speed = large.reader.seconds / large.ingest.seconds
    build = large.build.seconds / large.bare.seconds
    peak = max(getattr(large, stage).peak_bytes for stage in ("generate", "ingest", "build")) / GIGABYTE
    name, worst = max(results.clicks[1:], key=lambda click: click[1])
    at = f"at {large.tickets:,} tickets"
    return [
        Target(f"Ingest {at}", "0.7 of the bare reader's speed", f"{speed:.2f}", speed >= 0.7),
        Target(
            f"Full build {at}",
            "2 times the bare SQL",
            f"{build:.2f} times ({large.build.seconds:.0f} s against {large.bare.seconds:.0f} s)",
            None if large.differences else build <= 2,
        ),
        *_linear(results.sizes),
        Target(f"Memory {at} (generate, ingest, build)", "4 GB", f"{peak:.2f} GB", peak < 4),
        Target(
            f"Demo pipeline, {results.demo_tickets:,} tickets",
            "15 s",
            f"{results.demo.seconds:.1f} s",
            results.demo.seconds < 15,
        ),
        Target(f"Slowest click on the weekly page {at}", "300 ms", f"{1000 * worst:.0f} ms ({name})", worst < 0.3),
    ]


def _linear(sizes: Sequence[SizeRun]) -> list[Target]:
    if len(sizes) < 2:
        return []
    growth = _growth_of(sizes[0], sizes[-1], "build")
    what = f"Build from {sizes[0].tickets:,} to {sizes[-1].tickets:,} tickets"
    return [
        Target(
            what, "grows no faster than the tickets (1.1)", f"{growth:.2f} times as fast as the tickets", growth <= 1.1
        )
    ]


def _growth_of(small: SizeRun, large: SizeRun, stage: str) -> float:
    seconds: float = getattr(large, stage).seconds / getattr(small, stage).seconds
    return seconds / (large.tickets / small.tickets)


def _differences(sizes: Sequence[SizeRun]) -> list[str]:
    if not any(run.differences for run in sizes):
        return ["The build and the bare SQL came to the same tables, row by row, at every size."]
    return void([f"{run.tickets:,} tickets, {difference}" for run in sizes for difference in run.differences])


def void(differences: Sequence[str]) -> list[str]:
    """What to say where two computations disagree."""
    lines = "\n".join(f"- {difference}" for difference in differences)
    return ["The build and the bare SQL came to different tables, so comparing their seconds is void:", lines]


def _stage_notes() -> str:
    return (
        "Each stage is a process of its own, its start included. Memory is the most that it held at once. "
        f"Where a run takes under {SHORT_SECONDS} s it is the median of {REPEATS}. The files were written just before, "
        "so all of them are read from memory. The bare reader copies each file into a table with DuckDB's defaults "
        "(only a file that is one JSON document over 16 MB needs a larger limit); the bare SQL is "
        "`benchmarks/bare.sql`, which computes the same tables without tests or contracts."
    )


def _stages(run: SizeRun) -> str:
    rows = []
    for stage, name in STAGES:
        cost: Cost = getattr(run, stage)
        rows.append(
            f"| {name} | {cost.seconds:.1f} | {cost.cpu_seconds:.1f} | {cost.peak_bytes / GIGABYTE:.2f} "
            f"| {run.tickets / cost.seconds:,.0f} |"
        )
    head = f"**{run.tickets:,} tickets, {run.events:,} audit events, {run.export_bytes / GIGABYTE:.2f} GB of exports**"
    stages = table("| Stage | Seconds | Processor seconds | Memory, GB | Tickets per second |", rows)
    return "\n\n".join([head, stages, *_refused(run)])


def _refused(run: SizeRun) -> list[str]:
    if not run.refused:
        return []
    words = (
        f"DuckDB's defaults refused {', '.join(run.refused)}: they guess types from the first rows. The bare reader's "
        "figures are those of reading again with `maximum_depth = 1`, which leaves nested values as text and is the "
        "least work there is; the failed attempt is not counted."
    )
    return [words]


def _growth(sizes: Sequence[SizeRun]) -> list[str]:
    if len(sizes) < 2:
        return []
    small, large = sizes[0], sizes[-1]
    rows = [
        f"| {name} | {getattr(large, stage).seconds / getattr(small, stage).seconds:.1f} "
        f"| {_growth_of(small, large, stage):.2f} |"
        for stage, name in STAGES
    ]
    head = (
        f"| Stage | {large.tickets / small.tickets:.1f} times the tickets take … times as long | Growth (1 is linear) |"
    )
    return ["## Growth", table(head, rows)]


def _clicks(results: Results) -> str:
    opening, clicks = results.clicks[0], results.clicks[1:]
    slowest = sorted(clicks, key=lambda click: -click[1])[:5]
    words = (
        f"The server's work on {len(clicks)} clicks in a row, at {results.sizes[-1].tickets:,} tickets: median "
        f"{1000 * median(seconds for _, seconds in clicks):.0f} ms. Opening the page for the first time took "
        f"{opening[1]:.1f} s, which loads the app. The slowest:"
    )
    return words + "\n\n" + table("| Click | ms |", [f"| {name} | {1000 * took:.0f} |" for name, took in slowest])


def _models(run: SizeRun) -> str:
    rows = [f"| {name} | {seconds:.1f} |" for name, seconds in run.slowest_models]
    return table(f"| Model or test, at {run.tickets:,} tickets | Seconds (two at a time) |", rows)


def table(head: str, rows: Sequence[str]) -> str:
    """A Markdown table under its head."""
    return "\n".join([head, "|" + " --- |" * (head.count("|") - 1), *rows])
