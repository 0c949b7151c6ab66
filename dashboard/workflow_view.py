"""Everything the workflow page shows of one selection, put together once from the process marts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import polars as pl
import streamlit as st

from analysis import bottleneck_words
from analysis.flowchart.graph import Arrow, Chart, Measure, Node, chart, of_flow
from analysis.flowchart.intended import links
from analysis.flowchart.svg import svg
from analysis.wording import Speech
from dashboard import data, process_data
from dashboard.data import Snapshot
from dashboard.format import monday_of
from dashboard.selection import ALL
from dashboard.weekly_view import TREND_WEEKS
from flowmeter.errors import ConfigError
from flowmeter.intended_flow import Flow, read_flow
from flowmeter.intention import check_paths, intention

MEASURES = {"time": "Time", "volume": "Volume", "cost": "Cost", "csat": "CSAT"}
FEWEST_VISITS = 5
Pairs = tuple[tuple[str, str], ...]
Row = bottleneck_words.Row


@dataclass(frozen=True)
class Asked:
    """What a process page looks at. `workflow` may be 'all'; `rare`: the percentage of passages that arrows carry."""

    workflow: str
    period: str
    show: Measure = "time"
    rare: int = 95


@dataclass(frozen=True)
class Plan:
    """How the workflow was meant to go: pairs of steps, or a planned automation; `problem` when it cannot be read."""

    pairs: Pairs | None = None
    flow: Flow | None = None
    problem: str = ""


def names(path: str) -> dict[str, str]:
    """Every workflow's name by key, in the shop's order; keys that have no name keep the key."""
    known = dict(data.workflows(path).select("workflow", "name").iter_rows())
    used = process_data.sizes(path)["workflow"].unique().sort().to_list()
    return known | {key: key for key in used if key not in known}


def measures(path: str, period: str) -> dict[str, str]:
    """What the flowchart can show: cost and CSAT only where any is known."""
    ranked = process_data.ranking(path, period, None)
    shown = dict(MEASURES)
    if not ranked["share_of_cost"].is_not_null().any():
        shown.pop("cost")
    csat = data.slice_weeks(path, ALL, ALL, ALL).filter((pl.col("metric") == "csat") & (pl.col("n") > 0))
    if csat.is_empty():
        shown.pop("csat")
    return shown


def tickets(path: str, period: str, workflow: str = ALL) -> int:
    """Tickets with a log in the period, of one workflow or of all."""
    rows = process_data.sizes(path).filter(pl.col("period") == period)
    if workflow != ALL:
        rows = rows.filter(pl.col("workflow") == workflow)
    return int(rows["ticket_count"].sum())


def shown_workflow(path: str, asked: Asked) -> str:
    """The workflow that is drawn: the asked one, or of all the one whose customers wait most."""
    if asked.workflow != ALL:
        return asked.workflow
    worst = bottleneck_words.worst(process_data.ranking(path, asked.period, None))
    if worst is not None:
        return str(worst["workflow"])
    rows = process_data.sizes(path)
    in_period = rows.filter(pl.col("period") == asked.period)
    return str((rows if in_period.is_empty() else in_period)["workflow"][0])


def worst(path: str, asked: Asked) -> Row | None:
    """The first step of the ranking of one workflow."""
    return bottleneck_words.worst(process_data.ranking(path, asked.period, asked.workflow))


def plan(path: str, workflow: str) -> Plan:
    """What config/ says of how the workflow should go; nothing where it says nothing."""
    home = data.home()
    file = home.config_dir / "workflows.yml"
    changed = file.stat().st_mtime_ns if file.exists() else 0
    return _plan(path, workflow, str(file), changed)


@st.cache_resource(max_entries=32, show_spinner=False)
def _plan(path: str, workflow: str, _file: str, changed: int) -> Plan:  # noqa: ARG001 (a part of the key)
    home = data.home()
    try:
        entry = intention(home, workflow)
    except ConfigError:
        return Plan()
    try:
        if entry.intended_flow:
            return Plan(flow=read_flow(home, entry.intended_flow))
        check_paths(home, workflow, entry.intended, process_data.step_names(path, workflow))
    except ConfigError as error:
        return Plan(problem=str(error))
    return Plan(pairs=tuple(links(entry.intended)))


@st.cache_resource(max_entries=64, show_spinner=False)
def flowchart(path: str, asked: Asked, pairs: Pairs | None) -> Chart:
    """The flowchart of one workflow; the step that is first in the ranking is marked, whatever is shown of it."""
    first = worst(path, asked)
    marked = [bottleneck_words.element(first)] if first is not None and asked.show == "time" else []
    steps = process_data.steps(path, asked.workflow, asked.period)
    edges = process_data.edges(path, asked.workflow, asked.period)
    return chart(steps, edges, asked.show, asked.rare / 100, intended=pairs, worst=marked)


@st.cache_resource(max_entries=128, show_spinner=False)
def drawing(path: str, asked: Asked, pairs: Pairs | None, selected: str, currency: str) -> str:
    """The flowchart as SVG that can be pressed."""
    return svg(flowchart(path, asked, pairs), Speech(currency), selected=selected, interactive=True)


@st.cache_resource(max_entries=16, show_spinner=False)
def planned(path: str, workflow: str, _flow: Flow, currency: str) -> str:  # noqa: ARG001 (path is a part of the key)
    """A planned automation as SVG."""
    return svg(of_flow(_flow), Speech(currency), title=_flow.name)


def chosen_element(path: str, asked: Asked, drawn: Chart, given: str | None) -> tuple[Node | Arrow | None, str]:
    """The step or arrow that the URL names, else the worst step; and a note when the URL names none that is shown."""
    found = drawn.element(given) if given else None
    if found is not None:
        return found, ""
    first = worst(path, asked)
    start = drawn.element(bottleneck_words.element(first)) if first is not None else None
    boxes = [node for node in drawn.nodes if node.figures]
    shown = start or next(iter(sorted(boxes, key=lambda node: -node.tickets)), None)
    if given is None or shown is None:
        return shown, ""
    name = given.partition(":")[2] or given
    note = f"The address asks for “{name[:60]}”, which is not in this flowchart. Showing {shown_name(shown)}."
    return shown, note


def shown_name(element: Node | Arrow) -> str:
    """Triage, or Triage → Queue: Orders."""
    if isinstance(element, Node):
        return element.name
    return element.key.removeprefix("arrow:").replace("→", " → ")


def step_of(element: Node | Arrow) -> str:
    """The step that an element is about: an arrow is about the one that it leads into."""
    return element.name if isinstance(element, Node) else element.target.removeprefix("step:")


def from_step(element: Node | Arrow) -> str | None:
    """The step that an arrow comes from; null for a step."""
    return None if isinstance(element, Node) else element.source.removeprefix("step:")


def lever(path: str, asked: Asked, element: Node | Arrow) -> Sequence[Row]:
    """The rows of the ranking that are about the element: a step's wait and its repetitions, or a hand-off."""
    rows = process_data.ranking(path, asked.period, asked.workflow)
    if isinstance(element, Node):
        own = rows.filter((pl.col("step") == element.name) & (pl.col("kind") != "handoff"))
        return own.sort("kind", descending=True).to_dicts()
    source, target = from_step(element), step_of(element)
    same = (pl.col("kind") == "handoff") & (pl.col("step") == source) & (pl.col("to_step") == target)
    return rows.filter(same).to_dicts()


def since(path: str, period: str) -> dt.datetime | None:
    """When the period begins (naive UTC); null for all data."""
    if period == ALL:
        return None
    rows = process_data.periods(path).filter(pl.col("period") == period)
    return cast("dt.datetime", rows["from_at"][0])


def wait_weeks(snap: Snapshot, workflow: str, step: str) -> tuple[pl.DataFrame, bool]:
    """26 weeks of a step's mean wait in hours, as a trend draws them; of its median stay where no wait is known."""
    found = process_data.step_weeks(snap.path, workflow, step)
    is_wait = bool(found["wait_mean_minutes"].is_not_null().any())
    column = "wait_mean_minutes" if is_wait else "elapsed_median_calendar_minutes"
    last = monday_of(snap.snapshot_at, snap.time_zone)
    weeks = pl.DataFrame({"week": pl.date_range(last - dt.timedelta(weeks=TREND_WEEKS - 1), last, "1w", eager=True)})
    unknown = pl.lit(None, pl.Float64)
    over = pl.lit(snap.snapshot_at.date() + dt.timedelta(days=1))
    return weeks.join(found, on="week", how="left").select(
        "week",
        (pl.col(column) / 60).alias("value"),
        unknown.alias("low"),
        unknown.alias("high"),
        pl.col("visit_count").fill_null(0).alias("n"),
        (pl.col("visit_count").fill_null(0) < FEWEST_VISITS).alias("too_few"),
        (pl.col("week") + pl.duration(days=7) <= over).alias("is_complete"),
    ), is_wait
