"""The filters and the top line of the pages about a process: the workflow is the weekly page's, kept in the URL."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import polars as pl
import streamlit as st

from analysis.flowchart.graph import Measure
from dashboard import process_data, workflow_view
from dashboard.components import filters, states
from dashboard.components.ticket_page import ticket_page
from dashboard.data import Snapshot
from dashboard.format import counted, local, moment_in_words, plain
from dashboard.selection import ALL, Choice
from dashboard.workflow_view import Asked

RARE, LEAST_RARE = 95, 50
Body = Callable[[Snapshot, Asked, st.delta_generator.DeltaGenerator, list[str]], None]
"""Shows what is asked for, with the place of the top line and the notes on the filters."""


def process_page(body: Body, *, drawn: bool) -> None:
    """A page about a process, or the state that stands in for it; `drawn`: with the filters of a flowchart."""

    def process(snap: Snapshot) -> None:
        if process_data.sizes(snap.path).is_empty():
            states.no_events()
            return
        head, place = filters.frame()
        with place:
            asked, notes = process_filters(snap, drawn=drawn)
        body(snap, asked, head, notes)

    ticket_page(process)


def process_filters(snap: Snapshot, *, drawn: bool) -> tuple[Asked, list[str]]:
    """Shows the filters in one row; `drawn`: with those of a flowchart. Returns what they ask for, and notes."""
    notes: list[str] = []
    columns = st.columns([3, 2, 2, 3] if drawn else [3, 2, 5])
    first = "All (the worst first)" if drawn else "All"
    with columns[0]:
        names = {ALL: first} | workflow_view.names(snap.path)
        workflow = filters.choose(Choice("workflow", "Workflow", names, ALL), notes, clears=filters.OF_A_WORKFLOW)
    with columns[1]:
        labels = dict(process_data.periods(snap.path).select("period", "label").iter_rows())
        period = filters.choose(Choice("period", "Period", labels, next(iter(labels))), notes)
    show, rare = "time", RARE
    if drawn:
        with columns[2]:
            options = workflow_view.measures(snap.path, period)
            show = filters.choose(Choice("show", "Show", options, "time"), notes)
        with columns[3]:
            rare = _rare(notes)
    filters.remember()
    return Asked(workflow, period, cast("Measure", show), rare), notes


def _rare(notes: list[str]) -> int:
    """The slider for rare paths: how much of all passages the shown arrows carry."""
    given = st.query_params.get("rare", str(RARE))
    value = int(given) if given.isdecimal() and LEAST_RARE <= int(given) <= 100 else RARE
    if str(value) != given:
        notes.append(f"The address asks for {given[:20]}% of passages. Showing {value}%.")
    st.session_state["filter_rare"] = value

    def write() -> None:
        chosen = st.session_state["filter_rare"]
        if chosen == RARE:
            st.query_params.pop("rare", None)
        else:
            st.query_params["rare"] = str(chosen)

    return st.slider(
        "Passages shown",
        LEAST_RARE,
        100,
        key="filter_rare",
        format="%d%%",
        on_change=write,
        help="Rare paths are hidden until the shown arrows carry this share of all passages. 100% shows every path.",
    )


def top_line(snap: Snapshot, asked: Asked, title: str, why: str = "") -> None:
    """The finding as title, and one line of facts; `why` this workflow, if nobody chose it."""
    name = "All workflows" if asked.workflow == ALL else workflow_view.names(snap.path)[asked.workflow]
    shown = f"{name}, {why}" if why else name
    row = process_data.periods(snap.path).filter(pl.col("period") == asked.period).row(0, named=True)
    first, last = (local(row[end], snap.time_zone) for end in ("from_at", "to_at"))
    days = f"{first.day} {first:%B %Y} – {last.day} {last:%B %Y}"
    n = workflow_view.tickets(snap.path, asked.period, asked.workflow)
    st.markdown(f"### {plain(title)}")
    st.caption(
        f"{plain(snap.shop_name)} · {plain(shown)} · {row['label']}: {days} · "
        f"{counted(n, 'ticket')} with a log of what happened · snapshot of "
        f"{moment_in_words(snap.snapshot_at, snap.time_zone)} ({snap.time_zone})"
    )
