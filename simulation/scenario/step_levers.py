"""Levers on the route and its work: shorten, skip, remove, merge, add, move, route, misroutes, batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulation.parameters import Floats, Parameters, Step, StepKind
from simulation.scenario import document
from simulation.scenario.amounts import mean, with_mean, with_scaled
from simulation.scenario.chain import (
    Edges,
    Exits,
    Mask,
    NewStep,
    chosen,
    edges_of,
    exits,
    joined,
    of_kind,
    passed_by,
    pool_of,
    put_between,
    visits,
    with_edges,
    with_step,
)
from simulation.scenario.find import RefusedError, group, passable, states_of_workflow, worked

_LEAST_WORK = 0.1
_AT_ONCE = ", at once"  # how calibration names queues of calls


def shorten(shop: Parameters, change: document.Shorten) -> Parameters:
    """Less work, with every visit shorter by the same factor."""
    states = worked(shop, change.workflow, change.step)
    if change.by is not None:
        return _with_work(shop, states, np.full(len(states), 1 - change.by))
    now = work_minutes(shop, change.workflow, states)
    return shop if now <= 0 else _with_work(shop, states, np.full(len(states), float(change.minutes or 0) / now))


def work_minutes(shop: Parameters, workflow: str, states: Mask, before: Parameters | None = None) -> float:
    """Minutes of work a visit in these states, by how often tickets are in each (were, in the shop `before`)."""
    known = visits(before or shop, workflow)
    often = np.where(states, np.append(known, np.zeros(len(states) - len(known))), 0.0)
    means = _means(shop)
    return float(often @ means / often.sum()) if often.sum() > 0 else float(means[states].mean())


def skip(shop: Parameters, change: document.Skip) -> Parameters:
    """A share of the tickets goes on to what would have come after the step."""
    return _without(shop, passable(shop, change.workflow, change.step), change.share)


def remove(shop: Parameters, change: document.Remove) -> Parameters:
    """All tickets go on to what would have come after the step."""
    return _without(shop, passable(shop, change.workflow, change.step), 1.0)


def merge(shop: Parameters, change: document.Merge) -> Parameters:
    """The second step's work is done in the visit to the first, as often as it followed at once."""
    one, two = change.steps
    first, second = (worked(shop, change.workflow, name, "steps") for name in (one, two))
    passable(shop, change.workflow, two, "steps")
    edges = edges_of(shop.routes)
    direct = first[edges.source] & second[edges.to] & ~second[edges.source]
    if not direct.any():
        follows = sorted({_name(shop, state) for state in edges.to[first[edges.source]]} - {one})
        raise RefusedError("steps", f"'{two}' never follows '{one}' at once", f"After it come {', '.join(follows)}")
    means = _means(shop)
    source, size = edges.source[direct], len(means)
    more = edges.chance[direct] * (means[edges.to[direct]] - float(change.minutes_saved))
    work = np.maximum(means + np.bincount(source, more, size), _LEAST_WORK)
    longer = np.zeros(size, dtype=np.bool_)
    longer[source] = means[source] > 0
    shop, _ = passed_by(shop, exits(shop, second), np.ones(int(second.sum())), sources=first)
    return _with_work(shop, longer, np.divide(work, means, out=np.ones(size), where=means > 0))


def add(shop: Parameters, change: document.Add) -> Parameters:
    """A new step of work beside another one."""
    pool = shop.pools.names[group(shop, change.group)]
    states_of_workflow(shop, change.workflow)
    if any((step.workflow, step.name) == (change.workflow, change.step) for step in shop.steps):
        raise RefusedError("step", f"{change.workflow} has a step '{change.step}' already", "Give it another name")
    field = "after" if change.before is None else "before"
    beside = passable(shop, change.workflow, str(change.after or change.before), field)
    if change.share == 0:
        return shop
    like = int(shop.work.service[beside].max())
    shop, service = with_mean(shop, like, float(change.minutes))
    shop, step = with_step(shop, Step(change.workflow, change.step, StepKind.WORK, pool))
    edges = edges_of(shop.routes)
    if change.before is None:
        rows = beside[edges.source] & ~beside[edges.to]
        nobody = np.zeros(len(shop.arrivals.state), dtype=np.bool_)
        return put_between(shop, rows, nobody, change.share, NewStep(step, service))
    rows = beside[edges.to] & ~beside[edges.source]
    return put_between(shop, rows, beside[shop.arrivals.state], change.share, NewStep(step, service))


def move(shop: Parameters, change: document.Move) -> Parameters:
    """The step is taken out where it is, and done before the other one by as many tickets, if so many come there."""
    states = worked(shop, change.workflow, change.step)
    passable(shop, change.workflow, change.step)
    other = passable(shop, change.workflow, change.before, "before")
    if change.before == change.step:
        raise RefusedError("before", "a step cannot come before itself", "Name another step")
    often, edges = visits(shop, change.workflow), edges_of(shop.routes)
    own = np.where(states, often, 0.0)
    like = int(np.argmax(own))
    leaving = edges.source == like
    reply = float((edges.chance * edges.reply)[leaving].sum())
    shop = _without(shop, states, 1.0)
    edges = edges_of(shop.routes)
    rows, arrive = other[edges.to] & ~other[edges.source], other[shop.arrivals.state]
    often = visits(shop, change.workflow)
    comes = float((often[edges.source] * edges.chance)[rows].sum()) + _begin(shop, change.workflow, arrive)
    if own.sum() <= 0 or comes <= 0:
        return shop
    new = NewStep(int(shop.routes.step[like]), int(shop.work.service[like]), reply, like)
    return put_between(shop, rows, arrive, min(1.0, float(own.sum()) / comes), new)


def route(shop: Parameters, change: document.Route) -> Parameters:
    """The tickets wait in another queue; they wait for nobody in particular there."""
    group(shop, change.to, "to")
    if change.step is None:
        states = states_of_workflow(shop, change.workflow) & of_kind(shop, StepKind.WORK)
    else:
        states = worked(shop, change.workflow, change.step)
    before, edges = pool_of(shop), edges_of(shop.routes)
    moved = set(shop.routes.step[states].tolist())
    steps = tuple(
        replace(step, pool=_queue_in(shop, step, change.to)) if n in moved else step
        for n, step in enumerate(shop.steps)
    )
    shop = replace(shop, steps=steps)
    after = pool_of(shop)
    if (before == after).all():
        return shop
    both = (before[edges.source] >= 0) & (before[edges.to] >= 0)
    apart, now_apart = (place[edges.source] != place[edges.to] for place in (before, after))
    handoff = np.where(both & apart & ~now_apart, 0.0, np.where(both & ~apart & now_apart, 1.0, edges.handoff))
    keep = np.where(before != after, 0.0, shop.work.keep)
    return replace(shop, routes=replace(shop.routes, handoff=handoff), work=replace(shop.work, keep=keep))


def _queue_in(shop: Parameters, step: Step, name: str) -> str:
    """The group's queue; of work that waits in none (a call), the group's queue of such, if it has one."""
    at_once = f"{name}{_AT_ONCE}"
    return at_once if str(step.pool).endswith(_AT_ONCE) and at_once in shop.pools.names else name


def misroutes(shop: Parameters, change: document.Misroutes) -> Parameters:
    """Fewer tickets come to a step from which they are only handed on to another group."""
    states = worked(shop, change.workflow, change.step)
    edges, pool = edges_of(shop.routes), pool_of(shop)
    passing = states[edges.source] & (pool[edges.to] >= 0) & (pool[edges.to] != pool[edges.source])
    if not passing.any():
        raise RefusedError("step", f"'{change.step}' hands no ticket on to another group",
                           f"It can be one of {', '.join(_handing_on(shop, change.workflow)) or 'none'}")  # fmt: skip
    on = np.bincount(edges.source[passing], edges.chance[passing], len(states))
    out = _handed(edges, passing)
    shop, _ = passed_by(shop, out, (change.fewer * on[out.inside]).astype(np.float64))
    edges = edges_of(shop.routes)
    stays = 1 - change.fewer * on
    passing = states[edges.source] & (pool[edges.to] >= 0) & (pool[edges.to] != pool[edges.source])
    wanted = np.where(passing, edges.chance * (1 - change.fewer), edges.chance)
    real = states & (stays > 1e-9)
    chance = np.where(real[edges.source], wanted / np.where(real, stays, 1.0)[edges.source], edges.chance)
    return with_edges(shop, chosen(edges, chance > 0, chance=chance[chance > 0]))


def batch(shop: Parameters, change: document.Batch) -> Parameters:
    """Another batch, or none."""
    states = worked(shop, change.workflow, change.step)
    size = np.where(states, np.int32(change.size), shop.work.batch_size).astype(np.int32)
    minutes = np.where(states, 60.0 * change.hours if change.size > 1 else 0.0, shop.work.batch_minutes)
    return replace(shop, work=replace(shop.work, batch_size=size, batch_minutes=minutes))


def _without(shop: Parameters, states: Mask, share: float) -> Parameters:
    """`share` of the tickets pass those states by; whose people had the ticket before and after finish in one visit."""
    if share <= 0:
        return shop
    after, is_new = passed_by(shop, exits(shop, states), np.full(int(states.sum()), share))
    edges, pool, means = edges_of(after.routes), pool_of(after), _means(after)
    again = np.flatnonzero(is_new & (pool[edges.source] >= 0) & (pool[edges.source] == pool[edges.to]))
    start = after.routes.edge_start[edges.to[again]]
    count = after.routes.edge_start[edges.to[again] + 1] - start
    first = np.repeat(again, count)
    then = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(start, count)
    one = chosen(
        edges,
        first,
        to=edges.to[then],
        chance=edges.chance[first] * edges.chance[then],
        reply=1.0 - (1.0 - edges.reply[first]) * (1.0 - edges.reply[then]),
        handoff=edges.handoff[then],
    )
    more = np.where(_did(shop, one), 0.0, one.chance * means[edges.to[first]])
    longer = np.bincount(one.source, more, len(means))
    kept = np.ones(len(edges.to), dtype=np.bool_)
    kept[again] = False
    after = with_edges(after, joined(chosen(edges, kept), one))
    ratio = np.divide(means + longer, means, out=np.ones(len(means)), where=means > 0)
    return _with_work(after, longer > 0, ratio)


def _did(shop: Parameters, edges: Edges) -> Mask:
    """Whether visits to the state that an edge leaves led to its end's step before too: then their minutes of work are
    known to do for it.
    """
    known, step, size = edges_of(shop.routes), shop.routes.step.astype(np.int64), len(shop.steps)
    return np.isin(edges.source * size + step[edges.to], known.source * size + step[known.to])


def _means(shop: Parameters) -> Floats:
    """[S] Minutes of work on average."""
    known = {int(number): mean(shop.distributions, int(number)) for number in np.unique(shop.work.service)
             if number >= 0}  # fmt: skip
    return np.array([known.get(int(number), 0.0) for number in shop.work.service])


def _with_work(shop: Parameters, states: Mask, factor: Floats) -> Parameters:
    """The work of those states [S] times `factor` [S]."""
    service, done = shop.work.service.copy(), {}
    for state in np.flatnonzero(states):
        key = (int(service[state]), float(factor[state]))
        if key[1] != 1.0 and key not in done:
            shop, done[key] = with_scaled(shop, *key)
        service[state] = done.get(key, key[0])
    return replace(shop, work=replace(shop.work, service=service))


def _handed(edges: Edges, passing: Mask) -> Exits:
    """To whom the states that hand on do so."""
    inside = np.unique(edges.source[passing])
    target, column = np.unique(edges.to[passing], return_inverse=True)
    at, shape = (np.searchsorted(inside, edges.source[passing]), column), (len(inside), len(target))
    chance, handoff = np.zeros(shape), np.zeros(shape)
    np.add.at(chance, at, edges.chance[passing])
    np.add.at(handoff, at, edges.chance[passing] * edges.handoff[passing])
    handoff = np.divide(handoff, chance, out=np.zeros(shape), where=chance > 0)
    chance /= chance.sum(axis=1, keepdims=True)
    return Exits(inside, target, chance, handoff, np.zeros(shape))


def _handing_on(shop: Parameters, workflow: str) -> list[str]:
    edges, pool = edges_of(shop.routes), pool_of(shop)
    on = (pool[edges.source] >= 0) & (pool[edges.to] >= 0) & (pool[edges.to] != pool[edges.source])
    states = states_of_workflow(shop, workflow)
    return sorted({_name(shop, state) for state in edges.source[on] if states[state]})


def _begin(shop: Parameters, workflow: str, arrive: Mask) -> float:
    """The share of a workflow's arrivals among those streams."""
    own = np.array([name == workflow for name in shop.arrivals.workflow], dtype=np.bool_)
    rate = shop.arrivals.rate.sum(axis=1)
    return float(rate[own & arrive].sum() / rate[own].sum()) if rate[own].sum() > 0 else 0.0


def _name(shop: Parameters, state: int) -> str:
    return str(shop.steps[shop.routes.step[state]].name)
