"""Measures what process maps cost: `python -m benchmarks.process --tickets 545000`, ten million audit events.

Its section of the report stands beside that of `benchmarks.pipeline`.
"""

import argparse
import datetime as dt
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pipeline import REPORT, check_space, narrate, work_folder
from benchmarks.report import GIGABYTE, PROCESS_HEADING, Target, table, void, with_section
from benchmarks.runs import Narrate, ProcessRun, run_process
from flowmeter.errors import FlowmeterError
from flowmeter.settings import CHECKOUT

TICKETS = 545_000
# The sections of the hand-written script, each with the models that come to the same tables.
PARTS = {
    "Steps of tickets": (
        "int_activity_enabled",
        "int_ticket_activities",
        "int_ticket_states",
        "int_ticket_visits",
        "int_agent_calendars",
        "int_visit_work",
        "int_agent_work",
        "int_visit_waits",
        "int_activity_delays",
        "fct_ticket_step",
    ),
    "Steps of workflows": ("process_period", "period_ticket", "process_size", "workflow_step", "workflow_step_week"),
    "Passages": ("workflow_edge",),
    "Ranking": ("int_ticket_delays", "workflow_bottleneck"),
    "Hand-offs and rework": ("int_group_episodes", "group_handoff", "workflow_rework"),
    "Paths": ("int_ticket_paths", "int_path_counts", "ticket_path", "path_departure"),
    "An average week by hour": ("hour_load",),
}
MODELS = tuple(model for models in PARTS.values() for model in models)


@dataclass(frozen=True)
class ProcessResults:
    """One run with how it came about."""

    command: str
    day: str
    load_before: float
    run: ProcessRun


def run(tickets: int, work: Path, say: Narrate) -> ProcessResults:
    """Measures a shop of about `tickets` in the folder `work`. Raises FlowmeterError when a stage fails."""
    check_space(work, [tickets])
    load = os.getloadavg()[0]
    measured = run_process(tickets, work, say)
    command = f"python -m benchmarks.process --tickets {tickets} --out {REPORT}"
    return ProcessResults(command, dt.datetime.now(dt.UTC).date().isoformat(), load, measured)


def section(results: ProcessResults) -> str:
    """The section of the report, as Markdown."""
    run = results.run
    rows = [
        f"| {part} | {_sum(run.models, models):.1f} | {run.sections[part]:.1f} "
        f"| {_sum(run.models, models) / run.sections[part]:.2f} |"
        for part, models in PARTS.items()
    ]
    written = (
        f"Written on {results.day} by `{results.command}`, over {run.tickets:,} tickets with {run.events:,} audit "
        f"events. Load when the run began: {results.load_before:.1f}."
    )
    parts = [
        PROCESS_HEADING,
        written,
        table("| Figure | Target | Measured | Met |", [target.row() for target in targets(run)]),
        *_differences(run),
        _notes(run),
        table("| Part | Models, seconds | Bare SQL, seconds | Times |", rows),
    ]
    return "\n\n".join(parts) + "\n"


def targets(run: ProcessRun) -> list[Target]:
    """The promises about process maps."""
    ours, theirs = _seconds(run)
    whole = run.build.seconds / run.bare.seconds
    peak = max(cost.peak_bytes for cost in (run.generate, run.ingest, run.build)) / GIGABYTE
    at = f"at {run.events:,} audit events"
    return [
        Target(
            f"Process models {at}",
            "2 times the bare SQL",
            f"{ours / theirs:.2f} times ({ours:.0f} s against {theirs:.0f} s)",
            None if run.differences else ours <= 2 * theirs,
        ),
        Target(
            f"Full build {at}",
            "2 times the bare SQL",
            f"{whole:.2f} times ({run.build.seconds:.0f} s against {run.bare.seconds:.0f} s)",
            None if run.differences else whole <= 2,
        ),
        Target(f"Memory {at} (generate, ingest, build)", "4 GB", f"{peak:.2f} GB", peak < 4),
    ]


def _seconds(run: ProcessRun) -> tuple[float, float]:
    return _sum(run.models, MODELS), _sum(run.sections, tuple(PARTS))


def _sum(seconds: Mapping[str, float], names: tuple[str, ...]) -> float:
    return sum(seconds[name] for name in names)


def _differences(run: ProcessRun) -> list[str]:
    if run.differences:
        return void([str(difference) for difference in run.differences])
    return ["The build and the bare SQL came to the same tables, row by row."]


def _notes(run: ProcessRun) -> str:
    return (
        "A model's seconds are those of a build that runs one at a time, dbt's part and the check of its contract "
        "included; each section of `benchmarks/bare.sql` runs alone too. In an ordinary build, where others run beside "
        f"them on the same cores, they add up to {_sum(run.models_together, MODELS):.0f} s. The full build also "
        "computes contact reasons and what automations do, which the bare SQL does not, and tests what it built."
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.process", description=__doc__)
    parser.add_argument("--tickets", type=int, default=TICKETS, help="size of the shop; each has about 18 audit events")
    parser.add_argument("--out", type=Path, default=CHECKOUT / REPORT, help="the report that gets the section")
    parser.add_argument("--work", type=Path, help="an empty folder for the files (default: a temporary one)")
    parser.add_argument("--keep", action="store_true", help="leave the files there")
    options = parser.parse_args()
    work = work_folder(options.work)
    try:
        written = section(run(options.tickets, work, narrate))
        before = options.out.read_text(encoding="utf-8") if options.out.exists() else "# Benchmarks\n"
        options.out.write_text(with_section(before, written), encoding="utf-8")
        narrate(f"wrote {options.out}")
    except FlowmeterError as error:
        narrate(str(error))
        sys.exit(error.exit_code)
    finally:
        narrate(f"the files are in {work}") if options.keep else shutil.rmtree(work)


if __name__ == "__main__":
    main()
