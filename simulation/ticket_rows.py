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

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import cached
from simulation.network import Keys, Run, Tickets
from simulation.parameters import Floats, Ints, Parameters, StepKind
from simulation.random import Purpose, uniform

_REPLY, _HANDOFF = int(Purpose.REPLY), int(Purpose.HANDOFF)

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Rules:
    """What a run's visits mean; the same for every run of one structure."""

    kind: NDArray[np.int8]  # [S]
    rests: Flags  # [S] resolved, and may be reopened
    customer: Flags  # [S] with the customer
    fee: Floats  # [S] money a visit
    to: Ints  # [E]
    reply: Floats  # [E]
    handoff: Floats  # [E]
    reopens: Flags  # [E]
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


def rules(parameters: Parameters) -> Rules:
    """What the visits of runs of these Parameters mean."""
    routes, steps = parameters.routes, parameters.steps
    kind = np.array([step.kind for step in steps], dtype=np.int8)[routes.step]
    actor = np.array([step.actor for step in steps])[routes.step]
    ends = routes.reopens | (kind[routes.to] == StepKind.END)
    source = np.repeat(np.arange(len(kind)), np.diff(routes.edge_start))
    rests = (kind == StepKind.DELAY) & (np.bincount(source[~ends], minlength=len(kind)) == 0)
    fee = np.array([step.fee for step in steps])[routes.step]
    return Rules(
        kind, rests, actor == "customer", fee, routes.to, routes.reply, routes.handoff, routes.reopens,
        parameters.staff.wage,
    )  # fmt: skip


def ticket_rows(parameters: Parameters, meaning: Rules, tickets: Tickets, run: Run, seed: int) -> TicketRows:
    """What became of `tickets` and of the contacts that followed from them."""
    known, repeats = parameters.backlog, run.repeats
    key, count = np.r_[tickets.key, repeats.key], len(tickets.key) + len(repeats.key)
    ints, floats = np.zeros((5, count), dtype=np.int32), np.zeros((4, count))
    instants, automated = np.full((4, count), np.nan), np.zeros(count, dtype=np.bool_)
    old = len(known.ticket)
    instants[0, :old], instants[1, :old] = known.first_reply, known.first_resolved
    ints[0, :old], ints[1, :old], ints[2, :old] = known.replies, known.reopens, known.handoffs
    floats[0, :old] = known.work
    rec = run.records
    _follow(
        rec.ticket, rec.state, rec.agent, rec.edge, (rec.entered, rec.started, rec.left, rec.work), key,
        (meaning.kind, meaning.rests, meaning.customer, meaning.to, meaning.reopens),
        (meaning.fee, meaning.reply, meaning.handoff, meaning.wage), seed, ints, floats, instants, automated,
    )  # fmt: skip
    instants[3, run.parent] = repeats.arrived
    return TicketRows(
        key, np.r_[tickets.stream, repeats.stream], np.r_[tickets.priority, repeats.priority],
        np.r_[tickets.arrived, repeats.arrived], instants[0], instants[1], instants[2], automated,
        ints[0], ints[1], ints[2], floats[0], floats[1], floats[2], ints[3], ints[4], floats[3], instants[3],
    )  # fmt: skip


@cached
def _follow(ticket, state, agent, edge, times, key, marks, amounts, seed, ints, floats, instants, automated):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, C901, PLR0912, PLR0913, PLR0915
    """Fills ints (replies, reopens, handoffs, answered, released), floats (work, spent, minutes, waited) and instants
    (first reply, first and last resolution) in one pass over visits, which come by ticket and entry.
    """
    entered, started, left, work = times
    kind, rests, customer, to, reopens = marks
    fee, reply, handoff, wage = amounts
    last, visit = -1, 0
    for row in range(len(ticket)):
        t, s, e = ticket[row], state[row], edge[row]
        visit = visit + 1 if t == last else 0
        fresh, last = t != last, t
        if kind[s] == 2:
            continue
        floats[0, t] += work[row]
        floats[2, t] += work[row]
        if agent[row] >= 0:
            floats[1, t] += work[row] / 60 * wage[agent[row]]
        if entered[row] >= 0:
            floats[1, t] += fee[s]
        if kind[s] == 0 and started[row] == started[row]:
            floats[3, t] += max(started[row] - entered[row], 0.0)
        if rests[s] and fresh:  # resolved before the start, and may come back
            instants[2, t] = entered[row]
            if instants[1, t] != instants[1, t]:
                instants[1, t] = entered[row]
        if e < 0:
            continue
        if uniform(seed, key[t], visit, _REPLY) < reply[e]:
            ints[0, t] += 1
            ints[3, t] += 1
            if instants[0, t] != instants[0, t]:
                instants[0, t] = left[row]
        if uniform(seed, key[t], visit, _HANDOFF) < handoff[e]:
            ints[2, t] += 1
        after = to[e]
        if reopens[e]:
            ints[1, t] += 1
            instants[2, t] = np.nan
            automated[t] = False
        elif (rests[after] or kind[after] == 2) and not rests[s]:
            closed = entered[row] if customer[s] else left[row]
            instants[2, t] = closed
            if instants[1, t] != instants[1, t]:
                instants[1, t] = closed
            automated[t] = kind[s] != 0 and ints[0, t] == 0
            if automated[t]:
                ints[4, t] += 1
