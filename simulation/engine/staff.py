"""What agents do: begin and end shifts, choose what to work on, work, and be busy afterwards."""

from __future__ import annotations

from simulation.compiled import inlined
from simulation.engine.arrays import (
    AFTER_WORK,
    COMPLETION,
    FREE,
    NONE,
    OFF,
    SHIFT_BEGIN,
    SHIFT_END,
    WORKED,
    Count,
    Fixed,
    Live,
)
from simulation.engine.calendar import number, plan, take_back
from simulation.engine.draws import amount
from simulation.engine.queues import ahead, remove
from simulation.random import Purpose, uniform

SERVICE = int(Purpose.SERVICE)
BUSY_SHIFT, TIER_SHIFT = 44, 52  # standing: tier, tickets in hand, order of having been freed
NO_TIME = 1 << 60
ACTIVITIES = int(Count.ACTIVITIES)


@inlined
def has_time(fixed: Fixed, live: Live, agent: int, now: float) -> bool:
    """On duty, the instant at which the shift ends excluded, with a hand free."""
    hands = fixed.hand_start[agent + 1] - fixed.hand_start[agent]
    return now < live.agents.until[agent] and live.agents.busy[agent] < hands


@inlined
def stand(fixed: Fixed, live: Live, agent: int) -> None:
    """Notes who is asked first to take a visit: who has fewest in hand, then who is free for longest."""
    agents = live.agents
    hands = fixed.hand_start[agent + 1] - fixed.hand_start[agent]
    if agents.until[agent] > OFF and agents.busy[agent] < hands:
        agents.standing[agent] = (agents.busy[agent] << BUSY_SHIFT) | agents.since[agent]
    else:
        agents.standing[agent] = NO_TIME


@inlined
def idle_helper(fixed: Fixed, live: Live, pool: int, now: float) -> int:
    """Who takes a visit that joins a pool: of those with a hand free the lowest tier, then by standing; -1 nobody."""
    best, chosen = NO_TIME, NONE
    for row in range(fixed.helper_start[pool], fixed.helper_start[pool + 1]):
        agent = fixed.helper[row]
        standing = live.agents.standing[agent] + (fixed.helper_tier[row] << TIER_SHIFT)
        better = (standing < best) & (now < live.agents.until[agent])  # no jump: it could not be foreseen
        best, chosen = standing if better else best, agent if better else chosen
    return chosen


@inlined
def hold(fixed: Fixed, live: Live, agent: int, slot: int, work: float) -> int:
    """Puts a visit with so much work to do into a free hand of an agent, not running yet. Gives the hand."""
    agents, slots = live.agents, live.slots
    hand = fixed.hand_start[agent]
    while agents.phase[hand] != FREE:
        hand += 1
    agents.busy[agent] += 1
    agents.phase[hand] = WORKED
    agents.slot[hand] = slot
    agents.pool[hand] = fixed.pool[slots.state[slot]]
    agents.left[hand] = work
    slots.phase[slot] = WORKED
    slots.hand[slot] = hand
    if agent != slots.agent[slot]:
        slots.other[slot] = slots.agent[slot]
        slots.agent[slot] = agent
    slots.service[slot] = work
    stand(fixed, live, agent)
    return hand


@inlined
def begin(fixed: Fixed, live: Live, agent: int, slot: int, now: float, seed: int) -> None:
    """An agent with a hand free begins to work on a visit."""
    slots = live.slots
    take_back(live, fixed.first_slot + slot)  # its patience
    upper = uniform(seed, slots.key[slot], slots.visit[slot], SERVICE)
    work = amount(fixed, fixed.service[slots.state[slot]], upper) * fixed.speed[agent]
    hand = hold(fixed, live, agent, slot, work)
    slots.started[slot] = now
    live.counts[ACTIVITIES] += 1
    plan(live, len(fixed.speed) + hand, now + work, COMPLETION)


@inlined
def _next_visit(fixed: Fixed, live: Live, agent: int) -> int:
    """The first of the heads of the own desk and the pools of tier 0, or of tier 1, and so on; -1 if none waits."""
    slots, queues = live.slots, live.queues
    chosen, tier = queues[len(fixed.finishes) + agent], 0
    for row in range(fixed.skill_start[agent], fixed.skill_start[agent + 1]):
        if fixed.skill_tier[row] > tier:
            if chosen >= 0:
                break
            tier = fixed.skill_tier[row]
        head = queues[fixed.skill_pool[row]]
        if head >= 0 and (chosen < 0 or ahead(slots, head, chosen)):
            chosen = head
    return chosen


@inlined
def take(fixed: Fixed, live: Live, agent: int, now: float, seed: int) -> None:
    """An agent fills his free hands from the queues."""
    while has_time(fixed, live, agent, now):
        slot = _next_visit(fixed, live, agent)
        if slot < 0:
            break
        remove(live.slots, live.queues, slot)
        begin(fixed, live, agent, slot, now, seed)


@inlined
def complete(fixed: Fixed, live: Live, hand: int, now: float) -> int:
    """A hand has done its work: it is free, or busy with what comes after. Gives the visit that is over, or -1."""
    agents = live.agents
    pool, slot = agents.pool[hand], NONE
    if agents.phase[hand] == WORKED:
        slot = agents.slot[hand]
        if fixed.after_work[pool] > 0.0:
            agents.phase[hand] = AFTER_WORK
            agents.left[hand] = fixed.after_work[pool]
            run(fixed, live, hand, now)
            return slot
    agents.phase[hand] = FREE
    return slot


@inlined
def release(fixed: Fixed, live: Live, agent: int) -> None:
    """Counts a freed hand as free; after its visit has moved on, so that both are chosen from what waits then."""
    live.agents.busy[agent] -= 1
    live.agents.since[agent] = number(live)
    stand(fixed, live, agent)


@inlined
def run(fixed: Fixed, live: Live, hand: int, now: float) -> None:
    """Lets the work in a hand go on, unless its agent is off duty and the work waits for him."""
    agents = live.agents
    if fixed.finishes[agents.pool[hand]] or now < agents.until[agents.owner[hand]]:
        plan(live, len(fixed.speed) + hand, now + agents.left[hand], COMPLETION)


@inlined
def plan_shift(fixed: Fixed, live: Live, agent: int) -> None:
    """Plans the beginning of an agent's next shift; a shift that goes on at the start begins then."""
    interval = live.agents.interval[agent]
    if interval < fixed.duty_start[agent + 1]:
        plan(live, agent, max(0.0, fixed.duty_from[interval]), SHIFT_BEGIN)


@inlined
def begin_shift(fixed: Fixed, live: Live, agent: int, now: float) -> None:
    """On duty: work that was paused goes on."""
    agents = live.agents
    agents.until[agent] = fixed.duty_to[agents.interval[agent]]
    agents.since[agent] = number(live)
    stand(fixed, live, agent)
    for hand in range(fixed.hand_start[agent], fixed.hand_start[agent + 1]):
        if agents.phase[hand] != FREE and live.events.place[len(fixed.speed) + hand] < 0:
            run(fixed, live, hand, now)
    plan(live, agent, agents.until[agent], SHIFT_END)


@inlined
def end_shift(fixed: Fixed, live: Live, agent: int, now: float) -> None:
    """Off duty: work of pools that do not finish pauses."""
    agents, events = live.agents, live.events
    agents.until[agent] = OFF
    stand(fixed, live, agent)
    for hand in range(fixed.hand_start[agent], fixed.hand_start[agent + 1]):
        place = events.place[len(fixed.speed) + hand]
        if place >= 0 and not fixed.finishes[agents.pool[hand]]:
            agents.left[hand] = events.time[place] - now
            take_back(live, len(fixed.speed) + hand)
    agents.interval[agent] += 1
    plan_shift(fixed, live, agent)
