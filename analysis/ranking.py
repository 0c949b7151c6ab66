"""Which workflow is worst, judged against its targets and only as far as the interval allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from analysis.change import Estimate


class Standing(StrEnum):
    """A figure against its target, in the words that are shown."""

    MET = "meets target"
    MISSED = "misses target"
    UNCLEAR = "too close to call"
    NONE = ""


@dataclass(frozen=True)
class Judged:
    """How a figure stands against its target. `severity` is 0 unless the whole interval lies on the wrong side."""

    target: float | None
    standing: Standing
    severity: float


def judge(figure: Estimate, target: float | None, better: str) -> Judged:
    """Compares the near end of the interval (or the value, if there is none) with the target.

    Severity is the certain part of the miss as a share of the target: an interval of 20-30 h against a target of 16 h
    misses by at least 4 h, severity 0.25.
    """
    if target is None or not figure.is_usable or figure.value is None or better == "neither":
        return Judged(target, Standing.NONE, 0.0)
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    best, worst = (high, low) if better == "higher" else (low, high)
    sign = 1.0 if better == "higher" else -1.0
    if sign * (best - target) < 0:
        return Judged(target, Standing.MISSED, abs(best - target) / (abs(target) or 1.0))
    if sign * (worst - target) >= 0:
        return Judged(target, Standing.MET, 0.0)
    return Judged(target, Standing.UNCLEAR, 0.0)


def target_for(targets: pl.DataFrame, metric: str, workflow: str) -> float | None:
    """The workflow's own target, else the shop's; null if neither. Frame: metric, workflow, priority, value."""
    found = targets.filter((pl.col("metric") == metric) & (pl.col("priority") == "all"))
    for scope in (workflow, "all"):
        values = found.filter(pl.col("workflow") == scope)["value"]
        if len(values):
            return float(values[0])
    return None


def worst_first(judged: Mapping[str, Mapping[str, Judged]], volume: Mapping[str, int], last: str) -> list[str]:
    """Workflow keys ordered by their worst certain miss, then by all certain misses together, then by volume.

    `judged` is workflow -> metric -> Judged. The workflow named `last` (unclassified) closes the list: it is a rest,
    not a process that somebody owns.
    """

    def order(workflow: str) -> tuple[bool, float, float, int]:
        severities = [cell.severity for cell in judged[workflow].values()]
        return workflow == last, -max(severities, default=0.0), -sum(severities), -volume.get(workflow, 0)

    return sorted(judged, key=order)
