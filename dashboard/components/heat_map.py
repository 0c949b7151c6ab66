"""An average week hour by hour as a heat map, one hue from nothing to the most."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
import polars as pl

from analysis.load_words import DAYS
from dashboard.components import theme
from dashboard.components.theme import Palette

HEIGHT = 190


def heat_map(
    hours: pl.DataFrame, value: pl.Expr, spoken: Callable[[float], str], colors: Palette, top: float | None = None
) -> go.Figure:
    """Rows of hour_load of one group: weekday by hour, Monday on top. `spoken` says a value on hover.

    `top`: the value of the strongest colour; by default the largest.
    """
    rows = hours.select("weekday", "hour", value.alias("value"))
    cells: list[list[float | None]] = [[None] * 24 for _ in DAYS]
    for weekday, hour, amount in rows.iter_rows():
        cells[weekday - 1][hour] = amount
    words = [
        [
            f"{day}, {hour:02d}:00–{(hour + 1) % 24:02d}:00<br>{'nobody there' if cell is None else spoken(cell)}"
            for hour, cell in enumerate(row)
        ]
        for day, row in zip(DAYS, cells, strict=True)
    ]
    drawn = theme.figure(colors, HEIGHT)
    drawn.add_heatmap(
        z=cells,
        x=list(range(24)),
        y=[day[:3] for day in DAYS],
        text=words,
        hovertemplate="%{text}<extra></extra>",
        colorscale=[[0, colors.grid], [1, colors.accent]],
        zmin=0,
        zmax=top,
        showscale=False,
        xgap=1,
        ygap=1,
    )
    drawn.update_yaxes(autorange="reversed", showgrid=False)
    drawn.update_xaxes(tickvals=[0, 6, 12, 18, 23], ticktext=["0", "6", "12", "18", "23 h"])
    drawn.update_layout(hovermode="closest")
    return drawn
