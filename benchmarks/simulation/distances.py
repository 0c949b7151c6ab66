"""How far two event logs are from each other, by the measures of the field.

A log is a frame with a row per event: case, activity, start, end (naive times of one zone). The definitions are those
of Chapela-Campa et al., "Can I trust my simulation model? Measuring the quality of business process simulation models"
(BPM 2023), with both timestamps and bins of an hour. `tests/benchmarks/test_distances.py` holds them against figures
that the authors' package gave.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import wasserstein_distance

HOUR = 3600.0
FARTHEST_HOURS = 23.0
"""What a weekday counts on which only one of the logs has events."""


def n_grams(one: pl.DataFrame, other: pl.DataFrame) -> float:
    """Share of all runs of three activities (ends of cases included) that have no equal in the other log, 0 to 1."""
    counts = _trigrams(one).join(_trigrams(other), on=["first", "second", "third"], how="full", coalesce=True)
    here, there = (counts[name].fill_null(0).to_numpy().astype(float) for name in ("len", "len_right"))
    return float(np.abs(here - there).sum() / (here + there).sum())


def absolute_hours(one: pl.DataFrame, other: pl.DataFrame) -> float:
    """Hours by which an event of one log is moved, on average, to be where one of the other is."""
    return _moved(*(_instants(log).dt.truncate("1h").dt.epoch("s").to_numpy() / HOUR for log in (one, other)))


def circadian_hours(one: pl.DataFrame, other: pl.DataFrame) -> float:
    """The same within the hours of a day, weekday by weekday."""
    logs = [_instants(log).to_frame("at").select(day=pl.col("at").dt.weekday(), hour=pl.col("at").dt.hour())
            for log in (one, other)]  # fmt: skip
    distances = []
    for day in range(1, 8):
        here, there = (log.filter(pl.col("day") == day)["hour"].to_numpy() for log in logs)
        if len(here) and len(there):
            distances.append(_moved(here, there))
        else:
            distances.append(FARTHEST_HOURS if len(here) or len(there) else 0.0)
    return float(np.mean(distances))


def relative_hours(one: pl.DataFrame, other: pl.DataFrame) -> float:
    """The same with every case moved to begin at the same instant."""
    logs = [log.with_columns(pl.col("start", "end") - pl.col("start").min().over("case")) for log in (one, other)]
    return _moved(*(_hours(_instants(log)) for log in logs))


def cycle_hours(one: pl.DataFrame, other: pl.DataFrame) -> float:
    """Hours by which the time from a case's first start to its last end differs, quantile by quantile."""
    here, there = (cycle_times(log) for log in (one, other))
    shortest = min(here.min(), there.min())
    return _moved(np.floor(here - shortest), np.floor(there - shortest))


def cycle_times(log: pl.DataFrame) -> NDArray[np.float64]:
    """Hours from the first start to the last end of every case, in no order."""
    spans = log.group_by("case").agg(span=pl.col("end").max() - pl.col("start").min())["span"]
    return spans.dt.total_microseconds().to_numpy() / (HOUR * 1e6)


def wait_hours(one: pl.DataFrame, other: pl.DataFrame) -> float:
    """Hours by which the waits before events differ, quantile by quantile: from the latest end so far to the start."""
    return _moved(waits(one), waits(other))


def waits(log: pl.DataFrame) -> NDArray[np.float64]:
    """Hours between the latest end so far in the case and an event's start (0 where they overlap), but of the first."""
    before = pl.col("end").cum_max().shift(1).over("case")
    spans = (
        log.sort("case", "start", "end", maintain_order=True).select(wait=pl.col("start") - before)["wait"].drop_nulls()
    )
    return np.maximum(spans.dt.total_microseconds().to_numpy() / (HOUR * 1e6), 0.0)


MEASURES: dict[str, Callable[[pl.DataFrame, pl.DataFrame], float]] = {
    "NGD": n_grams,
    "AED": absolute_hours,
    "CED": circadian_hours,
    "RED": relative_hours,
    "CTD": cycle_hours,
    "wait": wait_hours,
}


def distances(one: pl.DataFrame, other: pl.DataFrame) -> dict[str, float]:
    """Every measure by name; hours but of NGD, 0 for equal logs."""
    return {name: measure(one, other) for name, measure in MEASURES.items()}


def _trigrams(log: pl.DataFrame) -> pl.DataFrame:
    """Columns first, second, third, len; null before a case's first event and after its last."""
    before = [pl.col("activity").shift(steps).over("case").alias(name) for steps, name in ((2, "first"), (1, "second"))]
    ordered = log.sort("case", "start", "end", maintain_order=True)
    every = ordered.select(*before, third="activity")
    last = (
        ordered.group_by("case")
        .agg(pl.col("activity").tail(2))
        .with_columns(
            before=pl.when(pl.col("activity").list.len() > 1).then(pl.col("activity").list.first()),
            after=pl.col("activity").list.last(),
        )
    )
    nothing = pl.lit(None, pl.String)
    ends = [
        last.select(first="before", second="after", third=nothing),
        last.select(first="after", second=nothing, third=nothing),
    ]
    return pl.concat([every, *ends]).fill_null("").group_by("first", "second", "third").len()


def _instants(log: pl.DataFrame) -> pl.Series:
    return pl.concat([log["start"].rename("at"), log["end"].rename("at")])


def _hours(spans: pl.Series) -> NDArray[np.float64]:
    return np.floor(spans.dt.total_microseconds().to_numpy() / (HOUR * 1e6))


def _moved(here: NDArray[np.float64], there: NDArray[np.float64]) -> float:
    return float(wasserstein_distance(here, there))
