"""`flowmeter simulate` and `flowmeter forecast` over the demo shop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flowmeter.cli import main
from flowmeter.settings import Home

Captured = pytest.CaptureFixture[str]
SCENARIO = """\
version: 1
name: No approval
weeks: 1
changes:
  - remove: {workflow: returns, step: Refund approval}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.yml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_an_answer_has_effects_with_ranges_and_is_the_same_for_the_same_seed(
    demo_home: Path, scenario: Path, capsys: Captured
) -> None:
    said = []
    for _ in range(2):
        arguments = ["simulate", str(scenario), "--home", str(demo_home), "--seed", "7", "--format", "json"]
        assert main.run(arguments) == 0
        shown = capsys.readouterr()
        said.append(shown.out)
        assert "Learning how the shop works" in shown.err
    assert said[0] == said[1]
    answer = json.loads(said[0])
    assert (answer["scenario"], answer["seed"], answer["weeks"]) == ("No approval", 7, 1)
    found = {(row["workflow"], row["metric"]): row for row in answer["effects"]}
    row = found["returns", "handoffs"]
    assert row["difference"] == pytest.approx(row["scenario"] - row["baseline"])
    assert row["low"] <= row["difference"] <= row["high"] < 0
    assert {"predictions", "money", "queue", "agents", "width", "tornado", "method"} <= set(answer)


def test_what_goes_past_the_weeks_seen_is_said_before_the_figures(
    demo_home: Path, scenario: Path, capsys: Captured
) -> None:
    scenario.write_text("name: Rush\nweeks: 1\nchanges:\n  - surge: {factor: 9, days: 3}\n", encoding="utf-8")
    assert main.run(["simulate", str(scenario), "--home", str(demo_home)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "This goes past what your weeks have seen, so how the shop would behave is a guess."
    assert lines[2].startswith("Contacts of ")
    assert "; the data saw " in lines[2]


def test_text_begins_with_the_finding(demo_home: Path, scenario: Path, capsys: Captured) -> None:
    arguments = ["simulate", str(scenario), "--home", str(demo_home), "--workflow", "returns"]
    assert main.run(arguments) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0].startswith("No approval: ")
    assert any(line.split()[:3] == ["workflow", "metric", "unit"] for line in lines)
    assert "same customers" in shown.err


def test_the_next_weeks_by_day_and_workflow(demo_home: Path, capsys: Captured) -> None:
    arguments = ["forecast", "--home", str(demo_home), "--weeks", "1", "--workflow", "returns", "--format", "json"]
    assert main.run(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["workflow"] for row in found["days"]} == {"returns"}
    assert 7 <= len(found["days"]) <= 8
    for row in found["days"]:
        for part in ("created", "resolved", "open"):
            assert row[part]["low"] <= row[part]["high"]


def test_who_would_have_to_be_added_for_a_target(demo_home: Path, capsys: Captured) -> None:
    def asked(target: str) -> dict[str, Any]:
        arguments = ["forecast", "--home", str(demo_home), "--target", target, "--format", "json"]
        assert main.run(arguments) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)["staffing"]
        return found

    there = asked("first_reply_p90_calendar_hours<=1000")
    assert (there["met"], there["added"]) == (True, {})
    today = there["steps"][0]["value"]
    more = asked(f"first_reply_p90_calendar_hours<={today - 0.1:.3f}")
    assert sum(more["added"].values()) == len(more["steps"]) - 1 >= 1
    assert more["steps"][-1]["value"] < today
    assert not any(group.endswith(", at once") for group in more["added"])
    assert more["then"]["low"] < more["then"]["value"] < more["today"]["value"] < more["today"]["high"]
    assert set(more["hours"]) == set(more["added"])


def test_who_would_have_to_be_added_is_said_in_a_sentence_and_a_table(demo_home: Path, capsys: Captured) -> None:
    target = "first_reply_p90_calendar_hours<=1000"
    assert main.run(["forecast", "--home", str(demo_home), "--workflow", "returns", "--target", target]) == 0
    shown = capsys.readouterr().out
    assert "90% first replied within of returns: at most 41 d 16 h is met with the people there are: " in shown
    assert "Today's people" in shown.splitlines()[-1]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("faster", "'faster' is no target. Write it like"),
        ("nps<=1", "'nps' cannot be simulated; there are csat, "),
        ("first_reply_p90_calendar_hours<=9", "cannot be known by then (7 days); look further ahead"),
    ],
)
def test_a_target_that_cannot_be_is_refused(demo_home: Path, capsys: Captured, target: str, said: str) -> None:
    assert main.run(["forecast", "--home", str(demo_home), "--weeks", "1", "--target", target]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Running the next" not in shown.err, "it is refused before the forecast is run"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  - stuff: {workflow: returns}", "scenario.yml line 3, key 'changes[1].stuff': unknown key 'stuff'"),
        ("  - remove: {workflow: returns, step: Approval}", "there is no step of returns 'Approval'"),
        ("  - skip: {workflow: returns, step: Refund approval, share: 140%}", "it can be 0% to 100%"),
        ("  - remove: {workflow: gifts, step: Triage}", "there is no workflow 'gifts'"),
        ("  - [", "not readable YAML"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence_with_its_line(
    demo_home: Path, scenario: Path, capsys: Captured, line: str, said: str
) -> None:
    scenario.write_text(f"name: Wrong\nchanges:\n{line}\n", encoding="utf-8")
    assert main.run(["simulate", str(scenario), "--home", str(demo_home)]) == 3
    shown = capsys.readouterr()
    assert not shown.out
    last = shown.err.splitlines()[-1]
    assert said in last
    assert "line 3" in last or "line 4" in last


def test_a_missing_file_and_an_unknown_workflow_are_said(demo_home: Path, scenario: Path, capsys: Captured) -> None:
    assert main.run(["simulate", "nowhere.yml", "--home", str(demo_home)]) == 3
    assert "nowhere.yml: the scenario cannot be read" in capsys.readouterr().err
    assert main.run(["simulate", str(scenario), "--home", str(demo_home), "--workflow", "return"]) == 2
    assert "Did you mean 'returns'?" in " ".join(capsys.readouterr().err.split())


def test_nothing_published_is_said(home: Home, scenario: Path, capsys: Captured) -> None:
    assert main.run(["simulate", str(scenario), "--home", str(home.root)]) == 5
    assert "nothing has been published yet" in capsys.readouterr().err
