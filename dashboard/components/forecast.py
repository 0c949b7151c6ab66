"""The next weeks day by day: what came so far, what is foretold, and the range that nine of ten days will lie in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.components import theme
from dashboard.components.theme import Palette
from dashboard.format import short_day

HEIGHT = 200
PARTS = {"created": "came in", "resolved": "resolved", "open": "open at the end of the day"}
"""What is foretold (a column of backlog_day, but for open, which is `closing` there), and its words on hover."""

SUBTITLES = {
    "created": "Tickets that come in a day",
    "resolved": "Tickets resolved a day",
    "open": "Tickets open at the end of the day",
}


def past(days: pl.DataFrame) -> pl.DataFrame:
    """Rows of backlog_day as they stand left of the forecast: day and PARTS."""
    return days.select("day", "created", "resolved", pl.col("closing").alias("open"))


def chart(
    part: str, behind: pl.DataFrame, ahead: Sequence[Mapping[str, Any]], colors: Palette
) -> tuple[go.Figure, str, str]:
    """One of PARTS with title and subtitle. `behind`: from `past`; `ahead`: rows of the forecast of this part, by day:
    day, value, low and high (90%).
    """
    days = [row["day"] for row in ahead]
    drawn = theme.figure(colors, HEIGHT)
    drawn.add_scatter(
        x=[*days, *days[::-1]],
        y=[*(row["high"] for row in ahead), *(row["low"] for row in reversed(ahead))],
        fill="toself",
        fillcolor=_faded(colors.accent),
        line={"width": 0},
        hoverinfo="skip",
    )
    drawn.add_scatter(
        x=behind["day"].to_list(),
        y=behind[part].to_list(),
        mode="lines",
        line={"color": colors.rest, "width": 1.5},
        hovertemplate=f"%{{y:,}} {PARTS[part]}<extra></extra>",
    )
    drawn.add_scatter(
        x=days,
        y=[row["value"] for row in ahead],
        mode="lines",
        line={"color": colors.accent, "width": 2.5},
        text=[f"about {row['value']:,.0f} {PARTS[part]} ({row['low']:,.0f} to {row['high']:,.0f})" for row in ahead],
        hovertemplate="%{text}<extra></extra>",
    )
    drawn.update_xaxes(tickformat="%-d %b", nticks=6, hoverformat="%A, %-d %B %Y")
    drawn.update_yaxes(rangemode="tozero", nticks=4)
    return drawn, title(part, behind, ahead), f"{SUBTITLES[part]}: grey so far, blue foretold with its 90% range"


def title(part: str, behind: pl.DataFrame, ahead: Sequence[Mapping[str, Any]]) -> str:
    """The finding: how many are foretold against as many days before, or what will be open."""
    if not ahead:
        return "Nothing is foretold"
    last = ahead[-1]
    if part == "open":
        now = f"{behind[part][-1]:,} now, " if behind.height else ""
        return f"Open: {now}about {_range(last)} on {short_day(last['day'])}"
    mean = sum(row["value"] for row in ahead) / len(ahead)
    weeks = behind.tail(len(ahead))
    before = weeks[part].mean() if weeks.height else None
    word = {"created": "come in", "resolved": "are resolved"}[part]
    was = f", {before:,.0f} in the weeks before" if isinstance(before, float) else ""
    return f"About {mean:,.0f} a day {word}{was}"


def _range(row: Mapping[str, Any]) -> str:
    return f"{row['value']:,.0f} ({row['low']:,.0f} to {row['high']:,.0f})"


def _faded(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.2)"
