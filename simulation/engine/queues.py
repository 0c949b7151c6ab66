"""Queues: the smallest rank first, then the order of joining; a visit can leave from anywhere.

Each is a skew heap (Sleator and Tarjan 1986, "Self-adjusting heaps"), linked through the slots: it takes no memory of
its own, and joining, taking and leaving cost the logarithm of the queue's length on average.
"""

from __future__ import annotations

from simulation.compiled import inlined
from simulation.engine.arrays import NONE, Slots
from simulation.parameters import Ints


@inlined
def ahead(slots: Slots, one: int, other: int) -> bool:
    """Whether one visit is served before another."""
    rank, against = slots.rank[one], slots.rank[other]
    return rank < against or (rank == against and slots.joined[one] < slots.joined[other])


@inlined
def push(slots: Slots, queues: Ints, queue: int, slot: int) -> None:
    """Adds a visit whose rank and order of joining are set."""
    slots.queue[slot] = queue
    slots.left[slot] = NONE
    slots.right[slot] = NONE
    queues[queue] = _merged(slots, queues[queue], slot)


@inlined
def remove(slots: Slots, queues: Ints, slot: int) -> None:
    """Takes a visit out of its queue, wherever it stands."""
    above = slots.above[slot]
    rest = _merged(slots, slots.left[slot], slots.right[slot])
    if rest >= 0:
        slots.above[rest] = above
    if above < 0:
        queues[slots.queue[slot]] = rest
    elif slots.left[above] == slot:
        slots.left[above] = rest
    else:
        slots.right[above] = rest


@inlined
def _merged(slots: Slots, one: int, other: int) -> int:
    """The root of two heaps made one; either may be empty."""
    root, above = NONE, NONE
    while True:
        if one < 0 or (other >= 0 and ahead(slots, other, one)):
            one, other = other, one
        if above < 0:
            root = one
        else:
            slots.left[above] = one
        if one < 0:
            return root
        slots.above[one] = above
        if other < 0:
            return root
        right = slots.right[one]
        slots.right[one] = slots.left[one]
        above, one = one, right
