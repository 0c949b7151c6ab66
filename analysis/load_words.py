"""Where capacity and demand do not meet, from an average week of each group hour by hour (rows of hour_load)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
THERE = 5.0
"""Minutes of presence from which somebody is there in an hour of an average week."""

STRETCHED = 0.85
NO_GROUP, TEAM = "no group", "The team"
"""What hour_load calls those who are in no group: where there are no groups, everybody."""

FEWEST_ARRIVALS = 5.0


@dataclass(frozen=True)
class Load:
    """An average week of a group. Shares are null where nobody's presence is known."""

    group: str
    arrivals: float
    queue: float
    longest_queue: float
    longest_at: str
    share_without_anybody: float | None
    busy_share: float | None
    busiest_day_without_anybody: str


def loads(hours: pl.DataFrame) -> list[Load]:
    """Every group, the longest queue first."""
    found = [_load(str(group), rows) for (group,), rows in hours.group_by("group_name", maintain_order=True)]
    return sorted(found, key=lambda load: (-load.queue, load.group))


def _load(group: str, rows: pl.DataFrame) -> Load:
    arrivals, present = float(rows["arrivals"].sum()), float(rows["present_minutes"].sum())
    peak = rows.sort("queue_length", "weekday", "hour", descending=[True, False, False]).row(0, named=True)
    alone = rows.filter(pl.col("present_minutes") < THERE)
    days = alone.group_by("weekday").agg(pl.col("arrivals").sum()).sort("arrivals", "weekday", descending=[True, False])
    return Load(
        TEAM if group == NO_GROUP else group,
        arrivals,
        float(rows["queue_length"].mean() or 0),  # type: ignore[arg-type]
        float(peak["queue_length"]),
        f"{DAYS[peak['weekday'] - 1]} {peak['hour']:02d}:00",
        float(alone["arrivals"].sum()) / arrivals if present and arrivals else None,
        float(rows["busy_minutes"].sum()) / present if present else None,
        DAYS[days["weekday"][0] - 1] if days.height else "",
    )


def load_sentence(load: Load) -> str:
    """One group's week: how long the queue gets, what comes to nobody, how busy those are who are there."""
    if load.arrivals < FEWEST_ARRIVALS:
        return f"{load.group}: {load.arrivals:.1f} tickets a week are too few to say when it needs people."
    told = (
        f"{load.group}: its queue is longest on {load.longest_at}, with {load.longest_queue:,.0f} tickets on average."
    )
    if load.share_without_anybody is None or load.busy_share is None:
        return f"{told} Who is there is not in the data, so whether people or hours are missing we cannot tell yet."
    if load.share_without_anybody >= 0.05:
        told += (
            f" {load.share_without_anybody:.0%} of what comes in comes while nobody is there, most on "
            f"{load.busiest_day_without_anybody}."
        )
    return f"{told} Those who are there are busy {min(load.busy_share, 1):.0%} of the time."


def load_first(found: list[Load]) -> str:
    """What to do first about capacity. What it brings needs a simulation: it is said so."""
    known = [load for load in found if load.busy_share is not None and load.arrivals >= FEWEST_ARRIVALS]
    if not known:
        return "Where people are missing we cannot tell yet: the log does not say who worked when."
    worst = known[0]
    absent = worst.share_without_anybody or 0.0
    who = "the team" if worst.group == TEAM else worst.group
    if absent >= 0.25 and (worst.busy_share or 0) < STRETCHED:
        todo = f"move hours of {who} to when its tickets come, first to {worst.busiest_day_without_anybody}"
    elif (worst.busy_share or 0) >= STRETCHED:
        todo = f"give {who} more hours or less work: its queue is longest on {worst.longest_at}"
    else:
        todo = f"look at how {who} begins {worst.longest_at.split()[0]}, when its queue is longest"
    return f"First {todo}. What that would bring we cannot tell yet from averages."
