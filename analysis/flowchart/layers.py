"""Boxes and arrows as a layered graph: boxes in even layers, labels between them, a point wherever an arrow passes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.flowchart.ranks import backward, ranked


@dataclass(frozen=True)
class Size:
    """Width and height in pixels."""

    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """An arrow between two boxes, by their numbers. `weight`: how much it wants to be short and straight."""

    source: int
    target: int
    weight: float = 1.0
    label: Size = Size(0, 0)


@dataclass(frozen=True)
class Layered:
    """Points 0 to n - 1 are the boxes. `chains`: per line that is no self-loop, its points from top to bottom."""

    layers: list[list[int]]
    above: list[list[int]]
    below: list[list[int]]
    chains: dict[int, list[int]]
    back: set[int]
    labels: dict[int, int]
    """Point that carries a label -> its line."""

    layer_of: list[int]


def layered(count: int, lines: Sequence[Line], first: int, last: int | None) -> Layered:
    """The layered graph of boxes 0 to count - 1, its layers in an order that follows the heaviest arrows."""
    pairs = [(line.source, line.target) for line in lines]
    back = backward(count, pairs, [line.weight for line in lines], first)
    down = {number: pair[::-1] if number in back else pair for number, pair in enumerate(pairs) if pair[0] != pair[1]}
    rows = ranked(count, list(down.values()), [lines[number].weight for number in down], last)
    layer_of = [2 * row for row in rows]
    chains: dict[int, list[int]] = {}
    labels: dict[int, int] = {}
    for number, (upper, lower) in down.items():
        between = range(layer_of[upper] + 1, layer_of[lower])
        points = range(len(layer_of), len(layer_of) + len(between))
        layer_of += between
        chains[number] = [upper, *points, lower]
        # An arrow passes 1, 3, 5 ... layers; its label is in the middle one of those between the rows of boxes.
        labels[points[len(between) // 4 * 2]] = number
    above, below = _neighbours(len(layer_of), chains)
    layers = _first_order(layer_of, below, chains, lines, first)
    return Layered(layers, above, below, chains, back, labels, layer_of)


def _neighbours(count: int, chains: dict[int, list[int]]) -> tuple[list[list[int]], list[list[int]]]:
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for chain in chains.values():
        for upper, lower in itertools.pairwise(chain):
            below[upper].append(lower)
            above[lower].append(upper)
    return above, below


def _first_order(
    layer_of: list[int], below: list[list[int]], chains: dict[int, list[int]], lines: Sequence[Line], first: int
) -> list[list[int]]:
    """Depth first from the start, the heaviest arrow out of a box in the middle of the others."""
    weight_of = {chain[1]: lines[number].weight for number, chain in chains.items()}
    layers: list[list[int]] = [[] for _ in range(max(layer_of, default=0) + 1)]
    seen = [False] * len(layer_of)
    for root in [first, *sorted(range(len(layer_of)), key=lambda point: layer_of[point])]:
        stack = [root]
        while stack:
            point = stack.pop()
            if seen[point]:
                continue
            seen[point] = True
            layers[layer_of[point]].append(point)
            heavy_first = sorted(below[point], key=lambda other: (-weight_of.get(other, 0.0), other))
            stack += [*heavy_first[0::2][::-1], *heavy_first[1::2]][::-1]
    return layers
