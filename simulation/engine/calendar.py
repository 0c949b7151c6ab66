"""What is planned, in order of time: a binary heap that knows where each event is, so that it can be taken back."""

from __future__ import annotations

from simulation.compiled import inlined
from simulation.engine.arrays import NONE, Count, Events, Live

EVENTS, SEQUENCE = int(Count.EVENTS), int(Count.SEQUENCE)
KIND_SHIFT = 56  # the kind of an event stands over its number in the order of planning


@inlined
def number(live: Live) -> int:
    """The next number in the order of planning and joining."""
    live.counts[SEQUENCE] += 1
    return live.counts[SEQUENCE]


@inlined
def plan(live: Live, of: int, time: float, kind: int) -> None:
    """Plans an event of something that has none planned."""
    place = live.counts[EVENTS]
    live.counts[EVENTS] += 1
    _rise(live.events, place, time, (kind << KIND_SHIFT) | number(live), of)


@inlined
def take_back(live: Live, of: int) -> None:
    """Removes the event of something, if it has one."""
    events = live.events
    place = events.place[of]
    if place == NONE:
        return
    events.place[of] = NONE
    last = live.counts[EVENTS] - 1
    live.counts[EVENTS] = last
    if place < last:
        _refill(events, place, last)


@inlined
def _before(events: Events, time: float, order: int, place: int) -> bool:
    return time < events.time[place] or (time == events.time[place] and order < events.order[place])


@inlined
def _put(events: Events, place: int, time: float, order: int, of: int) -> None:
    events.time[place] = time
    events.order[place] = order
    events.of[place] = of
    events.place[of] = place


@inlined
def _move(events: Events, source: int, target: int) -> None:
    _put(events, target, events.time[source], events.order[source], events.of[source])


@inlined
def _rise(events: Events, place: int, time: float, order: int, of: int) -> None:
    while place > 0:
        above = (place - 1) >> 1
        if not _before(events, time, order, above):
            break
        _move(events, above, place)
        place = above
    _put(events, place, time, order, of)


@inlined
def _refill(events: Events, place: int, last: int) -> None:
    """Puts the last event where one was taken out: sinks the gap to a leaf, then lets it rise."""
    time, order, of = events.time[last], events.order[last], events.of[last]
    start = place
    while True:
        below = 2 * place + 1
        if below >= last:
            break
        if below + 1 < last and _before(events, events.time[below + 1], events.order[below + 1], below):
            below += 1
        if _before(events, time, order, below):
            break
        _move(events, below, place)
        place = below
    if place == start:
        _rise(events, place, time, order, of)
    else:
        _put(events, place, time, order, of)
