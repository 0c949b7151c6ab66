"""Colours and the one Plotly template, light and dark.

Okabe and Ito's palette (2008) can be told apart with any colour vision. A workflow keeps its colour on every page;
text is never written in these colours, since several of them are too pale to read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import plotly.graph_objects as go
import streamlit as st

OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442")
FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'
CONFIG = {"displayModeBar": False, "scrollZoom": False, "responsive": True, "doubleClick": False}


@dataclass(frozen=True)
class Palette:
    """Colours by role. `good` and `bad` are blue and vermilion, so that they differ for everybody."""

    name: str
    text: str
    muted: str
    grid: str
    surface: str
    accent: str
    good: str
    bad: str
    rest: str


LIGHT = Palette("light", "#1D2733", "#566370", "#E3E8EC", "#FFFFFF", "#0064A0", "#0064A0", "#B04A00", "#8A949E")
DARK = Palette("dark", "#E8ECF0", "#A9B4BF", "#2C343D", "#14181D", "#6CBDF0", "#6CBDF0", "#FFA05C", "#7D8894")


def palette() -> Palette:
    """The palette of the visitor's theme; light until the browser has told."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def workflow_color(workflow: str, color_index: int | None, colors: Palette) -> str:
    """The colour that a workflow has everywhere; grey for what no rule matched."""
    if workflow == "unclassified" or color_index is None:
        return colors.rest
    return OKABE_ITO[color_index % len(OKABE_ITO)]


@cache
def _template(colors: Palette) -> go.layout.Template:
    axis = {
        "gridcolor": colors.grid,
        "linecolor": colors.grid,
        "zerolinecolor": colors.grid,
        "tickfont": {"color": colors.muted, "size": 12},
        "fixedrange": True,
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "color": colors.text, "size": 13},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": axis | {"showgrid": False},
            "yaxis": axis,
            "showlegend": False,
            "hoverlabel": {"bgcolor": colors.surface, "font": {"color": colors.text, "family": FONT}},
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        }
    )


def figure(colors: Palette, height: int = 240) -> go.Figure:
    """An empty figure in the house template. Its title is set in HTML above it, where it can wrap."""
    drawn = go.Figure()
    drawn.update_layout(template=_template(colors), height=height, hovermode="x unified", dragmode=False)
    return drawn


def page_style() -> None:
    """Brings the answer up into the first screen, and onto one sheet of paper without the charts."""
    st.html(
        "<style>.stMainBlockContainer{padding:3.6rem 2.5rem 3rem}"
        "@media(max-width:640px){.stMainBlockContainer{padding:3.6rem 1rem 2rem}}"
        "@media(max-width:640px){.st-key-filters .stColumn:nth-child(n+3)"
        "{min-width:calc(50% - 1rem);flex:1 1 calc(50% - 1rem)}}"
        "@page{size:A4 portrait;margin:10mm}"
        "@media print{.stBidiComponent{break-inside:avoid}.stMainBlockContainer{padding:0;zoom:.62}"
        "html,body,#root,#root div{background-color:#fff!important}.stApp,.stApp :is(h3,h4,p){color:#1d2733!important}"
        "[data-testid=stHeader],.st-key-filters,.st-key-trends,.st-key-volumes,.st-key-explained,.st-key-lists,.st-key-next_weeks{display:none}}</style>"
    )


def show(drawn: go.Figure, title: str, subtitle: str, key: str, on_point: Callable[[str], None] | None = None) -> None:
    """The figure under a title that states the finding and a subtitle that says what is plotted.

    A press on a point calls `on_point` with its custom data, before the next run. Points must be markers.
    """
    st.markdown(f"**{title}**  \n:small[:gray[{subtitle}]]")
    alt = f"{title}. {subtitle}"
    if on_point is None:
        st.plotly_chart(drawn, theme=None, config=CONFIG, key=key, alt=alt)
        return
    # A point that is pressed stays selected, and a second press would only let it go: so the chart is a new one then.
    turn = st.session_state.setdefault(f"{key}_turn", 0)
    now = f"{key}_{turn}"

    def pressed() -> None:
        points = st.session_state[now].selection.points
        if points:
            st.session_state[f"{key}_turn"] = turn + 1
            on_point(str(points[0]["customdata"]))

    st.plotly_chart(drawn, theme=None, config=CONFIG, key=now, alt=alt, on_select=pressed, selection_mode="points")
