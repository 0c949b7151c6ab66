"""The simulator page over the demo shop. The shop is really learned; what runs would say is made by hand."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from dashboard import data, simulator_data
from dashboard.components.lever_fields import LEVERS
from dashboard.jobs import Report, jobs
from dashboard.simulator_data import Learned
from flowmeter.scenarios import scenario_files
from flowmeter.settings import Home
from simulation.scenario.document import Scenario
from simulation.staffing import Target
from tests.dashboard.snapshot import Story, publish_fixture
from tests.dashboard.test_pages import WEEKLY, open_page
from tests.dashboard.test_pages import text as as_markdown

SIMULATOR = "app_pages/simulator.py"
LONG = 180.0
EFFECTS = (
    ("resolution_time_mean_calendar_hours", 50.0, -8.0, 1.0),
    ("cost_per_resolution", 8.0, 0.9, 0.2),
    ("reopen_rate", 0.07, 0.001, 0.01),
    ("tickets_resolved", 1500.0, 20.0, 5.0),
)
FIRST = "first_reply_median_calendar_hours"
CHANGES = [{"staff": {"group": "Orders", "agents": 1}}]


def text(app: AppTest) -> str:
    return as_markdown(app).replace("\\", "")


def answer(one: Scenario) -> dict[str, Any]:
    hours = [float(hour % 24) for hour in range(168)]
    return {
        "scenario": one.name, "seed": 7, "weeks": one.weeks, "method": "By hand.",
        "effects": [
            {"workflow": flow, "metric": metric, "baseline": base, "scenario": base + moved, "difference": moved,
             "low": moved - half, "high": moved + half}
            for flow in ("all", "returns") for metric, base, moved, half in EFFECTS
        ],
        "predictions": [],
        "money": {
            "counts": "time freed", "cost_once": 0.0, "cost_month": 0.0,
            "saving_month": {"value": 500.0, "low": 400.0, "high": 600.0},
            "net_month": {"value": 500.0, "low": 400.0, "high": 600.0},
            "payback_months": {"value": 0.0, "low": 0.0, "high": 0.0},
        },
        "queue": [{"when": when, "pool": "Orders", "hours": hours} for when in ("before", "after")],
        "agents": [
            {"when": when, "agent": "zendesk-900000000103", "utilisation": busy, "duty_hours_week": 30.0}
            for when, busy in (("before", 0.95), ("after", 0.6))
        ],
        "width": [{"metric": EFFECTS[0][0], "input": "work", "share": 1.0}],
        "tornado": [
            {"metric": metric, "input": name, "low": moved - half, "high": moved + half}
            for metric, _, moved, _ in EFFECTS for name, half in (("work", 0.01), ("arrivals", 0.05))
        ],
    }  # fmt: skip


def next_weeks(_path: str, _known: Learned, _report: Report) -> dict[str, Any]:
    last = data.snapshot().snapshot_at.date()
    spread = {"value": 100.0, "low": 80.0, "high": 120.0}
    days = [f"{last.replace(year=last.year + 1)}"]
    return {
        "days": [
            {"workflow": flow, "day": day, "created": spread, "resolved": spread, "open": spread}
            for flow in ("all", "returns") for day in days
        ],
        "predictions": [
            {"workflow": flow, "metric": metric, "value": value, "low": 0.9 * value, "high": 1.1 * value}
            for flow in ("all", "returns")
            for metric, value in ((FIRST, 9.8), ("resolution_rate_cohort", 0.85), ("cost_per_resolution", 8.0))
        ],
    }  # fmt: skip


def people(_path: str, _known: Learned, target: Target, today: dict[str, Any], report: Report) -> dict[str, Any]:
    report("Looking", 1, 10)
    return {
        "target": asdict(target), "met": True, "added": {"Orders": 2}, "hours": {"Orders": 28.0}, "today": today,
        "then": {"value": target.value, "low": 0.9 * target.value, "high": 1.1 * target.value}, "steps": [],
    }  # fmt: skip


def held_against(_path: str, _known: Learned, _names: Mapping[str, str], _report: Report) -> dict[str, Any]:
    scores = [
        {"workflow": "all workflows", "metric": "cost_per_resolution", "label": "Cost per resolution", "unit": "money",
         "error": 0.5, "relative_error": 0.06, "sentence": "Cost: the model is no better.", "verdict": "as good"}
    ]  # fmt: skip
    headline = ["For 1 of 1 figures we cannot say that the model foretells better than repeating the past."]
    return {"headline": headline, "scores": scores, "cuts": 8, "ahead": 4}


@pytest.fixture
def in_demo(demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo shop that can be written to, with runs made by hand; its snapshot is the shared one."""
    home = tmp_path / "shop"
    home.mkdir()
    for name in ("flowmeter.toml", "config"):
        copied = shutil.copytree if (demo_home / name).is_dir() else shutil.copyfile
        copied(demo_home / name, home / name)
    (home / "data").mkdir()
    (home / "data" / "warehouse").symlink_to(demo_home / "data" / "warehouse")
    monkeypatch.setenv("FLOWMETER_HOME", str(home))
    # What is made by hand must not be kept beside the demo's published file, where other tests would find it.
    monkeypatch.setattr(simulator_data, "kept", lambda _path, _question, compute: compute())
    monkeypatch.setattr(simulator_data, "compute_forecast", next_weeks)
    monkeypatch.setattr(simulator_data, "compute_backtest", held_against)
    monkeypatch.setattr(simulator_data, "compute_answers", answers)
    monkeypatch.setattr(simulator_data, "compute_staffing", people)
    return home


def answers(_path: str, _known: Learned, scenarios: Sequence[Scenario], report: Report) -> list[dict[str, Any]]:
    report("Running", 1, 1)
    return [answer(one) for one in scenarios]


def learned(demo_home: Path) -> Learned:
    """The demo shop, learned once for all tests of this process and kept for every path to its snapshot."""
    path = str((demo_home / "data" / "warehouse" / "current").resolve())
    job = jobs().start(("shop of the tests", path), lambda report: simulator_data.compute_shop(path, report))
    assert job.wait(LONG)
    assert job.error is None, job.error
    found: Learned = job.answer
    return found


@pytest.fixture
def page(in_demo: Path, demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    known = learned(demo_home)
    monkeypatch.setattr(simulator_data, "compute_shop", lambda _path, _report: known)
    return in_demo


def ran(app: AppTest) -> dict[str, Any]:
    """The scenario that the address holds."""
    given = app.query_params["scenario"]
    found: dict[str, Any] = json.loads(given if isinstance(given, str) else given[0])
    return found


def open_simulator(**query: str) -> AppTest:
    app = open_page(SIMULATOR, **query)
    app.run()  # what ended behind the page is there now
    assert not app.exception
    return app


def address(changes: list[dict[str, Any]], name: str = "One more") -> str:
    return json.dumps({"version": 1, "name": name, "changes": changes})


def test_it_opens_with_what_comes_and_three_changes_that_the_bottlenecks_ask_for(page: Path) -> None:
    app = open_simulator()
    shown = text(app)
    assert "The next four weeks, if nothing changes" in shown
    labels = [button.label.replace("\\", "") for button in app.button]
    assert "Do “Refund approval” every day" in labels
    assert "The bot solves 10 points more" in labels
    assert any(label.startswith("One more person in ") for label in labels)
    assert len(app.get("plotly_chart")) >= 3


def test_where_the_model_is_no_better_the_page_says_so_and_how_near_it_comes(page: Path) -> None:
    app = open_simulator()
    assert app.warning[0].value.replace("\\", "").startswith("For 1 of 1 figures we cannot say")
    assert "cost per resolution within 6%" in text(app)


def test_a_press_on_a_suggestion_runs_it_and_the_address_holds_it(page: Path) -> None:
    app = open_simulator()
    next(button for button in app.button if "every day" in button.label).click().run()
    app.run()
    shown = text(app)
    assert "Do “Refund approval” every day: average resolution time −8 h" in shown
    [change] = ran(app)["changes"]
    assert change["shifts"]["group"] == "Refund approval"
    assert change["shifts"]["days"] == ["mon", "tue", "wed", "thu", "fri"]


def test_the_answer_shows_effects_money_people_and_queues(page: Path) -> None:
    shown = text(open_simulator(scenario=address(CHANGES)))
    for part in (
        "One more: average resolution time −8 h, but cost per resolution +€0.90",
        "1 agent more in Orders",
        "Saves about €500 a month",
        "Overloaded groups: 1 today, none then",
        "Longest queue: 23.0 on Monday 23:00 today",
        "What the answer is unsure about",
    ):
        assert part in shown
    assert "The workflow today and as proposed" not in shown, "people change no step"
    steps = text(open_simulator(scenario=address([{"remove": {"workflow": "returns", "step": "Refund approval"}}])))
    assert "The workflow today and as proposed" in steps
    assert "gone: Refund approval" in steps


def test_a_change_that_is_not_run_yet_says_so_and_run_runs_it(page: Path) -> None:
    app = open_simulator(scenario=address(CHANGES))
    assert not any("not run yet" in warning.value for warning in app.warning)
    app.selectbox(key="lever").select("volume").run()
    app.button(key="add").click().run()
    assert any("not run yet" in warning.value for warning in app.warning)
    assert len(ran(app)["changes"]) == 1
    app.button(key="run").click().run()
    app.run()
    assert not any("not run yet" in warning.value for warning in app.warning)
    assert [next(iter(one)) for one in ran(app)["changes"]] == ["staff", "volume"]
    app.button(key="remove_0").click().run()
    assert any("not run yet" in warning.value for warning in app.warning)


def test_every_lever_has_fields_that_make_a_valid_change_or_say_why_not(page: Path) -> None:
    app = open_simulator()
    for lever in LEVERS:
        app.selectbox(key="lever").select(lever).run()
        assert not app.exception, lever
        if app.button(key="add").disabled:
            assert any(":orange[" in caption.value for caption in app.caption), lever


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{", "not readable YAML"),
        (address([{"staff": {"group": "Nobody", "agents": 1}}]), "there is no group 'Nobody'"),
        (address([{"stuff": {}}]), "unknown key 'stuff'"),
        ('{"version": 1, "name": "' + "x" * 7000 + '"}', "longer than 6,000 characters"),
    ],
)
def test_an_address_that_cannot_be_run_is_refused_in_a_sentence(page: Path, given: str, said: str) -> None:
    app = open_simulator(scenario=given)
    assert said in app.info[0].value.replace("\\", "")
    assert "The next four weeks, if nothing changes" in text(app)


def test_save_open_duplicate_and_compare(page: Path) -> None:
    for name, changes in (("One more", CHANGES), ("Two more", [{"staff": {"group": "Orders", "agents": 2}}])):
        app = open_simulator(scenario=address(changes, name))
        app.button(key="save").click().run()
    files = scenario_files(Home(page))
    assert list(files) == ["one-more", "two-more"]
    assert yaml.safe_load(files["one-more"].read_text())["changes"] == CHANGES
    app.button(key="save").click().run()
    assert any("of this name already" in error.value for error in app.error)
    app.selectbox(key="open_which").select("one-more").run()
    app.button(key="duplicate").click().run()
    assert ran(app)["name"] == "One more (copy)"
    app.multiselect(key="compare_which").select("one-more").select("two-more").run()
    app.run()
    assert not app.exception
    assert app.query_params["against"] == ["one-more", "two-more"]


def test_the_picture_says_what_moves_the_effect_that_the_title_is_about(page: Path) -> None:
    app = open_simulator(scenario=address(CHANGES))
    assert app.selectbox(key="moved_" + EFFECTS[0][0]).value == EFFECTS[0][0]
    assert "How far average resolution time moves depends mostly on how many customers write" in text(app)
    app.selectbox(key="moved_" + EFFECTS[0][0]).select("cost_per_resolution").run()
    assert "How far cost per resolution moves depends mostly on how many customers write" in text(app)


def test_without_what_moves_the_effect_there_is_no_picture(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(*given: Any) -> list[dict[str, Any]]:
        return [one | {"tornado": [], "width": []} for one in answers(*given)]

    monkeypatch.setattr(simulator_data, "compute_answers", plain)
    shown = text(open_simulator(scenario=address([{"staff": {"group": "Orders", "agents": 3}}])))
    assert "What would happen" in shown
    assert "depends mostly" not in shown
    assert "What the answer is unsure about" not in shown


def test_who_would_be_needed_is_asked_answered_shared_and_tried(page: Path) -> None:
    app = open_simulator()
    assert app.selectbox(key="needed_metric").value == FIRST
    assert "Cost per resolution" not in app.selectbox(key="needed_metric").options, "people do not make it cheaper"
    assert app.number_input(key=f"needed_value_{FIRST}_all").value == 9.5, (
        "the next round number below what is expected"
    )
    app.selectbox(key="needed_metric").select("resolution_rate_cohort").run()
    app.number_input(key="needed_value_resolution_rate_cohort_all").set_value(95.0).run()
    app.button(key="needed").click().run()
    app.run()
    assert app.query_params["target"] in ("resolution_rate_cohort>=0.95", ["resolution_rate_cohort>=0.95"])
    said = "Resolved within 7 days: at least 95% would be met with 2 more people in Orders: 95.0% is expected, 85.0%"
    assert said in text(app)
    again = open_simulator(target="resolution_rate_cohort>=0.95", target_of="returns")
    assert "Resolved within 7 days of returns: at least 95% would be met" in text(again)
    assert again.selectbox(key="needed_workflow").value == "returns"
    app.button(key="needed_try").click().run()
    app.run()
    assert ran(app)["changes"] == [{"staff": {"group": "Orders", "agents": 2}}]
    assert "average resolution time −8 h" in text(app)


def test_the_shop_s_own_target_is_offered_first(page: Path) -> None:
    app = open_simulator()
    app.selectbox(key="needed_metric").select("resolution_rate_cohort").run()
    assert app.number_input(key="needed_value_resolution_rate_cohort_all").value == 90.0  # config of the demo shop


def test_the_answer_can_be_taken_away(page: Path) -> None:
    app = open_simulator(scenario=address(CHANGES))
    assert [button.proto.label for button in app.get("download_button")] == [
        "A page to send (HTML)", "The effects (CSV)", "Everything (JSON)", "The scenario (YAML)",
    ]  # fmt: skip


def test_a_run_that_failed_is_a_sentence_and_can_be_run_again(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> None:
        raise ValueError("two draws of the calibration differ")

    monkeypatch.setattr(simulator_data, "compute_answers", broken)
    app = open_simulator(scenario=address([{"staff": {"group": "Sales", "agents": 3}}]))
    assert "The simulation failed" in text(app)
    monkeypatch.setattr(simulator_data, "compute_answers", answers)
    next(button for button in app.button if button.label == "Run it again").click().run()
    app.run()
    assert "average resolution time −8 h" in text(app)


def test_a_run_shows_how_far_it_is_and_can_be_stopped(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(_path: str, _known: Learned, _scenarios: Sequence[Scenario], report: Report) -> None:
        while True:
            report("Running", 3, 9)
            time.sleep(0.02)

    monkeypatch.setattr(simulator_data, "compute_answers", endless)
    app = open_simulator(scenario=address([{"staff": {"group": "Sales", "agents": 4}}]))
    assert "One more: being computed" in text(app)
    next(button for button in app.button if button.label == "Stop").click().run()
    app.run()
    assert any("Stopped" in info.value for info in app.info)
    assert "Run it again" in [button.label for button in app.button]


def test_without_a_log_the_page_says_what_to_export(in_demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator_data, "compute_shop", lambda _path, _report: Learned(None))
    assert "No log of what happened yet" in text(open_simulator())


def test_an_empty_shop_and_an_older_snapshot_are_states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWMETER_HOME", str(tmp_path / "empty"))
    publish_fixture(tmp_path / "empty", Story(empty=True, weeks=2))
    assert "No tickets yet" in text(open_simulator())
    monkeypatch.setenv("FLOWMETER_HOME", str(tmp_path / "older"))
    publish_fixture(tmp_path / "older", Story(weeks=2))
    app = open_simulator()
    assert "A query on the published snapshot failed" in text(app)


def test_the_weekly_page_shows_the_forecast_once_it_is_there(page: Path) -> None:
    first = text(open_page(WEEKLY))
    assert "The next four weeks" in first
    job = simulator_data.learned(data.snapshot())
    assert job.wait(LONG)
    assert simulator_data.forecast(data.snapshot(), job.answer).wait(LONG)
    app = open_page(WEEKLY)
    assert "about 100 (80 to 120)" in text(app)
    assert "none of its tickets has a log" in text(open_page(WEEKLY, workflow="onboarding"))
