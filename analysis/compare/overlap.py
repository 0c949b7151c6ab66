"""Overlap weighting: the two arms made alike in mix (Li, Morgan and Zaslavsky 2018, JASA 113).

A ticket weighs as much as it could as well have been in the other arm, so that tickets of which only one arm has any
count for nothing, and no weight is extreme. With a logistic propensity the weighted shares of every level are equal.
Tickets that agree in every covariate share a cell: they have the same propensity and weight, and are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from analysis.compare.frame import Array

PENALTY = 1e-5  # keeps a level that only one arm has from running away; the balance stays exact to 3 digits
CLEAR = (0.1, 0.9)
MOST_STEPS, PRECISION = 100, 1e-10


@dataclass(frozen=True)
class Weights:
    """Per cell: tickets in the baseline and in the arm, the propensity, the indicators of levels."""

    counts: tuple[Array, Array]
    propensity: Array
    indicators: Array

    def weight(self, arm: int) -> Array:
        """Of a ticket of the cell: 1 - e in the arm (1), e in the baseline (0)."""
        return 1 - self.propensity if arm == 1 else self.propensity

    @cached_property
    def both(self) -> Array:
        """Tickets in both."""
        return self.counts[0] + self.counts[1]

    @property
    def outside(self) -> float:
        """Share of the tickets whose propensity is under 0.1 or over 0.9."""
        far = (self.propensity < CLEAR[0]) | (self.propensity > CLEAR[1])
        return float(self.both[far].sum() / self.both.sum())

    def effective_n(self, arm: int) -> float:
        """Kish's effective number of tickets of the arm (1) or the baseline (0)."""
        weight, counts = self.weight(arm), self.counts[arm]
        return float((counts @ weight) ** 2 / (counts @ weight**2))

    @cached_property
    def odds(self) -> Array:
        """How fast the propensity moves with its coefficients."""
        return self.propensity * (1 - self.propensity)

    @cached_property
    def design(self) -> Array:
        """Cells x (1 + levels)."""
        return np.column_stack([np.ones(len(self.indicators)), self.indicators])

    @cached_property
    def spread(self) -> Array:
        """The inverse of the information of the propensity's coefficients."""
        information = (self.design * (self.odds * self.both)[:, None]).T @ self.design
        information[np.diag_indices(len(information))] += PENALTY * self.both.sum()
        return np.linalg.inv(information).astype(np.float64)


def fit(old: Array, new: Array, indicators: Array) -> Weights:
    """The propensity by logistic regression on the levels, by Newton's method. `old`, `new`: tickets per cell."""
    both, total = old + new, float(old.sum() + new.sum())
    design = np.column_stack([np.ones(len(indicators)), indicators])
    penalty = np.full(design.shape[1], PENALTY * total)
    penalty[0] = 0.0

    def loss(at: Array) -> float:
        score = design @ at
        return float(both @ np.logaddexp(0.0, score) - new @ score + penalty @ at**2 / 2)

    found = np.zeros(design.shape[1])
    for _ in range(MOST_STEPS):
        propensity = expit(design @ found)
        gradient = (new - both * propensity) @ design - penalty * found
        if np.abs(gradient).max() <= PRECISION * total:
            break
        weight = both * propensity * (1 - propensity)
        step = np.linalg.solve((design * weight[:, None]).T @ design + np.diag(penalty), gradient)
        while loss(found + step) > loss(found) and np.abs(step).max() > PRECISION:
            step /= 2
        found = found + step
    return Weights((old, new), expit(design @ found), indicators)


@dataclass(frozen=True)
class Weighted:
    """A figure of one arm after weighting, and what moves it (its influence).

    A ticket of that arm adds `scale` of its cell x (top - value x bottom). Since the propensity is estimated, every
    ticket of both arms adds `score` of its cell x (1 in the arm, 0 in the baseline, less the propensity).
    """

    value: float
    scale: Array
    score: Array


def figure(weights: Weights, arm: int, top: Array, bottom: Array) -> Weighted:
    """sum(weight x top) / sum(weight x bottom) of one arm. `top`, `bottom`: sums of its tickets per cell."""
    weight = weights.weight(arm)
    total = float(weight @ bottom)
    value = float(weight @ top) / total
    deviation = (top - value * bottom) / total
    slope = (-weights.odds if arm == 1 else weights.odds) * deviation @ weights.design
    return Weighted(value, weight / total, weights.design @ (weights.spread @ slope))


def standardised(weights: Weights) -> tuple[Array, Array]:
    """Standardised differences of every level's share, before and after weighting; over 0.1 is uneven."""
    weighted = [counts * weights.weight(arm) for arm, counts in enumerate(weights.counts)]
    old, new, old_after, new_after = (
        counts @ weights.indicators / counts.sum() for counts in (*weights.counts, *weighted)
    )
    spread = np.sqrt((old * (1 - old) + new * (1 - new)) / 2)
    scale = np.where(spread > 0, spread, 1.0)
    return (new - old) / scale, (new_after - old_after) / scale
