"""The way of an arrow through the layers: straight through every row, curved only in the gaps between them.

A route is a list of points. Between two with the same x it is straight, otherwise it is an S curve that begins and
ends upright; only the first and the last piece of an arrow that goes back are corners, level at the box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.flowchart.lanes import LOOP, Lanes
from analysis.flowchart.layers import Layered, Size
from analysis.flowchart.place import nearest

Point = tuple[float, float]
CORNER = 9.0
PORT_GAP = 12.0
GAP, STEEP, WIDEST = 11.0, 0.08, 28.0
"""Height between layers: the least, how much of the widest curve's width is added, and at most."""


@dataclass(frozen=True)
class Rows:
    """The top and bottom of every layer, of every box, and where arrows leave and enter boxes."""

    tops: list[float]
    bottoms: list[float]
    head: float
    sizes: Sequence[Size]
    leaves_at: dict[int, float]
    enters_at: dict[int, float]
    height: float

    @classmethod
    def of(
        cls,
        graph: Layered,
        xs: Sequence[float],
        boxes: Sequence[Size],
        labels: Sequence[float],
        margin: float,
        head: float,
    ) -> Rows:
        """`labels`: the height of each line's label. `head`: room above boxes. All layers, from `margin` down."""
        leaves, enters = _ports(graph, xs, boxes, lower=False), _ports(graph, xs, boxes, lower=True)
        widest = _widest_curves(graph, xs, leaves, enters)
        tops, bottoms, y = list[float](), list[float](), margin
        for number, layer in enumerate(graph.layers):
            sizes = [boxes[point].height + head for point in layer if point < len(boxes)]
            carried = [labels[graph.labels[point]] for point in layer if point in graph.labels]
            tops.append(y)
            bottoms.append(y + max([*sizes, *carried], default=0.0))
            y = bottoms[-1] + GAP + min(WIDEST, STEEP * widest[number])
        return cls(tops, bottoms, head, boxes, leaves, enters, bottoms[-1])

    def middle(self, layer: int) -> float:
        """The y of the centres of a layer's boxes or labels."""
        return (self.tops[layer] + self.bottoms[layer] + (0.0 if layer % 2 else self.head)) / 2


def route(graph: Layered, number: int, rows: Rows, beside: Lanes, xs: Sequence[float]) -> tuple[Point, ...]:
    """The points of a line from its source to its target."""
    chain = graph.chains[number]
    upper, *between, lower = chain
    points = _upper_end(graph, number, upper, rows, beside, xs)
    for point in between:
        layer = graph.layer_of[point]
        points += [(xs[point], rows.tops[layer]), (xs[point], rows.bottoms[layer])]
    points += _lower_end(graph, number, lower, rows, beside, xs)
    distinct = [point for at, point in enumerate(points) if not at or point != points[at - 1]]
    return tuple(reversed(distinct)) if number in graph.back else tuple(distinct)


def self_loop(x: float, y: float, side: int) -> tuple[Point, ...]:
    """Out of the side of a box at (x, y) and back into it."""
    return ((x, y - 8), (x + side * (LOOP - 4), y - 8), (x + side * (LOOP - 4), y + 8), (x, y + 8))


def _upper_end(graph: Layered, number: int, box: int, rows: Rows, beside: Lanes, xs: Sequence[float]) -> list[Point]:
    layer = graph.layer_of[box]
    middle, bottom = rows.middle(layer), rows.bottoms[layer]
    if number not in graph.back:
        x = rows.leaves_at[number]
        return [(x, middle + rows.sizes[box].height / 2), (x, bottom)]
    lane = beside.target[number]
    x, y = xs[box] + lane.x, middle + lane.y
    side = xs[box] + (1 if lane.x > 0 else -1) * rows.sizes[box].width / 2
    return [(side, y), (x, y + CORNER), (x, max(bottom, y + CORNER))]


def _lower_end(graph: Layered, number: int, box: int, rows: Rows, beside: Lanes, xs: Sequence[float]) -> list[Point]:
    layer = graph.layer_of[box]
    middle, top = rows.middle(layer), rows.tops[layer]
    if number not in graph.back:
        x = rows.enters_at[number]
        return [(x, top), (x, middle - rows.sizes[box].height / 2)]
    lane = beside.source[number]
    x, y = xs[box] + lane.x, middle + lane.y
    side = xs[box] + (1 if lane.x > 0 else -1) * rows.sizes[box].width / 2
    return [(x, min(top, y - CORNER)), (x, y - CORNER), (side, y)]


def _ports(graph: Layered, xs: Sequence[float], boxes: Sequence[Size], *, lower: bool) -> dict[int, float]:
    """Where forward lines meet the edge of their box: straight above or below their way on, if it is wide enough."""
    at_box: dict[int, list[tuple[float, int]]] = {}
    for number, chain in graph.chains.items():
        if number not in graph.back:
            box, beyond = (chain[-1], chain[-2]) if lower else (chain[0], chain[1])
            at_box.setdefault(box, []).append((xs[beyond], number))
    found = {}
    for box, wishes in at_box.items():
        wishes.sort()
        half = boxes[box].width / 2 - min(12.0, boxes[box].width / 4)
        step = min(PORT_GAP, 2 * half / max(1, len(wishes) - 1))
        aims = [[(min(max(x, xs[box] - half), xs[box] + half), 1.0)] for x, _ in wishes]
        ports = nearest(aims, [step] * (len(wishes) - 1))
        for position, (_, number) in enumerate(wishes):
            low = xs[box] - half + position * step
            high = xs[box] + half - (len(wishes) - 1 - position) * step
            found[number] = min(max(ports[position], low), high)
    return found


def _widest_curves(
    graph: Layered, xs: Sequence[float], leaves: dict[int, float], enters: dict[int, float]
) -> list[float]:
    """Per gap below a layer, how far the widest curve in it goes to the side."""
    widest = [0.0] * len(graph.layers)
    for number, chain in graph.chains.items():
        ways = [xs[point] for point in chain]
        if number not in graph.back:
            ways[0], ways[-1] = leaves[number], enters[number]
        for position, point in enumerate(chain[:-1]):
            layer = graph.layer_of[point]
            widest[layer] = max(widest[layer], abs(ways[position + 1] - ways[position]))
    return widest
