"""The form that saves a decision into the shop's log."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import streamlit as st

from analysis.compare.comparison import Comparison
from analysis.compare.decided import Said, decision
from dashboard import data, decided, workflow_view
from dashboard.components.told import sentences
from dashboard.data import Snapshot
from dashboard.format import plain
from flowmeter.choice import Choice
from flowmeter.decisions import write_decision

OPEN = "not decided, keep looking"


def decide(snap: Snapshot, found: Comparison, choice: Choice) -> None:
    """The decisions so far, and the form for a new one."""
    st.markdown("#### Decide")
    st.caption(
        "Kept as a readable file in the shop's folder `decisions`, with the numbers of this page as they stand, and "
        "shown on the weekly trends."
    )
    names = workflow_view.names(snap.path)
    marks, problem = decided.marks(choice.workflow, names)
    if problem:
        st.warning(plain(problem))
    sentences([f"{mark.number}: {mark.words}" for mark in marks][::-1], "decided_before", 3)
    with st.form("decide", clear_on_submit=True):
        left, right = st.columns(2)
        what = left.selectbox("Decided for", [*choice.arms[1:], choice.arms[0], OPEN])
        who = right.text_input("Decided by", placeholder="Name")
        note = st.text_area("Why", placeholder="A sentence for whoever asks in a year", height=68)
        pressed = st.form_submit_button("Save the decision")
    if not pressed:
        return
    if not who.strip():
        st.warning("Say who decided, then save again.")
        return
    today = dt.datetime.now(ZoneInfo(snap.time_zone)).date()
    said = Said(what or OPEN, who.strip(), today, (note or "").strip())
    path = write_decision(data.home(), decision(found, choice.workflow, (choice.first, choice.last), said))
    st.success(f"Saved as decisions/{path.name}. It is marked on the weekly trends.")
