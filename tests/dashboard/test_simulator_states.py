"""States of the simulator page that are no answer: warnings, refusals, what was stopped, and what others stopped."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dashboard import simulator_data, simulator_view
from dashboard.jobs import Report
from dashboard.simulator_data import Learned
from simulation.scenario.document import Scenario
from tests.dashboard.test_simulator_page import (  # noqa: F401 (fixtures)
    FIRST,
    address,
    answers,
    held_against,
    in_demo,
    learned,
    open_simulator,
    page,
    text,
)


def test_all_that_goes_past_the_weeks_seen_is_one_warning_in_the_shop_s_names(page: Path) -> None:  # noqa: F811
    app = open_simulator(scenario=address([{"surge": {"factor": 9, "days": 3}}]))
    [said] = [one.value.replace("\\", "") for one in app.warning if "past what your weeks" in one.value]
    assert said.startswith("This goes past what your weeks have seen, so how the shop would behave is a guess.")
    assert "\n- Contacts of Order updates a week would be " in said
    assert "order_updates" not in said


def test_inputs_are_listed_in_the_shop_s_names(page: Path) -> None:  # noqa: F811
    [table] = open_simulator().dataframe
    subjects = {str(one).partition(": ")[0] for one in table.value["Of"]}
    assert "Order updates" in subjects
    assert "order_updates" not in subjects


@pytest.mark.parametrize(("verdict", "kind"), [("better", "success"), ("as good", "warning"), ("worse", "warning")])
def test_only_a_model_that_is_better_throughout_is_praised(
    page: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    verdict: str,
    kind: str,
) -> None:
    def found(*given: Any) -> dict[str, Any]:
        told = held_against(*given)
        return told | {"scores": [{**told["scores"][0], "verdict": verdict}], "headline": ["The finding."]}

    monkeypatch.setattr(simulator_data, "compute_backtest", found)
    app = open_simulator()
    shown = {"success": app.success, "warning": app.warning}[kind]
    assert [one.value for one in shown] == ["The finding."]


def test_a_refusal_names_the_change_of_an_address_and_the_line_of_a_file(
    page: Path,  # noqa: F811
    demo_home: Path,
) -> None:
    shop = learned(demo_home).shop
    assert shop is not None
    given = address([{"staff": {"group": "Orders", "agents": 1}}, {"staff": {"group": "Order", "agents": 1}}])
    _, problem = simulator_view.read(given, shop.today)
    assert problem.startswith("Change 2: there is no group 'Order'; did you mean 'Orders'?")
    _, problem = simulator_view.read(given, shop.today, "scenarios/two.yml")
    assert problem.startswith("scenarios/two.yml line 1, key 'changes[2].staff.group': there is no group")
    _, problem = simulator_view.read(json.dumps({"name": "x" * 81, "changes": []}), shop.today)
    assert problem.startswith("Name: this value does not fit; expected at most 80 characters, found")
    _, problem = simulator_view.read("{", shop.today)
    assert problem.startswith("This is not readable YAML")


def test_what_was_stopped_says_so_here_and_is_begun_again_for_others(
    page: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def endless(_path: str, _known: Learned, _scenarios: Sequence[Scenario], report: Report) -> None:
        while True:
            report("Running", 3, 9)
            time.sleep(0.02)

    monkeypatch.setattr(simulator_data, "compute_answers", endless)
    change = address([{"staff": {"group": "Sales", "agents": 5}}])
    app = open_simulator(scenario=change)
    next(button for button in app.button if button.label == "Stop").click().run()
    app.run()
    assert any("Stopped" in info.value for info in app.info)
    assert "One more: not computed" in text(app)
    monkeypatch.setattr(simulator_data, "compute_answers", answers)
    other = open_simulator(scenario=change)
    other.run()
    assert not any("Stopped" in info.value for info in other.info)
    assert "average resolution time −8 h" in text(other)


@pytest.mark.parametrize(
    ("target", "said"),
    [("faster", "'faster' is no target"), ("nps<=1", "'nps' of all is not foretold")],
)
def test_an_address_with_no_target_is_said(page: Path, target: str, said: str) -> None:  # noqa: F811
    app = open_simulator(target=target)
    assert said in app.info[0].value.replace("\\", "")


def test_the_search_for_people_shows_how_far_it_is_and_can_be_stopped(
    page: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def endless(*given: Any) -> None:
        while True:
            given[-1]("Looking where person 1 would help most", 3, 9)
            time.sleep(0.02)

    monkeypatch.setattr(simulator_data, "compute_staffing", endless)
    app = open_simulator(target=f"{FIRST}<=1")
    next(button for button in app.button if button.label == "Stop").click().run()
    app.run()
    assert any("Stopped" in info.value for info in app.info)
