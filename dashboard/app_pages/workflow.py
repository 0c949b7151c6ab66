"""The workflow page: where do customers wait. The flowchart as it really went, and what is pressed in detail."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analysis import bottleneck_words
from dashboard import workflow_view
from dashboard.components import flowchart, step_details, theme
from dashboard.components.process_filters import process_page, top_line
from dashboard.data import Snapshot
from dashboard.format import plain
from dashboard.selection import ALL
from dashboard.workflow_view import Asked, Plan

ELEMENT = "element"
HEIGHT = 620


def _workflow(snap: Snapshot, asked: Asked, head: st.delta_generator.DeltaGenerator, notes: list[str]) -> None:
    """The chosen workflow, or of all the one whose customers wait most."""
    shown = replace(asked, workflow=workflow_view.shown_workflow(snap.path, asked))
    name = workflow_view.names(snap.path)[shown.workflow]
    if not workflow_view.tickets(snap.path, shown.period, shown.workflow):
        with head:
            top_line(snap, shown, f"{name}: nothing happened in this period")
        _notes(notes)
        st.info("No ticket of this workflow has a log of what happened in this period. Choose all data, or another.")
        return
    with head:
        why = "of all workflows the one whose customers wait most" if asked.workflow == ALL else ""
        top_line(snap, shown, bottleneck_words.title(workflow_view.worst(snap.path, shown), name), why)
    _map(snap, shown, workflow_view.plan(snap.path, shown.workflow), notes)


def _map(snap: Snapshot, asked: Asked, plan: Plan, notes: list[str]) -> None:
    """The flowchart with its details beside it, and the slowest tickets below."""
    drawn = workflow_view.flowchart(snap.path, asked, plan.pairs)
    element, note = workflow_view.chosen_element(snap.path, asked, drawn, st.query_params.get(ELEMENT))
    _notes([*notes, *([note] if note else []), *([plan.problem] if plan.problem else [])])
    wide, beside = st.columns([3, 2], gap="medium")
    with wide, st.skeleton(height=HEIGHT):
        selected = element.key if element is not None else ""
        image = workflow_view.drawing(snap.path, asked, plan.pairs, selected, snap.currency)
    with wide:
        flowchart.show(image, theme.palette(), f"flowchart_{asked.workflow}", _choose, HEIGHT)
        _intended(snap, asked, plan)
    if element is None:
        return
    with beside:
        step_details.details(snap, asked, element)
    with st.container(key="lists"):
        step_details.slowest(snap, asked, element)


def _choose(element: str) -> None:
    st.query_params[ELEMENT] = element


def _intended(snap: Snapshot, asked: Asked, plan: Plan) -> None:
    """How it was meant to go, where that is configured."""
    if plan.pairs is not None:
        st.caption("Passages that are not in the intended paths of `config/workflows.yml`, or never taken, are marked.")
    elif plan.flow is not None:
        with st.expander(f"As planned: {plan.flow.name}"):
            st.html(workflow_view.planned(snap.path, asked.workflow, plan.flow, snap.currency))


def _notes(notes: list[str]) -> None:
    for note in notes:
        st.info(plain(note))


process_page(_workflow, drawn=True)
