"""The row of filters. The URL is the truth: it is read at every run, and a change is written to it at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import data
from dashboard.format import iso_week, span
from dashboard.selection import ALL, Choice, Selection, named, variant_options

NAMES = ("week", "workflow", "variant", "channel", "period", "show", "rare", "by", "which", "goal", "span")
KEPT = "kept_filters"
OF_A_WORKFLOW = ("variant", "element")
"""What no longer fits when the workflow changes."""


def restore() -> None:
    """Brings back the filters that this session used last, when another page has emptied the URL."""
    if not any(name in st.query_params for name in NAMES):
        for name, value in st.session_state.get(KEPT, {}).items():
            st.query_params[name] = value


def frame() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Where a page's head comes, and below it its filters, which are brought back."""
    restore()
    return st.container(), st.container(key="filters")


def remember() -> None:
    """Keeps the filters of the URL for the other pages of this session."""
    st.session_state[KEPT] = {name: st.query_params[name] for name in NAMES if name in st.query_params}


def filters(path: str) -> tuple[Selection, list[str]]:
    """Shows the filters; returns what they select, and notes on URL values that had to be replaced."""
    weeks = data.weeks(path)
    week_keys = {
        iso_week(week): f"Week {week.isocalendar().week}: {span(week)}{'' if done else ' (not over)'}"
        for week, done in weeks.iter_rows()
    }
    days = {iso_week(week): week for week in weeks["week"]}
    finished = [iso_week(week) for week, done in weeks.iter_rows() if done]
    newest = finished[0] if finished else next(iter(week_keys))
    flows = {ALL: "All"} | dict(data.workflows(path).select("workflow", "name").iter_rows())
    columns = st.columns(4)
    notes: list[str] = []
    with columns[0]:
        week = choose(Choice("week", "Week", week_keys, newest), notes)
    with columns[1]:
        workflow = choose(Choice("workflow", "Workflow", flows, ALL), notes, clears=OF_A_WORKFLOW)
    with columns[2]:
        channel = choose(Choice("channel", "Channel", named(data.channels(path)), ALL), notes)
    with columns[3]:
        options = variant_options(data.variants(path), workflow)
        help_text = "Choose a workflow with variants first." if len(options) == 1 else ""
        variant = choose(Choice("variant", "Variant", options, ALL), notes, disabled=help_text)
    remember()
    return Selection(days[week], workflow, variant, channel), notes


def choose(choice: Choice, notes: list[str], clears: Sequence[str] = (), disabled: str = "") -> str:
    """One filter: shows it, writes a change to the URL, and adds a note when the URL asked for what is not there."""
    value, note = choice.accept(st.query_params.get(choice.name))
    if note:
        notes.append(note)
    key = f"filter_{choice.name}"
    st.session_state[key] = value
    return st.selectbox(
        choice.label,
        list(choice.options),
        format_func=lambda option: choice.options.get(option, option),
        key=key,
        on_change=_writer(choice, clears),
        disabled=bool(disabled),
        help=disabled or None,
    )


def _writer(choice: Choice, clears: Sequence[str]) -> Callable[[], None]:
    """Writes a changed filter to the URL, and takes out those that no longer fit."""

    def write() -> None:
        value = st.session_state[f"filter_{choice.name}"]
        if value == choice.default:
            st.query_params.pop(choice.name, None)
        else:
            st.query_params[choice.name] = value
        for name in clears:
            st.query_params.pop(name, None)

    return write
