"""Garbage collection of the app's process, so that no click waits for it."""

from __future__ import annotations

import gc

import streamlit as st


@st.cache_resource(show_spinner=False)
def settled() -> None:
    """Once per process: look through everything more rarely than Python does by itself.

    The libraries' half a million objects live as long as the app; going through them in the middle of a click cost it
    50 ms of 300 (`python -m benchmarks.clicks`).
    """
    gc.set_threshold(50_000, 20, 50)
