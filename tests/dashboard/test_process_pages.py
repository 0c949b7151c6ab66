"""The workflow and bottlenecks pages over the demo shop, and what they say when they cannot show it."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from analysis.bottleneck_words import worst
from analysis.flowchart.graph import Arrow, Node
from analysis.wording import Speech
from dashboard import data, process_data, workflow_view
from dashboard.workflow_view import Asked
from flowmeter.bottlenecks import SLOWEST
from tests.dashboard.snapshot import Story, publish_fixture
from tests.dashboard.test_pages import open_page
from tests.dashboard.test_pages import text as as_markdown

WORKFLOW = "app_pages/workflow.py"
BOTTLENECKS = "app_pages/bottlenecks.py"
PAGES = [WORKFLOW, BOTTLENECKS]


def text(app: AppTest) -> str:
    """What is read on the page: without the signs that keep Markdown from reading names."""
    return as_markdown(app).replace("\\", "")


@pytest.fixture
def in_demo(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLOWMETER_HOME", str(demo_home))
    return demo_home


@pytest.fixture
def path(in_demo: Path) -> str:
    return data.snapshot().path


def test_the_workflow_page_answers_with_the_worst_step(in_demo: Path) -> None:
    app = open_page(WORKFLOW)
    shown = text(app)
    assert "Returns: customers wait most in Refund approval" in shown
    assert "#### Refund approval" in shown
    for part in ("Halving its wait would spare", "of the wait is", "with a log of what happened", "Slowest tickets"):
        assert part in shown
    assert len(app.dataframe) == 1
    assert len(app.dataframe[0].value) == SLOWEST
    assert not re.search(r"None|nan\b", shown)


def test_an_arrow_of_the_address_is_described(in_demo: Path) -> None:
    shown = text(open_page(WORKFLOW, workflow="returns", element="arrow:Working: Returns→Refund approval"))
    assert "went from Working: Returns to Refund approval" in shown
    assert "Slowest tickets: Working: Returns → Refund approval" in shown


def test_an_element_that_is_not_there_falls_back_with_a_note(in_demo: Path) -> None:
    app = open_page(WORKFLOW, workflow="returns", element="step:Nowhere", rare="7", show="speed")
    notes = " ".join(str(note.value) for note in app.info)
    assert "“Nowhere”, which is not in this flowchart. Showing Refund approval" in notes
    assert "7% of passages" in notes
    assert "“speed”" in notes
    assert "#### Refund approval" in text(app)


def test_a_new_workflow_forgets_the_element(in_demo: Path) -> None:
    app = open_page(WORKFLOW, workflow="returns", element="step:Refund approval")
    app.selectbox(key="filter_workflow").set_value("order_updates").run()
    assert not app.exception
    assert "element" not in app.query_params
    assert "Order updates: customers wait most in" in text(app)


@pytest.mark.parametrize("show", ["volume", "cost", "csat"])
def test_other_measures_and_all_paths_are_drawn(in_demo: Path, show: str) -> None:
    app = open_page(WORKFLOW, workflow="ticket_routing", show=show, rare="100", period="all")
    assert not app.info
    assert app.slider(key="filter_rare").value == 100


def test_every_step_and_arrow_of_every_workflow_is_described(path: str) -> None:
    """Whatever is pressed has a sentence, a trend and a lever without a fault."""
    from dashboard.components.step_details import _sentences

    speech = Speech("EUR")
    snap = data.snapshot()
    for workflow in process_data.sizes(path)["workflow"].unique():
        asked = Asked(str(workflow), "quarter", "time", 100)
        drawn = workflow_view.flowchart(path, asked, None)
        arrows = [arrow for arrow in drawn.arrows if arrow.is_between_steps]
        elements: list[Node | Arrow] = [*drawn.nodes[1:-1], *arrows]
        for element in elements:
            told = " ".join(_sentences(element, "Name", speech))
            assert told.endswith("."), told
            assert "None" not in told
            workflow_view.wait_weeks(snap, asked.workflow, workflow_view.step_of(element))
            workflow_view.lever(path, asked, element)


def test_the_slowest_are_those_of_the_step(path: str) -> None:
    """Against a plain query over every visit."""
    since = workflow_view.since(path, "all")
    rows = process_data.slowest(path, "returns", "Refund approval", None, since)
    plain = data._frame(
        path,
        """select max(wait_minutes) as wait from fct_ticket_step
        where workflow = 'returns' and step = 'Refund approval' group by ticket_key order by wait desc limit 10""",
    )
    assert rows["minutes"].to_list() == pytest.approx(plain["wait"].to_list())
    assert rows["url"].str.contains("/agent/tickets/").all()


def test_the_slowest_after_an_arrow_are_fewer(path: str) -> None:
    since = workflow_view.since(path, "all")
    rows = process_data.slowest(path, "returns", "Refund approval", "Reopened", since)
    every = process_data.slowest(path, "returns", "Refund approval", None, since)
    assert rows.height > 0
    assert rows["minutes"].max() <= every["minutes"].max()  # type: ignore[operator]


def test_the_bottlenecks_page_says_what_to_do_first_in_every_section(in_demo: Path, path: str) -> None:
    app = open_page(BOTTLENECKS)
    shown = text(app)
    first = worst(process_data.ranking(path, "quarter", None))
    assert first is not None
    assert f"Begin with {first['step']} in Returns" in shown
    for part in (
        "When people are missing",
        "sent astray",
        "Ways that tickets take",
        "What could go",
        "automations bring",
    ):
        assert part in shown
    assert "First switch off the macro “Loyalty points explained”" in shown
    assert not re.search(r"None|nan\b", shown)


def test_the_ranking_can_be_searched(in_demo: Path) -> None:
    app = open_page(BOTTLENECKS, workflow="returns")
    every = len(app.dataframe[0].value)
    app.text_input(key="ranking_search").set_value("REFUND APP").run()
    found = app.dataframe[0].value
    assert 0 < len(found) < every
    assert found["Place"].str.contains("Refund approval").all()
    app.text_input(key="ranking_search").set_value("no such place").run()
    assert "Nothing found" in text(app)


def test_no_agent_is_named_anywhere(in_demo: Path, path: str) -> None:
    shown = "\n".join(text(open_page(page)) for page in PAGES)
    agents = data._frame(path, "select agent_id from dim_agent")["agent_id"].cast(pl.String).to_list()
    assert agents
    assert not [agent for agent in agents if agent in shown]
    assert not [
        column for page in PAGES for table in open_page(page).dataframe for column in table.value if "gent" in column
    ]


def test_the_intended_flow_marks_what_leaves_it(path: str) -> None:
    asked = Asked("returns", "quarter")
    plan = (("Queue: Returns", "Assigned: Returns"), ("Refund approval", "Resolved"))
    drawn = workflow_view.flowchart(path, asked, plan)
    assert drawn.element("arrow:Queue: Returns→Assigned: Returns").flow == ""  # type: ignore[union-attr]
    assert drawn.element("arrow:Working: Returns→Refund approval").flow == "not intended"  # type: ignore[union-attr]


@pytest.mark.parametrize("page", PAGES)
def test_without_any_log_the_page_says_what_to_export(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_fixture(tmp_path, Story(weeks=2))
    monkeypatch.setenv("FLOWMETER_HOME", str(tmp_path))
    shown = text(open_page(page))
    assert "No log of what happened yet" in shown
    assert "ticket audits" in shown
    assert "flowmeter refresh" in shown


@pytest.mark.parametrize("page", PAGES)
def test_without_tickets_or_after_a_fault_the_page_says_what_to_do(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWMETER_HOME", str(tmp_path))
    assert "flowmeter init" in text(open_page(page))
    publish_fixture(tmp_path, Story(empty=True, weeks=2))
    assert "No tickets yet" in text(open_page(page))
    broken = tmp_path / "broken"
    with duckdb.connect(str(publish_fixture(broken, Story(weeks=2)))) as con:
        con.execute("drop table process_size")
    monkeypatch.setenv("FLOWMETER_HOME", str(broken))
    shown = text(open_page(page))
    assert "query on the published snapshot failed" in shown
    assert "flowmeter build" in shown


def test_a_period_without_tickets_says_so(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWMETER_HOME", str(demo_home))
    monkeypatch.setattr(workflow_view, "tickets", lambda *_: 0)
    app = open_page(WORKFLOW, workflow="returns")
    assert "nothing happened in this period" in text(app)
    assert "Choose all data" in text(app)


def test_filters_are_carried_between_the_pages(in_demo: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    app = AppTest.from_file(str(root / "dashboard" / "app.py"), default_timeout=60).run()
    app.selectbox(key="filter_workflow").set_value("returns").run()
    app.switch_page(BOTTLENECKS).run()
    assert not app.exception
    assert app.selectbox(key="filter_workflow").value == "returns"
    app.selectbox(key="filter_period").set_value("all").run()
    app.switch_page(WORKFLOW).run()
    assert (app.selectbox(key="filter_workflow").value, app.selectbox(key="filter_period").value) == ("returns", "all")
