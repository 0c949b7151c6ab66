"""Which step stands above which: arrows that go back are found first, then every step gets its row."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

Pair = tuple[int, int]
"""An arrow between two boxes, by their numbers."""

SWEEPS = 4


def backward(count: int, pairs: Sequence[Pair], weights: Sequence[float], first: int) -> set[int]:
    """The positions of the arrows that go back up: without them there is no cycle. Self-loops are not among them.

    The heaviest ways out of `first` decide what comes before what; after them, heavier arrows before lighter ones.
    """
    below: list[set[int]] = [set() for _ in range(count)]
    back: set[int] = set()
    tree = _heaviest_tree(count, pairs, weights, first)
    rest = [number for number in range(len(pairs)) if number not in tree]
    for number in [*sorted(tree), *sorted(rest, key=lambda number: (-weights[number], number))]:
        source, target = pairs[number]
        if source == target:
            continue
        if _reaches(below, target, source):
            back.add(number)
        else:
            below[source].add(target)
    return back


def _heaviest_tree(count: int, pairs: Sequence[Pair], weights: Sequence[float], first: int) -> set[int]:
    """Grows from `first` along the heaviest arrow out of what is reached; then from what is still unreached."""
    leaving = _by_end(count, pairs, 0)
    seen, tree = [False] * count, set()
    for root in [first, *range(count)]:
        if seen[root]:
            continue
        seen[root] = True
        queue = [(-weights[number], number) for number in leaving[root]]
        heapq.heapify(queue)
        while queue:
            _, number = heapq.heappop(queue)
            target = pairs[number][1]
            if seen[target]:
                continue
            seen[target] = True
            tree.add(number)
            for further in leaving[target]:
                heapq.heappush(queue, (-weights[further], further))
    return tree


def ranked(count: int, pairs: Sequence[Pair], weights: Sequence[float], last: int | None = None) -> list[int]:
    """The row of every box, from 0, for arrows without a cycle: each leads at least one row down, few lead far.

    `last`, if given, stands alone in the lowest row.
    """
    into, leaving = _by_end(count, pairs, 1), _by_end(count, pairs, 0)
    order = _topological(count, pairs, into, leaving)
    rows = [0] * count
    for box in order:
        rows[box] = max((rows[pairs[number][0]] + 1 for number in into[box]), default=0)
    for sweep in range(SWEEPS):
        for box in order if sweep % 2 else reversed(order):
            pull = sum(weights[n] for n in leaving[box]) - sum(weights[n] for n in into[box])
            if pull > 0 and leaving[box] and into[box]:
                rows[box] = min(rows[pairs[number][1]] for number in leaving[box]) - 1
            elif pull <= 0 and into[box]:
                rows[box] = max(rows[pairs[number][0]] for number in into[box]) + 1
    if last is not None and not leaving[last]:
        rows[last] = max([row + 1 for box, row in enumerate(rows) if box != last], default=0)
    return _without_gaps(rows)


def _topological(count: int, pairs: Sequence[Pair], into: list[list[int]], leaving: list[list[int]]) -> list[int]:
    open_arrows = [len(numbers) for numbers in into]
    ready = [box for box in range(count) if not open_arrows[box]]
    order: list[int] = []
    while ready:
        box = ready.pop(0)
        order.append(box)
        for number in leaving[box]:
            target = pairs[number][1]
            open_arrows[target] -= 1
            if not open_arrows[target]:
                ready.append(target)
    return order


def _by_end(count: int, pairs: Iterable[Pair], end: int) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for number, pair in enumerate(pairs):
        found[pair[end]].append(number)
    return found


def _reaches(below: list[set[int]], origin: int, wanted: int) -> bool:
    seen, stack = {origin}, [origin]
    while stack:
        box = stack.pop()
        if box == wanted:
            return True
        fresh = below[box] - seen
        seen |= fresh
        stack += fresh
    return False


def _without_gaps(rows: list[int]) -> list[int]:
    number = {row: position for position, row in enumerate(sorted(set(rows)))}
    return [number[row] for row in rows]
