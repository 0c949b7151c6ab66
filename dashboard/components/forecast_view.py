"""The forecast on a page: computed behind it, shown in its place as soon as it is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import data, simulator_data
from dashboard.components import forecast, theme
from dashboard.data import Snapshot
from dashboard.format import local, plain
from dashboard.jobs import Job, failure
from dashboard.simulator_data import Learned

HEIGHT = 300
PAST_DAYS = 28


def charts(snap: Snapshot, answer: Mapping[str, Any], workflow: str, key: str, columns: int = 3) -> None:
    """What will be open, come in and be resolved, day by day, after the four weeks before it."""
    last = local(snap.snapshot_at, snap.time_zone).date()
    behind = forecast.past(data.backlog_days(snap.path, workflow, last - dt.timedelta(days=PAST_DAYS), last))
    days = [(dt.date.fromisoformat(row["day"]), row) for row in answer["days"] if row["workflow"] == workflow]
    rows = [(day, row) for day, row in days if day > last]  # the snapshot's own day is half over
    places = st.columns(columns, gap="medium")
    for number, part in enumerate(("open", "created", "resolved")):
        ahead = [{"day": day, **row[part]} for day, row in rows]
        with places[number % columns]:
            theme.show(*forecast.chart(part, behind, ahead, theme.palette()), key=f"{key}_{part}")


def behind_the_page(snap: Snapshot, workflow: str) -> None:
    """The forecast of the weekly page. It is begun only once the page is drawn, and never waited for."""
    with st.container(key="next_weeks"):
        st.markdown("#### The next four weeks")
        _looked(snap, workflow)


@st.fragment(run_every=1.0)
def _looked(snap: Snapshot, workflow: str) -> None:
    """The first look only marks that the page is drawn; the next ones begin the computation and fetch its answer."""
    job = _job(snap)
    if job is None or not job.is_done:
        told = "Begins as soon as this page is drawn." if job is None else f"{job.told} …"
        st.skeleton(height=HEIGHT)
        st.caption(f"Computed behind the page, once for every snapshot. {told}")
        return
    error = failure(job)
    if error is not None:
        st.caption(plain(f"There is no forecast. {error}"))
    elif isinstance(job.answer, Learned):
        st.caption(
            "There is no forecast: no ticket has a log of what happened to it, from which the shop could be learned."
        )
    else:
        _told(snap, job.answer, workflow)


def _told(snap: Snapshot, answer: Mapping[str, Any], workflow: str) -> None:
    if not any(row["workflow"] == workflow for row in answer["days"]):
        st.caption("There is no forecast for this workflow: none of its tickets has a log of what happened to it.")
        return
    charts(snap, answer, workflow, "next")
    st.caption(
        "As it would come with the people, routes and volumes of the last weeks, from the tickets that are open now; "
        "nine of ten days lie in the pale range. The Simulator page says how well this would have foretold past weeks."
    )


def _job(snap: Snapshot) -> Job | None:
    """What is under way or done: null at the first look, then the learning of the shop, then its forecast."""
    drawn = f"drawn {snap.path}"
    if drawn not in st.session_state:
        st.session_state[drawn] = True
        return simulator_data.known_forecast(snap)
    learned = simulator_data.learned(snap)
    if not learned.is_done or learned.error is not None or learned.answer.shop is None:
        return learned
    return simulator_data.forecast(snap, learned.answer)
