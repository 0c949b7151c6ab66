"""Where arrows that go back leave and enter a box: at its sides, each in a lane of its own, so loops look round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analysis.flowchart.layers import Layered, Line, Size

FIRST, NEXT = 16.0, 11.0
"""Distance of the first lane from the box, and of each further one from the one before."""

LOOP = 24.0
"""How far a self-loop stands out, without its label."""


@dataclass(frozen=True)
class Lane:
    """The end of an arrow at the side of a box: the lane's x and the height where it meets the box, from its centre."""

    x: float
    y: float


@dataclass
class Lanes:
    """Lanes by line, for its source and its target; the side of self-loops (1 right); what each box needs beside it."""

    source: dict[int, Lane] = field(default_factory=dict)
    target: dict[int, Lane] = field(default_factory=dict)
    loops: dict[int, int] = field(default_factory=dict)
    left: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)


def lanes(graph: Layered, boxes: Sequence[Size], lines: Sequence[Line], xs: Sequence[float] | None) -> Lanes:
    """The lanes of every arrow that goes back, on the side of its box to which it goes on.

    `xs`: where the points would stand without lanes; None for lanes that are still empty.
    """
    found = Lanes(left=[size.width / 2 for size in boxes], right=[size.width / 2 for size in boxes])
    loops = {line.source: number for number, line in enumerate(lines) if line.source == line.target}
    ends: dict[int, list[tuple[int, int, bool]]] = {}  # box -> (line, next point, leaves the box)
    for number in sorted(graph.back if xs is not None else ()):
        chain = graph.chains[number]
        ends.setdefault(chain[-1], []).append((number, chain[-2], True))
        ends.setdefault(chain[0], []).append((number, chain[1], False))
    for box in sorted({*ends, *loops}):
        sides: dict[int, list[tuple[int, int, bool]]] = {1: [], -1: []}
        for end in ends.get(box, []):
            sides[-1 if xs and xs[end[1]] < xs[box] else 1].append(end)
        if box in loops:
            found.loops[loops[box]] = -1 if len(sides[-1]) < len(sides[1]) else 1
        for side, group in sides.items():
            loop = loops.get(box)
            beside = LOOP + lines[loop].label.width if loop is not None and found.loops[loop] == side else 0.0
            reach = _assign(found, boxes[box], group, side, beside, xs or ())
            extent = found.right if side > 0 else found.left
            extent[box] = reach
    return found


def _assign(
    found: Lanes, box: Size, group: list[tuple[int, int, bool]], side: int, beside: float, xs: Sequence[float]
) -> float:
    """Gives the ends at one side of a box their lanes, and returns how far they reach from its centre."""
    used = 0
    for leaves in (True, False):
        chosen = sorted((end for end in group if end[2] is leaves), key=lambda end: side * xs[end[1]])
        used = max(used, len(chosen))
        step = min(6.0, (box.height / 2 - 14) / max(1, len(chosen) - 1))
        for position, (number, _, _) in enumerate(chosen):
            y = box.height / 2 - 8 - position * step
            lane = Lane(side * (box.width / 2 + beside + FIRST + NEXT * position), -y if leaves else y)
            (found.source if leaves else found.target)[number] = lane
    return box.width / 2 + beside + (FIRST + NEXT * (used - 1) if used else 0.0)
