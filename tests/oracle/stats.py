"""The few statistics that the KPIs need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def mean(values: Sequence[float]) -> float | None:
    """The mean; None without values."""
    return sum(values) / len(values) if values else None


def quantile(values: Sequence[float], share: float) -> float | None:
    """The quantile with linear interpolation (type 7); None without values."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def share_of(flags: Iterable[bool]) -> float | None:
    """The share of flags that are set; None without flags."""
    return mean([float(flag) for flag in flags])


def kaplan_meier_median(lengths: Sequence[tuple[float, bool]]) -> float | None:
    """The first length at which half are done, given (length, whether done); None if half never are."""
    at_risk, surviving = len(lengths), 1.0
    done_at: dict[float, int] = {}
    gone_at: dict[float, int] = {}
    for length, done in lengths:
        done_at[length] = done_at.get(length, 0) + done
        gone_at[length] = gone_at.get(length, 0) + 1
    for length in sorted(gone_at):
        surviving *= 1 - done_at[length] / at_risk
        if surviving <= 0.5 + 1e-12:
            return length
        at_risk -= gone_at[length]
    return None
