"""Measures the whole path and writes the report: `python -m benchmarks.pipeline --tickets 100000 1000000`."""

import argparse
import datetime as dt
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import Results, markdown, others_of
from benchmarks.runs import Narrate, run_clicks, run_demo, run_size
from flowmeter.errors import FlowmeterError
from flowmeter.settings import CHECKOUT

REPORT = Path("docs") / "benchmarks.md"
DEMO_TICKETS = 20_000
SIZES = (100_000, 1_000_000)
BYTES_PER_TICKET = 15_000
"""Exports, raw tables, two computations of the marts and what they spill, at their largest together."""


def run(sizes: Sequence[int], demo_tickets: int, work: Path, say: Narrate) -> Results:
    """Measures shops of every size, the demo and the page's clicks, in the folder `work`.

    Raises FlowmeterError when a stage fails or the disk is too small.
    """
    sizes = sorted(sizes)
    check_space(work, sizes)
    load = os.getloadavg()[0]
    demo = run_demo(demo_tickets, work, say)
    runs = [run_size(tickets, work, say) for tickets in sizes]
    clicks = run_clicks(runs[-1].home, work, say)
    command = f"python -m benchmarks.pipeline --tickets {' '.join(map(str, sizes))} --out {REPORT}"
    day = dt.datetime.now(dt.UTC).date().isoformat()
    return Results(command, day, load, tuple(runs), demo_tickets, demo, tuple(clicks))


def check_space(work: Path, sizes: Sequence[int]) -> None:
    """Raises FlowmeterError if the disk cannot hold shops of these sizes, measured one after the other."""
    needed, free = sum(sizes) * BYTES_PER_TICKET, shutil.disk_usage(work).free
    if free < needed:
        raise FlowmeterError(
            "the disk is too small for these sizes",
            str(work),
            expected=f"{needed / 1e9:.0f} GB free",
            found=f"{free / 1e9:.0f} GB",
            next_step="Choose another folder with --work, or smaller sizes with --tickets",
        )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=__doc__)
    parser.add_argument("--tickets", type=int, nargs="+", default=list(SIZES), help="sizes of shop to measure")
    parser.add_argument("--out", type=Path, default=CHECKOUT / REPORT, help="the report")
    parser.add_argument("--work", type=Path, help="an empty folder for the files (default: a temporary one)")
    parser.add_argument("--keep", action="store_true", help="leave the files there")
    options = parser.parse_args()
    work = work_folder(options.work)
    try:
        results = run(options.tickets, DEMO_TICKETS, work, narrate)
        before = options.out.read_text(encoding="utf-8") if options.out.exists() else ""
        written = f"{markdown(results)}\n{others_of(before)}".rstrip() + "\n"
        options.out.write_text(written, encoding="utf-8")
        narrate(f"wrote {options.out}")
    except FlowmeterError as error:
        narrate(str(error))
        sys.exit(error.exit_code)
    finally:
        narrate(f"the files are in {work}") if options.keep else shutil.rmtree(work)


def work_folder(asked: Path | None) -> Path:
    """The folder for everything that is made. One that is named must be empty, for it is deleted at the end."""
    if asked is None:
        return Path(tempfile.mkdtemp(prefix="flowmeter-benchmark-"))
    asked.mkdir(parents=True, exist_ok=True)
    if any(asked.iterdir()):
        sys.exit(f"{asked} is not empty: name another folder with --work")
    return asked.absolute()


def narrate(line: str) -> None:
    """Says how far the run is."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
