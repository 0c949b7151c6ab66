"""Which arrows stay when rare paths are hidden, so that no shown step hangs in the air."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

Link = tuple[str, str, int]
"""From, to, volume."""


def kept(links: Sequence[Link], keep: float, start: str, end: str) -> list[int]:
    """The positions of the links to show, ascending.

    The largest ones that together carry `keep` of the volume, and of every step they touch the widest way from
    `start` and to `end`, as far as the links connect it at all.
    """
    if keep >= 1:
        return list(range(len(links)))
    chosen = _largest(links, keep)
    ways_in = _widest(links, start, forward=True)
    ways_out = _widest(links, end, forward=False)
    waiting = [key for number in chosen for key in links[number][:2]] or [end, start]
    done: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key in done:
            continue
        done.add(key)
        for way in (ways_in.get(key), ways_out.get(key)):
            if way is not None and way not in chosen:
                chosen.add(way)
                waiting += links[way][:2]
    return sorted(chosen)


def _largest(links: Sequence[Link], keep: float) -> set[int]:
    wanted, chosen = keep * sum(link[2] for link in links), set()
    for number in sorted(range(len(links)), key=lambda number: (-links[number][2], number)):
        if wanted <= 0:
            break
        chosen.add(number)
        wanted -= links[number][2]
    return chosen


def _widest(links: Sequence[Link], origin: str, *, forward: bool) -> dict[str, int]:
    """Per step the link by which the widest way from (or to) `origin` reaches it: the least volume on it is largest."""
    ways_on = [(source, target) if forward else (target, source) for source, target, _ in links]
    leaving: dict[str, list[int]] = {}
    for number, (near, _) in enumerate(ways_on):
        leaving.setdefault(near, []).append(number)
    ways: dict[str, int] = {}
    queue: list[tuple[float, int, int]] = [(-float("inf"), 0, -1)]
    seen: set[str] = set()
    steps = 0
    while queue:
        width, _, by = heapq.heappop(queue)
        key = origin if by < 0 else ways_on[by][1]
        if key in seen:
            continue
        seen.add(key)
        if by >= 0:
            ways[key] = by
        for number in leaving.get(key, []):
            steps += 1
            heapq.heappush(queue, (max(width, -links[number][2]), steps, number))
    return ways
