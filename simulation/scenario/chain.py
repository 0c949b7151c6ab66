"""Surgery on the chain of states: steps passed by, states put in between, arrivals sent elsewhere.

Chances stay sums to 1. States that nothing leads to any more stay where they are, so that numbers of states keep their
meaning and tickets that are open in them still go through them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, eye_array
from scipy.sparse.linalg import splu

from simulation.parameters import Arrivals, Floats, Ints, Parameters, Routes, Step, StepKind, queue_by_step

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]
_NOTHING = 1e-12


@dataclass(frozen=True)
class Edges:
    """Edges as rows [E]: Routes without the grouping, with the state that each leaves."""

    source: Ints
    to: Ints
    chance: Floats
    delay: Ints
    reply: Floats
    handoff: Floats
    reopens: Mask


class Exits(NamedTuple):
    """Where tickets come out that enter one of `inside` [K]: states `target` [M] with `chance` [K, M].

    `handoff` and `reply` [K, M]: probability of changed hands, and of an answer by a person, on the way out.
    """

    inside: Ints
    target: Ints
    chance: Floats
    handoff: Floats
    reply: Floats


def edges_of(routes: Routes) -> Edges:
    """The edges with their sources."""
    source = np.repeat(np.arange(len(routes.step), dtype=np.int32), np.diff(routes.edge_start))
    return Edges(source, routes.to, routes.chance, routes.delay, routes.reply, routes.handoff, routes.reopens)


class NewStep(NamedTuple):
    """A step of work to be put in: number of the step, distribution of its work, and of answers written in it.

    `like`: the state whose way of queueing it takes over, -1 none.
    """

    step: int
    service: int
    reply: float = 0.0
    like: int = -1


def joined(*parts: Edges) -> Edges:
    """All the edges of the parts."""
    return Edges(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Edges)))


def chosen(edges: Edges, rows: Mask | Rows, **changed: NDArray[np.generic]) -> Edges:
    """Those edges, with columns changed."""
    kept = {field.name: getattr(edges, field.name)[rows] for field in fields(Edges)}
    return Edges(**{**kept, **changed})


def with_edges(shop: Parameters, edges: Edges) -> Parameters:
    """The shop with these edges, put in order of the state that they leave."""
    order = np.argsort(edges.source, kind="stable")
    counts = np.bincount(edges.source, minlength=len(shop.routes.step))
    routes = replace(
        shop.routes,
        edge_start=np.append(0, np.cumsum(counts)).astype(np.int32),
        **{name: getattr(edges, name)[order] for name in ("chance", "to", "delay", "reply", "handoff", "reopens")},
    )
    return replace(shop, routes=routes)


def with_states(shop: Parameters, step: Ints, like: Ints, service: Ints) -> tuple[Parameters, Ints]:
    """The shop with more states [K] of these steps, still without edges, and their numbers.

    `like` [K]: states whose history and way of queueing they take over, -1 none. `service` [K]: distribution or -1.
    """
    routes, work, count = shop.routes, shop.work, len(shop.routes.step)
    neutral = {"before": -1, "keep": 0.0, "patience": -1, "left_for": -1, "batch_size": 1, "batch_minutes": 0.0}
    columns: dict[str, Any] = {"service": np.append(work.service, service).astype(np.int32)}
    for name, value in neutral.items():
        known = getattr(work, name)
        more = np.where(like >= 0, known[like], value).astype(known.dtype)
        columns[name] = np.append(known, more)
    history = tuple(routes.history[state] if state >= 0 else "" for state in like)
    after = replace(
        routes,
        step=np.append(routes.step, step).astype(np.int32),
        history=routes.history + history,
        edge_start=np.append(routes.edge_start, np.full(len(step), routes.edge_start[-1])).astype(np.int32),
    )
    states = np.arange(count, count + len(step), dtype=np.int32)
    return replace(shop, routes=after, work=replace(work, **columns)), states


def with_step(shop: Parameters, step: Step) -> tuple[Parameters, int]:
    """The shop with that step, and its number; as it is, where it has the step already."""
    if step in shop.steps:
        return shop, shop.steps.index(step)
    return replace(shop, steps=(*shop.steps, step)), len(shop.steps)


def of_kind(shop: Parameters, kind: StepKind) -> Mask:
    """[S] Whether a state is of that kind."""
    return np.array([step.kind == kind for step in shop.steps], dtype=np.bool_)[shop.routes.step]


def pool_of(shop: Parameters) -> Ints:
    """[S] The pool of a state, -1 none."""
    result: Ints = queue_by_step(shop.steps, shop.pools.names)[shop.routes.step]
    return result


def resting(shop: Parameters) -> Mask:
    """[S] Resolved: a state in which nobody works, and from which a ticket ends or is reopened and nothing else."""
    edges, over = edges_of(shop.routes), of_kind(shop, StepKind.END)
    goes_on = ~(edges.reopens | over[edges.to])
    rests: Mask = of_kind(shop, StepKind.DELAY) & (np.bincount(edges.source[goes_on], minlength=len(over)) == 0)
    return rests


def exits(shop: Parameters, inside: Mask) -> Exits:
    """Where tickets come out of the states `inside` [S] at last, by where they entered."""
    edges, states = edges_of(shop.routes), np.flatnonzero(inside).astype(np.int32)
    place = np.cumsum(inside) - 1
    within, leaving = inside[edges.source] & inside[edges.to], inside[edges.source] & ~inside[edges.to]
    around = np.zeros((len(states), len(states)))
    np.add.at(around, (place[edges.source[within]], place[edges.to[within]]), edges.chance[within])
    target, column = np.unique(edges.to[leaving], return_inverse=True)
    at, shape = (place[edges.source[leaving]], column), (len(states), len(target))
    left = {}
    for name, weight in (("chance", 1.0), ("handoff", edges.handoff[leaving]), ("reply", edges.reply[leaving])):
        ways = np.zeros(shape)
        np.add.at(ways, at, edges.chance[leaving] * weight)
        left[name] = np.maximum(np.linalg.solve(np.eye(len(states)) - around, ways), 0.0)
    chance = left["chance"] / left["chance"].sum(axis=1, keepdims=True)
    share = {
        name: np.minimum(np.divide(left[name], chance, out=np.zeros(shape), where=chance > 0), 1.0)
        for name in ("handoff", "reply")
    }
    return Exits(states, target.astype(np.int32), chance, **share)


def passed_by(shop: Parameters, out: Exits, share: Floats, sources: Mask | None = None) -> tuple[Parameters, Mask]:
    """Of tickets that would enter `out.inside` [K], `share` [K] go at once to where they would have come out.

    Answers written inside are written in the visit of work before. Where the same queue works before and after, nobody
    hands the ticket over any more. `sources`: only tickets that come from these states; arrivals are left alone then.
    Returns the shop and which of its edges [E] are new.
    """
    edges = edges_of(shop.routes)
    inside = np.zeros(len(shop.routes.step), dtype=np.bool_)
    inside[out.inside] = True
    entering = np.flatnonzero(~inside[edges.source] & inside[edges.to])
    if sources is not None:
        entering = entering[sources[edges.source[entering]]]
    place = np.searchsorted(out.inside, edges.to[entering])
    left = edges.chance.copy()
    left[entering] *= 1.0 - share[place]
    kept = np.ones(len(left), dtype=np.bool_)
    kept[entering] = left[entering] > 0
    new = _shortcuts(shop, edges, out, share, entering)
    whole = joined(chosen(edges, kept, chance=left[kept]), new)
    is_new = np.arange(len(whole.to)) >= kept.sum()
    is_new = is_new[np.argsort(whole.source, kind="stable")]
    shop = with_edges(shop, whole)
    return (shop if sources is not None else _arrivals_pass(shop, out, share)), is_new


def _shortcuts(shop: Parameters, edges: Edges, out: Exits, share: Floats, entering: Rows) -> Edges:
    """The edges that replace those `entering`, to where these would have come out."""
    place = np.searchsorted(out.inside, edges.to[entering])
    chance = share[place, None] * out.chance[place]
    row, column = np.nonzero(chance > 0)
    old, to, inner = entering[row], out.target[column], (place[row], column)
    pool, over = pool_of(shop), of_kind(shop, StepKind.END)
    before, after = pool[edges.source[old]], pool[to]
    answered = 1.0 - (1.0 - edges.reply[old]) * (1.0 - out.reply[inner])
    return chosen(
        edges,
        old,
        to=to,
        chance=edges.chance[old] * chance[row, column],
        reply=np.where(before >= 0, answered, edges.reply[old]),
        handoff=np.where((after >= 0) & (after != before), np.maximum(edges.handoff[old], out.handoff[inner]), 0.0),
        reopens=edges.reopens[old] & ~over[to],
    )


def _arrivals_pass(shop: Parameters, out: Exits, share: Floats) -> Parameters:
    """Arrivals that begin inside; those whose ticket would be over at once still begin there."""
    over = of_kind(shop, StepKind.END)
    parts: dict[int, list[tuple[int, float]]] = {}
    for stream in np.flatnonzero(np.isin(shop.arrivals.state, out.inside)):
        state = int(shop.arrivals.state[stream])
        place = int(np.searchsorted(out.inside, state))
        onward = share[place] * out.chance[place] * ~over[out.target]
        ways = [(int(to), float(part)) for to, part in zip(out.target, onward, strict=True) if part > 0]
        stays = 1.0 - sum(part for _, part in ways)
        parts[int(stream)] = [*([(state, stays)] if stays > _NOTHING else []), *ways]
    return replace(shop, arrivals=split(shop.arrivals, parts))


def split(arrivals: Arrivals, parts: dict[int, list[tuple[int, float]]]) -> Arrivals:
    """Streams parted among (first state, share of the tickets); the first part keeps the stream's number."""
    rows = [(stream, *ways[0]) for stream, ways in parts.items()]
    more = [(stream, *way) for stream, ways in parts.items() for way in ways[1:]]
    count = len(arrivals.state)
    origin = np.append(np.arange(count), np.array([row[0] for row in more], dtype=np.int64))
    state, rate = arrivals.state[origin].copy(), arrivals.rate[origin].copy()
    for place, (_, first, share) in [(row[0], row) for row in rows] + list(enumerate(more, start=count)):
        state[place] = first
        rate[place] *= share
    surges = [
        (surge, place)
        for place in range(count, len(origin))
        for surge in np.flatnonzero(arrivals.surge_stream == origin[place])
    ]
    surge = np.append(np.arange(len(arrivals.surge_stream)), [row for row, _ in surges]).astype(np.int64)
    return replace(
        arrivals,
        workflow=tuple(arrivals.workflow[place] for place in origin),
        channel=tuple(arrivals.channel[place] for place in origin),
        state=state,
        rate=rate,
        **{
            name: getattr(arrivals, name)[origin]
            for name in ("trend", "holiday", "dispersion", "priority", "repeat", "repeat_delay", "outreach")
        },
        surge_stream=np.append(arrivals.surge_stream, [place for _, place in surges]).astype(np.int32),
        **{name: getattr(arrivals, name)[surge] for name in ("surge_from", "surge_to", "surge_factor")},
    )


def put_between(shop: Parameters, edges: Mask, streams: Mask, share: float, new: NewStep) -> Parameters:
    """`share` of the tickets on these edges and of these arrivals visit a new state of `step` first, then go on."""
    known, arrivals = edges_of(shop.routes), shop.arrivals
    target = np.unique(np.append(known.to[edges], arrivals.state[streams]))
    size = len(target)
    shop, state = with_states(shop, *(np.full(size, value, np.int32) for value in (new.step, new.like, new.service)))
    pool, row = pool_of(shop), np.flatnonzero(edges)
    between = state[np.searchsorted(target, known.to[row])]
    entry = chosen(
        known,
        row,
        to=between,
        chance=known.chance[row] * share,
        handoff=np.where((pool[known.source[row]] >= 0) & (pool[between] != pool[known.source[row]]), 1.0, 0.0),
    )
    left = known.chance.copy()
    left[row] *= 1.0 - share
    onward = Edges(
        state, target.astype(np.int32), np.ones(size), np.full(size, -1, np.int32), np.full(size, new.reply),
        np.where((pool[target] >= 0) & (pool[target] != pool[state]), 1.0, 0.0), np.zeros(size, np.bool_),
    )  # fmt: skip
    shop = with_edges(shop, joined(chosen(known, left > 0, chance=left[left > 0]), entry, onward))
    parts: dict[int, list[tuple[int, float]]] = {}
    for stream in np.flatnonzero(streams):
        first = int(arrivals.state[stream])
        stays = [(first, 1.0 - share)] if share < 1 else []
        parts[int(stream)] = [*stays, (int(state[np.searchsorted(target, first)]), share)]
    return replace(shop, arrivals=split(arrivals, parts))


def visits(shop: Parameters, workflow: str) -> Floats:
    """[S] Expected visits to a state by a ticket of the workflow that comes in, repeat contacts left out.

    The row of the chain's fundamental matrix (Kemeny & Snell 1960, theorem 3.2.4), by where tickets begin.
    """
    edges, count = edges_of(shop.routes), len(shop.routes.step)
    own = np.array([name == workflow for name in shop.arrivals.workflow], dtype=np.bool_)
    weekly = shop.arrivals.rate[own].sum(axis=1)
    if weekly.sum() <= 0:
        return np.zeros(count)
    begins = np.bincount(shop.arrivals.state[own], weekly / weekly.sum(), count)
    # Only what can be reached: a state that keeps its tickets for ever elsewhere must not spoil the answer.
    reached = _reached(edges, begins > 0)
    place = np.cumsum(reached) - 1
    row = reached[edges.source]
    size = int(reached.sum())
    moves = coo_array((edges.chance[row], (place[edges.to[row]], place[edges.source[row]])), shape=(size, size))
    found = np.zeros(count)
    found[reached] = splu(csc_array(eye_array(size, format="csc") - moves.tocsc())).solve(begins[reached])
    return found


def _reached(edges: Edges, begins: Mask) -> Mask:
    reached = begins.copy()
    used = edges.chance > 0
    while True:
        more = np.zeros_like(reached)
        more[edges.to[used & reached[edges.source]]] = True
        if not (more & ~reached).any():
            return reached
        reached |= more
