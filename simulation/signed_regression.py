"""Linear and logistic regression with a normal prior and coefficients that may be bound not to be positive.

Newton's method on the log posterior; each step's quadratic is minimised exactly under the signs (the free coefficients
are eliminated, the bound ones are a non-negative least-squares problem: Lawson & Hanson 1974, chapter 23).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from simulation.parameters import Floats

_STEPS = 25
_CLOSE = 1e-4


@dataclass(frozen=True)
class Prior:
    """Normal: `mean` [K] and `precision` [K, K], positive definite."""

    mean: Floats
    precision: Floats


def linear(x: Floats, y: Floats, weights: Floats, prior: Prior, bound: NDArray[np.bool_]) -> Floats:
    """Coefficients [K] of y [N] on x [N, K] with errors of variance 1; those that are `bound` [K] are at most 0."""
    weighted = x.T * weights
    return _lowest(weighted @ x + prior.precision, weighted @ y + prior.precision @ prior.mean, bound)


def logistic(x: Floats, y: Floats, weights: Floats, prior: Prior, bound: NDArray[np.bool_]) -> Floats:
    """Coefficients [K] of the log odds of y [N], 0 or 1, on x [N, K]; those that are `bound` [K] are at most 0.

    Starts at the prior's mean, which must respect the signs.
    """
    beta = prior.mean
    level, slope, curvature = _posterior(x, y, weights, prior, beta)
    for _ in range(_STEPS):
        step = _lowest(curvature, curvature @ beta - slope, bound) - beta
        size = float(np.abs(step).max())
        after = _posterior(x, y, weights, prior, beta + step)
        while after[0] > level + 1e-9 * abs(level) and size > _CLOSE:  # too far: a Newton step may overshoot
            step, size = step / 2, size / 2
            after = _posterior(x, y, weights, prior, beta + step)
        beta, (level, slope, curvature) = beta + step, after
        if size < _CLOSE:
            break
    return beta


def odds_to_share(log_odds: Floats) -> Floats:
    """The logistic function, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * log_odds))


def _posterior(x: Floats, y: Floats, weights: Floats, prior: Prior, beta: Floats) -> tuple[float, Floats, Floats]:
    """Minus the log posterior (without constants) at `beta`, its gradient and its matrix of second derivatives."""
    odds = x @ beta
    share = odds_to_share(odds)
    away = prior.precision @ (beta - prior.mean)
    # log(1 + e^odds) - y odds, of which the first part is max(odds, 0) - log(larger of share and 1 - share)
    loss = np.maximum(odds, 0.0) - np.log(np.maximum(share, 1.0 - share)) - y * odds
    level = float(weights @ loss + 0.5 * away @ (beta - prior.mean))
    slope = x.T @ (weights * (share - y)) + away
    return level, slope, (x.T * (weights * share * (1.0 - share))) @ x + prior.precision


def _lowest(curvature: Floats, linear_part: Floats, bound: NDArray[np.bool_]) -> Floats:
    """The b that minimises b'Hb / 2 - l'b with b <= 0 where `bound`; H positive definite."""
    best = np.linalg.solve(curvature, linear_part).astype(np.float64, copy=False)
    if not np.any(best[bound] > 0):
        return best
    free = ~bound
    of_bound, of_free = curvature[bound], curvature[free]
    across = of_bound[:, free] @ np.linalg.inv(of_free[:, free])
    own = of_bound[:, bound] - across @ of_free[:, bound]
    root = np.linalg.cholesky(own).T
    found, _ = nnls(root, np.linalg.solve(root.T, across @ linear_part[free] - linear_part[bound]))
    best[bound] = -found
    rest = linear_part[free] + of_free[:, bound] @ found
    best[free] = np.linalg.solve(of_free[:, free], rest)
    return best
