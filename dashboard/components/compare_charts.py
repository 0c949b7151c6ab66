"""The figures of the compare page: how long tickets stay open, how resolution times are spread, and week by week."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from analysis.comparison_words import TOO_FEW, own_unit, standing
from analysis.wording import Speech
from dashboard.components import theme
from dashboard.components.theme import OKABE_ITO, Palette
from dashboard.format import week_in_words

Shown = tuple[go.Figure, str, str]
BANDS = (("under 1 h", 1), ("1–4 h", 4), ("4–8 h", 8), ("8–24 h", 24), ("1–2 d", 48), ("2–4 d", 96), ("4–7 d", 168))
LAST = "over 7 d"
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
            mode="lines",
            name=arm,
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
        "Share of tickets not resolved yet, by days since creation; open ones count",
    )


def survival_title(differences: pl.DataFrame) -> str:
    """Who stays open longer, on average."""
    row = differences.row(0, named=True)
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


def over_weeks(weeks: pl.DataFrame, arm: str, speech: Speech, colors: Palette) -> Shown:
    """The goal's difference by week of creation, with its interval."""
    rows = weeks.filter(pl.col("arm") == arm)
    first = rows.row(0, named=True)
    unit, scale = first["unit"], 100.0 if first["unit"] == "share" else 1.0
    known = rows.filter(pl.col("low").is_not_null())
    drawn = theme.figure(colors, HEIGHT)
    tones = {"better": colors.good, "worse": colors.bad}
    tone = [tones.get(standing(row), colors.rest) for row in known.iter_rows(named=True)]
    for row, color in zip(known.iter_rows(named=True), tone, strict=True):
        drawn.add_scatter(
            x=[row["week"]] * 2,
            y=[row["low"] * scale, row["high"] * scale],
            mode="lines",
            line={"color": color, "width": 2},
            hoverinfo="skip",
        )
    drawn.add_scatter(
        x=known["week"].to_list(),
        y=(known["difference"] * scale).to_list(),
        mode="markers",
        marker={"color": tone, "size": 8},
        text=[_week_words(row, speech) for row in known.iter_rows(named=True)],
        hovertemplate="%{text}<extra></extra>",
    )
    zero = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0}
    drawn.update_layout(shapes=[zero | {"line": {"color": colors.muted, "width": 1}}], hovermode="closest")
    suffix = {"share": " points", "hours": " h"}.get(unit, "")
    drawn.update_yaxes(ticksuffix=suffix, nticks=5)
    drawn.update_xaxes(tickformat="%-d %b", nticks=7)
    return (
        drawn,
        _weeks_title(rows, arm),
        f"{first['label']}: {arm} less {first['baseline']} by week of creation, 95% intervals",
    )


def _week_words(row: dict[str, object], speech: Speech) -> str:
    span = own_unit(row["low"], str(row["unit"]), speech), own_unit(row["high"], str(row["unit"]), speech)  # type: ignore[arg-type]
    told = own_unit(row["difference"], str(row["unit"]), speech)  # type: ignore[arg-type]
    return (
        f"{week_in_words(row['week'])}<br>{told} ({span[0]} to {span[1]})<br>n {row['n']:,} and {row['baseline_n']:,}"  # type: ignore[arg-type]
    )


def _weeks_title(rows: pl.DataFrame, arm: str) -> str:
    """In how many weeks it was better: one good week is no effect."""
    told = [standing(row) for row in rows.iter_rows(named=True)]
    judged = [word for word in told if word != TOO_FEW]
    if not judged:
        return "Too few tickets in every week to show the difference by week"
    deltas = rows.filter(pl.col("low").is_not_null())
    better = rows["better"][0]
    good = int(((deltas["difference"] > 0) == (better == "higher")).sum())
    return f"{arm} had the better figure in {good} of {len(judged)} week{'' if len(judged) == 1 else 's'}"


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
