"""Where the points of an ordered layered graph stand, so that arrows run straight, heavy ones first.

Every layer in turn is placed as near as its neighbours want it while the gaps are kept, which pooling adjacent
violators solves exactly for absolute distances. Sweeps run down and up; the best one counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

SWEEPS, ROUGH = 10, 3
"""How often layers are placed, for the drawing and for a first look at it."""

STRAIGHTENINGS = 4


@dataclass(frozen=True)
class Pull:
    """A line that wants to be straight: `upper` plus `upper_shift` above `lower` plus `lower_shift`."""

    upper: int
    lower: int
    weight: float
    upper_shift: float = 0.0
    lower_shift: float = 0.0


Wishes = list[tuple[float, float]]
"""Wanted coordinates with their weights."""


def placed(
    layers: Sequence[Sequence[int]], gaps: Sequence[Sequence[float]], pulls: Sequence[Pull], sweeps: int = SWEEPS
) -> list[float]:
    """The x of every point. `gaps[layer][k]`: the least distance of point k from point k + 1 of that layer."""
    count = sum(map(len, layers))
    above: list[list[Pull]] = [[] for _ in range(count)]
    below: list[list[Pull]] = [[] for _ in range(count)]
    for pull in pulls:
        above[pull.lower].append(pull)
        below[pull.upper].append(pull)
    xs = _packed(layers, gaps, count)
    best, least = list(xs), float("inf")
    for sweep in range(sweeps):
        down = sweep % 2 == 0
        numbers = range(len(layers)) if down else range(len(layers) - 1, -1, -1)
        for number in numbers:
            wishes = [_wishes(point, above if down else below, xs, down=down) for point in layers[number]]
            for point, x in zip(layers[number], nearest(wishes, gaps[number]), strict=True):
                xs[point] = x
        cost = sum(pull.weight * abs(_bend(pull, xs)) for pull in pulls)
        if cost < least - 1e-6:
            best, least = list(xs), cost
    return _settled(layers, gaps, above, below, best)


def nearest(wishes: Sequence[Wishes], gaps: Sequence[float]) -> list[float]:
    """Coordinates as near to the wishes as the gaps between neighbours allow (weighted absolute distances)."""
    shift, blocks = 0.0, list[tuple[float, Wishes, int]]()
    shifts: list[float] = []
    for number, wanted in enumerate(wishes):
        shift += gaps[number - 1] if number else 0.0
        shifts.append(shift)
        moved = [(x - shift, weight) for x, weight in wanted]
        middle, size = moved[0][0] if len(moved) == 1 else _median(moved), 1
        while blocks and blocks[-1][0] > middle:
            _, earlier, members = blocks.pop()
            moved, size = earlier + moved, size + members
            middle = _median(moved)
        blocks.append((middle, moved, size))
    spread = [middle for middle, _, size in blocks for _ in range(size)]
    return [x + shift for x, shift in zip(spread, shifts, strict=True)]


def _median(wishes: Wishes) -> float:
    wishes.sort()
    half, passed = sum(weight for _, weight in wishes) / 2, 0.0
    for number, (x, weight) in enumerate(wishes):
        passed += weight
        if passed > half + 1e-9:
            return x
        if passed > half - 1e-9:
            return (x + wishes[min(number + 1, len(wishes) - 1)][0]) / 2
    return wishes[-1][0]


def _packed(layers: Sequence[Sequence[int]], gaps: Sequence[Sequence[float]], count: int) -> list[float]:
    """Every layer side by side, centred on 0."""
    xs = [0.0] * count
    for layer, distances in zip(layers, gaps, strict=True):
        x = -sum(distances) / 2
        for position, point in enumerate(layer):
            x += distances[position - 1] if position else 0.0
            xs[point] = x
    return xs


def _wishes(point: int, pulls: list[list[Pull]], xs: list[float], *, down: bool) -> Wishes:
    if not pulls[point]:
        return [(xs[point], 0.01)]
    if down:
        return [(xs[pull.upper] + pull.upper_shift - pull.lower_shift, pull.weight) for pull in pulls[point]]
    return [(xs[pull.lower] + pull.lower_shift - pull.upper_shift, pull.weight) for pull in pulls[point]]


def _bend(pull: Pull, xs: list[float]) -> float:
    return xs[pull.upper] + pull.upper_shift - xs[pull.lower] - pull.lower_shift


def _settled(
    layers: Sequence[Sequence[int]],
    gaps: Sequence[Sequence[float]],
    above: list[list[Pull]],
    below: list[list[Pull]],
    xs: list[float],
) -> list[float]:
    """Two last sweeps that listen to both sides at once."""
    for numbers in (range(len(layers)), range(len(layers) - 1, -1, -1)):
        for number in numbers:
            wishes = [
                _wishes(point, above, xs, down=True) * bool(above[point])
                + _wishes(point, below, xs, down=False) * bool(below[point])
                or [(xs[point], 0.01)]
                for point in layers[number]
            ]
            for point, x in zip(layers[number], nearest(wishes, gaps[number]), strict=True):
                xs[point] = x
    return xs


def straightened(
    chains: Sequence[Sequence[int]],
    layers: Sequence[Sequence[int]],
    gaps: Sequence[Sequence[float]],
    xs: list[float],
) -> list[float]:
    """Long arrows without needless bends: neighbouring points of a chain share one x where there is room for it."""
    low_by: dict[int, tuple[int, float]] = {}
    high_by: dict[int, tuple[int, float]] = {}
    for layer, distances in zip(layers, gaps, strict=True):
        for left, right, gap in zip(layer, layer[1:], distances, strict=False):
            low_by[right], high_by[left] = (left, gap), (right, gap)

    def room(point: int) -> tuple[float, float]:
        left, right = low_by.get(point), high_by.get(point)
        return (
            xs[left[0]] + left[1] if left else -float("inf"),
            xs[right[0]] - right[1] if right else float("inf"),
        )

    for turn in range(STRAIGHTENINGS):
        for chain in chains:
            inner = chain[1:-1] if turn % 2 else chain[-2:0:-1]
            for run in _runs(inner, room):
                low = max(room(point)[0] for point in run)
                high = min(room(point)[1] for point in run)
                x = min(max(sorted(xs[point] for point in run)[len(run) // 2], low), high)
                for point in run:
                    xs[point] = x
    return xs


def _runs(points: Sequence[int], room: Callable[[int], tuple[float, float]]) -> list[list[int]]:
    """The points cut into as few stretches as possible that can stand upright."""
    runs: list[list[int]] = []
    low, high = float("inf"), -float("inf")
    for point in points:
        left, right = room(point)
        low, high = max(low, left), min(high, right)
        if not runs or low > high:
            runs.append([])
            low, high = left, right
        runs[-1].append(point)
    return runs
