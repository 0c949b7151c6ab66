"""Activities per CPU-second, of the engine and of others, in one run; the others in an environment of their own."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.simulation.networks import RATE, WEEK, busy_shop, cases, two_pools
from flowmeter.settings import CHECKOUT
from simulation.engine import run
from simulation.network import Network, Tickets

RIVALS = {"simpy": "simpy==4.1.2", "ciw": "ciw==3.2.7", "prosimos": "prosimos==2.1.0"}
NAMES = {"simpy": "SimPy 4.1.2", "ciw": "Ciw 3.2.7", "prosimos": "Prosimos 2.1.0"}
FEWER = {"prosimos": 10}  # so many times fewer cases for the slow
ENGINE_CASES, BUSY_WEEKS, BUSY_RATE = 500_000, 100, 0.11
REPEATS = 7


@dataclass(frozen=True)
class Row:
    """A line of the table; `seconds` of CPU, None with the reason in `waits` where there is no figure."""

    name: str
    activities: int
    seconds: float | None
    waits: str = ""


def report(size: int, folder: Path | None) -> str:
    """Measures and gives the table as Markdown."""
    rows = _ours()
    with tempfile.TemporaryDirectory() as made:
        venv = folder or Path(made, "venv")
        rows += [_theirs(rival, size // FEWER.get(rival, 1), venv) for rival in RIVALS]
    load = os.getloadavg()[0]
    table = "\n".join(map(_line, rows))
    return (
        f"Load of the machine at the end: {load:.1f} on {os.cpu_count()} cores. First run in a new process, compiled"
        f" already: {_first_run():.2f} s.\n\n"
        "| Simulator and network | Activities | CPU seconds | Activities a CPU-second | Mean waits, minutes |\n"
        f"| --- | --- | --- | --- | --- |\n{table}\n"
    )


def _ours() -> list[Row]:
    two, busy = two_pools(), busy_shop(BUSY_WEEKS)
    many, some = cases(ENGINE_CASES, RATE, 1), cases(int(BUSY_RATE * BUSY_WEEKS * WEEK), BUSY_RATE, 1)
    return [
        _timed("Flowmeter, two pools", two, many, records=False),
        _timed("Flowmeter, two pools, every visit recorded", two, many, records=True),
        _timed("Flowmeter, busy shop", busy, some, records=False),
        _timed("Flowmeter, busy shop, every visit recorded", busy, some, records=True),
    ]


def _timed(name: str, network: Network, tickets: Tickets, *, records: bool) -> Row:
    minutes = math.inf if np.isinf(network.duty.duty_to).all() else float(network.duty.duty_to.max())
    result, seconds = run(network, tickets, minutes, 1, records=records), []
    for _ in range(REPEATS):
        started = time.process_time()
        result = run(network, tickets, minutes, 1, records=records)
        seconds.append(time.process_time() - started)
    rows = result.records
    means = [
        f"{np.nanmean((rows.started - rows.entered)[rows.state == state]):.2f}"
        for state in (0, 1)
        if records and len(network.kind) == 3
    ]
    return Row(name, result.activities, median(seconds), ", ".join(means))


def _theirs(rival: str, size: int, venv: Path) -> Row:
    python = venv / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", venv], check=True, capture_output=True)
        subprocess.run([python, "-m", "pip", "install", "-q", RIVALS[rival]], check=True, capture_output=True)
        said = subprocess.run(
            [python, "-m", "benchmarks.simulation.rivals", rival, str(size)],
            cwd=CHECKOUT,
            env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    except subprocess.CalledProcessError as error:
        return Row(NAMES[rival], 0, None, f"could not be installed or run: {error}")
    found = json.loads(said.splitlines()[-1])
    return Row(NAMES[rival], found["activities"], found["seconds"], ", ".join(f"{wait:.2f}" for wait in found["waits"]))


def _first_run() -> float:
    """Seconds by the clock from the import of the engine to the end of its first small run, in a new process."""
    program = (
        "import time; started = time.perf_counter()\n"
        "from benchmarks.simulation.networks import cases, two_pools\n"
        "from simulation.engine import run\n"
        "run(two_pools(), cases(100, 1.0, 1), 1e6, 1); print(time.perf_counter() - started)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def _line(row: Row) -> str:
    if row.seconds is None:
        return f"| {row.name} | | | | {row.waits} |"
    return (
        f"| {row.name} | {row.activities:,} | {row.seconds:.2f} | {row.activities / row.seconds:,.0f} | {row.waits} |"
    )
