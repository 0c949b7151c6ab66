"""A computation that goes on behind the page: what it is at, how far it is, and a way to stop it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.components import states
from dashboard.jobs import Job, Stopped, failure, jobs

EVERY = 0.5
"""Seconds between two looks at it."""

STOPPED = "stopped_here"
"""The computations that this visitor stopped."""

AT_ONCE = 0.15
"""Seconds in which a computation may end without a word about it."""


def waited(job: Job, key: tuple[Any, ...], height: int) -> bool:
    """Whether its answer is there. If not, the page shows its progress, why it failed, or that it was stopped.

    All visitors share a computation: what another one stopped, or this one before a reload, is begun again.
    """
    if not job.wait(AT_ONCE):
        with st.container(height=height, border=False):
            _running(job, key)
        return False
    error = failure(job)
    if error is not None:
        states.failed(error)
    elif isinstance(job.error, Stopped):
        if job not in st.session_state.get(STOPPED, ()):
            jobs().drop(key)
            st.rerun()
        st.info("Stopped. Nothing was changed or saved.")
    else:
        return True
    if st.button("Run it again", key=f"again_{hash(key)}"):
        jobs().drop(key)
        st.rerun()
    return False


@st.fragment(run_every=EVERY)
def _running(job: Job, key: tuple[Any, ...]) -> None:
    if job.is_done:
        st.rerun()
    share = f": {job.done:,} of {job.total:,}" if job.total else ""
    st.progress(job.part, text=f"{job.told}{share}")
    if st.button("Stop", key=f"stop_{hash(key)}"):
        st.session_state.setdefault(STOPPED, []).append(job)
        job.stop()
