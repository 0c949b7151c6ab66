"""A run: makes the arrays, lets the loop go on until it is done, gives the records in order."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from simulation.engine.arrays import (
    FREE,
    NONE,
    OFF,
    TYPES,
    Agents,
    Come,
    Count,
    Events,
    Fixed,
    Gates,
    Live,
    Repeats,
    Rows,
    Slots,
    Status,
)
from simulation.engine.loop import simulate, sort_rows
from simulation.engine.prepare import on_duty, prepare, taken
from simulation.engine.staff import NO_TIME
from simulation.network import Network, Records, Run, Tickets

Group = TypeVar("Group", Slots, Rows, Repeats)
ROOM = 1024  # slots, rows and repeats to begin with
ROWS_A_TICKET = 8
_KEPT = {kind: [TYPES[kept] for kept in kind.__annotations__.values()] for kind in (Slots, Rows, Repeats)}


def run(
    network: Network, tickets: Tickets, minutes: float, seed: int, *, records: bool = True, ready: Fixed | None = None
) -> Run:
    """Plays `minutes` from the start. The same arguments give the same bytes, on any number of threads.

    Without `records` its records are empty, and memory follows the tickets open at a time. `ready`: what `prepare` made
    of the network, or of one that differs in who is on duty only. Raises ValueError if the arrays do not fit together
    or the routes go round for ever in no time.
    """
    fixed = prepare(network) if ready is None else on_duty(ready, network.duty)
    come = taken(network, tickets)
    live = _new(fixed, come, records=records)
    while (status := simulate(fixed, live, come, float(minutes), int(seed))) != Status.DONE:
        live = _grown(fixed, live, Status(status))
    count = live.counts
    repeats, parent = _repeats(network, live)
    return Run(
        records=_ordered(live.rows, int(count[Count.ROWS]), len(come.key) + len(parent)),
        repeats=repeats,
        parent=parent,
        arrived=int(count[Count.ARRIVED]),
        ended=int(count[Count.ENDED]),
        open=int(count[Count.OPEN]),
        activities=int(count[Count.ACTIVITIES]),
    )


def _arrays(kind: type[Group], size: int) -> Group:
    # Unused room of a large empty array costs no memory.
    return kind(*[np.empty(size, kept) for kept in _KEPT[kind]])


def _new(fixed: Fixed, come: Come, *, records: bool) -> Live:
    agents, hands, states = len(fixed.speed), int(fixed.hand_start[-1]), len(fixed.kind)
    slots = int(np.searchsorted(come.arrived, 0.0, "right")) + ROOM
    count = np.zeros(len(Count), np.int64)
    count[Count.FREE_SLOT], count[Count.RECORDS] = NONE, records
    return Live(
        counts=count,
        slots=_arrays(Slots, slots),
        events=_events(fixed.first_slot + slots),
        agents=Agents(
            until=np.full(agents, OFF),
            interval=np.zeros(agents, np.int32),
            busy=np.zeros(agents, np.int64),
            since=np.zeros(agents, np.int64),
            standing=np.full(agents, NO_TIME, np.int64),
            acted=np.full(agents, -np.inf),
            owner=np.repeat(np.arange(agents, dtype=np.uint32), np.diff(fixed.hand_start)),
            phase=np.full(hands, FREE, np.int8),
            slot=np.full(hands, NONE, np.int32),
            pool=np.zeros(hands, np.uint32),
            left=np.zeros(hands),
        ),
        gates=Gates(*(np.zeros(states, np.int32) for _ in Gates._fields)),
        queues=np.full(len(fixed.finishes) + agents, NONE, np.int32),
        rows=_arrays(Rows, ROWS_A_TICKET * len(come.key) + ROOM if records else 0),
        repeats=_arrays(Repeats, ROOM),
    )


def _events(size: int) -> Events:
    return Events(np.empty(size), np.empty(size, np.uint32), np.empty(size, np.int64), np.full(size, NONE, np.int32))


def _grown(fixed: Fixed, live: Live, status: Status) -> Live:
    """The same with twice the room where it was short."""
    if status == Status.STUCK:
        raise ValueError("tickets go round and round without time passing: some way back in the routes takes 0 minutes")
    if status == Status.ROWS:
        return live._replace(rows=_doubled(live.rows))
    if status == Status.REPEATS:
        return live._replace(repeats=_doubled(live.repeats))
    slots = _doubled(live.slots)
    events = _events(fixed.first_slot + len(slots.key))
    _copy(live.events, events)
    return live._replace(slots=slots, events=events)


def _doubled(group: Group) -> Group:
    wider = _arrays(type(group), 2 * len(group[0]))
    _copy(group, wider)
    return wider


def _copy(old: Any, new: Any) -> None:
    for target, source in zip(new, old, strict=True):
        target[: len(source)] = source


def _ordered(rows: Rows, size: int, tickets: int) -> Records:
    ordered = _arrays(Rows, size)
    sort_rows(rows, ordered, np.zeros(tickets + 1, np.int64))
    return Records(*ordered)


def _repeats(network: Network, live: Live) -> tuple[Tickets, Any]:
    arrays: Any = (array[: live.counts[Count.REPEATS]].copy() for array in live.repeats)
    rows = Repeats(*arrays)
    tickets = Tickets(
        key=rows.key,
        stream=rows.stream,
        state=np.asarray(network.first_state, np.int32)[rows.stream],
        arrived=rows.arrived,
        entered=rows.arrived,
        priority=rows.priority,
        agent=np.full(len(rows.key), NONE, np.int32),
        in_work=np.zeros(len(rows.key), np.bool_),
    )
    return tickets, rows.parent
