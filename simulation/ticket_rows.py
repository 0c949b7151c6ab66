"""What became of every ticket of a run: visits as one row per ticket, in the terms of fct_ticket.

The rules are METRICS.md's. Where a chain of visits says less than a helpdesk's log:
- A state from which a ticket only ends or is reopened is "resolved"; its entry is the resolution.
- A ticket that goes from the customer's hands straight there was closed by a timer, which counts from the moment it was
  given to the customer. A customer who closes it himself is taken for the same.
- Replies and handoffs happen with their edge's probability, at the end of the visit, drawn by ticket and visit.
- A ticket is automated if no visit of work ended it and nobody replied: notes that no customer sees are not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import cached, inlined
from simulation.network import Keys, Run, Tickets
from simulation.parameters import IDLE, Floats, Ints, Parameters, Staff, StepKind, queue_by_step
from simulation.random import Purpose, uniform

_REPLY, _HANDOFF = int(Purpose.REPLY), int(Purpose.HANDOFF)
_WORK, _END = int(StepKind.WORK), int(StepKind.END)

Flags = NDArray[np.bool_]


class Rules(NamedTuple):
    """What a run's visits mean; the same for every run of one structure."""

    kind: NDArray[np.int8]  # [S]
    rests: Flags  # [S] resolved, and may be reopened
    customer: Flags  # [S] with the customer
    fee: Floats  # [S] money a visit
    to: Ints  # [E]
    reply: Floats  # [E]
    handoff: Floats  # [E]
    reopens: Flags  # [E]
    pool: Ints  # [S] queue of a state; -1 none
    billed: Floats  # [S] minutes charged for a minute of work
    billed_idle: Floats  # [S] and more after IDLE minutes without work
    wage: Floats  # [A] money an hour


@dataclass(frozen=True)
class TicketRows:
    """One row per ticket: open at the start, first contacts, repeats. Minutes of the run; NaN is never, or unknown.

    `replies`, `reopens`, `handoffs` and `work` count from the ticket's creation; what is `spent`, `answered` and
    `released` arose in the run.
    """

    key: Keys
    stream: Ints
    priority: NDArray[np.int8]
    created: Floats
    first_reply: Floats
    first_resolved: Floats
    resolved: Floats
    is_automated: Flags
    queue: Ints  # the last one that it came to, -1: none
    replies: Ints
    reopens: Ints
    handoffs: Ints
    work: Floats
    spent: Floats  # money: minutes of work at the agents' wages, and fees of steps
    minutes: Floats  # of work in the run
    answered: Ints  # replies in the run
    released: Ints  # resolutions in the run without a person
    waited: Floats  # minutes in queues
    followed: Floats  # when the customer came again
    csat: NDArray[np.int8]  # 1 satisfied, 0 not, -1 no answer
    ces: Floats  # score of effort, NaN: no answer


class _Visits(NamedTuple):
    """Columns of Records."""

    ticket: Ints
    state: Ints
    agent: Ints
    edge: Ints
    entered: Floats
    started: Floats
    left: Floats
    work: Floats
    idle: Floats


class _Sums(NamedTuple):
    """Columns of TicketRows that visits add to."""

    first_reply: Floats
    first_resolved: Floats
    resolved: Floats
    queue: Ints
    replies: Ints
    reopens: Ints
    handoffs: Ints
    answered: Ints
    released: Ints
    work: Floats
    spent: Floats
    minutes: Floats
    waited: Floats
    is_automated: Flags


def rules(parameters: Parameters) -> Rules:
    """What the visits of runs of these Parameters mean."""
    routes, steps = parameters.routes, parameters.steps
    kind = np.array([step.kind for step in steps], dtype=np.int8)[routes.step]
    actor = np.array([step.actor for step in steps])[routes.step]
    ends = routes.reopens | (kind[routes.to] == StepKind.END)
    source = np.repeat(np.arange(len(kind)), np.diff(routes.edge_start))
    rests = (kind == StepKind.DELAY) & (np.bincount(source[~ends], minlength=len(kind)) == 0)
    pool = queue_by_step(steps, parameters.pools.names)[routes.step]
    fee, billed, idle = np.array([(step.fee, step.billed, step.billed_idle) for step in steps])[routes.step].T
    return Rules(
        kind, rests, actor == "customer", fee, routes.to, routes.reply, routes.handoff, routes.reopens, pool,
        billed, idle, parameters.staff.wage,
    )  # fmt: skip


def ticket_rows(parameters: Parameters, meaning: Rules, tickets: Tickets, run: Run, seed: int) -> TicketRows:
    """What became of `tickets` and of the contacts that followed from them."""
    repeats = run.repeats
    key = np.concatenate([tickets.key, repeats.key])
    sums = _opened(parameters, len(key))
    visits = _Visits(*(getattr(run.records, name) for name in _Visits._fields))
    _follow(visits, meaning, key, seed, sums)
    followed = np.full(len(key), np.nan)
    followed[run.parent] = repeats.arrived
    return TicketRows(
        key=key,
        stream=np.concatenate([tickets.stream, repeats.stream]),
        priority=np.concatenate([tickets.priority, repeats.priority]),
        created=np.concatenate([tickets.arrived, repeats.arrived]),
        followed=followed,
        csat=np.full(len(key), -1, dtype=np.int8),
        ces=np.full(len(key), np.nan),
        **sums._asdict(),
    )


def _opened(parameters: Parameters, count: int) -> _Sums:
    """Sums of so many tickets, with what had been before the start of those open then."""
    known = parameters.backlog
    later = count - len(known.ticket)
    never, none, nothing = np.full(later, np.nan), np.zeros(later, dtype=np.int32), np.zeros(later)
    return _Sums(
        first_reply=np.concatenate([known.first_reply, never]),
        first_resolved=np.concatenate([known.first_resolved, never]),
        resolved=np.full(count, np.nan),
        queue=np.concatenate([_own_queue(parameters.staff, known.agent), none - 1]),
        replies=np.concatenate([known.replies, none]),
        reopens=np.concatenate([known.reopens, none]),
        handoffs=np.concatenate([known.handoffs, none]),
        answered=np.zeros(count, dtype=np.int32),
        released=np.zeros(count, dtype=np.int32),
        work=np.concatenate([known.work, nothing]),
        spent=np.zeros(count),
        minutes=np.zeros(count),
        waited=np.zeros(count),
        is_automated=np.zeros(count, dtype=np.bool_),
    )


def _own_queue(staff: Staff, agent: Ints) -> Ints:
    """What agents do first: where their tickets are until they come to another queue."""
    own = [staff.skill_pool[a] if b > a else -1 for a, b in zip(staff.skill_start, staff.skill_start[1:], strict=False)]
    return np.array([*own, -1], dtype=np.int32)[agent]


@cached
def _follow(visits: _Visits, meaning: Rules, key: Keys, seed: int, sums: _Sums) -> None:
    """One pass over visits, which come by ticket and entry."""
    last, visit = -1, 0
    for row in range(len(visits.ticket)):
        ticket, state = visits.ticket[row], visits.state[row]
        visit = visit + 1 if ticket == last else 0
        last = ticket
        if meaning.kind[state] == _END:
            continue
        _add_work(visits, row, meaning, sums)
        if meaning.pool[state] >= 0:
            sums.queue[ticket] = meaning.pool[state]
        if visit == 0 and meaning.rests[state]:  # resolved before the start, and may come back
            _resolve(ticket, visits.entered[row], sums)
        if visits.edge[row] >= 0:
            _add_talk(visits, row, visit, meaning, key[ticket], seed, sums)
            _turn(visits, row, meaning, sums)


@inlined
def _add_work(visits: _Visits, row: int, meaning: Rules, sums: _Sums) -> None:
    ticket, state, agent, work = visits.ticket[row], visits.state[row], visits.agent[row], visits.work[row]
    sums.work[ticket] += work
    sums.minutes[ticket] += work
    if agent >= 0:
        more = meaning.billed_idle[state] if visits.idle[row] >= IDLE else 0.0
        sums.spent[ticket] += (work * meaning.billed[state] + more) / 60 * meaning.wage[agent]
    if visits.entered[row] >= 0:
        sums.spent[ticket] += meaning.fee[state]
    if meaning.kind[state] == _WORK and not np.isnan(visits.started[row]):
        sums.waited[ticket] += max(visits.started[row] - visits.entered[row], 0.0)


@inlined
def _add_talk(visits: _Visits, row: int, visit: int, meaning: Rules, key: np.uint64, seed: int, sums: _Sums) -> None:
    ticket, edge = visits.ticket[row], visits.edge[row]
    reply, handoff = meaning.reply[edge], meaning.handoff[edge]  # mostly sure: then nothing is drawn, which takes long
    if reply >= 1.0 or (reply > 0.0 and uniform(seed, key, visit, _REPLY) < reply):
        sums.replies[ticket] += 1
        sums.answered[ticket] += 1
        if np.isnan(sums.first_reply[ticket]):
            sums.first_reply[ticket] = visits.left[row]
    # The mean rounded up or down: with 1.3 one change for sure, and another in three of ten cases.
    if handoff > 0.0:
        sums.handoffs[ticket] += int(handoff + 1.0 - uniform(seed, key, visit, _HANDOFF))


@inlined
def _turn(visits: _Visits, row: int, meaning: Rules, sums: _Sums) -> None:
    """A ticket resolved, or opened again."""
    ticket, state, edge = visits.ticket[row], visits.state[row], visits.edge[row]
    after = meaning.to[edge]
    if meaning.reopens[edge]:
        sums.reopens[ticket] += 1
        sums.resolved[ticket] = np.nan
        sums.is_automated[ticket] = False
    elif (meaning.rests[after] or meaning.kind[after] == _END) and not meaning.rests[state]:
        _resolve(ticket, visits.entered[row] if meaning.customer[state] else visits.left[row], sums)
        if meaning.kind[state] != _WORK and sums.replies[ticket] == 0:
            sums.is_automated[ticket] = True
            sums.released[ticket] += 1


@inlined
def _resolve(ticket: int, instant: float, sums: _Sums) -> None:
    sums.resolved[ticket] = instant
    if np.isnan(sums.first_resolved[ticket]):
        sums.first_resolved[ticket] = instant
