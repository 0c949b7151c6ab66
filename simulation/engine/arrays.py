"""The arrays that the engine works on: what stays the same (`Fixed`) and what a run changes (`Live`).

A ticket in the shop sits in a slot, which the next ticket gets when it has gone: so memory follows the tickets that are
open at a time. An agent has as many hands as tickets that he works on at a time.
"""

from enum import IntEnum
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulation.parameters import Floats, Ints, StepKind

Flags: TypeAlias = NDArray[np.bool_]
Bytes: TypeAlias = NDArray[np.int8]
Longs: TypeAlias = NDArray[np.int64]
Keys: TypeAlias = NDArray[np.uint64]
Places: TypeAlias = NDArray[
    np.uint32
]  # what only indexes arrays: unsigned, so that nothing looks if it counts from the end
TYPES: dict[Any, type[np.generic]] = {  # by the annotations of the groups below, which are real types for that
    Flags: np.bool_,
    Bytes: np.int8,
    Ints: np.int32,
    Places: np.uint32,
    Longs: np.int64,
    Keys: np.uint64,
    Floats: np.float64,
}

WORK, DELAY = int(StepKind.WORK), int(StepKind.DELAY)
NONE = -1
GAVE_UP = -2  # edge of a visit that was given up
OFF = -np.inf  # an agent off duty is on duty until then

# Order of events at one instant (see the package's description).
COMPLETION, SHIFT_END, SHIFT_BEGIN, WAIT_END, ARRIVAL = range(5)

# Where a ticket is (Slots.phase), and how a hand is engaged (Agents.phase).
FREE, DELAYED, BEFORE, GATED, WAITING, WORKED, TO_COME = range(7)
AFTER_WORK = 7

# What the loop does next with a ticket.
STAY, ENTER, GATE, JOIN = range(4)


class Count(IntEnum):
    """Single numbers of a run: positions in Live.counts."""

    BEGUN = 0  # 1 when the shifts are planned
    COME = 1  # tickets taken from Tickets
    SEQUENCE = 2  # planned events and joins of queues so far: breaks ties
    EVENTS = 3
    SLOTS = 4  # slots ever used
    FREE_SLOT = 5  # head of the list of slots to use again, -1: none
    ROWS = 6
    REPEATS = 7
    ARRIVED = 8
    ENDED = 9
    ACTIVITIES = 10
    RECORDS = 11  # 1: visits are recorded
    OPEN = 12  # tickets in the shop at the end
    OPENED = 13  # 1: the first place in the heap of events is to be filled


class Status(IntEnum):
    """Why the loop came back: what has to grow before it goes on."""

    DONE = 0
    ROWS = 1
    SLOTS = 2
    REPEATS = 3
    STUCK = 4  # nothing helps: no time passes


class Fixed(NamedTuple):
    """A Network, with what is worked out from it once. S, E, D, P, A, N as in simulation/parameters.py."""

    kind: Bytes  # [S]
    pool: Places
    service: Places
    before: Ints
    keep: Floats
    patience: Ints
    left_for: Places
    batch_size: Ints
    batch_minutes: Floats
    edge_start: Ints  # [S + 1]
    chance: Floats  # [E]
    upto: Floats  # [E] chance of this edge or one before it
    to: Places
    delay: Places
    shape: Bytes  # [D]
    a: Floats
    b: Floats
    value_start: Ints  # [D + 1]
    values: Floats
    after_work: Floats  # [P]
    by_age: Flags
    headstart: Floats  # [P, 4]
    finishes: Flags
    helper_start: Ints  # [P + 1]
    helper: Places  # agents of a pool, by tier
    helper_tier: Longs
    speed: Floats  # [A]
    can: Flags  # [A, P]
    skill_start: Ints  # [A + 1]
    skill_pool: Places
    skill_tier: Ints
    duty_start: Ints  # [A + 1]
    duty_from: Floats
    duty_to: Floats
    hand_start: Ints  # [A + 1]
    repeat: Floats  # [N, 2]
    repeat_delay: Places
    first_state: Places
    first_gate: int  # number of the first gate among what events may be of, see Events
    first_slot: int


class Come(NamedTuple):
    """The arrays of Tickets."""

    key: Keys
    stream: Places
    state: Places
    arrived: Floats
    entered: Floats
    priority: Bytes
    agent: Ints
    in_work: Flags


class Slots(NamedTuple):
    """Tickets in the shop and repeat contacts to come."""

    key: Keys
    ticket: Ints  # its number; of a repeat contact to come: its parent's
    stream: Ints
    priority: Bytes
    agent: Ints  # who worked on it last
    other: Ints  # who did before
    arrived: Floats
    phase: Bytes
    state: Places
    visit: Ints  # number within the ticket
    edge: Ints  # drawn already, of a delay
    entered: Floats
    started: Floats
    service: Floats  # minutes of work of the visit
    hand: Ints
    queue: Places
    rank: Floats  # place in the queue: smallest first,
    joined: Longs  # then by order of joining
    left: Ints  # the queue's heap
    right: Ints
    above: Ints
    link: Ints  # next in the gate, or next free slot


class Events(NamedTuple):
    """A binary heap of what is planned, one event at most of each shift, hand, gate and slot (numbered in that order).

    A visit that is served or given up takes its event out, so that the heap never holds more than is going on.
    """

    time: Floats  # by position in the heap
    of: Places
    order: Longs  # [shifts + hands + gates + slots] kind of event, then order of planning
    place: Ints  # position in the heap, -1: nothing planned


class Agents(NamedTuple):
    """Agents and their hands, H in all."""

    until: Floats  # [A] end of the shift, OFF when off duty
    interval: Ints  # [A] the shift, or the next
    busy: Longs  # [A] hands in use
    since: Longs  # [A] when a hand was last freed or the shift began, in the order of events
    standing: Longs  # [A] see staff.stand
    acted: Floats  # [A] when it last ended a visit, as far as visits are recorded
    owner: Places  # [H]
    phase: Bytes  # [H]
    slot: Ints  # [H]
    pool: Places  # [H]
    left: Floats  # [H] minutes of work that are left when it was paused


class Gates(NamedTuple):
    """Visits that wait for a batch to be complete; arrays [S]."""

    first: Ints
    last: Ints
    size: Ints


class Rows(NamedTuple):
    """The arrays of Records, in the order in which visits ended."""

    ticket: Ints
    state: Ints
    agent: Ints
    edge: Ints
    entered: Floats
    started: Floats
    left: Floats
    work: Floats
    idle: Floats


class Repeats(NamedTuple):
    """Repeat contacts that came, in the order of coming."""

    key: Keys
    stream: Ints
    priority: Bytes
    arrived: Floats
    parent: Ints


class Live(NamedTuple):
    """All that a run changes."""

    counts: Longs  # by Count
    slots: Slots
    events: Events
    agents: Agents
    gates: Gates
    queues: Ints  # [P + A] the first visit of each pool's queue and of each agent's desk
    rows: Rows
    repeats: Repeats
