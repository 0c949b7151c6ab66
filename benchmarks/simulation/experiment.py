"""Seconds to the answer to "what if": `python -m benchmarks.simulation.experiment`.

Each shop is asked in a process of its own, again and again. The demo shop must be there (`flowmeter demo`); the KPIs of
the shop by hand are computed by the demo's macros too.
"""

from __future__ import annotations

import time

STARTED = time.perf_counter()  # before the imports, which are timed

import argparse  # noqa: E402
import contextlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
from dataclasses import asdict, dataclass, replace  # noqa: E402
from pathlib import Path  # noqa: E402
from statistics import median  # noqa: E402

import duckdb  # noqa: E402

from benchmarks.simulation import hand_made  # noqa: E402
from flowmeter.settings import CHECKOUT, Home  # noqa: E402
from flowmeter.simulated_kpis import scorer, settled_days, simulated_metrics  # noqa: E402
from flowmeter.simulation_facts import service_facts  # noqa: E402
from flowmeter.survey_facts import answered_tickets  # noqa: E402
from flowmeter.warehouse import read_current  # noqa: E402
from simulation.experiment import Calibration, Change, Settings, experiment  # noqa: E402
from simulation.kpi_frame import COLUMNS  # noqa: E402
from simulation.parameters import Parameters  # noqa: E402
from simulation.trial import calibrated  # noqa: E402

REPEATS = 3
WEEKLY = 500.0
SHOPS = {"demo": "The demo shop", "hand": "A shop by hand"}


@dataclass(frozen=True)
class Timed:
    """Seconds by the clock and of processor, of a new process: `learning` is calibration, `first` the first answer."""

    weekly: float
    metrics: int
    runs: int
    imports: float
    learning: float
    first: float
    first_cpu: float
    wall: list[float]
    cpu: list[float]
    load: float


def asked(shop: str, home: Home, explained: int) -> Timed:
    """Times one shop in this process."""
    imported = time.perf_counter()
    with contextlib.closing(read_current(home)) as connection:
        known = _calibration(shop, connection)
        learned = time.perf_counter()
        metrics = simulated_metrics(connection, COLUMNS)
        settings = Settings(settled=settled_days(metrics), explained=explained)
        seconds: list[tuple[float, float]] = []
        told: list[tuple[int, int]] = []
        for _ in range(REPEATS + 1):
            before = time.perf_counter(), time.process_time()
            change = Change("a fifth less work", _quicker)
            experiment(known, [change], scorer(connection, metrics), settings, progress=lambda *at: told.append(at))
            seconds.append((time.perf_counter() - before[0], time.process_time() - before[1]))
    return Timed(
        weekly=float(known.fit(None).arrivals.rate.sum()), metrics=len(metrics),
        runs=_runs(settings, told[0][1], ahead=known.drift is not None), imports=imported - STARTED,
        learning=learned - imported, first=seconds[0][0], first_cpu=seconds[0][1],
        wall=[wall for wall, _ in seconds[1:]], cpu=[cpu for _, cpu in seconds[1:]], load=os.getloadavg()[0],
    )  # fmt: skip


def _runs(settings: Settings, units: int, *, ahead: bool) -> int:
    """Runs of both variants: of the best calibration, of each draw, of one input each."""
    alone = units - 1 - settings.draws
    return 2 * (len(settings.common) + settings.draws * (settings.replications + ahead) + alone)


def _calibration(shop: str, connection: duckdb.DuckDBPyConnection) -> Calibration:
    if shop == "hand":
        return hand_made.calibration(WEEKLY)
    found = calibrated(service_facts(connection), answered_tickets(connection))
    assert found is not None
    return found.calibration


def _quicker(shop: Parameters) -> Parameters:
    """All work takes a fifth less time."""
    return replace(shop, staff=replace(shop.staff, speed=0.8 * shop.staff.speed))


def report(home: Home, explained: int) -> str:
    """Times every shop and gives the table as Markdown."""
    lines: list[str] = []
    for shop, name in SHOPS.items():
        _child(shop, home, explained)  # the compiled code is on disk from now on
        found = _child(shop, home, explained)
        wall, cpu = median(found.wall), median(found.cpu)
        lines.append(
            f"| {name} | {found.weekly:.0f} | {found.runs} | {found.metrics} | {cpu:.2f} | {wall:.2f} | "
            f"{found.imports:.2f} | {found.learning:.2f} | {found.first:.2f} | {max(found.first_cpu - cpu, 0.0):.2f} | "
            f"{found.load:.1f} |"
        )
    head = (
        "| Shop | First contacts a week | Runs of 4 weeks | KPIs | CPU seconds | Seconds by the clock | Imports "
        "| Calibration | First answer | CPU seconds more than the next ones (compiled code is loaded) | Load |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    return "\n".join([head, *lines])


def _child(shop: str, home: Home, explained: int) -> Timed:
    command = [sys.executable, "-m", "benchmarks.simulation.experiment", "--shop", shop, "--home", str(home.root)]
    command += ["--explained", str(explained)]
    done = subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True)
    return Timed(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation.experiment", description=__doc__)
    parser.add_argument("--home", type=Path, default=CHECKOUT / "data" / "demo", help="the demo shop's folder")
    parser.add_argument("--shop", choices=SHOPS, help="time this one here and print the seconds as JSON")
    parser.add_argument("--explained", type=int, default=12, help="draws that show which input makes the width")
    options = parser.parse_args()
    home = Home.find(options.home)
    if options.shop:
        print(json.dumps(asdict(asked(options.shop, home, options.explained))))
    else:
        print(report(home, options.explained))


if __name__ == "__main__":
    main()
