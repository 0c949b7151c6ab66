"""How long until tickets are resolved, with open ones counted as not yet resolved (Kaplan and Meier 1958)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from scipy.special import chdtrc

from analysis.compare.frame import Arm, Array, Codes, Tickets, split
from analysis.compare.limits import Z95

MOST_POINTS = 400
CURVE = {
    "arm": pl.String,
    "hours": pl.Float64,
    "open_share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "at_risk": pl.Int64,
}
DIFFERENCE = {
    "baseline": pl.String,
    "arm": pl.String,
    "until_hours": pl.Float64,
    "baseline_mean_hours": pl.Float64,
    "mean_hours": pl.Float64,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "log_rank_p": pl.Float64,
    "reason": pl.String,
}


@dataclass(frozen=True)
class Survival:
    """`curves`: steps of the share still open, per arm. `differences`: per arm against the first, in hours."""

    curves: pl.DataFrame
    differences: pl.DataFrame


@dataclass(frozen=True)
class _Steps:
    """At each distinct time of resolution: how many were resolved, and how many were open just before."""

    hours: Array
    resolved: Array
    at_risk: Array
    ordered: Array  # hours of all tickets, open ones too, from short to long
    events: Array  # 1 for those that were resolved, in that order

    @cached_property
    def open_share(self) -> Array:
        return np.cumprod(1 - self.resolved / self.at_risk).astype(np.float64)


def survival(tickets: Tickets, arms: Sequence[str]) -> Survival:
    """Curves with Greenwood's intervals (on log(-log), as usual), restricted mean differences and log-rank p.

    Reads resolution_calendar_minutes and open_minutes; tickets with neither are left out. Means are restricted to the
    time up to which both arms have tickets. Tickets of one customer are taken as unrelated here.
    """
    prepared = [(arm.name, *_durations(arm)) for arm in split(tickets, arms)]
    steps = {name: _steps(hours, resolved) for name, hours, resolved in prepared}
    known = [(name, of) for name, of in steps.items() if of is not None]
    curves = [_curve(name, of) for name, of in known]
    baseline, *others = arms
    rows = [_difference((baseline, steps[baseline]), (other, steps[other])) for other in others]
    return Survival(
        pl.concat([pl.DataFrame(schema=CURVE), *curves]), pl.DataFrame(rows, schema=DIFFERENCE, orient="row")
    )


def _durations(arm: Arm) -> tuple[Array, Array]:
    minutes = arm.column("resolution_calendar_minutes").cast(pl.Float64)
    resolved = minutes.is_not_null().to_numpy()
    hours = minutes.zip_with(minutes.is_not_null(), arm.column("open_minutes").cast(pl.Float64))
    known = hours.is_not_null()
    return hours.filter(known).to_numpy() / 60, resolved[known.to_numpy()].astype(np.float64)


def _steps(hours: Array, resolved: Array) -> _Steps | None:
    if not resolved.any():
        return None
    order = np.argsort(hours)
    ordered, events = hours[order], resolved[order]
    first = _firsts(ordered)
    together = np.add.reduceat(events, first)
    known = together > 0
    return _Steps(ordered[first[known]], together[known], (len(ordered) - first[known]).astype(float), ordered, events)


def _firsts(ordered: Array) -> Codes:
    """Where each distinct value begins."""
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))


def _curve(name: str, steps: _Steps) -> pl.DataFrame:
    share = steps.open_share
    kept = np.arange(len(share))
    if len(kept) > MOST_POINTS:
        kept = np.unique(np.searchsorted(-share, -np.linspace(1, share[-1], MOST_POINTS)).clip(0, len(share) - 1))
    start = pl.DataFrame([(name, 0.0, 1.0, 1.0, 1.0, int(steps.at_risk[0]))], schema=CURVE, orient="row")
    columns = [steps.hours[kept], share[kept], *_greenwood(steps, kept), steps.at_risk[kept].astype(np.int64)]
    rest = pl.DataFrame([pl.Series(column, data) for column, data in zip(list(CURVE)[1:], columns, strict=True)])
    return pl.concat([start, rest.select(pl.lit(name).alias("arm"), pl.all())])


def _greenwood(steps: _Steps, kept: Codes) -> tuple[Array, Array]:
    share = steps.open_share[kept]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.cumsum(steps.resolved / (steps.at_risk * (steps.at_risk - steps.resolved)))[kept]
        half = Z95 * np.sqrt(spread) / np.abs(np.log(share))
        low, high = share ** np.exp(half), share ** np.exp(-half)
    return np.where(share > 0, low, 0.0), np.where(share > 0, high, 0.0)


def _difference(baseline: tuple[str, _Steps | None], arm: tuple[str, _Steps | None]) -> tuple[object, ...]:
    old, new = baseline[1], arm[1]
    names = (baseline[0], arm[0])
    if old is None or new is None:
        return (*names, *(None,) * 7, f"nothing resolved in {names[0] if old is None else names[1]}")
    until = float(min(old.ordered[-1], new.ordered[-1]))
    (before, before_spread), (after, after_spread) = _restricted(old, until), _restricted(new, until)
    half = Z95 * math.sqrt(before_spread + after_spread)
    delta = after - before
    return (*names, until, before, after, delta, delta - half, delta + half, _log_rank(old, new), None)


def _restricted(steps: _Steps, until: float) -> tuple[float, float]:
    """Mean hours open, counted up to `until`, and its variance (Klein and Moeschberger 2003, 4.5)."""
    inside = steps.hours < until
    hours = np.concatenate([[0.0], steps.hours[inside], [until]])
    share = np.concatenate([[1.0], steps.open_share[inside]])
    areas = np.diff(hours) * share
    ahead = areas[::-1].cumsum()[::-1][1:]
    at_risk, resolved = steps.at_risk[inside], steps.resolved[inside]
    left = at_risk - resolved
    spread = np.where(left > 0, ahead**2 * resolved / (at_risk * np.where(left > 0, left, 1.0)), 0.0)
    return float(areas.sum()), float(spread.sum())


def _log_rank(old: _Steps, new: _Steps) -> float | None:
    """Both arms' times as one line, from short to long. Both are sorted already, which is quickly merged."""
    hours = np.concatenate([old.ordered, new.ordered])
    order = np.argsort(hours, kind="stable")
    is_new = (order >= len(old.ordered)).astype(np.float64)
    events = np.concatenate([old.events, new.events])[order]
    first = _firsts(hours[order])
    resolved, of_new = np.add.reduceat(events, first), np.add.reduceat(events * is_new, first)
    at_risk = (len(hours) - first).astype(np.float64)
    new_at_risk = len(new.ordered) - (np.cumsum(is_new) - is_new)[first]
    expected = resolved * new_at_risk / at_risk
    left = (1 - new_at_risk / at_risk) * (at_risk - resolved) / np.maximum(at_risk - 1, 1)
    spread = float((expected * left).sum())
    return float(chdtrc(1, (of_new - expected).sum() ** 2 / spread)) if spread > 0 else None
