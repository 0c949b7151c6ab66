"""The lever on automatic closing: after how many days without an answer a ticket is closed."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from simulation.parameters import Floats, Parameters, StepKind
from simulation.scenario.amounts import quantiles, with_constant, with_values
from simulation.scenario.chain import (
    Edges,
    Mask,
    chosen,
    edges_of,
    joined,
    of_kind,
    resting,
    visits,
    with_edges,
    with_states,
)
from simulation.scenario.document import AutoClose
from simulation.scenario.find import RefusedError, states_of_workflow

_DAY = 1440.0
_TIMER = 0.9
"""Closings after at least this part of the usual time are the timer's; earlier ones are the customer's own."""


class Late(NamedTuple):
    """Answers that would come after the closing: the edge, their chance, where they closed, how long after it."""

    edge: int
    chance: float
    resolved: int
    rest: Floats


def auto_close(shop: Parameters, change: AutoClose) -> Parameters:
    """The timer at another time. Who would have answered later finds the ticket closed, and reopens it."""
    closes = closings(shop, change.workflow)
    if not closes.any():
        raise RefusedError("workflow", f"no ticket of {change.workflow} is closed while it waits for the customer",
                           f"It can be one of {', '.join(_closing(shop)) or 'none'}")  # fmt: skip
    if days(shop, change.workflow) == change.days:
        return shop
    edges, at, done = edges_of(shop.routes), change.days * _DAY, resting(shop)
    delay, chance, late = edges.delay.copy(), edges.chance.copy(), []
    known: dict[tuple[int, bool], int] = {}
    for edge in np.flatnonzero(np.isin(edges.source, edges.source[closes])):
        values = quantiles(shop.distributions, int(edges.delay[edge]))
        over = values > at
        if closes[edge]:
            values = _closed(values, at)
        elif (resolved := _resolved(edges, closes & done[edges.to], int(edge))) < 0 or not over.any():
            continue
        else:
            late.append(Late(int(edge), float(chance[edge] * over.mean()), resolved, values[over] - at))
            chance[edge] *= 1 - over.mean()
            values = values[~over]
        key = (int(edges.delay[edge]), bool(closes[edge]))
        if len(values) and key not in known:
            shop, known[key] = with_values(shop, values)
        delay[edge] = known.get(key, key[0])
    return _reopened(shop, replace(edges, delay=delay, chance=chance), late, at)


def closings(shop: Parameters, workflow: str) -> Mask:
    """[E] Edges by which a ticket that waits for the customer is resolved."""
    edges, done = edges_of(shop.routes), resting(shop)
    waits = np.array([s.actor == "customer" and s.kind == StepKind.DELAY for s in shop.steps], dtype=np.bool_)
    asked = states_of_workflow(shop, workflow) & waits[shop.routes.step] & ~done
    return asked[edges.source] & (done | of_kind(shop, StepKind.END))[edges.to]


def days(shop: Parameters, workflow: str) -> float:
    """Days after which the timer closes today: the median over closings; NaN without any."""
    edges, closes = edges_of(shop.routes), closings(shop, workflow)
    weight = (visits(shop, workflow)[edges.source] * edges.chance)[closes]
    if weight.sum() <= 0:
        return float("nan")
    values = np.array([quantiles(shop.distributions, int(number)) for number in edges.delay[closes]])
    flat, weights = values.ravel(), np.repeat(weight, values.shape[1])
    order = np.argsort(flat)
    middle = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return float(flat[order[min(int(middle), len(flat) - 1)]] / _DAY)


def _closed(values: Floats, at: float) -> Floats:
    """Times to the closing: the timer's at the new time, the customer's own as they were, if they come before."""
    return np.where(values >= _TIMER * np.median(values), at, np.minimum(values, at))


def _reopened(shop: Parameters, edges: Edges, late: list[Late], at: float) -> Parameters:
    """Late answers as tickets that are resolved when the timer strikes and reopened by the answer."""
    kept = chosen(edges, edges.chance > 0)
    if not late:
        return with_edges(shop, kept)
    like, rows = np.array([row.resolved for row in late], np.int32), np.array([row.edge for row in late])
    size = len(late)
    shop, states = with_states(shop, shop.routes.step[like], like, np.full(size, -1, np.int32))
    shop, timer = with_constant(shop, at)
    rests = np.empty(size, np.int32)
    for place, row in enumerate(late):
        shop, rests[place] = with_values(shop, row.rest)
    closed = chosen(
        edges, rows, to=states, chance=np.array([row.chance for row in late]), delay=np.full(size, timer, np.int32)
    )
    back = chosen(
        edges, rows, source=states, chance=np.ones(size), delay=rests, reply=np.zeros(size), handoff=np.zeros(size),
        reopens=np.ones(size, dtype=np.bool_),
    )  # fmt: skip
    return with_edges(shop, joined(kept, closed, back))


def _resolved(edges: Edges, closes: Mask, edge: int) -> int:
    """The resolved state into which tickets are mostly closed from where that edge starts; -1 none."""
    rows = np.flatnonzero(closes & (edges.source == edges.source[edge]))
    return int(edges.to[rows[np.argmax(edges.chance[rows])]]) if len(rows) else -1


def _closing(shop: Parameters) -> list[str]:
    return [name for name in sorted(set(shop.arrivals.workflow)) if closings(shop, name).any()]
