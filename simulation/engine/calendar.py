"""What is planned, in order of time: a binary heap that knows where each event is, so that it can be taken back."""

from __future__ import annotations

from simulation.compiled import inlined
from simulation.engine.arrays import NONE, Count, Events, Live

EVENTS, SEQUENCE, OPENED = int(Count.EVENTS), int(Count.SEQUENCE), int(Count.OPENED)
KIND_SHIFT = 56  # the kind of an event stands over its number in the order of planning


@inlined
def number(live: Live) -> int:
    """The next number in the order of planning and joining."""
    live.counts[SEQUENCE] += 1
    return live.counts[SEQUENCE]


@inlined
def take_next(live: Live) -> int:
    """What the next event is of. Its place is kept for what is planned on it, until `close`: most events plan one."""
    of = live.events.of[0]
    live.events.place[of] = NONE
    live.counts[OPENED] = 1
    return of


@inlined
def close(live: Live) -> None:
    """Fills the place of the event that was taken, if nothing was planned on it."""
    if live.counts[OPENED] == 1:
        live.counts[OPENED] = 0
        _remove(live, 0)


@inlined
def plan(live: Live, of: int, time: float, kind: int) -> None:
    """Plans an event of something that has none planned."""
    live.events.order[of] = (kind << KIND_SHIFT) | number(live)
    if live.counts[OPENED] == 1:
        live.counts[OPENED] = 0
        _sink(live.events, 0, live.counts[EVENTS], time, of)
        return
    place = live.counts[EVENTS]
    live.counts[EVENTS] += 1
    _rise(live.events, 0, place, time, of)


@inlined
def take_back(live: Live, of: int) -> None:
    """Removes the event of something, if it has one."""
    place = live.events.place[of]
    if place >= 0:
        live.events.place[of] = NONE
        _remove(live, place)


@inlined
def _remove(live: Live, place: int) -> None:
    """Puts the last event where one was taken out."""
    events, last = live.events, live.counts[EVENTS] - 1
    live.counts[EVENTS] = last
    if place == last:
        return
    time, of = events.time[last], events.of[last]
    if place > 0 and _before(events, time, of, (place - 1) >> 1):
        _rise(events, 0, place, time, of)
    else:
        _sink(events, place, last, time, of)


@inlined
def _before(events: Events, time: float, of: int, place: int) -> bool:
    if time == events.time[place]:
        return events.order[of] < events.order[events.of[place]]
    return time < events.time[place]


@inlined
def _put(events: Events, place: int, time: float, of: int) -> None:
    events.time[place] = time
    events.of[place] = of
    events.place[of] = place


@inlined
def _move(events: Events, source: int, target: int) -> None:
    _put(events, target, events.time[source], events.of[source])


@inlined
def _rise(events: Events, top: int, place: int, time: float, of: int) -> None:
    while place > top:
        above = (place - 1) >> 1
        if not _before(events, time, of, above):
            break
        _move(events, above, place)
        place = above
    _put(events, place, time, of)


@inlined
def _sink(events: Events, place: int, size: int, time: float, of: int) -> None:
    """Lets a gap in a heap of `size` sink to a leaf, then an event rise from there: it mostly belongs far down."""
    top = place
    below = 2 * place + 1
    while below + 1 < size:
        below += _before(events, events.time[below + 1], events.of[below + 1], below)
        _move(events, below, place)
        place = below
        below = 2 * place + 1
    if below < size:
        _move(events, below, place)
        place = below
    _rise(events, top, place, time, of)
