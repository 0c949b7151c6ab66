"""What happens to tickets: they come, enter states, wait, leave and end."""

from __future__ import annotations

import math

import numpy as np

from simulation.compiled import inlined
from simulation.engine.arrays import (
    ARRIVAL,
    BEFORE,
    DELAY,
    DELAYED,
    ENTER,
    FREE,
    GATE,
    GATED,
    NONE,
    STAY,
    TO_COME,
    WAIT_END,
    WAITING,
    WORK,
    Come,
    Count,
    Fixed,
    Live,
)
from simulation.engine.calendar import number, plan, take_back
from simulation.engine.draws import amount, edge_after, edge_of, rest
from simulation.engine.queues import push
from simulation.engine.staff import begin, has_time, idle_helper
from simulation.random import Purpose, child, uniform

NEXT, IN_DELAY, IN_BEFORE, KEEP = int(Purpose.NEXT), int(Purpose.DELAY), int(Purpose.BEFORE), int(Purpose.KEEP)
PATIENCE, REPEAT, REPEAT_DELAY = int(Purpose.PATIENCE), int(Purpose.REPEAT), int(Purpose.REPEAT_DELAY)
COME, FREE_SLOT, SLOTS, ROWS = int(Count.COME), int(Count.FREE_SLOT), int(Count.SLOTS), int(Count.ROWS)
REPEATS, ARRIVED, ENDED, RECORDS = int(Count.REPEATS), int(Count.ARRIVED), int(Count.ENDED), int(Count.RECORDS)


@inlined
def admit(live: Live, come: Come) -> int:
    """Gives the next of Tickets a slot, about to enter its state."""
    slots, ticket = live.slots, live.counts[COME]
    slot = live.counts[FREE_SLOT]
    if slot < 0:
        slot = live.counts[SLOTS]
        live.counts[SLOTS] += 1
    else:
        live.counts[FREE_SLOT] = slots.link[slot]
    slots.key[slot] = come.key[ticket]
    slots.stream[slot] = come.stream[ticket]
    slots.priority[slot] = come.priority[ticket]
    _arrive(live, slot, ticket, come.arrived[ticket], come.state[ticket], come.agent[ticket])
    live.counts[COME] += 1
    return slot


@inlined
def _arrive(live: Live, slot: int, ticket: int, arrived: float, state: int, agent: int) -> None:
    slots = live.slots
    slots.ticket[slot] = ticket
    slots.arrived[slot] = arrived
    slots.state[slot] = state
    slots.agent[slot] = agent
    slots.other[slot] = NONE
    slots.visit[slot] = 0
    slots.link[slot] = NONE
    live.counts[ARRIVED] += 1


@inlined
def admit_repeat(fixed: Fixed, live: Live, come: Come, slot: int, now: float) -> None:
    """A repeat contact comes: it is a ticket from now on."""
    slots, repeats, row = live.slots, live.repeats, live.counts[REPEATS]
    repeats.key[row] = slots.key[slot]
    repeats.stream[row] = slots.stream[slot]
    repeats.priority[row] = slots.priority[slot]
    repeats.arrived[row] = now
    repeats.parent[row] = slots.ticket[slot]
    live.counts[REPEATS] += 1
    _arrive(live, slot, len(come.key) + row, now, fixed.first_state[slots.stream[slot]], NONE)


@inlined
def enter(fixed: Fixed, live: Live, slot: int, since: float, now: float, seed: int) -> int:
    """A ticket enters its state; `since` < `now` when it did so before the run began. Gives what comes next."""
    slots, state, of = live.slots, live.slots.state[slot], fixed.first_slot + slot
    slots.entered[slot] = since
    slots.started[slot] = np.nan
    kind = fixed.kind[state]
    if kind == DELAY:
        slots.phase[slot] = DELAYED
        plan(live, of, now + _delay(fixed, live, slot, now - since, seed), WAIT_END)
        return STAY
    if kind != WORK:
        _end(fixed, live, slot, now, seed)
        return STAY
    slots.rank[slot] = since  # when it comes to the gate, which a ticket open at the start may have passed
    if fixed.before[state] >= 0:
        upper = uniform(seed, slots.key[slot], slots.visit[slot], IN_BEFORE)
        slots.rank[slot] += amount(fixed, fixed.before[state], upper)
        if slots.rank[slot] > now:
            slots.phase[slot] = BEFORE
            plan(live, of, slots.rank[slot], WAIT_END)
            return STAY
    return GATE


@inlined
def _delay(fixed: Fixed, live: Live, slot: int, age: float, seed: int) -> float:
    """Draws the edge that a delay ends by, then how long it lasts from now."""
    slots, state = live.slots, live.slots.state[slot]
    key, visit = slots.key[slot], slots.visit[slot]
    edge = fixed.edge_start[state]
    if fixed.edge_start[state + 1] - edge > 1:
        chance = uniform(seed, key, visit, NEXT)
        edge = edge_after(fixed, state, age, chance) if age > 0.0 else edge_of(fixed, state, chance)
    slots.edge[slot] = edge
    return rest(fixed, fixed.delay[edge], age, uniform(seed, key, visit, IN_DELAY))


@inlined
def _end(fixed: Fixed, live: Live, slot: int, now: float, seed: int) -> None:
    """A ticket ends. Its slot is free, or kept for the contact that follows from it."""
    slots, stream, key = live.slots, live.slots.stream[slot], live.slots.key[slot]
    live.counts[ENDED] += 1
    chance = fixed.repeat[stream, 1 if slots.agent[slot] >= 0 else 0]
    if chance > 0.0 and uniform(seed, key, 0, REPEAT) < chance:
        wait = amount(fixed, fixed.repeat_delay[stream], uniform(seed, key, 0, REPEAT_DELAY))
        slots.key[slot] = child(key, 0)
        slots.phase[slot] = TO_COME
        plan(live, fixed.first_slot + slot, now + wait, ARRIVAL)
        return
    slots.phase[slot] = FREE
    slots.link[slot] = live.counts[FREE_SLOT]
    live.counts[FREE_SLOT] = slot


@inlined
def gate(fixed: Fixed, live: Live, slot: int, now: float) -> int:
    """A visit comes to the gate of its state. Gives the first of those that pass it now, linked, or -1."""
    slots, gates, state = live.slots, live.gates, live.slots.state[slot]
    if fixed.batch_size[state] <= 1:
        return slot
    slots.phase[slot] = GATED
    if gates.size[state] == 0:
        gates.first[state] = slot
        if math.isfinite(fixed.batch_minutes[state]):
            until = slots.rank[slot] + fixed.batch_minutes[state]
            plan(live, fixed.first_gate + state, max(now, until), WAIT_END)
    else:
        slots.link[gates.last[state]] = slot
    gates.last[state] = slot
    gates.size[state] += 1
    if gates.size[state] < fixed.batch_size[state]:
        return NONE
    take_back(live, fixed.first_gate + state)
    return open_gate(live, state)


@inlined
def open_gate(live: Live, state: int) -> int:
    """Lets the batch pass: gives its first, linked to the others."""
    live.gates.size[state] = 0
    return live.gates.first[state]


@inlined
def join(fixed: Fixed, live: Live, slot: int, now: float, seed: int) -> None:
    """A visit joins its pool's queue or its agent's desk, unless somebody can begin with it at once."""
    slots, state, pool = live.slots, live.slots.state[slot], fixed.pool[live.slots.state[slot]]
    own, queue = slots.agent[slot], pool
    if own >= 0 and not fixed.can[own, pool]:
        own = slots.other[slot]  # who handed it to somebody for what he cannot do himself gets it back
    may_keep = own >= 0 and fixed.keep[state] > 0.0 and fixed.can[own, pool]
    if may_keep and uniform(seed, slots.key[slot], slots.visit[slot], KEEP) < fixed.keep[state]:
        queue = len(fixed.finishes) + own
        agent = own if has_time(fixed, live, own, now) else NONE
    else:
        agent = idle_helper(fixed, live, pool, now)
    if agent >= 0:
        begin(fixed, live, agent, slot, now, seed)
    else:
        wait(fixed, live, slot, queue, slots.rank[slot] if fixed.batch_size[state] <= 1 else now, now, seed)


@inlined
def wait(fixed: Fixed, live: Live, slot: int, queue: int, since: float, now: float, seed: int) -> None:
    """A visit waits in a queue since an instant, as long as its patience lasts."""
    slots, state = live.slots, live.slots.state[slot]
    pool = fixed.pool[state]
    joined = slots.arrived[slot] if fixed.by_age[pool] else since
    slots.rank[slot] = joined - fixed.headstart[pool, slots.priority[slot]]
    slots.joined[slot] = number(live)
    slots.phase[slot] = WAITING
    push(slots, live.queues, queue, slot)
    if fixed.patience[state] >= 0:
        upper = uniform(seed, slots.key[slot], slots.visit[slot], PATIENCE)
        left = rest(fixed, fixed.patience[state], now - since, upper)
        plan(live, fixed.first_slot + slot, now + left, WAIT_END)


@inlined
def leave(live: Live, slot: int, edge: int, to: int, now: float, work: float) -> int:
    """A visit is over: it is recorded, and the ticket is about to enter its next state."""
    slots = live.slots
    if live.counts[RECORDS] == 1:
        record(live, slot, edge, now, work)
    slots.state[slot] = to
    slots.visit[slot] += 1
    return ENTER


@inlined
def next_edge(fixed: Fixed, live: Live, slot: int, seed: int) -> int:
    """The edge by which a WORK state is left."""
    slots, state = live.slots, live.slots.state[slot]
    edge = fixed.edge_start[state]
    if fixed.edge_start[state + 1] - edge > 1:
        edge = edge_of(fixed, state, uniform(seed, slots.key[slot], slots.visit[slot], NEXT))
    return edge


@inlined
def record(live: Live, slot: int, edge: int, left: float, work: float) -> None:
    """Writes a visit down."""
    rows, slots, row, acted = live.rows, live.slots, live.counts[ROWS], live.agents.acted
    live.counts[ROWS] = row + 1
    agent = NONE if math.isnan(slots.started[slot]) else slots.agent[slot]
    rows.idle[row] = 0.0
    if agent >= 0:
        rows.idle[row] = max(slots.started[slot] - acted[agent], 0.0)
        if not math.isnan(left):
            acted[agent] = left
    rows.ticket[row] = slots.ticket[slot]
    rows.state[row] = slots.state[slot]
    rows.agent[row] = agent
    rows.edge[row] = edge
    rows.entered[row] = slots.entered[slot]
    rows.started[row] = slots.started[slot]
    rows.left[row] = left
    rows.work[row] = work
