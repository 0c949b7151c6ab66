"""The figures of the compare page: how long tickets stay open, how resolution times are spread, and week by week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from analysis.comparison_words import Row, own_unit, standing, sure
from analysis.wording import Speech
from dashboard.components import theme
from dashboard.components.theme import OKABE_ITO, Palette
from dashboard.format import week_in_words

Shown = tuple[go.Figure, str, str]
BANDS = (("under 1 h", 1), ("1–4 h", 4), ("4–8 h", 8), ("8–24 h", 24), ("1–2 d", 48), ("2–4 d", 96), ("4–7 d", 168))
LAST = "over 7 d"
OPEN = "open"
"""Stands for a metric where a list is asked for of the tickets that are open after some time."""
APART = 1.2
"""Days between arms of the same week, so that one does not hide the other."""
HEIGHT = 260
# Where the curves end: the few slowest tickets would press all the rest against the axis.
REST_OPEN = 0.02


def arm_colors(arms: tuple[str, ...], colors: Palette) -> dict[str, str]:
    """The baseline grey, the others in colours that everybody can tell apart."""
    return {arms[0]: colors.rest} | {arm: OKABE_ITO[at % len(OKABE_ITO)] for at, arm in enumerate(arms[1:])}


def survival(curves: pl.DataFrame, differences: pl.DataFrame, arms: tuple[str, ...], colors: Palette) -> Shown:
    """The share still open by hours since creation."""
    drawn = theme.figure(colors, HEIGHT)
    palette = arm_colors(arms, colors)
    until = curves.filter(pl.col("open_share") >= REST_OPEN)["hours"].max() or curves["hours"].max()
    for at, arm in enumerate(arms):
        rows = curves.filter((pl.col("arm") == arm) & (pl.col("hours") <= until))
        if rows.is_empty():
            continue
        _band(drawn, rows, palette[arm])
        drawn.add_scatter(
            x=(rows["hours"] / 24).to_list(),
            y=rows["open_share"].to_list(),
            mode="lines+markers",
            marker={"size": 9, "opacity": 0, "color": palette[arm]},
            name=arm,
            customdata=[f"{OPEN}:{at}::{hours}" for hours in rows["hours"]],
            line={"color": palette[arm], "width": 2, "shape": "hv", "dash": "solid" if at else "dash"},
            hovertemplate="%{x:.1f} days: %{y:.1%} of " + arm + " still open<extra></extra>",
        )
    _legend(drawn)
    drawn.update_layout(hovermode="closest")
    drawn.update_xaxes(ticksuffix=" d", rangemode="tozero", nticks=7)
    drawn.update_yaxes(tickformat=".0%", range=[0, 1.02], nticks=5)
    return (
        drawn,
        survival_title(differences),
        "Share of tickets not resolved yet, by days since creation; open ones count. A point opens those left",
    )


def survival_title(differences: pl.DataFrame) -> str:
    """Who stays open longer, on average."""
    return "; ".join(_stays(row) for row in differences.iter_rows(named=True))


def _stays(row: Row) -> str:
    if row["difference"] is None:
        return "How long tickets stay open cannot be told yet"
    if row["low"] <= 0 <= row["high"]:
        return f"{row['arm']} and {row['baseline']} stay open about as long"
    longer = "longer" if row["difference"] > 0 else "shorter"
    told = own_unit(abs(row["difference"]), "hours", Speech()).lstrip("+")
    return f"{row['arm']} stays open {told} {longer} on average"


def spread(tickets: pl.DataFrame, arms: tuple[str, ...], colors: Palette) -> Shown:
    """How many tickets are resolved within which time."""
    hours = pl.col("resolution_calendar_minutes") / 60
    band = pl.lit(LAST)
    for name, top in reversed(BANDS):
        band = pl.when(hours < top).then(pl.lit(name)).otherwise(band)
    counts = tickets.filter(hours.is_not_null()).group_by("arm", band.alias("band")).len()
    drawn = theme.figure(colors, HEIGHT)
    palette, names = arm_colors(arms, colors), [*(name for name, _ in BANDS), LAST]
    for arm in arms:
        found = dict(counts.filter(pl.col("arm") == arm).select("band", "len").iter_rows())
        total = sum(found.values()) or 1
        drawn.add_bar(
            x=names,
            y=[found.get(name, 0) / total for name in names],
            name=arm,
            marker={"color": palette[arm]},
            customdata=[found.get(name, 0) for name in names],
            hovertemplate="%{x}: %{y:.1%} of " + arm + " (%{customdata:,} tickets)<extra></extra>",
        )
    _legend(drawn)
    drawn.update_layout(barmode="group", bargap=0.25, hovermode="closest")
    drawn.update_yaxes(tickformat=".0%", rangemode="tozero", nticks=5)
    return drawn, _spread_title(counts, arms), "Share of resolved tickets by the time that they took"


def _spread_title(counts: pl.DataFrame, arms: tuple[str, ...]) -> str:
    slow = [name for name, top in BANDS if top > 24] + [LAST]
    parts = []
    for arm in arms[:2]:
        own = counts.filter(pl.col("arm") == arm)
        total = int(own["len"].sum())
        if total:
            share = int(own.filter(pl.col("band").is_in(slow))["len"].sum()) / total
            parts.append(f"{share:.0%} of {arm}")
    return f"More than a day: {' and '.join(parts)}" if parts else "Nothing was resolved yet"


def over_weeks(weeks: pl.DataFrame, arms: tuple[str, ...], speech: Speech, colors: Palette) -> Shown:
    """The goal's difference to the first arm by week of creation, with its interval.

    Of one other arm the colour says better or worse; of several it says which one, and they stand side by side.
    """
    first = weeks.row(0, named=True)
    scale = 100.0 if first["unit"] == "share" else 1.0
    drawn = theme.figure(colors, HEIGHT)
    palette, others = arm_colors(arms, colors), arms[1:]
    tones = {"better": colors.good, "worse": colors.bad} if len(others) == 1 else {}
    for at, arm in enumerate(others, start=1):
        plain = palette[arm] if len(others) > 1 else colors.rest
        aside = dt.timedelta(days=APART * (at - (len(others) + 1) / 2))
        rows = weeks.filter((pl.col("arm") == arm) & pl.col("low").is_not_null()).to_dicts()
        for tone in dict.fromkeys((plain, *tones.values())):
            alike = [row for row in rows if tones.get(standing(row), plain) == tone]
            drawn.add_scatter(**_points(alike, at, aside, scale, speech), name=arm, **_toned(tone))
    zero = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0}
    drawn.update_layout(shapes=[zero | {"line": {"color": colors.muted, "width": 1}}], hovermode="closest")
    drawn.update_yaxes(ticksuffix={"share": " points", "hours": " h"}.get(first["unit"], ""), nticks=5)
    drawn.update_xaxes(tickformat="%-d %b", nticks=7)
    if len(others) > 1:
        _legend(drawn)
    return (
        drawn,
        _weeks_title(weeks, others),
        f"{first['label']}: {' and '.join(others)} less {arms[0]} by week of creation. A point opens its tickets",
    )


def _points(rows: Sequence[Row], at: int, aside: dt.timedelta, scale: float, speech: Speech) -> dict[str, Any]:
    """The weeks of the arm of number `at`, each with its words and what a press opens."""
    return {
        "x": [dt.datetime.combine(row["week"], dt.time()) + aside for row in rows],
        "y": [row["difference"] * scale for row in rows],
        "error_y": {
            "array": [(row["high"] - row["difference"]) * scale for row in rows],
            "arrayminus": [(row["difference"] - row["low"]) * scale for row in rows],
            "thickness": 2,
            "width": 0,
        },
        "customdata": [f"{row['metric']}:{at}::{row['week']}" for row in rows],
        "text": [_week_words(row, speech) for row in rows],
    }


def _toned(color: str) -> dict[str, Any]:
    """Markers of one colour, which a press on another does not make pale."""
    return {
        "mode": "markers",
        "marker": {"color": color, "size": 9},
        "unselected": {"marker": {"opacity": 1}},
        "hovertemplate": "%{text}<extra></extra>",
    }


def _week_words(row: Row, speech: Speech) -> str:
    low, high, told = (own_unit(row[name], row["unit"], speech) for name in ("low", "high", "difference"))
    likely = f"<br>{row['arm']} better: {sure(row['probability_better'])}" if row["probability_better"] else ""
    return (
        f"{week_in_words(row['week'])}<br>{row['arm']}: {told} ({low} to {high})"
        f"<br>n {row['n']:,} and {row['baseline_n']:,}{likely}"
    )


def _weeks_title(weeks: pl.DataFrame, others: tuple[str, ...]) -> str:
    """In how many weeks it was better: one good week is no effect."""
    told = [_better_weeks(weeks.filter(pl.col("arm") == arm), arm) for arm in others]
    return "; ".join(filter(None, told)) or "Too few tickets in every week to show the difference by week"


def _better_weeks(rows: pl.DataFrame, arm: str) -> str:
    known = rows.filter(pl.col("low").is_not_null())
    if known.is_empty():
        return ""
    good = int(((known["difference"] > 0) == (known["better"][0] == "higher")).sum())
    return f"{arm} had the better figure in {good} of {known.height} week{'' if known.height == 1 else 's'}"


def _band(drawn: go.Figure, rows: pl.DataFrame, color: str) -> None:
    days = (rows["hours"] / 24).to_list()
    drawn.add_scatter(
        x=days,
        y=rows["low"].to_list(),
        mode="lines",
        line={"width": 0, "shape": "hv"},
        hoverinfo="skip",
        showlegend=False,
    )
    drawn.add_scatter(
        x=days,
        y=rows["high"].to_list(),
        mode="lines",
        line={"width": 0, "shape": "hv"},
        fill="tonexty",
        fillcolor=_pale(color),
        hoverinfo="skip",
        showlegend=False,
    )


def _pale(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.15)"


def _legend(drawn: go.Figure) -> None:
    drawn.update_layout(
        showlegend=True,
        legend={"orientation": "h", "traceorder": "normal", "y": 1.0, "yanchor": "bottom", "x": 0},
        margin={"t": 26},
    )
