"""Would the simulator have known? A demo shop is calibrated four weeks before its end, asked what a change would do,
and then really changed: the generator runs those weeks with and without it, for the same customers. It does so in
several futures of the same past, which differ in who writes then, as what a change does to one month is luck too.

`python -m benchmarks.simulation.truth --scratch FOLDER` does it for 20 shops that differ in their seed. What is done
is kept in the folder, a file per seed, so that a run can be interrupted and taken up again.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.report import with_section
from benchmarks.simulation.true_kpis import METRICS, Numbers, Window, true_kpis
from benchmarks.simulation.truth_table import Question, Seed, section
from demo import Shop
from demo.calendar import Calendar
from demo.shop import TIME_ZONE
from demo.staff import Staff
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
TIME = "resolution_time_mean_calendar_hours"
CUT = END + dt.timedelta(days=1 - 7 * WEEKS)
SEEDS = range(1, 21)
TICKETS = 20_000
FUTURES = 4
NOTICE = 0.066
"""Share of order questions that the notice spares in these weeks: over shops of 20 other seeds (101 to 120), 356 of
5,365 first contacts. An owner who has sent such notices knows it."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A change: what the owner writes, what the generator does, the workflow that it is about, the KPI it is for."""

    name: str
    changes: tuple[str, ...]
    flags: Mapping[str, Any]
    workflow: str
    metric: str


def asked(tickets: int) -> tuple[Asked, ...]:
    """The four changes, for a shop of that size."""
    agent = (
        "staff: {group: Orders, agents: 1}",
        f"shifts: {{agent: New in Orders 1, days: [mon, tue, wed, thu, fri], hours: '{_hours_of_one_more(tickets)}'}}",
    )
    notice = f"proactive_message: {{workflow: order_updates, avoided: {NOTICE:.1%}}}"
    bot = "containment: {workflow: order_updates, to: 60%}"
    return (
        Asked(
            "No refund approval",
            ("remove: {workflow: returns, step: Refund approval}",),
            {"approval_step": False},
            "returns",
            TIME,
        ),
        Asked("One more agent in Orders", agent, {"extra_agents": 1}, "order_updates", TIME),
        Asked("The bot ends 60% instead of 40%", (bot,), {"bot_containment": 0.6}, "order_updates", "automated_rate"),
        Asked("Notice of late parcels", (notice,), {"proactive_notice": True}, "order_updates", "tickets_created"),
    )


def _hours_of_one_more(tickets: int) -> str:
    """When the generator's extra agent works on the last Friday, as 16:45-18:00."""
    calendar = Calendar(END)
    staff = Staff(Shop(tickets=tickets, end=END, extra_agents=1), calendar)
    shift = staff.shift(staff.agents[-1], calendar.days - 3)
    assert shift
    seconds = [calendar.local_second(at) for at in shift]
    return "-".join(f"{second // 3600:02d}:{second // 60 % 60:02d}" for second in seconds)


TODAY = "today"


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


def predicted(home: Home, settings: Settings, wanted: Sequence[Asked]) -> Json:
    """Of what was known at the cut: effects by scenario, and what was to be expected without a change."""
    with contextlib.closing(read(current_path(home))) as connection:
        observed = observe(service_facts(connection, cut_at()))
        metrics = [one for one in simulated_metrics(connection, COLUMNS) if one.key in METRICS]
        known = Settings(**{**vars(settings), "settled": settled_days(metrics)})
        today = fit(observed)
        changes = [Change(one.name, partial(_applied, scenario=_document(one, today))) for one in wanted]
        calibration = Calibration(partial(fit, observed), len(observed.days), drift=observed.drift)
        answers = experiment(calibration, changes, scorer(connection, metrics), known)
    return {
        "effects": {answer["scenario"]: answer["effects"] for answer in answers},
        "baseline": answers[0]["predictions"],
    }


def _document(one: Asked, today: Parameters) -> Scenario:
    changes = "".join(f"  - {each}\n" for each in one.changes)
    return parse(f"name: {one.name}\nchanges:\n{changes}", one.name, today)


def _applied(shop: Parameters, scenario: Scenario) -> Parameters:
    return apply(shop, scenario)


def really(home: Home, tickets: int, seed: int, flags: Mapping[str, Any], future: int | None = None) -> Numbers:
    """KPIs by workflow of the weeks after the cut, in the shop that changed there; None: the future that came."""
    shop = Shop(tickets=tickets, end=END, seed=seed, future=future, changes_from=CUT, **flags)
    return true_kpis(home.root, shop, Window(cut_at().replace(tzinfo=dt.UTC), WEEKS))


def work(scratch: Path, tickets: int, settings: Settings, seed: int) -> None:
    """Everything about a seed that is not there yet."""
    told = scratch / f"{seed}-predicted.json"
    home = built(scratch / f"{seed}", tickets, seed)
    flags: dict[str, Mapping[str, Any]] = {TODAY: {}} | {one.name: one.flags for one in asked(tickets)}
    for place, future in enumerate((None, *range(1, FUTURES))):
        made = scratch / f"{seed}-true-{place}.json"
        if not made.exists():
            found = {name: really(home, tickets, seed, each, future) for name, each in flags.items()}
            made.write_text(json.dumps(found), encoding="utf-8")
    if not told.exists():
        told.write_text(json.dumps(predicted(home, settings, asked(tickets))), encoding="utf-8")


def main() -> None:
    """Runs what is missing, two shops at a time, and writes the table of what is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scratch", type=Path, required=True, help="where shops and results are kept")
    parser.add_argument("--tickets", type=int, default=TICKETS, help="a year's tickets of a shop")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="the report that gets the table as its section")
    args = parser.parse_args()
    args.scratch.mkdir(parents=True, exist_ok=True)
    settings = Settings(weeks=WEEKS, draws=args.draws, explained=0)
    with ProcessPoolExecutor(args.workers) as pool:
        list(pool.map(partial(work, args.scratch, args.tickets, settings), args.seeds))
    found = [_read(args.scratch, seed) for seed in args.seeds]
    said = f"{args.tickets:,} tickets a year, {args.draws} calibrations drawn anew"
    text = section(found, [Question(one.name, one.workflow, one.metric) for one in asked(args.tickets)], said)
    print(text)
    if args.out:
        args.out.write_text(with_section(args.out.read_text(encoding="utf-8"), text), encoding="utf-8")


def _read(scratch: Path, seed: int) -> Seed:
    kinds = ("predicted", *(f"true-{place}" for place in range(FUTURES)))
    told, *made = (json.loads((scratch / f"{seed}-{kind}.json").read_text("utf-8")) for kind in kinds)
    return Seed(told["effects"], told["baseline"], made)


if __name__ == "__main__":
    main()
