"""A log in which nothing is to be found: constant times, people drawn at random, satisfaction by a coin."""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from analysis.departures import departures
from analysis.retire import handovers, retire_candidates
from analysis.wording import Speech
from flowmeter import findings
from tests.transforms.conftest import take_through
from tests.transforms.published import Published
from tests.transforms.shop import HandmadeShop

CASES = 800
LOG = {
    "columns": {"case": "case", "activity": "activity", "time": "at", "resource": "who", "group": "team"},
    "time_zone": "UTC",
    "meanings": {"Register": "created", "Finish": "solved"},
    "attributes": [],
    "workflow": "process",
    "csat": {"score": "score", "answered_at": "answered", "scale_max": 5},
}


def write(file: Path, process: str, decided_after: int) -> None:
    """Every activity ends an hour after the one before it; which of two comes in between is a coin, and so is the rest."""
    dice, began = random.Random(11), datetime(2026, 3, 2)  # noqa: DTZ001 - the log's own zone
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["case", "activity", "at", "who", "team", "process", "score", "answered"])
        for case in range(CASES):
            at = began + timedelta(minutes=dice.randrange(60 * 24 * 90))
            score, answered = dice.choice([2, 5]), (at + timedelta(days=1)).strftime("%Y-%m-%d")
            for activity in ("Register", dice.choice(["Check by mail", "Check by phone"]), "Decide", "Finish"):
                who = f"person {dice.randrange(8)}"
                at += timedelta(hours=decided_after if activity == "Decide" else 1)
                rows.writerow([case, activity, at, who, "one team", process, score, answered])


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The log, published, and beside it one whose decisions take two days."""
    folder = tmp_path_factory.mktemp("flat")
    shop = HandmadeShop(folder / "shop")
    shop.toml = '[shop]\nname = "Flat"\ntime_zone = "UTC"\n'
    shop.sources = {"event_logs": [LOG | {"name": name} for name in ("flat", "slow")]}
    for name, decided_after in (("flat", 1), ("slow", 48)):
        shop.flow(name)
        write(folder / f"{name}.csv", name, decided_after)
        shop.exports.append((folder / f"{name}.csv", f"event_log:{name}"))
    return take_through(shop)


def test_no_bottleneck_stands_out(flat: Published) -> None:
    """The ranking is there, with a first row, as always; none of its rows is a finding."""
    rows = flat.rows("select * from workflow_bottleneck where period = 'all' and workflow = 'flat' order by rank")
    assert len(rows) > 4
    assert [row for row in rows if row["is_finding"]] == []


def test_what_does_stand_out_is_found(flat: Published) -> None:
    rows = flat.rows("select * from workflow_bottleneck where period = 'all' and workflow = 'slow' order by rank")
    assert {row["to_step"] or row["step"] for row in rows if row["is_finding"]} == {"Decide"}
    assert (rows[0]["kind"], rows[0]["step"], rows[0]["is_finding"]) == ("step", "Decide", True)


def test_nobody_leaves_the_happy_path_for_worse(flat: Published) -> None:
    counts = findings.path_departures(flat.con, "all")
    assert departures(counts).filter("is_finding").is_empty()
    assert counts["unsatisfied_count"].sum() > 300, "there was something to test"


def test_nothing_is_misrouted_repeated_or_to_be_retired(flat: Published) -> None:
    (row,) = flat.rows("select * from workflow_rework where period = 'all' and workflow = 'flat'")
    assert (row["ticket_count"], row["misrouted_count"], row["reopened_count"], row["ping_pong_count"]) == (CASES, 0, 0, 0)
    assert (row["same_agent_repeat_count"], row["other_agent_redo_count"]) == (0, 0)
    whole, quarter = (findings.automation_reach(flat.con, period) for period in ("all", "quarter"))
    effects = findings.automation_effects(flat.con, "all")
    listed = retire_candidates(findings.automations(flat.con), whole, quarter, effects, Speech())
    assert listed.filter(listed["why"] != "no effect").is_empty()
    assert handovers(whole, effects, Speech()).is_empty()
