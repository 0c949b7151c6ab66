"""The flowchart as SVG text: one drawing for the app, the command and the playbook, on screen and on paper."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from html import escape

from analysis.flowchart.captions import SCALES, arrow_spoken, hidden_sentence, node_spoken
from analysis.flowchart.drawing import FIGURE, LEADING, PAD_Y, Caption, Drawing, drawing
from analysis.flowchart.graph import END, START, Arrow, Chart, Node
from analysis.flowchart.layout import Rect, Route
from analysis.flowchart.style import Theme, style
from analysis.flowchart.text import attribute, clean, width, wrapped
from analysis.wording import Speech

THINNEST, THICKEST = 1.4, 8.0
ARROWHEAD = 8.0
LEAST_WIDTH = 440.0
FLOWS = {"": "", "not intended": " unplanned", "never taken": " untaken"}


def svg(
    chart: Chart,
    speech: Speech,
    *,
    title: str = "",
    selected: str = "",
    interactive: bool = False,
    theme: Theme = "auto",
) -> str:
    """The chart as one self-contained SVG element, which scales to the width it is given.

    `selected`: the key of a highlighted element. `interactive`: steps and the arrows between them can be pressed and
    focused, and carry `data-element`. `theme`: 'auto' follows the page; for a reader without CSS variables, a theme.
    """
    drawn = drawing(chart, speech, selected)
    wide = max(drawn.layout.width, LEAST_WIDTH)
    foot = _foot(drawn, wide)
    top = 30.0 * len(wrapped(title, 16, wide - 28, bold=True)) if title else 0.0
    tall = top + drawn.layout.height + LEADING * len(foot) + 10
    spoken = clean(title) or "Flowchart"
    body = "".join(_body(drawn, speech, selected, interactive=interactive))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flowchart" viewBox="0 0 {wide:.0f} {tall:.0f}" '
        f'role="{"group" if interactive else "img"}" aria-label="{escape(spoken)}">'
        f"<title>{escape(spoken)}</title><style>{style(theme, interactive=interactive)}</style>"
        f"{_texts(wrapped(title, 16, wide - 28, bold=True), 14, 24, 'title', 24) if title else ''}"
        f'<g transform="translate({(wide - drawn.layout.width) / 2:.1f} {top:.1f})">{body}</g>'
        f"{_texts(foot, 14, top + drawn.layout.height + 12, 'foot', LEADING)}</svg>"
    )


def size(svg_text: str) -> tuple[int, int]:
    """Width and height of a drawing in pixels at its natural scale."""
    wide, tall = svg_text.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split()
    return int(wide), int(tall)


def _body(drawn: Drawing, speech: Speech, selected: str, *, interactive: bool) -> Iterator[str]:
    """Arrows below, thin above thick, then their labels' plates, then boxes: what is pressed is what is seen."""
    chart, layout = drawn.chart, drawn.layout
    most = max((arrow.tickets for arrow in chart.arrows), default=0)
    order = sorted(range(len(chart.arrows)), key=lambda number: (-chart.arrows[number].tickets, number))
    for number in sorted(order, key=lambda number: chart.arrows[number].key == selected):
        arrow = chart.arrows[number]
        share = arrow.tickets / most if most else 0.0
        ink = _way(layout.routes[number], THINNEST + (THICKEST - THINNEST) * share if chart.measure else 1.8)
        label = _label(drawn.labels[number], layout.routes[number].label, chart.mark)
        kind = f"arrow l{arrow.level}{FLOWS[arrow.flow]}"
        spoken = arrow_spoken(arrow, chart, speech)
        yield _group(arrow, kind, spoken, ink + label, selected, interactive=interactive and arrow.is_between_steps)
    for node, rect, caption in zip(chart.nodes, layout.boxes, drawn.captions, strict=True):
        is_end = node.key in {START, END}
        spoken = node_spoken(node, chart, speech)
        box = _box(node, rect, caption)
        yield _group(node, "end" if is_end else "step", spoken, box, selected, interactive=interactive and not is_end)


def _group(element: Node | Arrow, kind: str, spoken: str, inside: str, selected: str, *, interactive: bool) -> str:
    marks = f"{kind}{' worst' if element.is_worst else ''}{' selected' if element.key == selected else ''}"
    words = escape(clean(spoken))
    pressed = f' role="button" tabindex="0" data-element="{attribute(element.key)}"' if interactive else ""
    chosen = f' aria-pressed="{"true" if element.key == selected else "false"}"' if interactive else ""
    role = "" if interactive else ' role="img"'
    return f'<g class="{marks}"{pressed}{chosen}{role} aria-label="{words}"><title>{words}</title>{inside}</g>'


def _box(node: Node, rect: Rect, caption: Caption) -> str:
    radius = rect.height / 2 if node.kind in {START, END} else 2 if node.kind == "condition" else 8
    middle, y = rect.x + rect.width / 2, rect.y + PAD_Y + 12
    after_name = y + LEADING * len(caption.name)
    word = (caption.word,) if caption.word else ()
    return (
        f'<rect class="box l{node.level}" x="{rect.x:.1f}" y="{rect.y:.1f}" width="{rect.width:.1f}" '
        f'height="{rect.height:.1f}" rx="{radius:.1f}"/>'
        + _texts(caption.name, middle, y, "name", LEADING, centred=True)
        + _texts(caption.figure, middle, after_name, "line", LEADING, centred=True)
        + _texts(word, middle, after_name + LEADING * len(caption.figure), "mark", LEADING, centred=True)
    )


def _label(words: Sequence[str], rect: Rect, mark: str) -> str:
    if not words:
        return ""
    middle = rect.x + rect.width / 2
    kinds = ["word" if word == mark else "remark" if word in FLOWS else "label" for word in words]
    wide = max(width(word, FIGURE, bold=True) for word in words) + 8
    return (
        f'<rect class="plate" x="{middle - wide / 2:.1f}" y="{rect.y:.1f}" width="{wide:.1f}" '
        f'height="{rect.height:.1f}" rx="3"/>'
        + "".join(
            _texts((word,), middle, rect.y + 13.5 + number * (LEADING - 2), kinds[number], 0, centred=True)
            for number, word in enumerate(words)
        )
    )


def _way(route: Route, thick: float) -> str:
    """The line with its head, and a wider unseen one to press."""
    *_, before, end = route.points
    head = max(ARROWHEAD, thick + 4)
    half = head * 0.55
    if route.kind == "forward":
        (x, y), stop = end, (end[0], end[1] - ARROWHEAD + 1)
        tip = f"M{x:.1f} {y:.1f}l{-half:.1f} {-head:.1f}h{2 * half:.1f}z"
    else:
        side = 1 if before[0] > end[0] else -1
        (x, y), stop = end, (end[0] + side * (ARROWHEAD - 1), end[1])
        tip = f"M{x:.1f} {y:.1f}l{side * head:.1f} {-half:.1f}v{2 * half:.1f}z"
    path = _path(route, stop)
    return (
        f'<path class="way" d="{path}" stroke-width="{thick:.1f}"/><path class="head" d="{tip}"/>'
        f'<path class="grip" d="{path}"/>'
    )


def _path(route: Route, stop: tuple[float, float]) -> str:
    points = [*route.points[:-1], stop]
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for number, ((x0, y0), (x1, y1)) in enumerate(itertools.pairwise(points), start=1):
        is_corner = route.kind == "back" and number in {1, len(points) - 1}
        if route.kind == "self":
            (ax, ay), (bx, by) = points[1], points[2]
            return f"{parts[0]}C{ax:.1f} {ay - 6:.1f} {bx:.1f} {by + 6:.1f} {points[3][0]:.1f} {points[3][1]:.1f}"
        if is_corner:
            corner = (x1, y0) if number == 1 else (x0, y1)
            parts.append(f"Q{corner[0]:.1f} {corner[1]:.1f} {x1:.1f} {y1:.1f}")
        elif abs(x0 - x1) < 0.05:
            parts.append(f"V{y1:.1f}")
        else:
            half = (y0 + y1) / 2
            parts.append(f"C{x0:.1f} {half:.1f} {x1:.1f} {half:.1f} {x1:.1f} {y1:.1f}")
    return "".join(parts)


def _texts(lines: Sequence[str], x: float, y: float, kind: str, leading: float, *, centred: bool = False) -> str:
    anchor = ' text-anchor="middle"' if centred else ""
    return "".join(
        f'<text class="{kind}" x="{x:.1f}" y="{y + number * leading:.1f}"{anchor}>{escape(line)}</text>'
        for number, line in enumerate(lines)
    )


def _foot(drawn: Drawing, wide: float) -> tuple[str, ...]:
    """How to read the drawing, in as many lines as its width needs."""
    chart = drawn.chart
    if chart.measure is None:
        return ()
    parts = [f"Stronger colour: {SCALES[chart.measure]}", "thicker arrow: more tickets"]
    if any(route.kind != "forward" for route in drawn.layout.routes):
        parts.append("\u21bb goes back or repeats")
    if any(not label for label in drawn.labels):
        parts.append("arrows without a figure are rare or lead to no wait")
    hidden = hidden_sentence(chart.hidden)
    sentence = f"{'; '.join(parts)}." + (f" {hidden}." if hidden else "")
    return wrapped(sentence, FIGURE, wide - 28)
