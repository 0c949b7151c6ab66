"""Bootstrap by customer: whole customers are drawn again, with all their tickets.

Linear statistics need sums over customers only, so one draw serves every measure of an arm: a product of matrices.
Draws are seeded from the arm's name: the same on every run, and the same whichever arm is called the baseline.
"""

from __future__ import annotations

import zlib

import numpy as np
from scipy.special import betaincinv

from analysis.compare.frame import Array, Sample

DRAWS = 1_000
SPREAD = 300
"""Values that stand for the distribution of a quantile; of two arms all 90,000 pairs are compared, not a few drawn."""
CELLS_AT_ONCE = 2_000_000


def seed_of(*names: str) -> int:
    """The same number for the same names, on every machine."""
    return zlib.crc32("\0".join(names).encode())


def redrawn_sums(columns: Array, seed: int) -> Array:
    """Sums of every column over redrawn customers. `columns`: customers x k; returns draws x k."""
    customers = len(columns)
    generator = np.random.default_rng(seed)
    rows = max(1, CELLS_AT_ONCE // customers)
    parts = []
    for start in range(0, DRAWS, rows):
        many = min(rows, DRAWS - start)
        picked = generator.integers(0, customers, (many, customers), dtype=np.int32)
        picked += (np.arange(many, dtype=np.int32) * customers)[:, None]
        times = np.bincount(picked.ravel(), minlength=many * customers).reshape(many, customers)
        parts.append(times.astype(np.float64) @ columns)
    return np.concatenate(parts)


def redrawn_quantiles(sample: Sample, p: float, effective_n: float) -> Array:
    """The bootstrap's distribution of a quantile, as SPREAD values that are equally likely, without drawing tickets.

    Its distribution is binomial over the order statistics (Efron 1979), here continued between them as the beta
    distribution of a quantile's level at the effective n, and read off by the house's rule (type 7).
    """
    size = effective_n + 1
    levels = betaincinv(size * p, size * (1 - p), (np.arange(SPREAD) + 0.5) / SPREAD)
    values: Array = np.interp(levels * (len(sample.top) - 1), np.arange(len(sample.top)), sample.ordered)
    return values
