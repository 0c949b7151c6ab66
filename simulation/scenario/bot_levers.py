"""Levers on bots: one that takes a step, and one that ends more of its visits by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulation.parameters import Floats, Ints, Parameters, Step, StepKind
from simulation.scenario.amounts import with_constant
from simulation.scenario.chain import (
    Edges,
    Exits,
    Mask,
    Rows,
    chosen,
    edges_of,
    exits,
    joined,
    of_kind,
    resting,
    split,
    visits,
    with_edges,
    with_states,
    with_step,
)
from simulation.scenario.document import Automate, Containment
from simulation.scenario.find import RefusedError, passable, states_of_workflow


def automate(shop: Parameters, change: Automate) -> Parameters:
    """A bot before the step: what it does by itself goes on as after the step, the rest to the people."""
    inside = passable(shop, change.workflow, change.step)
    out, size = exits(shop, inside), int(inside.sum())
    people = out.inside
    if change.hand_over_to is not None:
        others = passable(shop, change.workflow, change.hand_over_to, "hand_over_to")
        often = visits(shop, change.workflow)
        people = np.full(size, np.argmax(np.where(others, often, -1.0)), dtype=np.int32)
    shop, step = with_step(
        shop, Step(change.workflow, f"Bot: {change.step}", StepKind.DELAY, None, "bot", float(change.fee))
    )
    shop, delay = with_constant(shop, float(change.minutes))
    none = np.full(size, -1, np.int32)
    shop, bots = with_states(shop, np.full(size, step, np.int32), none, none)
    edges, place = edges_of(shop.routes), np.cumsum(inside) - 1
    inside = np.append(inside, np.zeros(size, dtype=np.bool_))
    entering = ~inside[edges.source] & inside[edges.to]
    met = replace(
        edges,
        to=np.where(entering, bots[place[np.where(entering, edges.to, 0)]], edges.to).astype(np.int32),
        handoff=np.where(entering, edges.handoff * (1 - change.containment), edges.handoff),
    )
    shop = with_edges(shop, joined(met, _bot_edges(out._replace(inside=bots), people, change.containment, delay)))
    parts = {
        int(stream): [(int(bots[place[state]]), 1.0)]
        for stream, state in enumerate(shop.arrivals.state)
        if inside[state]
    }
    return replace(shop, arrivals=split(shop.arrivals, parts))


def _bot_edges(out: Exits, people: Ints, share: float, delay: int) -> Edges:
    """What the bots `out.inside` do: `share` by themselves, the rest handed to the states `people`."""
    row, column = np.nonzero(out.chance * share > 0)
    count = len(people) if share < 1 else 0
    size = len(row) + count
    return Edges(
        np.append(out.inside[row], out.inside[:count]),
        np.append(out.target[column], people[:count]),
        np.append(out.chance[row, column] * share, np.full(count, 1 - share)),
        np.full(size, delay, np.int32),
        np.zeros(size),
        np.append(out.handoff[row, column], np.zeros(count)),
        np.zeros(size, dtype=np.bool_),
    )


def contained(shop: Parameters, workflow: str) -> tuple[Mask, Mask, float]:
    """[S] The bots' states of a workflow, [E] the edges by which a bot ends a ticket, and their share of its visits.

    Raises RefusedError where no bot works.
    """
    bots = states_of_workflow(shop, workflow)
    bots &= np.array([step.actor == "bot" and step.kind != StepKind.END for step in shop.steps])[shop.routes.step]
    if not bots.any():
        raise RefusedError("workflow", f"no bot works on {workflow}", "The lever 'automate' gives a step to a bot")
    edges, done = edges_of(shop.routes), resting(shop) | of_kind(shop, StepKind.END)
    ends = bots[edges.source] & done[edges.to]
    often = np.where(bots, visits(shop, workflow), 0.0)
    whole = float(often.sum())
    return bots, ends, float((often[edges.source] * edges.chance)[ends].sum()) / whole if whole > 0 else 0.0


def containment(shop: Parameters, change: Containment) -> Parameters:
    """All of the bot's states end more (or fewer) tickets, so that the share of its visits is as asked.

    More: the share handed over shrinks by one factor everywhere. Fewer: the share contained does.
    """
    bots, ends, now = contained(shop, change.workflow)
    if now <= 0:
        raise RefusedError("workflow", f"the bot of {change.workflow} has never ended a ticket by itself",
                           "The lever 'automate' gives a step to a bot")  # fmt: skip
    if change.to == now:
        return shop
    edges = edges_of(shop.routes)
    size = len(bots)
    share = np.bincount(edges.source[ends], edges.chance[ends], size)
    raised = 1 - (1 - share) * (1 - change.to) / (1 - now) if change.to > now else share
    after = np.asarray(share * change.to / now if change.to < now else raised, dtype=np.float64)
    rest = np.divide(1 - after, 1 - share, out=np.ones(size), where=share < 1)
    factor = np.where(ends, np.divide(after, share, out=np.zeros(size), where=share > 0)[edges.source], 1.0)
    factor = np.where(bots[edges.source] & ~ends, rest[edges.source], factor)
    lost = bots & (share >= 1) & (after < 1)  # nothing says where else these would go: they stay as they are
    factor = np.where(lost[edges.source], 1.0, factor)
    chance = edges.chance * factor
    never = np.flatnonzero(bots & (share <= 0) & (after > 0))
    more = _copied(shop, change.workflow, ends, never, after)
    left = chance > 0
    return with_edges(shop, joined(chosen(edges, left, chance=chance[left]), more))


def _copied(shop: Parameters, workflow: str, ends: Mask, states: Rows, share: Floats) -> Edges:
    """The ways in which the workflow's bot ends tickets elsewhere, for its states that never did."""
    edges, often = edges_of(shop.routes), visits(shop, workflow)
    rows = np.flatnonzero(ends)
    weight = (often[edges.source] * edges.chance)[rows]
    source, row = np.repeat(states, len(rows)), np.tile(rows, len(states))
    return chosen(
        edges,
        row,
        source=source.astype(np.int32),
        chance=share[source] * np.tile(weight / weight.sum(), len(states)),
    )
