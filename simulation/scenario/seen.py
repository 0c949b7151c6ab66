"""Today's value of what levers move, the range that the data saw of it, and a warning where a scenario goes past it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from simulation.parameters import AT_ONCE, Parameters, StepKind
from simulation.scenario.bot_levers import contained
from simulation.scenario.close_lever import closings, days
from simulation.scenario.find import members, states_of_step
from simulation.scenario.step_levers import work_minutes

_SAME = 0.02
"""What changes by no more than this part of today's value only follows from another mix of tickets."""


@dataclass(frozen=True)
class Range:
    """Of a lever's `measure` (contacts, containment, work, agents, auto-close) for a workflow, step or group.

    `low` and `high` are what weeks (of work: agents) with data showed, both `today` where nothing else was ever seen.
    """

    measure: str
    subject: str
    today: float
    low: float
    high: float
    unit: str


Key = tuple[str, str]


def today(shop: Parameters) -> dict[Key, float]:
    """What levers move, by measure and subject."""
    return dict(_measures(shop, shop))


def ranges(shop: Parameters, weeks: pl.DataFrame) -> tuple[Range, ...]:
    """Today's values beside what was seen. `weeks`: measure, subject, value, one row per observed week (or agent);
    `observed` makes it. Queues of what is begun as its ticket opens exist inside only, and nobody changes them.
    """
    seen = weeks.drop_nulls().group_by("measure", "subject").agg(low=pl.col("value").min(), high=pl.col("value").max())
    known = {(row["measure"], row["subject"]): (row["low"], row["high"]) for row in seen.iter_rows(named=True)}
    found = []
    for (measure, subject), value in today(shop).items():
        if AT_ONCE in subject:
            continue
        low, high = known.get((measure, subject), (value, value))
        found.append(Range(measure, subject, value, min(low, value), max(high, value), _UNITS[measure]))
    return tuple(found)


def observed(tickets: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    """Weeks (and agents) as `ranges` takes them: measure, subject, value.

    `tickets`: workflow, created_week of counted tickets, of whole weeks only. `visits`: rows of fct_ticket_step with
    workflow, step, step_kind, entered_at, work_minutes, agent_id, group_name, next_step of those weeks.
    """
    week = pl.col("entered_at").dt.truncate("1w")
    contacts = (
        tickets.group_by("workflow", "created_week")
        .agg(value=pl.len().cast(pl.Float64))
        .select(pl.lit("contacts").alias("measure"), pl.col("workflow").alias("subject"), "value")
    )
    resolved = visits.filter(pl.col("step_kind") == "resolved").select("workflow", "step").unique()
    bots = (
        visits.filter(pl.col("step_kind") == "bot", pl.col("next_step").is_not_null())
        .join(
            resolved.with_columns(pl.lit(value=True).alias("ended")),
            left_on=["workflow", "next_step"],
            right_on=["workflow", "step"],
            how="left",
        )
        .group_by("workflow", week)
        .agg(pl.col("ended").is_not_null().mean().alias("value"), pl.len())
        .filter(pl.col("len") >= _ENOUGH)
        .select(pl.lit("containment").alias("measure"), pl.col("workflow").alias("subject"), "value")
    )
    worked = visits.filter(pl.col("work_minutes") > 0, pl.col("agent_id").is_not_null())
    work = (
        worked.group_by("workflow", "step", "agent_id")
        .agg(pl.col("work_minutes").mean().alias("value"), pl.len())
        .filter(pl.col("len") >= _ENOUGH)
        .select(pl.lit("work").alias("measure"), (pl.col("workflow") + ": " + pl.col("step")).alias("subject"), "value")
    )
    agents = (
        worked.filter(pl.col("group_name").is_not_null())
        .group_by("group_name", week)
        .agg(pl.col("agent_id").n_unique().cast(pl.Float64).alias("value"))
        .select(pl.lit("agents").alias("measure"), pl.col("group_name").alias("subject"), "value")
    )
    return pl.concat([contacts, bots, work, agents])


def past_seen(before: Parameters, after: Parameters, known: Sequence[Range], names: Mapping[str, str]) -> list[str]:
    """A sentence for everything that the scenario's shop takes past what was seen; of the work of a step, if the
    same visits as before take more or fewer minutes. `names`: of workflows.
    """
    values = dict(_measures(after, before))
    told = []
    for row in known:
        value = values.get((row.measure, row.subject), row.today)
        moved = abs(value - row.today) > _SAME * abs(row.today)
        if not moved or row.low <= value <= row.high:
            continue
        shown = _SHOWN[row.unit]
        saw = f"only {shown(row.low)}" if row.low == row.high else f"{shown(row.low)} to {shown(row.high)}"
        what = _WHAT[row.measure].format(_subject(row, names))
        told.append(f"{what} would be {shown(value)}; the data saw {saw}.")
    return told


def _subject(row: Range, names: Mapping[str, str]) -> str:
    """A group as it is called; a workflow, or a step of it, by the workflow's name."""
    if row.measure == "agents":
        return row.subject
    flow, colon, step = row.subject.partition(": ")
    return f"{names.get(flow, flow)}{colon}{step}"


_ENOUGH = 20
_UNITS = {"contacts": "a week", "containment": "share", "work": "minutes", "agents": "agents", "auto-close": "days"}
_WHAT = {
    "contacts": "Contacts of {} a week",
    "containment": "The share that the bot of {} ends by itself",
    "work": "A visit to {}",
    "agents": "The team of {}",
    "auto-close": "The time until {} closes by itself",
}
_SHOWN: dict[str, Callable[[float], str]] = {
    "a week": lambda value: f"{value:.0f}",
    "share": lambda value: f"{value * 100:.0f}%",
    "minutes": lambda value: f"{value:.1f} minutes",
    "agents": lambda value: f"{value:.0f} agent{'s' * (round(value) != 1)}",
    "days": lambda value: f"{value:.1f} days",
}


def _measures(shop: Parameters, before: Parameters) -> Iterator[tuple[Key, float]]:
    for workflow in dict.fromkeys(shop.arrivals.workflow):
        yield ("contacts", workflow), _contacts(shop, workflow)
        own = [step for step in shop.steps if step.workflow == workflow]
        if any(step.actor == "bot" and step.kind != StepKind.END for step in own):
            yield ("containment", workflow), contained(shop, workflow)[2]
        for name in dict.fromkeys(step.name for step in own if step.kind == StepKind.WORK):
            states = states_of_step(shop, workflow, name) & (shop.work.service >= 0)
            if states.any():
                yield ("work", f"{workflow}: {name}"), work_minutes(shop, workflow, states, before)
        if closings(shop, workflow).any():
            yield ("auto-close", workflow), days(shop, workflow)
    teams: dict[tuple[int, ...], str] = {}  # queues of the same people are one team, by the shortest name
    for number, name in sorted(enumerate(shop.pools.names), key=lambda pool: len(pool[1])):
        teams.setdefault(tuple(members(shop, number)), name)
    for own_people, name in teams.items():
        if own_people:
            yield ("agents", name), float(len(own_people))


def _contacts(shop: Parameters, workflow: str) -> float:
    """A week, at the height of its surges."""
    arrivals = shop.arrivals
    own = np.array([name == workflow for name in arrivals.workflow], dtype=np.bool_)
    most = np.ones(len(own))
    np.maximum.at(most, arrivals.surge_stream, arrivals.surge_factor)
    return float((arrivals.rate.sum(axis=1) * most)[own].sum())
