"""The flowchart on a page: Python draws it, a press on a step or an arrow comes back to Python.

Steps and arrows are reached with Tab and pressed with Enter or Space too. Nothing is asked for from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard.components.theme import Palette

HEIGHT = 640
_HERE = Path(__file__).parent
_HTML = (
    "<div class='fm'><div class='tools' role='toolbar' aria-label='Size of the flowchart'>"
    "<button type='button' data-zoom='out' aria-label='Smaller'>−</button>"
    "<button type='button' data-zoom='in' aria-label='Larger'>+</button>"
    "<button type='button' data-zoom='fit'>Fit width</button></div><div class='sheet'></div></div>"
)
_component = st.components.v2.component(
    "flowmeter_flowchart",
    html=_HTML,
    css=(_HERE / "flowchart.css").read_text(encoding="utf-8"),
    js=(_HERE / "flowchart.js").read_text(encoding="utf-8"),
    isolate_styles=True,
)


def show(svg: str, colors: Palette, key: str, on_select: Callable[[str], None], height: int = HEIGHT) -> None:
    """Shows a drawing made by analysis.flowchart.svg.svg(..., interactive=True), scrolling above `height` pixels.

    A press calls `on_select`, before the next run, with the element's key: see Chart.element.
    """

    def pressed() -> None:
        element = st.session_state[key].get("element")
        if element:
            on_select(element)

    data = {"svg": svg, "theme": colors.name, "height": height}
    _component(data=data, key=key, on_element_change=pressed)
