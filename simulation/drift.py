"""How far the level of contacts ahead is from what the last weeks make expected, and runs of what it may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.parameters import Floats

FURTHEST = 1.5
"""No level is taken to be further off than this, as a logarithm: 4.5 times as many, or as few."""


@dataclass(frozen=True)
class Drift:
    """Variances of the relative error of the expected level; arrays [1 + W]: what workflows share first, then by each.

    In the week h from the start on, the error is one of `steady` for the whole run, a random walk that gains `growing`
    a week, and one of `weekly` of the week alone.
    """

    steady: Floats
    growing: Floats
    weekly: Floats
    known: float  # degrees of freedom: periods that do not overlap and that it was found from


def levels(drift: Drift, runs: int, weeks: int, seed: int) -> Floats:
    """Factors of the expected level [runs, W, weeks], log-normal with a mean of about 1.

    Runs come in pairs of opposite luck, so that together they shift no mean. How wide the errors are is known from few
    periods: each pair has a width of its own, as Student's t has.
    """
    dice = np.random.Generator(np.random.Philox(key=[seed, runs]))
    pairs, parts = -(-runs // 2), len(drift.steady)
    width = np.sqrt(drift.known / dice.chisquare(drift.known, pairs))[:, None, None]
    held = dice.normal(size=(pairs, parts, 1)) * np.sqrt(drift.steady)[:, None]
    walk = dice.normal(size=(pairs, parts, weeks)) * np.sqrt(drift.growing)[:, None]
    alone = dice.normal(size=(pairs, parts, weeks)) * np.sqrt(drift.weekly)[:, None]
    error = (held + walk.cumsum(axis=2) + alone) * width
    error = error[:, :1] + error[:, 1:]
    reach = np.arange(1, weeks + 1)
    variance = drift.steady[:, None] + drift.growing[:, None] * reach + drift.weekly[:, None]
    off = np.stack([error, -error], axis=1).reshape(2 * pairs, parts - 1, weeks)[:runs]
    found: Floats = np.exp(np.clip(off, -FURTHEST, FURTHEST) - (variance[0] + variance[1:]) / 2)
    return found
