"""How long the server works on a click: `python -m benchmarks.clicks --page weekly --out FILE`, of FLOWMETER_HOME.

The pages are weekly, workflow and bottlenecks. Of each, opening it comes first, which loads the app as well. The
page's own script runs as in the app, in one process with its caches; the browser's drawing is not in it.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
from streamlit.testing.v1 import AppTest

from flowmeter import warehouse
from flowmeter.errors import FlowmeterError
from flowmeter.settings import CHECKOUT, Home

PAGES = CHECKOUT / "dashboard" / "app_pages"
LISTS = ("csat", "resolution_time_mean_calendar_hours", "cost_per_resolution", "tickets_created")
Click = tuple[str, Callable[[AppTest], Any]]


def run(home: Home, page: str = "weekly") -> list[tuple[str, float]]:
    """What was clicked, with seconds; the first is the opening of the page. Raises FlowmeterError if the page fails."""
    app = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=300)
    clicks = {"weekly": _weekly, "workflow": _workflow, "bottlenecks": _bottlenecks}[page]
    return [(name, _seconds(app, name, act)) for name, act in clicks(home)]


def _seconds(app: AppTest, name: str, act: Callable[[AppTest], Any]) -> float:
    act(app)
    started = time.perf_counter()
    app.run()
    seconds = time.perf_counter() - started
    if app.exception or not app.selectbox:
        said = [*(fault.message for fault in app.exception), *(str(text.value) for text in app.markdown)]
        raise FlowmeterError("the page failed", found=f"{name}: {' '.join(said)[:600]}")
    return seconds


def _weekly(home: Home) -> Iterator[Click]:
    """Every filter's every value (weeks: the last eight), then lists of tickets behind numbers, then a search."""
    with warehouse.read_current(home) as con:
        weeks = _column(con, "select distinct iso_week from kpi_week order by iso_week desc limit 8")
        channels = _column(con, "select distinct channel from kpi_week where channel <> 'all' order by channel")
        workflows = _column(con, "select workflow from dim_workflow order by position")
        variants = con.execute("select workflow, variant from dim_variant order by position").fetchall()
    yield "open the page", lambda _: None
    for week in weeks:
        yield f"week {week}", _chooses("filter_week", week)
    for channel in [*channels, "all"]:
        yield f"channel {channel}", _chooses("filter_channel", channel)
    for workflow in [*workflows, "all"]:
        yield f"workflow {workflow}", _chooses("filter_workflow", workflow)
        for variant in [variant for owner, variant in variants if owner == workflow]:
            yield f"workflow {workflow}, variant {variant}", _chooses("filter_variant", variant)
    for metric in LISTS:
        yield f"tickets behind {metric}", _asks(metric)
    yield "search those tickets", lambda app: app.text_input(key="tickets_search").set_value("order")
    yield "sort them", lambda app: app.selectbox(key="tickets_order").set_value("slowest")


def _workflow(home: Home) -> Iterator[Click]:
    """Every workflow, with its three steps and three arrows that most tickets come through, then every other filter."""
    with warehouse.read_current(home) as con:
        workflows = _column(con, "select distinct workflow from workflow_step order by workflow")
        elements = {workflow: [*_steps(con, workflow), *_arrows(con, workflow)] for workflow in workflows}
    yield "open the page", lambda _: None
    for workflow in workflows:
        yield f"workflow {workflow}", _chooses("filter_workflow", workflow)
        for element in elements[workflow]:
            yield f"{workflow}, {element}", _points(element)
    for measure in ("volume", "cost", "csat", "time"):
        yield f"show {measure}", _chooses("filter_show", measure)
    for period in ("all", "quarter"):
        yield f"period {period}", _chooses("filter_period", period)


def _steps(con: duckdb.DuckDBPyConnection, workflow: str) -> list[str]:
    query = (
        "select 'step:' || step from workflow_step where period = 'quarter' and workflow = $1 order by visit_count desc"
    )
    return [str(row[0]) for row in con.execute(f"{query} limit 3", [workflow]).fetchall()]


def _arrows(con: duckdb.DuckDBPyConnection, workflow: str) -> list[str]:
    query = """select 'arrow:' || from_step || '→' || to_step from workflow_edge
        where period = 'quarter' and workflow = $1 order by passage_count desc"""
    return [str(row[0]) for row in con.execute(f"{query} limit 3", [workflow]).fetchall()]


def _bottlenecks(home: Home) -> Iterator[Click]:
    """Every workflow, both periods, every group's hours."""
    with warehouse.read_current(home) as con:
        workflows = _column(con, "select distinct workflow from workflow_step order by workflow")
    yield "open the page", lambda _: None
    for workflow in [*workflows, "all"]:
        yield f"workflow {workflow}", _chooses("filter_workflow", workflow)
    for period in ("all", "quarter"):
        yield f"period {period}", _chooses("filter_period", period)


def _points(element: str) -> Callable[[AppTest], Any]:
    def point(app: AppTest) -> None:
        app.query_params["element"] = element

    return point


def _column(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [str(value) for (value,) in con.execute(sql).fetchall()]


def _chooses(key: str, value: str) -> Callable[[AppTest], Any]:
    return lambda app: app.selectbox(key=key).set_value(value)


def _asks(metric: str) -> Callable[[AppTest], Any]:
    def ask(app: AppTest) -> None:
        app.query_params["tickets"] = metric

    return ask


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", choices=("weekly", "workflow", "bottlenecks"), default="weekly")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.write_text(json.dumps(run(Home.find(None), options.page)), encoding="utf-8")


if __name__ == "__main__":
    main()
