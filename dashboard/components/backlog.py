"""What is still open, how old it is, and how the week got there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from analysis.series import at
from dashboard import data
from dashboard.components import theme
from dashboard.components.linked import number
from dashboard.components.theme import Palette
from dashboard.data import Snapshot
from dashboard.format import counted, monday_of, short_day
from dashboard.selection import Selection
from dashboard.weekly_view import TREND_WEEKS, history

OUTREACH = "outreach_tickets"
# Age bands, oldest first so that the one to act on lies at the bottom, with the opacity that grows with age.
BANDS: Sequence[tuple[str, str, float]] = (
    ("open_over_7d", "over 7 days", 1.0),
    ("open_3_7d", "3–7 days", 0.62),
    ("open_1_3d", "1–3 days", 0.36),
    ("open_0_1d", "under a day", 0.18),
)


def days(path: str, chosen: Selection) -> pl.DataFrame:
    """Backlog days of the 26 weeks up to the end of the chosen week."""
    first = chosen.week - dt.timedelta(weeks=TREND_WEEKS - 1)
    return data.backlog_days(path, chosen.workflow, first, chosen.week + dt.timedelta(days=6))


@st.cache_resource(max_entries=64, show_spinner=False)
def backlog(path: str, chosen: Selection, colors: Palette) -> tuple[go.Figure, str, str]:
    """Open tickets by day in age bands, with title and subtitle."""
    frame = days(path, chosen)
    drawn = theme.figure(colors, 230)
    for column, label, strength in BANDS:
        drawn.add_scatter(
            x=frame["day"].to_list(),
            y=frame[column].to_list(),
            mode="lines",
            stackgroup="open",
            line={"width": 0, "color": colors.accent},
            fillcolor=_fade(colors.accent, strength),
            name=label,
            hovertemplate="%{y:,} " + label + "<extra></extra>",
        )
    drawn.update_xaxes(tickformat="%-d %b", nticks=7, hoverformat="%A, %-d %B %Y")
    drawn.update_yaxes(rangemode="tozero", nticks=5)
    return (
        drawn,
        _title(frame),
        "Open tickets at the end of each day by age; the darkest band at the bottom is over 7 days",
    )


def bridge_html(snap: Snapshot, chosen: Selection) -> str:
    """The week's bridge: opening + created + reopened - resolved = closing, each flow linked to its tickets.

    What is open has a list only as of the snapshot, so the closing of an earlier week has no link.
    """
    week = days(snap.path, chosen).filter(pl.col("day") >= chosen.week)
    if week.is_empty():
        return '<p class="muted">No backlog is known for this week.</p>'
    opening, closing = int(week["opening"][0]), int(week["closing"][-1])
    created, reopened, resolved = (int(week[name].sum()) for name in ("created", "reopened", "resolved"))

    def linked(amount: int, metric: str, word: str) -> str:
        shown = number(f"{amount:,}", f"{metric}:{chosen.workflow}:all:all", f"{amount:,} {word}")
        return f"<b>{shown}</b> {word}"

    last_day = week["day"][-1]
    is_last = chosen.week == monday_of(snap.snapshot_at, snap.time_zone)
    ends = f"open on {short_day(last_day)}"
    parts = (
        f"<b>{opening:,}</b> open on Monday morning",
        f"+ {linked(created, 'counted_created', 'created')}",
        f"+ {linked(reopened, 'reopened_in_week', 'reopened')}",
        f"− {linked(resolved, 'resolved_in_week', 'resolved')}",
        f"= {linked(closing, 'open_now', ends) if is_last else f'<b>{closing:,}</b> {ends}'}",
    )
    spans = "".join(f"<span>{part}</span>" for part in parts)
    return f'<div class="sum" role="group" aria-label="Backlog bridge">{spans}</div>{_outreach(snap.path, chosen)}'


def _outreach(path: str, chosen: Selection) -> str:
    """Why more were created here than the KPIs count."""
    own = int(at(history(path, Selection(chosen.week, chosen.workflow)).get(OUTREACH, {}), chosen.week).value or 0)
    if not own:
        return ""
    words = f"{counted(own, 'ticket')} of those created {'was' if own == 1 else 'were'} opened by the shop"
    return f'<p class="caption">{words}, which the KPIs leave out.</p>'


def _title(frame: pl.DataFrame) -> str:
    if frame.is_empty():
        return "No backlog is known for these weeks"
    last = frame.row(-1, named=True)
    earlier = frame.filter(pl.col("day") == last["day"] - dt.timedelta(days=7))
    was = f", after {earlier['closing'][0]:,} a week before" if earlier.height else ""
    old = "none" if not last["open_over_7d"] else f"{last['open_over_7d']:,}"
    return f"{counted(last['closing'], 'ticket')} open{was}; {old} older than 7 days"


def _fade(color: str, strength: float) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strength})"
