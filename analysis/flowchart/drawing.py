"""A chart with its words, sizes and places: what svg.py writes down and tests look at."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.flowchart.captions import arrow_lines, node_line
from analysis.flowchart.graph import END, START, Arrow, Chart, Node
from analysis.flowchart.layers import Line, Size
from analysis.flowchart.layout import Layout, arrange
from analysis.flowchart.text import width, wrapped
from analysis.wording import Speech

NAME, FIGURE = 13.0, 12.0
"""Font sizes."""

LEADING = 16.0
NAME_LIMIT = 170.0
PAD_X, PAD_Y = 12.0, 9.0
LABELS_UP_TO = 48
"""How many arrows are labelled; in a denser chart the largest ones, and every marked one. All have a tooltip."""


@dataclass(frozen=True)
class Caption:
    """The text of a box: its name in lines, its figure in lines, and a word if it is the worst."""

    name: tuple[str, ...]
    figure: tuple[str, ...]
    word: str = ""

    @property
    def rows(self) -> int:
        return len(self.name) + len(self.figure) + bool(self.word)


@dataclass(frozen=True)
class Drawing:
    """A laid-out chart. `captions` belong to its nodes, `labels` (lines of text, perhaps none) to its arrows."""

    chart: Chart
    layout: Layout
    captions: tuple[Caption, ...]
    labels: tuple[tuple[str, ...], ...]


def drawing(chart: Chart, speech: Speech, selected: str = "") -> Drawing:
    """The chart laid out. `selected`: the key of an element, which is labelled in any case."""
    captions = tuple(_caption(node, chart, speech) for node in chart.nodes)
    number = {node.key: position for position, node in enumerate(chart.nodes)}
    sizes = [_box(caption) for caption in captions]
    labelled = _labelled(chart, selected)
    labels = [
        arrow_lines(arrow, chart, speech) if position in labelled else () for position, arrow in enumerate(chart.arrows)
    ]
    lines = [
        Line(number[arrow.source], number[arrow.target], max(1.0, arrow.tickets), _plate(label))
        for arrow, label in zip(chart.arrows, labels, strict=True)
    ]
    layout = arrange(sizes, lines, first=number.get(START, 0), last=number.get(END))
    for position, route in enumerate(layout.routes):
        if route.kind != "forward" and labels[position]:
            labels[position] = arrow_lines(chart.arrows[position], chart, speech, goes_back=True)
    return Drawing(chart, layout, captions, tuple(labels))


def _caption(node: Node, chart: Chart, speech: Speech) -> Caption:
    line = node_line(node, chart, speech)
    return Caption(
        wrapped(node.name or "(no name)", NAME, NAME_LIMIT, bold=True),
        wrapped(line, FIGURE, NAME_LIMIT + 110) if line else (),
        chart.mark if node.is_worst else "",
    )


def _box(caption: Caption) -> Size:
    wide = max(
        *(width(line, NAME, bold=True) for line in caption.name),
        *(width(line, FIGURE) for line in caption.figure),
        width(caption.word, FIGURE, bold=True),
        48.0,
    )
    return Size(round(wide + 2 * PAD_X, 1), caption.rows * LEADING + 2 * PAD_Y)


def _plate(label: tuple[str, ...]) -> Size:
    """The room of a label, with some for the sign of an arrow that goes back."""
    if not label:
        return Size(0, 0)
    words = (width(word, FIGURE, bold=True) for word in label)
    return Size(round(max(words) + 14 + 8, 1), len(label) * (LEADING - 2) + 4)


def _labelled(chart: Chart, selected: str) -> set[int]:
    def needed(arrow: Arrow) -> bool:
        return arrow.is_worst or bool(arrow.flow) or bool(arrow.note) or arrow.key == selected

    largest = sorted(range(len(chart.arrows)), key=lambda number: (-chart.arrows[number].tickets, number))
    return {*largest[:LABELS_UP_TO], *(number for number, arrow in enumerate(chart.arrows) if needed(arrow))}
