"""Workflows against KPIs, the worst first, every figure with its n and its standing against the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from analysis.ranking import Standing
from analysis.wording import DASH, Speech, counted
from dashboard.components.kpi_strip import why_unknown
from dashboard.components.linked import number
from dashboard.components.theme import Palette, workflow_color
from dashboard.weekly_view import MetricInfo, Row

STANDINGS = {
    Standing.MET: ("met", "met"),
    Standing.MISSED: ("missed", "✗ missed"),
    Standing.UNCLEAR: ("", "close"),
    Standing.NONE: ("", ""),
}


@dataclass(frozen=True)
class About:
    """What a table is of: its caption, its first column, the marked row, and what a pressed number lists."""

    caption: str
    corner: str = "Workflow"
    chosen: str = ""
    target: str = "{metric}:{row}:all"


def table_html(
    rows: Sequence[Row],
    infos: Sequence[MetricInfo],
    speech: Speech,
    colors: Palette,
    about: About,
) -> str:
    """A table with one row per workflow or variant."""
    used = [info for info in infos if any(info.key in row.figures for row in rows)]
    head = "".join(f'<th scope="col" title="{escape(info.sentence)}">{escape(info.label)}</th>' for info in used)
    body = "".join(_row(row, used, speech, colors, about) for row in rows)
    return (
        f'<p class="caption">{escape(about.caption)}</p>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(about.corner)}s and their KPIs"><table>'
        f'<thead><tr><th scope="col">{escape(about.corner)}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(row: Row, infos: Sequence[MetricInfo], speech: Speech, colors: Palette, about: About) -> str:
    style = "whole" if row.key == "all" else "chosen" if row.key == about.chosen else ""
    color = workflow_color(row.key, row.color_index, colors)
    dot = "" if row.color_index is None else f'<span class="dot" style="background:{color}"></span>'
    cells = "".join(_cell(row, info, speech, about.target) for info in infos)
    return f'<tr class="{style}"><th scope="row">{dot}{escape(row.name)}</th>{cells}</tr>'


def _cell(row: Row, info: MetricInfo, speech: Speech, target: str) -> str:
    figure = row.figures.get(info.key)
    if figure is None or figure.value is None:
        return f"<td>{DASH}<small>no data</small></td>"
    if figure.too_few:
        return f"<td>{DASH}<small>{escape(why_unknown(figure, info))}</small></td>"
    shown = speech.value(figure.value, info.unit)
    spoken = f"{row.name}, {info.label} {shown}"
    link = number(shown, target.format(metric=info.key, row=row.key), spoken)
    judged = row.judged[info.key]
    style, words = STANDINGS[judged.standing]
    notes = [] if info.unit == "count" else [_basis(figure.n, info)]
    notes += ["so far"] if not figure.is_complete else []
    span = speech.interval(figure.low, figure.high, info.unit)
    goal = f" Target {speech.target(judged.target, info.unit)}." if judged.target is not None else ""
    tip = f"95% interval {span}.{goal}" if span else goal.strip()
    notes += [f'<span class="{style}">{words}</span>'] if words else []
    return f'<td title="{escape(tip)}">{link}<small>{" · ".join(notes)}</small></td>'


def _basis(n: int, info: MetricInfo) -> str:
    """n, and of what where it is not of tickets or answers."""
    return counted(n, info.unit, info.key) if info.unit.startswith("per_") else f"n {n:,}"
