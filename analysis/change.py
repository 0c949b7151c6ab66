"""Is this week's figure different from before, and is that better?

The interval of a difference comes from the two figures' own 95% intervals by the method of variance estimates
recovery (MOVER: Zou and Donner 2008, Statistics in Medicine 27; for two Wilson intervals it is Newcombe's method 10,
1998). It asks nothing of the figures but their intervals, so it serves shares, means, medians and money alike.
Figures without an interval (counts, backlog) are compared with their own routine week-to-week moves instead.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

# Shewhart's factor D4 for ranges of two: moves beyond 3.267 mean moving ranges are not routine (Wheeler 1993).
RANGE_LIMIT = 3.267
# The same for one week against the mean of k: 2.66 mean ranges (three sigma) widened by sqrt(1 + 1/k).
POINT_LIMIT = 2.66
Z95 = 1.959964
SHEWHART = 3.0
FEWEST_RANGES = 5


class Verdict(StrEnum):
    """What a change means, in the words that are shown."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    UNCLEAR = "no clear change"
    UNKNOWN = "cannot compare"


@dataclass(frozen=True)
class Estimate:
    """One figure of one period: value in its metric's unit, its 95% interval (null if none), and n."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    too_few: bool = False
    is_complete: bool = True

    @property
    def is_usable(self) -> bool:
        """Known, of a finished period, and over the minimum n."""
        return self.value is not None and not self.too_few and self.is_complete

    @property
    def has_interval(self) -> bool:
        """Whether both ends of the interval are known."""
        return self.value is not None and self.low is not None and self.high is not None


@dataclass(frozen=True)
class Change:
    """A difference now - before, the interval of that difference, and what it means.

    The interval spans `sigmas` standard errors to each side: 1.96 (95%) where the figures have intervals, 3 where their
    routine moves had to serve.
    """

    delta: float | None
    low: float | None
    high: float | None
    before: float | None
    verdict: Verdict
    sigmas: float = Z95

    @property
    def noise(self) -> float:
        """Half the width of the difference's interval, in the metric's unit; 0 when unknown."""
        return 0.0 if self.low is None or self.high is None else (self.high - self.low) / 2

    @property
    def p_value(self) -> float:
        """Two-sided p of no change, read back from the interval; 1 when unknown."""
        if self.delta is None or self.noise == 0.0:
            return 1.0
        return math.erfc(abs(self.delta) / self.noise * self.sigmas / math.sqrt(2))


NOTHING = Change(None, None, None, None, Verdict.UNKNOWN)


def compare(now: Estimate, before: Estimate, better: str, routine: Sequence[float] = (), weeks: int = 1) -> Change:
    """The change from `before` to `now`.

    `better` is the metric's good direction (higher, lower, neither). `routine` are the metric's earlier weekly values,
    oldest first, used only when a figure has no interval; `weeks` is how many weeks `before` averages.
    """
    if not now.is_usable or not before.is_usable or now.value is None or before.value is None:
        return NOTHING
    delta = now.value - before.value
    sampled = _mover(now, before)
    half = sampled or _routine(routine, weeks)
    if half is None:
        return Change(delta, None, None, before.value, Verdict.UNKNOWN)
    low, high = delta - half[0], delta + half[1]
    return Change(delta, low, high, before.value, _verdict(low, high, better), Z95 if sampled else SHEWHART)


def mean_of(earlier: Sequence[Estimate], fewest: int = 2) -> Estimate:
    """The plain mean of the usable weeks with its MOVER interval; unknown under `fewest` usable weeks."""
    used = [week for week in earlier if week.is_usable and week.value is not None]
    if len(used) < fewest:
        return Estimate(None)
    mean = sum(week.value or 0.0 for week in used) / len(used)
    n = sum(week.n for week in used)
    if not all(week.has_interval for week in used):
        return Estimate(mean, n=n)
    below = math.sqrt(sum(((w.value or 0.0) - (w.low or 0.0)) ** 2 for w in used)) / len(used)
    above = math.sqrt(sum(((w.high or 0.0) - (w.value or 0.0)) ** 2 for w in used)) / len(used)
    return Estimate(mean, mean - below, mean + above, n)


def _mover(now: Estimate, before: Estimate) -> tuple[float, float] | None:
    if now.value is None or now.low is None or now.high is None:
        return None
    if before.value is None or before.low is None or before.high is None:
        return None
    down = math.hypot(now.value - now.low, before.high - before.value)
    up = math.hypot(now.high - now.value, before.value - before.low)
    return down, up


def _routine(values: Sequence[float], weeks: int) -> tuple[float, float] | None:
    if len(values) <= FEWEST_RANGES:
        return None
    moves = [abs(b - a) for a, b in itertools.pairwise(values)]
    factor = RANGE_LIMIT if weeks == 1 else POINT_LIMIT * math.sqrt(1 + 1 / weeks)
    half = factor * sum(moves) / len(moves)
    return half, half


def _verdict(low: float, high: float, better: str) -> Verdict:
    if low <= 0 <= high:
        return Verdict.UNCLEAR
    rises = low > 0
    if better == "neither":
        return Verdict.HIGHER if rises else Verdict.LOWER
    return Verdict.BETTER if rises == (better == "higher") else Verdict.WORSE
