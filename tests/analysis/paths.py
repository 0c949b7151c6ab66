"""Labelled paths, and where they leave the happy one: counted in plain Python, as the mart path_departure counts."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from tests.oracle.stats import quantile

Path = tuple[str, ...]
SIDES = ("slow_count", "not_slow_count", "unsatisfied_count", "satisfied_count")


@dataclass(frozen=True)
class Labelled:
    """A resolved ticket: its path, hours to resolution, rating, and whether it was reopened."""

    workflow: str
    path: Path
    hours: float
    satisfied: bool | None
    reopened: bool = False


def count_departures(tickets: Sequence[Labelled]) -> pl.DataFrame:
    """The rows of path_departure for one period."""
    by_workflow: dict[str, list[Labelled]] = defaultdict(list)
    for ticket in tickets:
        by_workflow[ticket.workflow].append(ticket)
    rows = [row for workflow, own in by_workflow.items() for row in _of_workflow(workflow, own)]
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("step", "next_step").cast(pl.String))


def _of_workflow(workflow: str, tickets: Sequence[Labelled]) -> list[dict[str, object]]:
    hours = [ticket.hours for ticket in tickets]
    limit = quantile(hours, 0.75)
    happy = happy_path(tickets, statistics.median(hours))
    if happy is None or limit is None:
        return []
    sides: dict[tuple[int, str | None], Counter[str]] = defaultdict(Counter)
    for ticket in tickets:
        told = ["slow_count" if ticket.hours > limit else "not_slow_count"]
        if ticket.satisfied is not None:
            told.append("satisfied_count" if ticket.satisfied else "unsatisfied_count")
        for place, usual in enumerate((*happy, None)):
            following = ticket.path[place] if place < len(ticket.path) else None
            sides[place, following].update([*told, "ticket_count"])
            if following != usual:
                break
    return [
        {
            "workflow": workflow,
            "position": place,
            "step": happy[place - 1] if place else None,
            "next_step": following,
            "is_happy": following == (*happy, None)[place],
            "ticket_count": found["ticket_count"],
            **{side: found[side] for side in SIDES},
            "slow_above_hours": limit,
        }
        for (place, following), found in sides.items()
    ]


def happy_path(tickets: Sequence[Labelled], median: float) -> Path | None:
    """The most frequent among tickets within the median, not reopened, and satisfied or unrated."""
    everywhere = Counter(ticket.path for ticket in tickets)
    happy = Counter(
        ticket.path
        for ticket in tickets
        if ticket.hours <= median and not ticket.reopened and ticket.satisfied is not False
    )
    ranked = sorted(happy, key=lambda path: (-happy[path], -everywhere[path], len(path), path))
    return ranked[0] if ranked else None
