"""`flowmeter compare` and `flowmeter plan` over the demo shop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flowmeter.cli import main
from flowmeter.settings import Home

Captured = pytest.CaptureFixture[str]
ORDERS = ("--workflow", "order_updates")


def told(capsys: Captured, command: str, home: Path, *arguments: str) -> dict[str, Any]:
    code = main.run([command, "--home", str(home), "--format", "json", *arguments])
    said = capsys.readouterr()
    assert code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def test_json_has_every_metric_and_the_verdict(demo_home: Path, capsys: Captured) -> None:
    found = told(capsys, "compare", demo_home, *ORDERS, "--by", "variant")
    assert (found["workflow"], found["arms"], found["by"]) == ("order_updates", ["a", "b"], "variant")
    assert found["from"] < found["to"]
    rows = {row["metric"]: row for row in found["metrics"]}
    row = rows["cost_per_resolution"]
    assert row["difference"] == pytest.approx(row["values"]["b"] - row["values"]["a"])
    assert row["low"] < row["difference"] < row["high"]
    assert row["adjusted"]["low"] < row["adjusted"]["difference"] < row["adjusted"]["high"]
    assert set(row["n"]) == {"a", "b"}
    assert found["verdict"]["code"] == "better"
    assert {rail["metric"] for rail in found["verdict"]["guardrails"]} >= {"reopen_rate", "csat", "repeat_contact_7d"}
    assert found["survival"][0]["difference"] < 0


def test_the_other_way_round_is_the_exact_opposite(demo_home: Path, capsys: Captured) -> None:
    one = told(capsys, "compare", demo_home, *ORDERS)
    other = told(capsys, "compare", demo_home, *ORDERS, "--arms", "b,a")
    assert other["verdict"]["code"] == "worse"
    for row, turned in zip(one["metrics"], other["metrics"], strict=True):
        if row["low"] is not None:
            assert (turned["low"], turned["high"]) == pytest.approx((-row["high"], -row["low"]))


def test_the_table_begins_with_the_verdict(demo_home: Path, capsys: Captured) -> None:
    assert main.run(["compare", "--home", str(demo_home), *ORDERS, "--goal", "cost_per_resolution"]) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0].startswith("b is better than a: Cost per resolution €")
    assert lines[2].split()[:4] == ["metric", "unit", "baseline", "arm"]
    assert "the verdict allows for looking at it every day" in said.err


def test_a_cut_and_given_days(demo_home: Path, capsys: Captured) -> None:
    days = ("--from", "2026-01-05", "--to", "2026-10-31")
    found = told(capsys, "compare", demo_home, "--workflow", "returns", "--by", "date:2026-06-01", *days)
    assert (found["from"], found["to"]) == days[1::2]
    assert found["arms"] == ["before 2026-06-01", "since 2026-06-01"]
    assert found["before_after"]["warning"] in found["verdict"]["sentence"]
    assert found["cautions"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--workflow", "order_update"), "Did you mean 'order_updates'?"),
        ((*ORDERS, "--arms", "a,c"), "have the arm 'c'"),
        ((*ORDERS, "--by", "shift"), "is none of variant"),
        ((*ORDERS, "--goal", "zero_touch"), "Choose one of: csat"),
        ((*ORDERS, "--from", "june"), "%Y-%m-%d"),
        ((*ORDERS, "--from", "2031-01-01"), "there are: none"),
        ((), "--workflow"),
    ],
)
def test_a_wrong_question_is_a_usage_error(
    demo_home: Path, capsys: Captured, arguments: tuple[str, ...], said: str
) -> None:
    assert main.run(["compare", "--home", str(demo_home), *arguments]) == 2
    shown = capsys.readouterr()
    assert said in " ".join(shown.err.split())
    assert not shown.out


def test_nothing_published_is_said(home: Home, capsys: Captured) -> None:
    assert main.run(["compare", "--home", str(home.root), *ORDERS]) == 5
    assert "nothing has been published yet" in capsys.readouterr().err


def test_a_plan_says_tickets_and_weeks(demo_home: Path, capsys: Captured) -> None:
    found = told(capsys, "plan", demo_home, *ORDERS, "--goal", "csat", "--effect", "0.05")
    half = told(capsys, "plan", demo_home, *ORDERS, "--goal", "csat", "--effect", "0.025")
    assert 2 * found["per_arm"] < found["tickets"]
    assert half["per_arm"] > 3 * found["per_arm"]
    assert found["weeks"] > 1


@pytest.mark.parametrize(("effect", "said"), [("0", "effect of 0"), ("0.9", "cannot change by +90.0 points")])
def test_an_effect_that_cannot_be_is_refused(demo_home: Path, capsys: Captured, effect: str, said: str) -> None:
    assert main.run(["plan", "--home", str(demo_home), *ORDERS, "--goal", "csat", "--effect", effect]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
