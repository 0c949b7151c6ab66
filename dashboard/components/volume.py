"""How many tickets came and went, by week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from analysis.change import Verdict, compare, mean_of
from analysis.series import at, before
from analysis.wording import Speech
from dashboard import data
from dashboard.components import theme
from dashboard.components.theme import Palette
from dashboard.components.trend import scale
from dashboard.format import week_in_words
from dashboard.selection import ALL, Selection
from dashboard.weekly_view import TREND_WEEKS, comparable, history, trend_frame

LABEL_GAP = 16  # pixels between the names of two lines
AXIS_SPACE = 42  # pixels of a figure's height that its margins and ticks take
HEADROOM = 1.06
LONGEST_NAME = 16


@st.cache_resource(max_entries=64, show_spinner=False)
def flow(path: str, chosen: Selection, colors: Palette) -> tuple[go.Figure, str, str]:
    """Tickets created (bars, hatched while the week is open) and resolved (line), with title and subtitle."""
    created = trend_frame(path, chosen, "tickets_created")
    resolved = trend_frame(path, chosen, "tickets_resolved")
    drawn = theme.figure(colors, 230)
    drawn.add_bar(
        x=created["week"].to_list(),
        y=created["value"].to_list(),
        marker={
            "color": colors.rest,
            "pattern": {"shape": ["" if done else "/" for done in created["is_complete"]]},
        },
        text=_hovers(created, "created"),
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
    )
    drawn.add_scatter(
        x=resolved["week"].to_list(),
        y=resolved["value"].to_list(),
        mode="lines+markers",
        line={"color": colors.accent, "width": 2},
        marker={"size": 5},
        text=_hovers(resolved, "resolved"),
        hovertemplate="%{text}<extra></extra>",
    )
    drawn.update_layout(hovermode="closest", bargap=0.25)
    scale(drawn, "count", Speech())
    return (
        drawn,
        _title(path, chosen),
        "Tickets by week: bars are created, the line is resolved; hatched: week not over",
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def by_workflow(path: str, chosen: Selection, colors: Palette) -> tuple[go.Figure, str, str]:
    """Tickets created per workflow, a line each in the workflow's own colour, labelled at its end."""
    first = chosen.week - dt.timedelta(weeks=TREND_WEEKS)
    rows = data.workflow_weeks(path, chosen.channel, first, chosen.week)
    rows = rows.filter((pl.col("metric") == "tickets_created") & (pl.col("week") > first))
    rows = comparable(path, rows, chosen.week)
    drawn = theme.figure(colors, 230)
    ends = []
    for key, name, index in data.workflows(path).select("workflow", "name", "color_index").iter_rows():
        own = rows.filter(pl.col("workflow") == key).sort("week")
        if own.is_empty():
            continue
        color = theme.workflow_color(key, index, colors)
        drawn.add_scatter(
            x=own["week"].to_list(),
            y=own["value"].to_list(),
            mode="lines" if own.height > 1 else "markers",
            line={"color": color, "width": 3 if key == chosen.workflow else 2},
            text=_hovers(own, f"created, {name}"),
            hovertemplate="%{text}<extra></extra>",
        )
        ends.append((float(own["value"][-1] or 0), name, color))
    drawn.update_layout(hovermode="closest")
    scale(drawn, "count", Speech())
    top = max((float(value or 0) for line in drawn.data for value in line.y), default=1.0) * HEADROOM or 1.0
    drawn.update_yaxes(range=[0, top])
    label_ends(drawn, ends, top, colors)
    return drawn, _largest(rows, path, chosen), "Tickets created by week and workflow"


def label_ends(drawn: go.Figure, ends: Sequence[tuple[float, str, str]], top: float, colors: Palette) -> None:
    """Names lines at their right end, moved apart where they would overlap.

    `ends`: value, name, colour; `top` is where the axis ends that begins at 0.
    """
    height = float(drawn.layout.height) - AXIS_SPACE
    floor, labels = float("-inf"), []
    for value, name, color in sorted(ends):
        wanted = value / top * height
        floor = max(wanted, floor + LABEL_GAP)
        labels.append(
            {
                "x": 1,
                "xref": "paper",
                "y": value,
                "yshift": floor - wanted,
                "text": f'<span style="color:{color}">●</span> {_short(name)}',
                "showarrow": False,
                "xanchor": "left",
                "font": {"color": colors.text, "size": 12},
            }
        )
    longest = max((len(_short(name)) for _, name, _ in ends), default=0)
    drawn.update_layout(margin={"r": 24 + 6.6 * longest}, annotations=labels)


def _short(name: str) -> str:
    """A name that leaves room for the lines; the table above has it in full."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _hovers(weeks: pl.DataFrame, word: str) -> list[str]:
    return [
        f"{week_in_words(week)}<br>{value or 0:,.0f} {word}"
        for week, value in weeks.select("week", "value").iter_rows()
    ]


def _title(path: str, chosen: Selection) -> str:
    series = history(path, chosen).get("tickets_created", {})
    now, earlier = at(series, chosen.week), before(series, chosen.week, TREND_WEEKS)
    routine = [point.value for point in earlier if point.value is not None]
    change = compare(now, mean_of(earlier[-4:]), "neither", routine, weeks=4)
    if change.delta is None or now.value is None:
        return f"{now.value or 0:,.0f} tickets came in"
    size = Speech().change(change.delta, change.before, "count")
    meaning = "about as usual" if change.verdict == Verdict.UNCLEAR else f"{size} on the 4-week mean"
    return f"{now.value:,.0f} tickets came in, {meaning}"


def _largest(rows: pl.DataFrame, path: str, chosen: Selection) -> str:
    week = rows.filter((pl.col("week") == chosen.week) & (pl.col("workflow") != ALL)).sort("value", descending=True)
    total = float(week["value"].sum() or 0)
    if week.is_empty() or not total:
        return "No tickets were created this week"
    names = dict(data.workflows(path).select("workflow", "name").iter_rows())
    top = week.row(0, named=True)
    return f"{names.get(top['workflow'], top['workflow'])} made up {top['value'] / total:.0%} of new tickets"
