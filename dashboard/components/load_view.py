"""When a group's tickets come, wait and are worked on: three heat maps of its average week."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from analysis.load_words import NO_GROUP, TEAM, THERE, Load
from dashboard import process_data
from dashboard.components import heat_map, theme
from dashboard.components.theme import Palette
from dashboard.data import Snapshot


def heat_maps(snap: Snapshot, period: str, load: Load) -> None:
    """The maps of one group side by side; one under the other on a phone."""
    drawn = _figures(snap.path, period, load.group, theme.palette())
    titles = (
        (f"{load.arrivals:,.0f} visits come in a week", "Arrivals by hour and weekday, mean of the period's weeks"),
        (f"{load.queue:,.1f} wait on average", "Tickets waiting at the end of each hour"),
        (_busy_title(load), "Time worked of the time present (estimated from first to last act of a day)"),
    )
    columns = st.columns(3, gap="medium")
    for number, (column, figure, (title, subtitle)) in enumerate(zip(columns, drawn, titles, strict=True)):
        with column:
            theme.show(figure, title, subtitle, key=f"load_{number}")


def _busy_title(load: Load) -> str:
    return (
        "Who is there is not known" if load.busy_share is None else f"{min(load.busy_share, 1):.0%} busy when present"
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _figures(path: str, period: str, group: str, colors: Palette) -> tuple[go.Figure, go.Figure, go.Figure]:
    rows = process_data.hour_load(path, period).filter(pl.col("group_name") == (NO_GROUP if group == TEAM else group))
    busy = pl.when(pl.col("present_minutes") >= THERE).then(
        (pl.col("busy_minutes") / pl.col("present_minutes")).clip(upper_bound=1.0)
    )
    return (
        heat_map.heat_map(rows, pl.col("arrivals"), lambda cell: f"{cell:.1f} come", colors),
        heat_map.heat_map(rows, pl.col("queue_length"), lambda cell: f"{cell:.1f} wait", colors),
        heat_map.heat_map(rows, busy, lambda cell: f"{cell:.0%} of the time busy", colors, 1.0),
    )
