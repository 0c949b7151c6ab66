"""The strip of headline KPIs: one tile each, with everything that a reader needs to trust or doubt it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from analysis.change import Change, Estimate, Verdict
from analysis.ranking import Standing
from analysis.wording import DASH, Speech, counted
from dashboard.components.linked import number
from dashboard.format import iso_week, short_day
from dashboard.weekly_view import MetricInfo, Tile

MARKS = {Verdict.BETTER: "better", Verdict.WORSE: "worse"}
WIDTH, HEIGHT, PAD = 200.0, 34.0, 4.0


def strip_html(tiles: Sequence[Tile], workflow: str, speech: Speech) -> str:
    """The strip as HTML; `workflow` is the slice that a pressed number lists tickets of."""
    return f'<div class="strip">{"".join(tile_html(tile, workflow, speech) for tile in tiles)}</div>'


def tile_html(tile: Tile, workflow: str, speech: Speech) -> str:
    """One tile: value, n and interval, sparkline, target, two changes in words."""
    info = tile.metric
    return (
        f'<section class="tile" aria-label="{escape(info.label)}">'
        f'<h3 title="{escape(info.sentence)}">{escape(info.label)}</h3>'
        f"{_value(tile, workflow, speech)}{_sparkline(tile)}{_final_note(tile, speech)}{_target(tile, speech)}"
        f'<dl class="changes">{change_html(tile.on_last_week, info, "Week before", speech)}'
        f"{change_html(tile.on_four_weeks, info, '4-week mean', speech)}</dl></section>"
    )


def change_html(change: Change, info: MetricInfo, against: str, speech: Speech) -> str:
    """A change in words: what it is compared with, size with unit, and whether that is better."""
    if change.delta is None:
        return f'<dt>{against}</dt><dd class="muted">{change.verdict}</dd>'
    size = escape(speech.change(change.delta, change.before, info.unit))
    if change.verdict in {Verdict.UNCLEAR, Verdict.UNKNOWN}:
        return f'<dt>{against}</dt><dd class="muted">{size}, {change.verdict}</dd>'
    mark = "▲" if change.delta > 0 else "▼"
    style = MARKS.get(change.verdict, "")
    return f'<dt>{against}</dt><dd>{mark} {size}, <span class="{style}">{change.verdict}</span></dd>'


def why_unknown(figure: Estimate, info: MetricInfo) -> str:
    """Why there is no figure, or why it is not to be trusted."""
    if figure.too_few:
        return f"too few: {figure.n} of {info.min_n}"
    return "no data" if figure.value is None else ""


def _value(tile: Tile, workflow: str, speech: Speech) -> str:
    info, figure = tile.metric, tile.current
    if figure.value is None or figure.too_few:
        reason = why_unknown(figure, info)
        return f'<div class="value">{DASH}</div><p class="muted">{escape(reason)}</p>'
    shown = speech.value(figure.value, info.unit)
    scale = " <small>of 7</small>" if info.unit == "score" else ""
    style = "" if figure.is_complete else "open"
    link = number(shown, f"{info.key}:{workflow}", f"{info.label} {shown}", style)
    span = speech.interval(figure.low, figure.high, info.unit)
    between = (
        f'<span title="95% interval: the true figure is likely within it">{escape(span)}</span> · ' if span else ""
    )
    final = short_day(info.final_on(tile.chosen_week))
    so_far = "" if figure.is_complete else f'<span title="Final on {final}">so far</span> · '
    n = counted(figure.n, info.unit, info.key)
    return f'<div class="value">{link}{scale}</div><p class="muted">{so_far}{between}{n}</p>'


def _final_note(tile: Tile, speech: Speech) -> str:
    if tile.current.is_complete:
        return ""
    if tile.shown.value is None or not tile.shown.is_complete:
        return f'<p class="muted">Final on {short_day(tile.metric.final_on(tile.week))}</p>'
    value = speech.value(tile.shown.value, tile.metric.unit)
    return f"<p>Last final week, {iso_week(tile.week)[5:]}: <b>{escape(value)}</b></p>"


def _target(tile: Tile, speech: Speech) -> str:
    if tile.judged.target is None:
        return '<p class="muted">No target set</p>'
    goal = speech.target(tile.judged.target, tile.metric.unit)
    words = {
        Standing.MET: '<span class="met">✓ met</span>',
        Standing.MISSED: '<span class="missed">✗ missed</span>',
        Standing.UNCLEAR: "too close to call",
        Standing.NONE: "not judged",
    }[tile.judged.standing]
    return f'<p><span class="muted">Target {escape(goal)}:</span> {words}</p>'


def _sparkline(tile: Tile) -> str:
    """26 weeks as an inline drawing: a line with gaps, a dashed target, a dot on the chosen week (hollow if open)."""
    values = [None if point.too_few else point.value for point in tile.history]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" aria-hidden="true"></svg>'
    target = tile.judged.target
    low, high = min(known), max(known)
    reach = high - low or abs(high) or 1.0
    # A target far from the data would flatten the line into nothing, so then it is left to the words.
    near = target is not None and low - reach < target < high + reach
    if near and target is not None:
        low, high = min(low, target), max(high, target)

    def place(index: int, value: float) -> tuple[float, float]:
        across = PAD + index / (len(values) - 1) * (WIDTH - 2 * PAD)
        return across, HEIGHT - PAD - (value - low) / (high - low or 1.0) * (HEIGHT - 2 * PAD)

    firm, loose, last_point = "", "", None
    for index, (value, point) in enumerate(zip(values, tile.history, strict=True)):
        if value is None:
            last_point = None
            continue
        x, y = place(index, value)
        if point.is_complete:
            firm += f"{'L' if last_point else 'M'}{x:.1f} {y:.1f}"
        elif last_point:
            loose += f"M{last_point[0]:.1f} {last_point[1]:.1f}L{x:.1f} {y:.1f}"
        last_point = (x, y)
    goal = place(0, target)[1] if near and target is not None else None
    line = f'<path d="M0 {goal:.1f}H{WIDTH:.0f}" stroke="var(--muted)" stroke-dasharray="3 3"/>' if goal else ""
    last = values[-1]
    dot = ""
    if last is not None:
        x, y = place(len(values) - 1, last)
        fill = "var(--accent)" if tile.current.is_complete else "var(--st-background-color)"
        dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{fill}" stroke="var(--accent)" stroke-width="1.5"/>'
    drawing = f'<path d="{firm}" stroke="var(--accent)" stroke-width="1.5"/>'
    drawing += f'<path d="{loose}" stroke="var(--accent)" stroke-width="1" stroke-dasharray="2 2"/>' if loose else ""
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" fill="none" role="img" '
        f'aria-label="{escape(tile.metric.label)} over 26 weeks">{line}{drawing}{dot}</svg>'
    )
