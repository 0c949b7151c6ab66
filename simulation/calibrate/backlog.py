"""The tickets open at the start, with what was done to them already."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from simulation.calibrate.chain import Chain, Columns
from simulation.parameters import Backlog, Floats, Ints, StepKind

_GOLDEN = 0.6180339887498949
_NEARLY_ALL = 0.95


def backlog(
    visits: Columns, chain: Chain, stream: Ints, priority: Ints, created: Floats, replies: pl.DataFrame,
    names: Mapping[int, str],
) -> Backlog:  # fmt: skip
    """Open tickets, oldest first; `stream`, `priority`, `created` by ticket (minutes from `as_of`). Tickets resolved so
    lately that they may be reopened are among them.

    A case of a log is open after its last activity: what comes next is not in the log, and is taken from the shares of
    what usually does, one case after the other.
    """
    state, entered, agent = _where(visits, chain)
    found = np.flatnonzero(state >= 0)
    order = found[np.lexsort((found, created[found]))]
    ticket, size = visits.ticket, len(visits.keys)
    first_reply, count = _replies(visits, replies)
    solved = np.full(size, np.nan)
    rows = np.flatnonzero(visits.is_resolved)[::-1]
    solved[ticket[rows]] = visits.entered[rows]
    reopened = visits.is_resolved & ~visits.is_last
    work = np.bincount(ticket, np.nan_to_num(visits.work), size).astype(np.float64)
    return Backlog(
        ticket=tuple(names[int(visits.keys[n])] for n in order),
        stream=stream[order],
        state=state[order].astype(np.int32),
        entered=entered[order],
        agent=agent[order].astype(np.int32),
        in_work=np.zeros(len(order), np.bool_),
        priority=priority[order].astype(np.int8),
        created=created[order],
        first_reply=first_reply[order],
        first_resolved=solved[order],
        replies=count[order].astype(np.int32),
        reopens=np.bincount(ticket[reopened], minlength=size)[order].astype(np.int32),
        handoffs=np.bincount(ticket, visits.hands, size)[order].astype(np.int32),
        work=work[order],
    )


def _where(visits: Columns, chain: Chain) -> tuple[Ints, Floats, Ints]:
    """By ticket: its state (-1: it is over), since when, and its agent."""
    size = len(visits.keys)
    state, entered = np.full(size, -1), np.zeros(size)
    last = np.flatnonzero(visits.is_last)
    agent = np.full(size, -1)
    own = np.where(visits.agent >= 0, visits.agent, visits.own)
    agent[visits.ticket[last]] = own[last]
    goes_on = np.isnan(visits.left[last]) & (
        visits.entered[last] > np.where(visits.is_resolved[last], -_latest(visits), -np.inf)
    )
    state[visits.ticket[last[goes_on]]] = chain.state[last[goes_on]]
    entered[visits.ticket[last[goes_on]]] = visits.entered[last[goes_on]]
    between = last[visits.is_log[last] & ~np.isnan(visits.left[last]) & ~chain.over[last]]
    for place, row in enumerate(between):
        following = _next(chain, int(chain.state[row]), (place + 1) * _GOLDEN % 1, visits)
        state[visits.ticket[row]], entered[visits.ticket[row]] = following, visits.left[row]
    return state.astype(np.int32), entered, agent.astype(np.int32)


def _latest(visits: Columns) -> float:
    """Minutes after a resolution within which nearly all reopenings come."""
    again = visits.is_resolved & ~visits.is_last & ~np.isnan(visits.left)
    took = visits.left[again] - visits.entered[again]
    return float(np.quantile(took, _NEARLY_ALL)) if len(took) else 0.0


def _next(chain: Chain, state: int, share: float, visits: Columns) -> int:
    """What follows a state at this share of its passages, leaving out the end; -1 if nothing else ever did."""
    edges = np.flatnonzero(chain.edge_from == state)
    goes_on = [visits.steps[chain.step[chain.edge_to[edge]]].kind is not StepKind.END for edge in edges]
    edges = edges[goes_on]
    if len(edges) == 0:
        return -1
    counts = np.bincount(chain.passage_edge, minlength=len(chain.edge_from))[edges]
    total = np.cumsum(np.maximum(counts, 1e-9))
    return int(chain.edge_to[edges[np.searchsorted(total, share * total[-1], side="right").clip(0, len(edges) - 1)]])


def _replies(visits: Columns, replies: pl.DataFrame) -> tuple[Floats, Ints]:
    """By ticket: the first public answer by a person, and how many there were. `replies`: ticket_key, minutes."""
    grouped = {key: (first, n) for key, first, n in replies.group_by("ticket_key").agg(
        pl.col("minutes").min(), n=pl.len()).iter_rows()}  # fmt: skip
    found = [grouped.get(int(key), (float("nan"), 0)) for key in visits.keys]
    return np.array([first for first, _ in found]), np.array([n for _, n in found], np.int32)
