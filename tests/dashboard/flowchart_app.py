"""A page with nothing but the flowchart component, and under it what was pressed and how often the page ran."""

import streamlit as st

from analysis.flowchart.graph import chart
from analysis.flowchart.svg import svg
from analysis.wording import Speech
from dashboard.components.flowchart import show
from dashboard.components.theme import palette
from tests.analysis.flowcharts import SHOP, frames


def _choose(element: str) -> None:
    st.session_state.chosen = element
    st.session_state.presses = st.session_state.get("presses", 0) + 1


chosen = st.session_state.get("chosen", "")
drawn = svg(chart(*frames(SHOP)), Speech(), selected=chosen, interactive=True)
show(drawn, palette(), "flowchart", _choose)
st.text(f"chosen {chosen or 'nothing'} after {st.session_state.get('presses', 0)}")
