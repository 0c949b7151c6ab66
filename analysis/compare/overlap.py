"""Overlap weighting: the two arms made alike in mix (Li, Morgan and Zaslavsky 2018, JASA 113).

A ticket weighs as much as it could as well have been in the other arm, so that tickets of which only one arm has any
count for nothing, and no weight is extreme. With a logistic propensity the weighted shares of every level are equal.
Tickets that agree in every covariate share a cell, and what depends on covariates only is computed once a cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.compare.frame import Array, Codes

PENALTY = 1e-5  # keeps a level that only one arm has from running away; the balance stays exact to 3 digits
CLEAR = (0.1, 0.9)


@dataclass(frozen=True)
class Weights:
    """Per ticket: `cell`, and `treated` 1 in the arm, 0 in the baseline. Per cell: propensity, indicators of levels."""

    treated: Array
    cell: Codes
    propensity_of: Array
    indicators: Array

    @cached_property
    def propensity(self) -> Array:
        return self.propensity_of[self.cell]

    @cached_property
    def weight(self) -> Array:
        """1 - e in the arm, e in the baseline."""
        return np.where(self.treated == 1, 1 - self.propensity, self.propensity)

    @property
    def outside(self) -> float:
        """Share of the tickets whose propensity is under 0.1 or over 0.9."""
        return float(((self.propensity < CLEAR[0]) | (self.propensity > CLEAR[1])).mean())

    def effective_n(self, arm: int) -> float:
        """Kish's effective number of tickets of the arm (1) or the baseline (0)."""
        weight = self.weight[self.treated == arm]
        return float(weight.sum() ** 2 / (weight**2).sum())

    @cached_property
    def design(self) -> Array:
        """Cells x (1 + levels)."""
        return np.column_stack([np.ones(len(self.indicators)), self.indicators])

    @cached_property
    def spread(self) -> Array:
        """The inverse of the information of the propensity's coefficients."""
        odds = self.propensity_of * (1 - self.propensity_of)
        counts = np.bincount(self.cell, minlength=len(odds))
        information = (self.design * (odds * counts)[:, None]).T @ self.design
        information[np.diag_indices(len(information))] += PENALTY * len(self.cell)
        return np.linalg.inv(information).astype(np.float64)


def fit(treated: Array, cell: Codes, indicators: Array) -> Weights:
    """The propensity by logistic regression on the levels. `treated`: 0 or 1, both present; `indicators`: per cell."""
    from sklearn.linear_model import LogisticRegression

    cells = len(indicators)
    if not indicators.shape[1]:
        return Weights(treated, cell, np.full(cells, treated.mean()), indicators)
    inside = np.bincount(cell, weights=treated, minlength=cells)
    counts = np.concatenate([np.bincount(cell, minlength=cells) - inside, inside])
    known = counts > 0
    model = LogisticRegression(C=1 / PENALTY / len(treated), solver="newton-cholesky", tol=1e-8)
    model.fit(np.tile(indicators, (2, 1))[known], np.repeat([0, 1], cells)[known], sample_weight=counts[known])
    return Weights(treated, cell, model.predict_proba(indicators)[:, 1], indicators)


@dataclass(frozen=True)
class Weighted:
    """A figure of one arm after weighting, and per ticket how it moves that figure (its influence)."""

    value: float
    influence: Array


def figure(weights: Weights, arm: int, top: Array, bottom: Array) -> Weighted:
    """sum(weight x top) / sum(weight x bottom) of one arm; that the propensity is estimated is in the influence."""
    weight = np.where(weights.treated == arm, weights.weight, 0.0)
    total = float(weight @ bottom)
    value = float(weight @ top) / total
    deviation = np.where(weights.treated == arm, top - value * bottom, 0.0) / total
    odds = weights.propensity_of * (1 - weights.propensity_of)
    summed = np.bincount(weights.cell, weights=deviation, minlength=len(odds))
    slope = (-odds if arm == 1 else odds) * summed @ weights.design
    scores = (weights.design @ (weights.spread @ slope))[weights.cell]
    return Weighted(value, weight * deviation + scores * (weights.treated - weights.propensity))


def standardised(weights: Weights) -> tuple[Array, Array]:
    """Standardised differences of every level's share, before and after weighting; over 0.1 is uneven."""
    shares = []
    for arm in (0, 1):
        inside = weights.treated == arm
        for weight in (inside.astype(np.float64), np.where(inside, weights.weight, 0.0)):
            by_cell = np.bincount(weights.cell, weights=weight, minlength=len(weights.indicators))
            shares.append(by_cell @ weights.indicators / weight.sum())
    old, old_after, new, new_after = shares
    spread = np.sqrt((old * (1 - old) + new * (1 - new)) / 2)
    scale = np.where(spread > 0, spread, 1.0)
    return (new - old) / scale, (new_after - old_after) / scale
