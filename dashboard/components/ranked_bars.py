"""Ranked bars: a label, a bar from zero, the figure, and a note. HTML, so that they wrap, print and are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard.components.linked import pressed

CHARACTER, GAP = 0.53, 0.6
"""Room right of the longest bar for its figure, in rem."""


@dataclass(frozen=True)
class Bar:
    """One bar. `target`: what a press on its label reports, empty for none. `color`: empty for the accent."""

    label: str
    value: float
    shown: str
    note: str = ""
    target: str = ""
    color: str = ""
    tip: str = ""


def bars_html(bars: Sequence[Bar], described_as: str) -> str:
    """The bars as a list, the longest as wide as there is room."""
    most = max((bar.value for bar in bars), default=0.0) or 1.0
    items = "".join(_item(bar, bar.value / most) for bar in bars)
    room = max((len(bar.shown) for bar in bars), default=0) * CHARACTER + GAP
    return f'<ol class="bars" style="--room:{room:.1f}rem" aria-label="{escape(described_as)}">{items}</ol>'


def _item(bar: Bar, part: float) -> str:
    label = pressed(bar.label, bar.target, bar.tip) if bar.target else escape(bar.label)
    color = f"background:{escape(bar.color)};" if bar.color else ""
    note = f"<small>{escape(bar.note)}</small>" if bar.note else ""
    return (
        f'<li title="{escape(bar.tip)}"><span class="what">{label}{note}</span>'
        f'<span class="bar"><i style="{color}--part:{part:.4f}"></i><b>{escape(bar.shown)}</b></span></li>'
    )
