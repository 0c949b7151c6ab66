"""26 weeks of one metric: a line with gaps, its usual range, signals, the target, open weeks hollow."""

from __future__ import annotations

import datetime as dt
import textwrap
from html import escape
from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from analysis.control import Limits, in_words, limits, with_signals
from analysis.ranking import target_for
from analysis.wording import DAYS_FROM, Speech
from dashboard import data
from dashboard.components import theme
from dashboard.components.theme import Palette
from dashboard.decided import Mark
from dashboard.format import week_in_words
from dashboard.selection import Selection
from dashboard.weekly_view import MetricInfo, trend_frame

# A little over 100%, so that the points there are whole.
FULL = 1.02
EMPTY_AXIS = {"share": [0, 1], "score": [1, 7]}
AFTER_LAST = dt.timedelta(days=21)  # a decision so long after the last Monday still stands beside the line


@st.cache_resource(max_entries=256, show_spinner=False)
def trend(
    path: str, chosen: Selection, info: MetricInfo, _speech: Speech, colors: Palette, marks: tuple[Mark, ...] = ()
) -> tuple[go.Figure, str, str]:
    """Figure, title and subtitle of one metric's trend in the chosen slice, with the decisions of the shop."""
    weeks = trend_frame(path, chosen, info.key)
    target = target_for(data.targets(path), info.key, chosen.workflow)
    drawn, title = of_weeks(weeks, info, target, _speech, colors)
    _decisions(drawn, weeks["week"].to_list(), marks, colors)
    return drawn, title, f"{_what(info.unit, _speech)}, by week"


def of_weeks(
    weeks: pl.DataFrame, info: MetricInfo, target: float | None, speech: Speech, colors: Palette, height: int = 230
) -> tuple[go.Figure, str]:
    """Figure and title of any weeks: week, value in the unit of `info`, low, high, n, too_few, is_complete."""
    bounds = limits(weeks, info.unit)
    marked = with_signals(weeks, bounds)
    drawn = theme.figure(colors, height)
    _line(drawn, marked, info, speech, colors)
    # Shapes are set at once: add_hline and add_hrect rework the whole layout at every call, 7 ms each.
    shapes = [] if bounds is None else _range(bounds, colors)
    if target is not None:
        shapes.append(_level(target, {"color": colors.muted, "width": 1.5, "dash": "dash"}))
        drawn.update_layout(annotations=[_target(target, info, speech, colors)], margin={"r": 52})
    drawn.update_layout(shapes=shapes)
    _reach(drawn, [] if bounds is None else [bounds.low, bounds.high], target)
    scale(drawn, info.unit, speech)
    _say_if_empty(drawn, marked, info, colors)
    return drawn, in_words(info.label, marked, bounds, info.unit, speech)


def _decisions(drawn: go.Figure, weeks: list[dt.date], marks: tuple[Mark, ...], colors: Palette) -> None:
    """A thin line at each decision, with its number above, which says on hover what was decided."""
    shown = [mark for mark in marks if weeks and weeks[0] <= mark.day <= weeks[-1] + AFTER_LAST]
    if not shown:
        return
    line = {"color": colors.muted, "width": 1, "dash": "dot"}
    lines = [{"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": one.day, "x1": one.day} for one in shown]
    numbers = [
        {
            "x": mark.day,
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "text": f"<b>{mark.number}</b>",
            "hovertext": "<br>".join(textwrap.wrap(escape(mark.words), 60)),
            "showarrow": False,
            "font": {"color": colors.text, "size": 12},
            "bgcolor": colors.surface,
        }
        for mark in shown
    ]
    height = next((value for value in drawn.data[0].y if value is not None), None)
    # Shapes do not stretch the axis, and a decision is often taken after the last week of the data.
    drawn.add_scatter(
        x=[mark.day for mark in shown],
        y=[height] * len(shown),
        mode="markers",
        marker={"opacity": 0},
        hoverinfo="skip",
    )
    drawn.update_layout(
        shapes=[*drawn.layout.shapes, *(one | {"line": line, "layer": "below"} for one in lines)],
        annotations=[*drawn.layout.annotations, *numbers],
        margin={"t": 22},
    )


def scale(drawn: go.Figure, unit: str, speech: Speech) -> None:
    """Ticks in the metric's unit and weeks as days of the year."""
    ticks = {
        "share": {"tickformat": ".0%", "autorangeoptions": {"clipmin": 0, "clipmax": FULL}},
        "hours": {"ticksuffix": " h"},
        "count": {"rangemode": "tozero"},
    }
    money = {"tickprefix": speech.money(0).removesuffix("0.00")}
    drawn.update_yaxes(**ticks.get(unit, money if unit == "money" else {}), nticks=5)
    drawn.update_xaxes(tickformat="%-d %b", nticks=7)
    if unit == "hours":
        _in_days(drawn)


def _in_days(drawn: go.Figure) -> None:
    """Names the hours of a long axis as days, which is how the rest of the page speaks of them."""
    top = max((float(value) for line in drawn.data for value in line.y if value is not None), default=0.0)
    if top < DAYS_FROM:
        return
    step = next((days for days in (0.5, 1, 2, 5, 10, 20, 50) if top / 24 / days <= 5), 100)
    marks = [step * count for count in range(int(top / 24 / step) + 2)]
    drawn.update_yaxes(tickvals=[24 * days for days in marks], ticktext=[f"{days:g} d" for days in marks])


def _what(unit: str, speech: Speech) -> str:
    names = {"share": "Share", "hours": "Time taken", "score": "Score of 7, higher is easier", "count": "Tickets"}
    return names.get(unit, speech.currency if unit == "money" else "Rate")


def _range(bounds: Limits, colors: Palette) -> list[dict[str, Any]]:
    band = {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": bounds.low,
        "y1": bounds.high,
        "fillcolor": colors.rest,
        "opacity": 0.14,
        "line": {"width": 0},
        "layer": "below",
    }
    return [band, _level(bounds.center, {"color": colors.rest, "width": 1}) | {"layer": "below"}]


def _reach(drawn: go.Figure, usual: list[float], target: float | None) -> None:
    """Stretches the axis over the usual range and the target, since shapes alone do not."""
    levels = [*usual, *([] if target is None else [target])]
    weeks = [drawn.data[0].x[0]] * len(levels)
    drawn.add_scatter(x=weeks, y=levels, mode="markers", marker={"opacity": 0}, hoverinfo="skip")


def _say_if_empty(drawn: go.Figure, weeks: pl.DataFrame, info: MetricInfo, colors: Palette) -> None:
    """Words in the middle of a figure without a single point, and an axis that fits its unit."""
    if not weeks.filter(pl.col("value").is_not_null() & ~pl.col("too_few")).is_empty():
        return
    words = f"Fewer than {info.min_n} in every week: too few to show"
    drawn.add_annotation(
        text=words, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, font={"color": colors.muted, "size": 13}
    )
    if info.unit in EMPTY_AXIS:
        drawn.update_yaxes(range=EMPTY_AXIS[info.unit])


def _level(height: float, line: dict[str, Any]) -> dict[str, Any]:
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": height, "y1": height, "line": line}


def _line(drawn: go.Figure, weeks: pl.DataFrame, info: MetricInfo, speech: Speech, colors: Palette) -> None:
    # A week with too few tickets is a gap: a line through it would be read as a figure.
    shown = weeks.with_columns(pl.when(~pl.col("too_few")).then("value").alias("value"))
    values = shown["value"].to_list()
    flagged = shown["signal"].is_not_null().to_list()
    final = shown["is_complete"].to_list()
    outline = [colors.bad if flag else colors.accent for flag in flagged]
    drawn.add_scatter(
        x=shown["week"].to_list(),
        y=values,
        mode="lines+markers",
        connectgaps=False,
        line={"color": colors.accent, "width": 2},
        marker={
            "size": [10 if flag else 6 for flag in flagged],
            "symbol": ["diamond" if flag else "circle" for flag in flagged],
            "color": [edge if done else colors.surface for edge, done in zip(outline, final, strict=True)],
            "line": {"color": outline, "width": 1.5},
            "opacity": 1,
        },
        text=[_hover(row, info, speech) for row in shown.iter_rows(named=True)],
        hovertemplate="%{text}<extra></extra>",
    )
    drawn.update_layout(hovermode="closest")


def _hover(row: dict[str, object], info: MetricInfo, speech: Speech) -> str:
    week, value, n, signal = row["week"], row["value"], row["n"], row["signal"]
    words = [week_in_words(week)]  # type: ignore[arg-type]
    words.append(f"{info.label} {speech.value(value, info.unit)}")  # type: ignore[arg-type]
    span = speech.interval(row["low"], row["high"], info.unit)  # type: ignore[arg-type]
    words += [f"95% interval {span}"] if span else []
    words += [f"n {n:,}"] if n is not None else []
    words += ["not final yet"] if not row["is_complete"] else []
    words += [f"out of the ordinary: {signal}"] if signal else []
    return "<br>".join(words)


def _target(target: float, info: MetricInfo, speech: Speech, colors: Palette) -> dict[str, Any]:
    return {
        # Beside the chart, where no point can lie under it.
        "x": 1.01,
        "xref": "paper",
        "y": target,
        "text": f"target<br>{speech.target(target, info.unit)}",
        "align": "left",
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "middle",
        "font": {"color": colors.muted, "size": 12},
    }
