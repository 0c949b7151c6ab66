"""Each page by itself: normal, empty, failing; and the router."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from flowmeter.decisions import Decision, write_decision
from flowmeter.settings import Home
from tests.dashboard.snapshot import Story, publish_fixture

ROOT = Path(__file__).resolve().parents[2]
WEEKLY = "app_pages/weekly.py"
FILES = "app_pages/files.py"


def open_page(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard" / page), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    shown = [*app.markdown, *app.caption, *app.info, *app.warning, *app.code]
    return "\n".join(str(element.value) for element in shown)


def test_router_opens_the_weekly_page_and_leads_to_data(in_shop: Path) -> None:
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert "Fjord & Loom: Week" in text(app)
    app.switch_page(FILES).run()
    assert not app.exception
    assert "Fjord & Loom: data" in text(app)


def test_weekly_page_answers_on_its_first_screen(in_shop: Path) -> None:
    app = open_page(WEEKLY)
    shown = text(app)
    for part in ("Week ", "tickets created", "of all tickets unclassified", "snapshot of", "What moved", "26 weeks"):
        assert part in shown
    assert [box.value for box in app.selectbox][1:] == ["all", "all", "all"]
    assert not app.warning, "a snapshot of last Sunday is not stale"


def test_filters_are_written_to_the_address(in_shop: Path) -> None:
    app = open_page(WEEKLY)
    app.selectbox(key="filter_workflow").set_value("order_updates").run()
    app.selectbox(key="filter_variant").set_value("b").run()
    assert app.query_params["workflow"] == "order_updates"
    assert app.query_params["variant"] == "b"
    assert "Order updates, variant B: proactive notice" in text(app)
    app.selectbox(key="filter_workflow").set_value("returns").run()
    assert "variant" not in app.query_params, "returns has no variant b"


def test_an_address_that_does_not_fit_falls_back_with_a_note(in_shop: Path) -> None:
    app = open_page(WEEKLY, workflow="retuns", week="2031-W01", channel="email")
    assert [box.value for box in app.selectbox][1:] == ["all", "email", "all"]
    notes = " ".join(str(note.value) for note in app.info)
    assert "“retuns”" in notes
    assert "“2031-W01”" in notes


def test_tickets_of_a_number_open_from_the_address(in_shop: Path) -> None:
    app = open_page(WEEKLY, tickets="csat:returns")
    assert "**CSAT** · Returns · Week" in text(app)
    assert len(app.dataframe) == 1
    app.text_input(key="tickets_search").set_value("no such subject").run()
    assert "No tickets found" in text(app)


def test_an_unknown_list_in_the_address_opens_nothing(in_shop: Path) -> None:
    assert not open_page(WEEKLY, tickets="nonsense:all").dataframe


def test_data_page_shows_files_and_remedies(in_shop: Path) -> None:
    app = open_page(FILES)
    shown = text(app)
    assert "2 rows in quarantine" in shown
    assert "Check scale_max of this survey" in shown
    assert len(app.dataframe) == 2


@pytest.mark.parametrize("page", [WEEKLY, FILES])
def test_without_a_shop_folder_the_page_says_how_to_make_one(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWMETER_HOME", str(tmp_path))
    assert "flowmeter init" in text(open_page(page))


@pytest.mark.parametrize("page", [WEEKLY, FILES])
def test_before_the_first_build_the_page_says_what_to_run(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "flowmeter.toml").touch()
    monkeypatch.setenv("FLOWMETER_HOME", str(tmp_path))
    assert "flowmeter refresh" in text(open_page(page))


def test_a_snapshot_without_tickets_says_what_to_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_fixture(tmp_path, Story(empty=True, weeks=2))
    monkeypatch.setenv("FLOWMETER_HOME", str(tmp_path))
    assert "No tickets yet" in text(open_page(WEEKLY))


def test_a_failed_query_is_a_sentence_with_a_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = publish_fixture(tmp_path, Story(weeks=2))
    with duckdb.connect(str(path)) as con:
        con.execute("drop table kpi_week")
    monkeypatch.setenv("FLOWMETER_HOME", str(tmp_path))
    shown = text(open_page(WEEKLY))
    assert "query on the published snapshot failed" in shown
    assert "flowmeter build" in shown


def test_an_old_snapshot_says_its_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_fixture(tmp_path, Story(end=dt.date(2025, 3, 30), weeks=9))
    monkeypatch.setenv("FLOWMETER_HOME", str(tmp_path))
    assert "days old" in text(open_page(WEEKLY))


def test_a_young_shop_with_two_weeks_has_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_fixture(tmp_path, Story(weeks=2))
    monkeypatch.setenv("FLOWMETER_HOME", str(tmp_path))
    assert "too few finished weeks to say what is usual" in text(open_page(WEEKLY))


def test_decisions_are_marks_on_the_trends_of_their_workflow(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "decided"
    shutil.copytree(shop, home, symlinks=True)
    monkeypatch.setenv("FLOWMETER_HOME", str(home))
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=30)
    decision = Decision(date=day, decided="b", who="Ada", workflow="order_updates", verdict="b is better than a.")
    write_decision(Home(home), decision)
    for workflow, is_marked in (("order_updates", True), ("all", True), ("returns", False)):
        app = open_page(WEEKLY, workflow=workflow)
        drawn = json.loads(app.get("plotly_chart")[0].proto.spec)
        told = [note.get("hovertext", "").replace("<br>", " ") for note in drawn["layout"].get("annotations", [])]
        assert any("Order updates: b, by Ada. b is better than a." in one for one in told) == is_marked
    (home / "decisions" / "broken.yml").write_text("decided: b\n", encoding="utf-8")
    [warning] = open_page(WEEKLY).warning
    assert "decisions/broken" in warning.value.replace("\\", "")
