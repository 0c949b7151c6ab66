"""The filters of the compare page. The URL is the truth, as on the other pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import streamlit as st

from dashboard import compare_data, workflow_view
from dashboard.compare_data import Answer, Asked
from dashboard.components import filters
from dashboard.data import Snapshot
from dashboard.format import local, monday_of
from dashboard.selection import Choice
from flowmeter.choice import COLUMNS_OF, VALUED

KINDS = {
    "variant": "Variant",
    "tag": "Tag",
    "macro": "Macro",
    "rule": "Rule",
    "field": "Field",
    "flow": "Flow version",
    "group": "Group",
    "channel": "Channel",
    "date": "Before and after a date",
}
NONE = {"field": "No field with two values here", "flow": "No Flow left its version here"}
PERIODS = {"both": "As long as both ran", "13": "Last 13 weeks", "26": "Last 26 weeks"}
CUT_WEEKS = 12
OF_A_KIND = ("which", "arms")
OF_A_WORKFLOW = (*filters.OF_A_WORKFLOW, *OF_A_KIND)


def compare_filters(snap: Snapshot) -> tuple[Asked, Answer, list[str]]:
    """Shows the filters in one row. Returns what they ask for, the tickets that answer it, and notes."""
    notes: list[str] = []
    columns = st.columns([3, 2, 3, 3, 3, 2])
    with columns[0]:
        workflow = _workflow(snap, notes)
    with columns[1]:
        kind = filters.choose(Choice("by", "Compare by", KINDS, "variant"), notes, clears=OF_A_KIND)
    with columns[2]:
        by = _which(snap, workflow, kind, notes)
    with columns[5]:
        spans = PERIODS if kind != "date" else {"both": "All data"} | {k: PERIODS[k] for k in ("26", "13")}
        span = filters.choose(Choice("span", "Period", spans, "both"), notes)
    first = None if span == "both" else monday_of(snap.snapshot_at, snap.time_zone) - dt.timedelta(weeks=int(span))
    asked = Asked(workflow, by, first=first)
    with columns[3]:
        asked, answer = _arms(snap, asked, kind, notes)
    with columns[4]:
        asked = replace(asked, goal=_goal(snap, notes))
    filters.remember()
    return asked, answer, notes


def _workflow(snap: Snapshot, notes: list[str]) -> str:
    """One of the workflows; unless one is named the first that has variants."""
    names = {key: name for key, name in workflow_view.names(snap.path).items() if key != "unclassified"}
    with_variants = [key for key in compare_data.variant_workflows(snap.path) if key in names]
    default = next(iter([*with_variants, *names]))
    return filters.choose(Choice("workflow", "Workflow", names, default), notes, clears=OF_A_WORKFLOW)


def _which(snap: Snapshot, workflow: str, kind: str, notes: list[str]) -> str:
    """The tag, macro, rule, field, Flow or day; what is left of a kind needs none."""
    if kind == "date":
        return f"date:{_day(snap, notes)}"
    if kind in COLUMNS_OF:
        st.selectbox("Which", [f"Every {kind}"], disabled=True, key="which_none")
        return kind
    names = compare_data.names(snap.path, workflow, kind)
    if not names:
        st.selectbox("Which", [NONE.get(kind, f"No {kind} in this workflow")], disabled=True, key="which_none")
        return f"{kind}:"
    return f"{kind}:" + filters.choose(Choice("which", "Which", {name: name for name in names}, names[0]), notes)


def _day(snap: Snapshot, notes: list[str]) -> dt.date:
    last = local(snap.snapshot_at, snap.time_zone).date()
    default = monday_of(snap.snapshot_at, snap.time_zone) - dt.timedelta(weeks=CUT_WEEKS)
    given = st.query_params.get("which", "")
    try:
        day = dt.date.fromisoformat(given) if given else default
    except ValueError:
        notes.append(f"The address asks for the day “{given[:20]}”, which is none. Showing {default}.")
        day = default
    day = min(day, last)
    st.session_state["filter_which_day"] = day

    def write() -> None:
        st.query_params["which"] = str(st.session_state["filter_which_day"] or default)

    st.date_input("Since", key="filter_which_day", max_value=last, on_change=write)
    return day


def _arms(snap: Snapshot, asked: Asked, kind: str, notes: list[str]) -> tuple[Asked, Answer]:
    """The arms, the baseline first: those of the URL that there are, else the usual ones."""
    usual = compare_data.choice(snap.path, asked)
    if usual.choice is None:
        st.multiselect("Between", [], disabled=True, key="arms_none", placeholder="Nothing to compare")
        return asked, usual
    known = list(usual.choice.counts)
    given = st.query_params.get_all("arms") if kind in VALUED else []
    unknown = [arm for arm in given if arm not in known]
    if unknown:
        notes.append(
            f"The address asks for “{unknown[0][:40]}”, which no ticket here has. "
            f"Showing {' and '.join(usual.choice.arms)}."
        )
    arms = usual.choice.arms if unknown or len(set(given)) < 2 else tuple(dict.fromkeys(given))
    st.session_state["filter_arms"] = list(arms)

    def write() -> None:
        st.query_params["arms"] = st.session_state["filter_arms"]

    st.multiselect(
        "Between (the first is the baseline)",
        known,
        key="filter_arms",
        on_change=write,
        disabled=kind not in VALUED,
        help="The others are compared with the first.",
    )
    asked = replace(asked, arms=arms)
    return asked, compare_data.choice(snap.path, asked)


def _goal(snap: Snapshot, notes: list[str]) -> str:
    """What the change is judged by: any metric with a good direction that can be compared."""
    return filters.choose(Choice("goal", "Judged by", goals(snap.path), compare_data.GOAL), notes)


@st.cache_resource(max_entries=2, show_spinner=False)
def goals(path: str) -> dict[str, str]:
    """Label by key."""
    rows = compare_data.metrics(path)
    keys = compare_data.comparable(path)
    labels = dict(rows.select("metric", "label").iter_rows())
    return {key: labels[key] for key in keys}
