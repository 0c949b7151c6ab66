"""Would the simulator have known? A demo shop is calibrated four weeks before its end, asked what a change would do,
and then really changed: the generator runs those weeks with and without it, for the same customers.

`python -m benchmarks.simulation.truth --scratch FOLDER` does it for 20 shops that differ in their seed. What is done
is kept in the folder, a file per seed, so that a run can be interrupted and taken up again.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.simulation.true_kpis import METRICS, Window, true_kpis
from demo import Shop, generate_shop
from demo.shop import TIME_ZONE
from flowmeter.cli.demo import make_exports
from flowmeter.cli.pipeline import build_and_publish, inbox, load_files, refuse
from flowmeter.settings import Home
from flowmeter.simulated_kpis import scorer, settled_days, simulated_metrics
from flowmeter.simulation_facts import service_facts
from flowmeter.warehouse import current_path, read
from simulation.calibrate import fit, observe
from simulation.experiment import Calibration, Change, Settings, experiment
from simulation.kpi_frame import COLUMNS
from simulation.parameters import Parameters
from simulation.scenario.apply import apply, parse
from simulation.scenario.document import Scenario

END = dt.date(2026, 11, 22)
WEEKS = 4
CUT = END + dt.timedelta(days=1 - 7 * WEEKS)
SEEDS = range(1, 21)
TICKETS = 20_000
NOTICE = 0.03
"""Share of order questions that the notice spares in these weeks, by the generator's own rates: see `avoided`."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A change: what the owner writes, what the generator does, and the workflow that it is about."""

    name: str
    change: str
    flags: Mapping[str, Any]
    workflow: str


ASKED = (
    Asked(
        "No refund approval", "remove: {workflow: returns, step: Refund approval}", {"approval_step": False}, "returns"
    ),
    Asked("One more agent", "staff: {group: Orders, agents: 1}", {"extra_agents": 1}, "order_updates"),
    Asked("Bot ends 60%", "containment: {workflow: order_updates, to: 60%}", {"bot_containment": 0.6}, "order_updates"),
    Asked(
        "Notice of late parcels",
        f"proactive_message: {{workflow: order_updates, avoided: {NOTICE:.3%}}}",
        {"proactive_notice": True},
        "order_updates",
    ),
)
NOW = "today"


def cut_at() -> dt.datetime:
    """The instant of the cut, naive UTC."""
    midnight = dt.datetime.combine(CUT, dt.time(), ZoneInfo(TIME_ZONE))
    return midnight.astimezone(dt.UTC).replace(tzinfo=None)


def built(folder: Path, tickets: int, seed: int) -> Home:
    """The shop of a seed without any change, published; one that is there is kept."""
    done = folder / "done"
    if not done.exists():
        home = make_exports(folder, tickets, END, seed)
        refuse(load_files(home, inbox(home)))
        build_and_publish(home)
        done.touch()
    return Home.find(folder)


def predicted(home: Home, settings: Settings, asked: Sequence[Asked] = ASKED) -> Json:
    """Effects and the baseline's prediction by scenario, of what was known at the cut."""
    with contextlib.closing(read(current_path(home))) as connection:
        observed = observe(service_facts(connection, cut_at()))
        metrics = [one for one in simulated_metrics(connection, COLUMNS) if one.key in METRICS]
        known = Settings(**{**vars(settings), "settled": settled_days(metrics)})
        today = fit(observed)
        changes = [Change(one.name, partial(_applied, scenario=_document(one, today))) for one in asked]
        calibration = Calibration(partial(fit, observed), len(observed.days), drift=observed.drift)
        answers = experiment(calibration, changes, scorer(connection, metrics), known)
    return {
        "effects": {answer["scenario"]: answer["effects"] for answer in answers},
        "baseline": answers[0]["predictions"],
    }


def _document(asked: Asked, today: Parameters) -> Scenario:
    return parse(f"name: {asked.name}\nchanges:\n  - {asked.change}\n", asked.name, today)


def _applied(shop: Parameters, scenario: Scenario) -> Parameters:
    return apply(shop, scenario)


def really(home: Home, scratch: Path, tickets: int, seed: int, flags: Mapping[str, Any]) -> Json:
    """KPIs by workflow of the weeks after the cut, in the shop that changed there."""
    shop = Shop(tickets=tickets, end=END, seed=seed, changes_from=CUT, **flags)
    try:
        generate_shop(shop, scratch / "data" / "exports", truth=scratch / "truth")
        return true_kpis(home.root, scratch, Window(cut_at().replace(tzinfo=dt.UTC), WEEKS))
    finally:
        shutil.rmtree(scratch)


def work(scratch: Path, tickets: int, settings: Settings, seed: int) -> None:
    """Everything about a seed that is not there yet."""
    told, made = scratch / f"{seed}-predicted.json", scratch / f"{seed}-true.json"
    home = built(scratch / f"{seed}", tickets, seed)
    if not made.exists():
        flags = {NOW: {}, **{one.name: one.flags for one in ASKED}}
        found = {name: really(home, scratch / f"{seed}-changed", tickets, seed, each) for name, each in flags.items()}
        made.write_text(json.dumps(found), encoding="utf-8")
    if not told.exists():
        told.write_text(json.dumps(predicted(home, settings)), encoding="utf-8")
