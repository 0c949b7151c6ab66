"""The layered layout of a flowchart: top to bottom, loops at the sides, nothing on top of anything else.

The steps of Sugiyama, Tagawa and Toda (1981): rows, order within rows, coordinates, routes. The same input always
gives the same drawing.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.flowchart.lanes import Lanes, lanes
from analysis.flowchart.layers import Layered, Line, Size, layered
from analysis.flowchart.order import crossings, ordered
from analysis.flowchart.place import ROUGH, SWEEPS, Pull, placed, straightened
from analysis.flowchart.routes import Point, Rows, route, self_loop

HEAD = 9.0
"""Room above the boxes of a row, in which arrowheads end straight."""

MARGIN = 14.0
BETWEEN_BOXES, BETWEEN_LINES = 26.0, 12.0
LINE_WIDTH = 4.0
MAIN = 25.0
"""How much straighter the heaviest arrow wants to be than the lightest."""

LANE_ROUNDS = 2
"""On which side of a box an arrow goes back shows once the boxes have places, and lanes move boxes a little."""

STRAIGHT = {0: 8.0, 1: 3.0, 2: 1.0}
"""How much a piece of an arrow wants to be straight, by how many boxes it touches."""


@dataclass(frozen=True)
class Rect:
    """From the left upper corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Route:
    """An arrow's way from box to box. The first and last piece of a 'back' one is a corner; see routes.py."""

    points: tuple[Point, ...]
    label: Rect
    kind: Literal["forward", "back", "self"]


@dataclass(frozen=True)
class Layout:
    """Rectangles of the boxes and routes of the lines, in the order in which they were given."""

    width: float
    height: float
    boxes: tuple[Rect, ...]
    routes: tuple[Route, ...]
    crossings: int


def arrange(boxes: Sequence[Size], lines: Sequence[Line], first: int = 0, last: int | None = None) -> Layout:
    """Lays out boxes of the given sizes. `first` begins the flow, `last` (if any) ends it, alone in the lowest row."""
    graph = layered(len(boxes), lines, first, last)
    graph.layers[:] = ordered(graph.layers, graph.above, graph.below)
    place = [0] * len(graph.layer_of)
    for layer in graph.layers:
        for position, point in enumerate(layer):
            place[point] = position
    beside = lanes(graph, boxes, lines, None)
    for _ in range(LANE_ROUNDS if graph.back else 0):
        beside = lanes(graph, boxes, lines, _xs(graph, boxes, lines, beside, ROUGH))
    xs = _xs(graph, boxes, lines, beside, SWEEPS)
    extents = _extents(graph, boxes, lines, beside)
    shift = MARGIN - min(xs[point] - extents[point][0] for point in range(len(xs)))
    xs = [x + shift for x in xs]
    width = max(xs[point] + extents[point][1] for point in range(len(xs))) + MARGIN
    rows = Rows.of(graph, xs, boxes, [line.label.height for line in lines], MARGIN, HEAD)
    rects = tuple(
        Rect(xs[box] - size.width / 2, rows.middle(graph.layer_of[box]) - size.height / 2, size.width, size.height)
        for box, size in enumerate(boxes)
    )
    routes = _routes(graph, lines, beside, rows, rects, xs)
    return Layout(width, rows.height + MARGIN, rects, routes, crossings(graph.layers, graph.below, place))


def _xs(graph: Layered, boxes: Sequence[Size], lines: Sequence[Line], beside: Lanes, sweeps: int) -> list[float]:
    extents = _extents(graph, boxes, lines, beside)
    gaps = [_gaps(layer, extents, len(boxes)) for layer in graph.layers]
    xs = placed(graph.layers, gaps, _pulls(graph, lines, beside, len(boxes)), sweeps)
    if sweeps == ROUGH:
        return xs
    heavy_first = sorted(graph.chains, key=lambda number: (-lines[number].weight, number))
    return straightened([graph.chains[number] for number in heavy_first], graph.layers, gaps, xs)


def _extents(graph: Layered, boxes: Sequence[Size], lines: Sequence[Line], beside: Lanes) -> list[tuple[float, float]]:
    """How far each point reaches to its left and right."""
    found = list(zip(beside.left, beside.right, strict=True))
    for point in range(len(boxes), len(graph.layer_of)):
        wide = max(LINE_WIDTH, lines[graph.labels[point]].label.width) if point in graph.labels else LINE_WIDTH
        found.append((wide / 2, wide / 2))
    return found


def _gaps(layer: Sequence[int], extents: Sequence[tuple[float, float]], boxes: int) -> list[float]:
    return [
        extents[left][1] + extents[right][0] + (BETWEEN_BOXES if left < boxes and right < boxes else BETWEEN_LINES)
        for left, right in itertools.pairwise(layer)
    ]


def _pulls(graph: Layered, lines: Sequence[Line], beside: Lanes, boxes: int) -> list[Pull]:
    heaviest = max((line.weight for line in lines), default=1.0) or 1.0
    found = []
    for number, chain in graph.chains.items():
        weight = 1 + MAIN * lines[number].weight / heaviest
        ends = (beside.target.get(number), beside.source.get(number))
        for upper, lower in itertools.pairwise(chain):
            touched = (upper < boxes) + (lower < boxes)
            shifts = [end.x if end and point < boxes else 0.0 for end, point in zip(ends, (upper, lower), strict=True)]
            found.append(Pull(upper, lower, STRAIGHT[touched] * weight, *shifts))
    return found


def _routes(
    graph: Layered, lines: Sequence[Line], beside: Lanes, rows: Rows, rects: Sequence[Rect], xs: Sequence[float]
) -> tuple[Route, ...]:
    found = []
    for number, line in enumerate(lines):
        box, label = rects[line.source], line.label
        if number in beside.loops:
            side = beside.loops[number]
            points = self_loop(box.x + (box.width if side > 0 else 0.0), box.y + box.height / 2, side)
            edge = points[1][0]
            rect = Rect(edge if side > 0 else edge - label.width, points[0][1] + 8 - label.height / 2, *_of(label))
            found.append(Route(points, rect, "self"))
            continue
        points = route(graph, number, rows, beside, xs)
        carrier = next(point for point in graph.chains[number] if graph.labels.get(point) == number)
        middle = rows.middle(graph.layer_of[carrier])
        rect = Rect(xs[carrier] - label.width / 2, middle - label.height / 2, *_of(label))
        found.append(Route(points, rect, "back" if number in graph.back else "forward"))
    return tuple(found)


def _of(size: Size) -> tuple[float, float]:
    return size.width, size.height
