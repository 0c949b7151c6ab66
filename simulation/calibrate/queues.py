"""How queues are worked through: in which order, who keeps a ticket, who leaves unserved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.calibrate.chain import Bools, Columns
from simulation.parameters import PRIORITIES, Floats, Ints

STRICT = 1e7
"""Minutes of head start that nothing can make up for: strict priority."""
_GRID = (0.0, STRICT, 30.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1440.0, 2880.0, 5760.0)  # the simplest first
_SAMPLES = 600
_ENOUGH = 30
_PART = 0.01
_NEAR = 0.02


@dataclass(frozen=True)
class Discipline:
    """The order of a queue as found, from pairs of a visit that was begun and one that waited on."""

    headstart: Floats  # [4]
    by_age: bool
    pairs: int  # of equal priority
    in_order: float  # share of those pairs in which who joined first was begun first
    priority_pairs: int


def discipline(visits: Columns, pool: Ints, number: int, priority: Ints, created: Floats) -> Discipline:
    """How the queue `number` is ordered; FIFO where too few waited at the same time to tell.

    `priority`, `created` by visit. Of each begun visit (at most 600) all that were waiting meanwhile are looked at.
    """
    here: NDArray[np.int64] = np.flatnonzero(
        (pool == number) & visits.is_work & ~np.isnan(visits.started) & (visits.own != visits.agent)
    )
    here = here[visits.started[here] > visits.entered[here] + 1]
    taken, waited = _pairs(visits.entered[here], visits.started[here])
    taken, waited = here[taken], here[waited]
    joined = visits.entered[waited] - visits.entered[taken]
    age = created[waited] - created[taken]
    alike = priority[taken] == priority[waited]
    in_order = float((joined[alike] > 0).mean()) if alike.any() else 1.0
    aged = float((age[alike] > 0).mean()) if alike.any() else 0.0
    headstart, n = _headstart(joined, priority[taken], priority[waited])
    by_age = bool(alike.sum() >= _ENOUGH and aged > in_order + 0.05)
    return Discipline(headstart, by_age, int(alike.sum()), in_order, n)


def _pairs(entered: Floats, started: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of visits begun, and of one each that waited then and was begun later."""
    chosen = np.unique(np.linspace(0, len(entered) - 1, min(_SAMPLES, len(entered))).astype(np.int64))
    taken, waited = [], []
    for row in chosen if len(entered) else ():
        others = np.flatnonzero((entered < started[row] - 1) & (started > started[row] + 1))
        taken.append(np.full(len(others), row))
        waited.append(others)
    empty = np.empty(0, np.int64)
    return np.concatenate([empty, *taken]).astype(np.int64), np.concatenate([empty, *waited]).astype(np.int64)


def _headstart(joined: Floats, taken: Ints, waited: Ints) -> tuple[Floats, int]:
    """The head start of each priority over the one below that agrees with most pairs; 0 where there are too few.

    `joined`: minutes that the visit that waited on had joined after the one begun (negative: it was there before).
    """
    result, total = np.zeros(len(PRIORITIES)), 0
    for level in range(1, len(PRIORITIES)):
        up, down = (taken == level) & (waited == level - 1), (taken == level - 1) & (waited == level)
        n = int(up.sum() + down.sum())
        total += n
        step = 0.0
        if n >= _ENOUGH:
            agree = [(joined[up] + gain > 0).sum() + (joined[down] - gain > 0).sum() for gain in _GRID]
            good = max(agree) - max(n**0.5, _NEAR * n)
            step = next(gain for gain, agrees in zip(_GRID, agree, strict=True) if agrees >= good)
        result[level] = min(result[level - 1] + step, STRICT * level)
    return result, total


def keep_counts(visits: Columns, pool: Ints) -> tuple[Ints, Floats, Floats]:
    """Visits of tickets that have an agent: their rows, whether that agent did it, and how likely that was by luck."""
    rows = np.flatnonzero(visits.is_work & (visits.own >= 0) & (visits.agent >= 0) & ~visits.is_given_up)
    hit = (visits.own[rows] == visits.agent[rows]).astype(np.float64)
    luck = np.zeros(len(rows))
    for number in np.unique(pool[rows]):
        fresh = visits.agent[visits.is_work & (pool == number) & (visits.own < 0) & (visits.agent >= 0)]
        if len(fresh) == 0:
            continue
        shares = np.bincount(fresh, minlength=len(visits.agents)) / max(len(fresh), 1)
        here = pool[rows] == number
        luck[here] = shares[visits.own[rows[here]]]
    return rows.astype(np.int32), hit, luck


def kept(state: Ints, hit: Floats, luck: Floats, weight: Floats, size: int) -> Floats:
    """Chance that a visit waits for the ticket's own agent, by state [S]: the share that got him, beyond luck."""
    n = np.bincount(state, weight, size)
    share = np.bincount(state, weight * hit, size) / np.maximum(n, 1e-9)
    by_luck = np.bincount(state, weight * luck, size) / np.maximum(n, 1e-9)
    result: Floats = np.where(n > 0, np.clip((share - by_luck) / np.maximum(1 - by_luck, 1e-9), 0.0, 1.0), 0.0)
    return result


def patience(visits: Columns, here: Bools, ends: Floats) -> tuple[float, int]:
    """Mean minutes until a visit of these is given up, and how many were; infinite if they hardly ever are.

    The likeliest exponential mean: all waits, served or not, over those given up.
    """
    given_up = here & visits.is_given_up
    n = int(given_up.sum())
    if n < _ENOUGH / 3 or n < _PART * here.sum():
        return float("inf"), n
    waits = np.where(given_up, ends, np.where(np.isnan(visits.started), 0.0, visits.started)) - visits.entered
    return float(waits[here].sum() / n), n


def together(visits: Columns, agent: int) -> tuple[int, int]:
    """How many tickets an agent had in hand at once in nine of ten beginnings, and the beginnings seen.

    One, unless beginnings are known apart from ends: where work is estimated from gaps nothing overlaps.
    """
    mine = visits.is_work & (visits.agent == agent) & ~np.isnan(visits.started) & ~np.isnan(visits.left)
    mine &= visits.is_log
    if not mine.any():
        return 1, 0
    began, ended = np.sort(visits.started[mine]), np.sort(visits.left[mine])
    at_once = np.searchsorted(began, began, side="right") - np.searchsorted(ended, began, side="right")
    return max(int(np.quantile(np.maximum(at_once, 1), 0.9)), 1), int(mine.sum())
