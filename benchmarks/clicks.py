"""How long the server works on a click on the weekly page: `python -m benchmarks.clicks --out FILE`, of FLOWMETER_HOME.

The page's own script runs as in the app, in one process with its caches; the browser's drawing is not in it.
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

PAGE = CHECKOUT / "dashboard" / "app_pages" / "weekly.py"
LISTS = ("csat", "resolution_time_mean_calendar_hours", "cost_per_resolution", "tickets_created")
Click = tuple[str, Callable[[AppTest], Any]]


def run(home: Home) -> list[tuple[str, float]]:
    """What was clicked, with seconds; the first is the opening of the page. Raises FlowmeterError if the page fails."""
    app = AppTest.from_file(str(PAGE), default_timeout=300)
    return [(name, _seconds(app, name, act)) for name, act in _clicks(home)]


def _seconds(app: AppTest, name: str, act: Callable[[AppTest], Any]) -> float:
    act(app)
    started = time.perf_counter()
    app.run()
    seconds = time.perf_counter() - started
    if app.exception or not app.selectbox:
        said = [*(fault.message for fault in app.exception), *(str(text.value) for text in app.markdown)]
        raise FlowmeterError("the weekly page failed", found=f"{name}: {' '.join(said)[:600]}")
    return seconds


def _clicks(home: Home) -> Iterator[Click]:
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
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.write_text(json.dumps(run(Home.find(None))), encoding="utf-8")


if __name__ == "__main__":
    main()
