"""The compare page over the demo shop, and what it says when it cannot compare."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import compare_data, compare_view, data
from dashboard.compare_data import GOAL, Asked
from dashboard.compare_view import Told
from dashboard.components import compare_charts, theme
from dashboard.components.compare_charts import OPEN
from dashboard.components.compare_download import everything, page, rows
from dashboard.components.forest import forest_html
from dashboard.data import TicketQuery
from flowmeter.arm_names import condition, names
from flowmeter.cli import main
from flowmeter.comparison import choose
from flowmeter.decisions import read_decisions
from flowmeter.settings import Home
from flowmeter.warehouse import read
from tests.dashboard.snapshot import Story, publish_fixture
from tests.dashboard.test_pages import open_page
from tests.dashboard.test_pages import text as as_markdown

COMPARE = "app_pages/compare.py"


def text(app: AppTest) -> str:
    return as_markdown(app).replace("\\", "")


def open_compare(**query: str) -> AppTest:
    return open_page(COMPARE, **query)


@pytest.fixture
def in_demo(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLOWMETER_HOME", str(demo_home))
    return demo_home


@pytest.fixture
def few(demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo shop with four tickets of each variant."""
    home = tmp_path / "shop"
    shutil.copytree(demo_home, home, symlinks=True)
    monkeypatch.setenv("FLOWMETER_HOME", str(home))
    with duckdb.connect(str((home / "data/warehouse/current").resolve())) as connection:
        connection.execute("""
            delete from fct_ticket where ticket_key not in (
                select ticket_key from fct_ticket where workflow = 'order_updates' and is_measured and is_resolved
                qualify row_number() over (partition by variant order by created_at desc, ticket_key) <= 4)""")
    return home


def told(**asked: Any) -> Told:
    snap = data.snapshot()
    question = Asked(**{"workflow": "order_updates", "by": "variant", "goal": GOAL} | asked)
    choice = compare_data.choice(snap.path, question).choice
    assert choice is not None
    return Told(snap, question, choice, compare_data.compared(snap.path, question, snap.snapshot_at, snap.currency))


def test_the_title_is_the_verdict_and_the_evidence_follows(in_demo: Path) -> None:
    shown = text(open_compare())
    assert re.search(r"### .*Average resolution time .* against ", shown)
    for part in ("What must not get worse", "Are the tickets alike?", "Time to resolution", "Week by week",
                 "by channel", "How long until we know", "Decide"):  # fmt: skip
        assert part in shown
    assert not re.search(r"None\b(?! of)|nan\b", shown)


def test_the_first_rows_are_the_goal_and_the_guardrails(in_demo: Path) -> None:
    found = told(goal="csat")
    shown = compare_view.rows(found, found.choice.arms[1])
    rest = compare_view.other_rows(found, found.choice.arms[1])
    assert shown[0].label == "Satisfaction (CSAT)"
    assert {"Cost per resolution", "Reopened", "Repeat contact"} <= {row.label for row in shown}
    assert not {row.label for row in rest} & {row.label for row in shown}
    assert "90% resolved within" in {row.label for row in rest}
    drawn = [row for row in shown if row.low is not None]
    assert drawn
    for row in drawn:
        assert row.high is not None
        assert row.middle is not None
        assert row.low is not None
        assert row.low <= row.middle <= row.high


@pytest.mark.parametrize(
    ("by", "workflow"), [("variant", "order_updates"), ("channel", "returns"), ("date:2026-06-01", "returns")]
)
def test_every_figure_opens_as_many_tickets_as_it_rests_on(in_demo: Path, by: str, workflow: str) -> None:
    found = told(by=by, workflow=workflow)
    row = next(row for row in found.found.effects.iter_rows(named=True) if row["metric"] == GOAL)
    for at, n in ((0, row["baseline_n"]), (1, row["n"])):
        wanted = compare_view.list_asked(found, f"{GOAL}:{at}")
        assert wanted is not None
        info, chosen, _ = wanted
        query = TicketQuery(chosen.week, chosen.workflow, "all", "all", info.week_column, info.ticket_filter)
        assert data.ticket_count(found.snap.path, query) == n
    assert compare_view.list_asked(found, f"{GOAL}:7") is None
    assert compare_view.list_asked(found, "nothing:0") is None


@pytest.mark.parametrize("kind", ["tag", "macro", "rule"])
def test_tickets_with_and_without_are_those_of_the_list(in_demo: Path, kind: str) -> None:
    snap = data.snapshot()
    with read(Path(snap.path)) as connection:
        known = names(connection, "order_updates", kind)
        assert known
        choice = choose(connection, "order_updates", f"{kind}:{known[0]}")
    found = told(by=f"{kind}:{known[0]}")
    for arm in choice.arms:
        where = condition(choice, arm, snap.time_zone)
        query = TicketQuery(dt.date(2026, 11, 16), "order_updates", "all", "all", "", where)
        assert data.ticket_count(snap.path, query) == found.size(arm)


def test_a_workflow_without_variants_says_how_to_get_some(in_demo: Path) -> None:
    app = open_compare(workflow="returns")
    shown = text(app)
    assert "Returns has no variants yet" in shown
    assert "config/workflows.yml" in shown
    assert "flowmeter split" in shown
    assert not app.get("plotly_chart")


def test_unknown_arms_goals_and_kinds_of_the_address_are_replaced_and_said(in_demo: Path) -> None:
    app = open_compare(by="moon", goal="happiness")
    assert [info.value.replace("\\", "").partition(", which")[0] for info in app.info] == [
        "The address asks for compare by “moon”", "The address asks for judged by “happiness”",
    ]  # fmt: skip
    app = AppTest.from_file(str(Path(compare_data.__file__).parent / COMPARE), default_timeout=60)
    app.query_params["arms"] = ["a", "zz"]
    app.run()
    assert not app.exception
    assert "“zz”, which no ticket here has" in text(app)
    assert "What must not get worse" in text(app)


def test_a_date_cut_carries_its_warning_and_the_step(in_demo: Path) -> None:
    shown = text(open_compare(by="date", which="2026-06-01", workflow="order_updates"))
    assert "Before and after is no fair draw" in shown
    assert "Was it the date?" in shown
    assert "which is none" in text(open_compare(by="date", which="someday"))


def test_an_arm_with_many_open_tickets_wins_nothing(in_demo: Path) -> None:
    last = data.snapshot().snapshot_at.date() - dt.timedelta(days=2)
    young = told(by=f"date:{last}")
    verdict = young.found.verdicts[young.choice.arms[1]]
    assert verdict.code == "not enough data"
    assert "are still open, and slow tickets are resolved last" in verdict.sentence


def test_a_saved_decision_is_in_the_log_and_a_nameless_one_is_not(
    demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "shop"
    shutil.copytree(demo_home, home, symlinks=True)
    monkeypatch.setenv("FLOWMETER_HOME", str(home))
    app = open_compare()
    app.button[0].click().run()
    assert "Say who decided" in text(app)
    assert read_decisions(Home(home)) == []
    app.text_input[0].set_value("Ada")
    app.text_area[0].set_value("Cheaper")
    app.button[0].click().run()
    assert not app.exception
    [saved] = read_decisions(Home(home))
    assert (saved.decision.who, saved.decision.note) == ("Ada", "Cheaper")
    assert saved.decision.verdict in text(open_compare()).replace("\n", " ")
    assert saved.decision.numbers[0].metric == GOAL
    assert saved.decision.comparison is not None
    assert saved.decision.comparison.intervals


def test_too_few_tickets_is_said_and_nothing_fails(few: Path) -> None:
    """Four tickets of each variant are left: no interval, no week and no channel can be told, and no plan be made."""
    app = open_compare()
    shown = text(app)
    assert not app.exception
    assert "### We cannot tell yet: fewer than 50 customers in one of them." in shown
    assert "#### Too few tickets to compare" in shown
    assert "Too few tickets in every week to show the difference by week" in shown
    found = told()
    assert "How long a test would take cannot be said yet" in " ".join(compare_view.plan(found))
    assert {row.standing for row in compare_view.rows(found, found.choice.arms[1])} == {"too few to tell"}
    assert all("We cannot tell yet" in made(found) for made in (page, everything))


def test_a_snapshot_of_another_version_is_a_state(in_shop: Path) -> None:
    """The fixture's tickets have few columns and no fields: an older snapshot, in effect."""
    shown = text(AppTest.from_file(str(Path(compare_data.__file__).parent / COMPARE), default_timeout=60).run())
    assert "This page has nothing to read" in shown
    assert "flowmeter build" in shown


def test_downloads_are_what_the_command_writes(in_demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(goal="csat")
    command = ["compare", "--home", str(in_demo), "--workflow", "order_updates", "--goal", "csat", "--format"]
    for form, made in (("html", page), ("json", everything)):
        assert main.run([*command, form]) == 0
        assert capsys.readouterr().out.strip() == made(found).strip()
    table = pl.read_csv(io.StringIO(rows(found)))
    assert table.height == len(json.loads(everything(found))["metrics"]) > len(compare_view.rows(found, "b"))
    assert {"metric", "arm", "difference", "low", "high", "adjusted_low", "probability_better"} <= set(table.columns)


def test_a_point_of_a_week_or_curve_opens_as_many_tickets_as_it_stands_for(in_demo: Path) -> None:
    found = told()
    [week, *_] = compare_data.by_week(found.snap.path, found.asked, found.goal, found.snap.time_zone).to_dicts()
    assert listed(found, f"{GOAL}:1::{week['week']}") == week["n"]
    curve = found.found.survival.curves.filter(pl.col("arm") == "b")
    for row in (curve.row(0, named=True), curve.row(curve.height // 2, named=True), curve.row(-1, named=True)):
        assert listed(found, f"{OPEN}:1::{row['hours']}") == row["at_risk"]
    for wrong in (f"{GOAL}:1::someday", f"{OPEN}:1::", f"{OPEN}:x::1", f"{OPEN}:9::1"):
        assert compare_view.list_asked(found, wrong) is None


def listed(found: Told, target: str) -> int:
    wanted = compare_view.list_asked(found, target)
    assert wanted is not None
    info, chosen, _ = wanted
    query = TicketQuery(chosen.week, chosen.workflow, "all", "all", info.week_column, info.ticket_filter)
    return data.ticket_count(found.snap.path, query)


def test_every_arm_stands_in_weeks_channels_and_plan(in_demo: Path) -> None:
    arms = ("email", "native_messaging", "web")
    found = told(by="channel", arms=arms)
    weeks = compare_data.by_week(found.snap.path, found.asked, found.goal, found.snap.time_zone)
    figure, title, subtitle = compare_charts.over_weeks(weeks, arms, found.speech, theme.LIGHT)
    assert {trace.name for trace in figure.data if trace.x} == set(arms[1:])
    assert len({trace.marker.color for trace in figure.data if trace.x}) == 2
    assert all(arm in title and arm in subtitle for arm in arms[1:])
    missing = [arm for arm, one in found.found.verdicts.items() if one.more_tickets is not None]
    assert missing
    assert [line.partition(":")[0] for line in compare_view.plan(found)[: len(missing)]] == missing
    told_by_group = text(open_compare(by="group", workflow="ticket_routing"))
    assert told_by_group.count("within each channel") == 1


def test_a_figure_says_how_likely_it_is_better(in_demo: Path) -> None:
    found = told()
    chance = dict(found.found.effects.select("metric", "probability_better").iter_rows())
    assert chance[GOAL] > 0.99
    [first, *_] = compare_view.rows(found, "b")
    assert first.sure == "over 99% likely better"
    assert ">over 99% likely better<" in forest_html([first], "x")


@pytest.mark.parametrize(("kind", "which", "said"), [("field", "form", "###"), ("flow", "", "Let the Flow tag")])
def test_fields_and_flows_can_be_chosen(in_demo: Path, kind: str, which: str, said: str) -> None:
    app = open_compare(by=kind, workflow="returns", **({"which": which} if which else {}))
    shown = text(app)
    assert said in shown
    assert ("Nothing to compare" in shown) == (not which)
    if which:
        assert app.multiselect[0].disabled is False
        assert len(app.multiselect[0].value) == 2


def test_a_shop_without_tickets_and_a_broken_snapshot_are_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWMETER_HOME", str(tmp_path))
    path = publish_fixture(tmp_path, Story(end=dt.date(2026, 11, 22)))
    with duckdb.connect(str(path)) as connection:
        connection.execute("drop table metric")
    shown = text(open_compare())
    assert "This page has nothing to read" in shown
    assert "flowmeter build" in shown


def test_many_tickets_of_a_week_are_judged_without_draws_and_much_the_same(
    in_demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = told()
    rows = compare_data.tickets(found.snap.path, found.choice).with_columns(pl.lit("x").alias("part"))
    drawn = compare_data._by(rows, "part", found.goal, found.choice.arms).row(0, named=True)
    monkeypatch.setattr(compare_data, "LARGE", 0)
    robust = compare_data._by(rows, "part", found.goal, found.choice.arms).row(0, named=True)
    assert list(robust) == list(drawn)
    for name in ("n", "baseline_n", "label", "value", "baseline_value", "difference"):
        assert robust[name] == pytest.approx(drawn[name]) if name != "label" else robust[name] == drawn[name]
    width = drawn["high"] - drawn["low"]
    assert robust["high"] - robust["low"] == pytest.approx(width, rel=0.15)
