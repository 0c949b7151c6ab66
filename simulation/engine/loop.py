"""The loop over events, from the start of a run to its end."""

from __future__ import annotations

import numpy as np

from simulation.compiled import cached, inlined
from simulation.engine.arrays import (
    BEFORE,
    DELAYED,
    ENTER,
    FREE,
    GATE,
    GAVE_UP,
    JOIN,
    NONE,
    OFF,
    STAY,
    TO_COME,
    WORK,
    WORKED,
    Come,
    Count,
    Fixed,
    Live,
    Longs,
    Rows,
    Status,
)
from simulation.engine.calendar import close, take_next
from simulation.engine.draws import rest
from simulation.engine.queues import remove
from simulation.engine.staff import begin_shift, complete, end_shift, hold, plan_shift, release, run, take
from simulation.engine.visits import (
    admit,
    admit_repeat,
    enter,
    gate,
    join,
    leave,
    next_edge,
    open_gate,
    record,
    wait,
)
from simulation.random import Purpose, uniform

SERVICE = int(Purpose.SERVICE)
BEGUN, COME, EVENTS, SLOTS = int(Count.BEGUN), int(Count.COME), int(Count.EVENTS), int(Count.SLOTS)
FREE_SLOT, ROWS, REPEATS = int(Count.FREE_SLOT), int(Count.ROWS), int(Count.REPEATS)
RECORDS, OPEN = int(Count.RECORDS), int(Count.OPEN)
DONE, MORE_ROWS = int(Status.DONE), int(Status.ROWS)
MORE_SLOTS, MORE_REPEATS, STUCK = int(Status.SLOTS), int(Status.REPEATS), int(Status.STUCK)
MOST_AT_ONCE = 1_000_000  # events at one instant


@cached
def simulate(fixed: Fixed, live: Live, come: Come, minutes: float, seed: int) -> int:
    """Runs until `minutes`, that instant excluded, or until an array is full: then goes on when called again."""
    if live.counts[BEGUN] == 0:
        _plan_shifts(fixed, live)
    instant, still = OFF, 0
    while True:
        status = _short(live)
        if status != DONE:
            return status
        ticket = live.counts[COME]
        arrival = come.arrived[ticket] if ticket < len(come.arrived) else np.inf
        planned = live.events.time[0] if live.counts[EVENTS] > 0 else np.inf
        before, instant = instant, min(arrival, planned)
        still = still + 1 if instant == before else 0
        if instant >= minutes:
            return _finish(live, minutes)
        if still > MOST_AT_ONCE:
            return STUCK
        if planned <= arrival:
            now, since = planned, planned
            slot, stage, agent, freed = _happen(fixed, live, come, now, seed)
        else:
            now, since, agent, freed = max(0.0, arrival), come.entered[ticket], NONE, False
            slot = admit(live, come)
            stage = _resume(fixed, live, slot, since, seed) if come.in_work[ticket] else ENTER
        _go_on(fixed, live, slot, stage, since, now, seed)
        if freed:
            release(fixed, live, agent)
        if agent >= 0:
            take(fixed, live, agent, now, seed)
        close(live)


@inlined
def _plan_shifts(fixed: Fixed, live: Live) -> None:
    live.counts[BEGUN] = 1
    for agent in range(len(fixed.speed)):
        interval = fixed.duty_start[agent]
        while interval < fixed.duty_start[agent + 1] and fixed.duty_to[interval] <= 0.0:
            interval += 1
        live.agents.interval[agent] = interval
        plan_shift(fixed, live, agent)


@inlined
def _short(live: Live) -> int:
    """What is full, so that the next event might find no room."""
    if live.counts[RECORDS] == 1 and live.counts[ROWS] == len(live.rows.ticket):
        return MORE_ROWS
    if live.counts[FREE_SLOT] < 0 and live.counts[SLOTS] == len(live.slots.key):
        return MORE_SLOTS
    return MORE_REPEATS if live.counts[REPEATS] == len(live.repeats.key) else DONE


@inlined
def _happen(fixed: Fixed, live: Live, come: Come, now: float, seed: int) -> tuple[int, int, int, bool]:
    """The next planned event. Gives a ticket that goes on and how, an agent to look for work and if a hand got free."""
    of = take_next(live)
    if of >= fixed.first_slot:
        slot = of - fixed.first_slot
        return slot, _end_wait(fixed, live, come, slot, now), NONE, False
    if of >= fixed.first_gate:
        return open_gate(live, of - fixed.first_gate), JOIN, NONE, False
    if of < len(fixed.speed):
        if live.agents.until[of] == OFF:
            begin_shift(fixed, live, of, now)
        else:
            end_shift(fixed, live, of, now)
        return NONE, STAY, of, False
    hand = of - len(fixed.speed)
    slot, stage = complete(fixed, live, hand, now), STAY
    if slot >= 0:
        edge = next_edge(fixed, live, slot, seed)
        stage = leave(live, slot, edge, fixed.to[edge], now, live.slots.service[slot])
    freed = live.agents.phase[hand] == FREE
    return slot, stage, live.agents.owner[hand] if freed else NONE, freed


@inlined
def _end_wait(fixed: Fixed, live: Live, come: Come, slot: int, now: float) -> int:
    """What a ticket waited for, or its patience, is over. Gives what comes next."""
    slots = live.slots
    phase = slots.phase[slot]
    if phase == BEFORE:
        return GATE
    if phase == TO_COME:
        admit_repeat(fixed, live, come, slot, now)
        return ENTER
    if phase == DELAYED:
        return leave(live, slot, slots.edge[slot], fixed.to[slots.edge[slot]], now, 0.0)
    remove(slots, live.queues, slot)
    return leave(live, slot, GAVE_UP, fixed.left_for[slots.state[slot]], now, 0.0)


@inlined
def _go_on(fixed: Fixed, live: Live, slot: int, stage: int, since: float, now: float, seed: int) -> None:
    """Takes a ticket as far as it comes at this instant; with it the batch that it completes."""
    if stage == ENTER:
        stage = enter(fixed, live, slot, since, now, seed)
    if stage == GATE:
        slot, stage = gate(fixed, live, slot, now), JOIN
    while stage == JOIN and slot >= 0:
        following = live.slots.link[slot]
        live.slots.link[slot] = NONE
        join(fixed, live, slot, now, seed)
        slot = following


@inlined
def _resume(fixed: Fixed, live: Live, slot: int, since: float, seed: int) -> int:
    """A ticket that was in work at the start is in its agent's hand, or on his desk if all hands are full."""
    slots, agent, state = live.slots, live.slots.agent[slot], live.slots.state[slot]
    if agent < 0 or fixed.kind[state] != WORK:
        return ENTER
    slots.entered[slot] = since
    if live.agents.busy[agent] == fixed.hand_start[agent + 1] - fixed.hand_start[agent]:
        slots.started[slot] = np.nan
        wait(fixed, live, slot, len(fixed.finishes) + agent, since, 0.0, seed)
        return STAY
    slots.started[slot] = since
    upper = uniform(seed, slots.key[slot], slots.visit[slot], SERVICE)
    done = _on_duty(fixed, agent, since) / fixed.speed[agent]
    work = rest(fixed, fixed.service[state], done, upper) * fixed.speed[agent]
    run(fixed, live, hold(fixed, live, agent, slot, work), 0.0)
    return STAY


@inlined
def _on_duty(fixed: Fixed, agent: int, since: float) -> float:
    """Minutes that an agent was on duty from `since` until the start of the run."""
    minutes = 0.0
    for interval in range(fixed.duty_start[agent], fixed.duty_start[agent + 1]):
        minutes += max(0.0, min(0.0, fixed.duty_to[interval]) - max(since, fixed.duty_from[interval]))
    return minutes


@inlined
def _finish(live: Live, minutes: float) -> int:
    """Counts, and records if asked, the visits that go on at the end of the run."""
    slots = live.slots
    live.counts[OPEN] = 0
    for slot in range(live.counts[SLOTS]):
        live.counts[OPEN] += slots.phase[slot] != FREE and slots.phase[slot] != TO_COME
    if live.counts[RECORDS] != 1:
        return DONE
    if live.counts[ROWS] + live.counts[OPEN] > len(live.rows.ticket):
        return MORE_ROWS
    for slot in range(live.counts[SLOTS]):
        if slots.phase[slot] != FREE and slots.phase[slot] != TO_COME:
            record(live, slot, NONE, np.nan, _work_done(live, slot, minutes))
    return DONE


@inlined
def _work_done(live: Live, slot: int, minutes: float) -> float:
    """Minutes of work of a visit that goes on."""
    if live.slots.phase[slot] != WORKED:
        return 0.0
    hand = live.slots.hand[slot]
    place = live.events.place[len(live.agents.until) + hand]
    left = live.agents.left[hand] if place < 0 else live.events.time[place] - minutes
    return live.slots.service[slot] - left


@cached
def sort_rows(rows: Rows, ordered: Rows, start: Longs) -> None:
    """Writes rows in the order of tickets, rows of a ticket in the order they stand in. `start` [T + 1]: zeros."""
    for row in range(len(ordered.ticket)):
        start[rows.ticket[row] + 1] += 1
    for ticket in range(1, len(start)):
        start[ticket] += start[ticket - 1]
    for row in range(len(ordered.ticket)):
        place = start[rows.ticket[row]]
        start[rows.ticket[row]] = place + 1
        ordered.ticket[place] = rows.ticket[row]
        ordered.state[place] = rows.state[row]
        ordered.agent[place] = rows.agent[row]
        ordered.edge[place] = rows.edge[row]
        ordered.entered[place] = rows.entered[row]
        ordered.started[place] = rows.started[row]
        ordered.left[place] = rows.left[row]
        ordered.work[place] = rows.work[row]
        ordered.idle[place] = rows.idle[row]
