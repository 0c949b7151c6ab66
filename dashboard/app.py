"""The router: which pages there are, and what they share. Started by `flowmeter serve`."""

from __future__ import annotations

import streamlit as st

from dashboard.components import theme

# Without a :material: icon: for those the browser would ask a font host outside.
PAGES = (
    st.Page("app_pages/weekly.py", title="Weekly", url_path="weekly", default=True),
    st.Page("app_pages/workflow.py", title="Workflow", url_path="workflow"),
    st.Page("app_pages/bottlenecks.py", title="Bottlenecks", url_path="bottlenecks"),
    st.Page("app_pages/compare.py", title="Compare", url_path="compare"),
    st.Page("app_pages/simulator.py", title="Simulator", url_path="simulator"),
    st.Page("app_pages/files.py", title="Data", url_path="files"),
)


def main() -> None:
    """Runs the chosen page."""
    st.set_page_config(page_title="Flowmeter", layout="wide")
    theme.page_style()
    st.navigation(list(PAGES), position="top").run()


main()
