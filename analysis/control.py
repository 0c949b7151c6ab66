"""Individuals charts (XmR): which weeks are out of the ordinary, and what ordinary is.

Limits are the mean of the complete weeks +- 2.66 mean moving ranges (Shewhart; Wheeler 1993, Understanding Variation).
A signal is a week outside the limits, or the eighth and later weeks in a row on one side of the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.wording import Speech

FACTOR = 2.66
RUN = 8
FEWEST_WEEKS = 8


@dataclass(frozen=True)
class Limits:
    """The mean and the natural process limits, in the metric's unit."""

    center: float
    low: float
    high: float


def limits(weeks: pl.DataFrame, unit: str) -> Limits | None:
    """Limits of one metric's weeks (columns week, value, is_complete, too_few); null under eight usable weeks.

    Shares stay within 0 and 1, and everything that cannot be negative stops at 0. A move is taken only between
    neighbouring weeks, so a gap does not widen the limits.
    """
    used = weeks.filter(_usable()).sort("week")
    if used.height < FEWEST_WEEKS:
        return None
    neighbours = pl.col("week").diff() == pl.duration(days=7)
    moves = used.select(pl.col("value").diff().abs().filter(neighbours)).to_series()
    mean, spread = used["value"].mean(), moves.mean()
    if not isinstance(mean, float) or not isinstance(spread, float):
        return None
    ceiling = 1.0 if unit == "share" else float("inf")
    return Limits(mean, max(0.0, mean - FACTOR * spread), min(ceiling, mean + FACTOR * spread))


def with_signals(weeks: pl.DataFrame, bounds: Limits | None) -> pl.DataFrame:
    """Adds `signal`: 'above', 'below', 'run above', 'run below' or null, for complete weeks only."""
    if bounds is None:
        return weeks.with_columns(pl.lit(None, dtype=pl.String).alias("signal"))
    side = pl.when(_usable()).then((pl.col("value") - bounds.center).sign())
    sided = weeks.sort("week").with_columns(side.alias("side"))
    run = pl.int_range(1, pl.len() + 1).over(pl.col("side").rle_id())
    is_run = (run >= RUN) & (pl.col("side") != 0)
    signal = (
        pl.when(~_usable())
        .then(None)
        .when(pl.col("value") > bounds.high)
        .then(pl.lit("above"))
        .when(pl.col("value") < bounds.low)
        .then(pl.lit("below"))
        .when(is_run & (pl.col("side") > 0))
        .then(pl.lit("run above"))
        .when(is_run)
        .then(pl.lit("run below"))
    )
    return sided.with_columns(signal.alias("signal")).drop("side")


def _usable() -> pl.Expr:
    return pl.col("value").is_not_null() & pl.col("is_complete") & ~pl.col("too_few")


def in_words(label: str, signals: pl.DataFrame, bounds: Limits | None, unit: str, speech: Speech) -> str:
    """What a chart of `with_signals` shows, as its title: where the last finished week stands, then what stood out."""
    finished = signals.filter(_usable()).sort("week")
    if bounds is None or finished.is_empty():
        return f"{label}: too few finished weeks to say what is usual"
    usual = speech.interval(bounds.low, bounds.high, unit)
    if not bounds.low and unit != "share":
        usual = f"range up to {speech.value(bounds.high, unit)}"
    now = finished.row(-1, named=True)
    week, value = _week(now), speech.value(now["value"], unit)
    if now["signal"] in {"above", "below"}:
        return f"{label} is {now['signal']} its usual {usual} in week {week}: {value}"
    if now["signal"] is not None:
        side = str(now["signal"]).removeprefix("run ")
        center = speech.value(bounds.center, unit)
        return f"{label} has shifted: {RUN} or more weeks in a row {side} its mean of {center}"
    return f"{label} is {_past(finished.filter(pl.col('signal').is_not_null()), usual)}"


def _past(marked: pl.DataFrame, usual: str) -> str:
    """Steady, or within the usual range now after the weeks that were not."""
    out = marked.filter(pl.col("signal").is_in(["above", "below"])).to_dicts()
    if len(out) > 2:
        return f"within its usual {usual}; {len(out)} earlier weeks were not"
    if out:
        same = len(out) == 2 and out[0]["signal"] == out[1]["signal"]
        told = [f"{row['signal']} it in week {_week(row)}" for row in (out[:1] if same else out)]
        more = f" and week {_week(out[1])}" if same else ""
        return f"within its usual {usual}; it was {' and '.join(told)}{more}"
    if marked.height:
        last = marked.row(-1, named=True)
        side = str(last["signal"]).removeprefix("run ")
        return f"within its usual {usual}, after a run of weeks {side} its mean up to week {_week(last)}"
    return f"steady within its usual {usual}"


def _week(row: dict[str, Any]) -> int:
    return int(row["week"].isocalendar().week)
