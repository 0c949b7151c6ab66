"""Opening hours of the shop's queues."""

from __future__ import annotations

import polars as pl

from simulation.parameters import Open, Opening, Schedule


def opening(known: pl.DataFrame | None, visits: pl.DataFrame) -> Opening:
    """`known`: ServiceFacts.opening. A queue has the hours of the group that most of its visits belong to."""
    if known is None:
        return Opening()
    hours = {group[0]: _schedule(rows) for group, rows in known.group_by("group_name")}
    groups = (
        visits.filter(pl.col("pool").is_not_null() & pl.col("group").is_not_null())
        .group_by("pool", "group").len()
        .sort("len", "group", descending=[True, False]).unique("pool", keep="first").sort("pool")
    )  # fmt: skip
    own = [(pool, hours[group]) for pool, group in groups.select("pool", "group").iter_rows() if group in hours]
    return Opening(hours.get(None), tuple(own))


def _schedule(rows: pl.DataFrame) -> Schedule:
    times = tuple(
        Open(weekday - 1, float(opens), float(closes), first, last)
        for weekday, opens, closes, first, last in rows.select(
            "weekday", "opens_minute", "closes_minute", "valid_from", "valid_to"
        ).sort(pl.all()).iter_rows()
    )  # fmt: skip
    return Schedule(rows["time_zone"][0], times, tuple(rows["holidays"][0]))
