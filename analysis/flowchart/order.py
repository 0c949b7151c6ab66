"""Who stands left of whom in every layer, so that few arrows cross: barycentre sweeps, then swaps of neighbours."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

SWEEPS = 16
PATIENCE = 3
SWAPS_UP_TO = 600
"""Layered graphs with more points than this are ordered by sweeps alone."""

Layers = list[list[int]]
Neighbours = Sequence[Sequence[int]]


def ordered(layers: Layers, above: Neighbours, below: Neighbours) -> Layers:
    """The layers in the order with the fewest crossings that was met. `above` and `below`: neighbours of each point."""
    place = [0] * len(above)
    _note(layers, place)
    best, fewest, idle = [list(layer) for layer in layers], crossings(layers, below, place), 0
    for sweep in range(SWEEPS):
        if not fewest or idle >= PATIENCE:
            break
        down = sweep % 2 == 0
        for layer in layers[1:] if down else layers[-2::-1]:
            _sort(layer, above if down else below, place)
        found = crossings(layers, below, place)
        idle += 1
        if found < fewest:
            best, fewest, idle = [list(layer) for layer in layers], found, 0
    if fewest and len(above) <= SWAPS_UP_TO:
        _note(best, place)
        _swap(best, above, below, place)
    return best


def crossings(layers: Layers, below: Neighbours, place: Sequence[int]) -> int:
    """How often two lines between neighbouring layers cross. `place`: the position of each point in its layer."""
    total = 0
    for layer in layers[:-1]:
        met: list[int] = []
        for point in layer:
            ends = sorted(place[other] for other in below[point])
            total += sum(len(met) - bisect_right(met, end) for end in ends)
            for end in ends:
                insort(met, end)
    return total


def _note(layers: Layers, place: list[int]) -> None:
    for layer in layers:
        for position, point in enumerate(layer):
            place[point] = position


def _sort(layer: list[int], neighbours: Neighbours, place: list[int]) -> None:
    """By the mean place of the neighbours; points without any keep theirs."""
    wish = {
        point: sum(place[other] for other in neighbours[point]) / len(neighbours[point])
        for point in layer
        if neighbours[point]
    }
    moving = iter(sorted((point for point in layer if point in wish), key=lambda point: (wish[point], place[point])))
    layer[:] = [next(moving) if point in wish else point for point in layer]
    for position, point in enumerate(layer):
        place[point] = position


def _swap(layers: Layers, above: Neighbours, below: Neighbours, place: list[int]) -> None:
    """Swaps neighbours in a layer while that saves crossings."""
    for _ in range(PATIENCE):
        better = False
        for layer in layers:
            for position in range(len(layer) - 1):
                left, right = layer[position], layer[position + 1]
                sides = [
                    (sorted(place[other] for other in side[left]), sorted(place[other] for other in side[right]))
                    for side in (above, below)
                ]
                if sum(_between(a, b) for a, b in sides) > sum(_between(b, a) for a, b in sides):
                    layer[position], layer[position + 1] = right, left
                    place[left], place[right] = position + 1, position
                    better = True
        if not better:
            return


def _between(left: list[int], right: list[int]) -> int:
    """Crossings of the lines of two neighbours, of which the first stands left."""
    return sum(bisect_right(right, end - 1) for end in left)
