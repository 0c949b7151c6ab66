"""The flowchart of a shop before and after a scenario, in the rows that analysis.flowchart draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from simulation.parameters import Parameters, Step, StepKind
from simulation.scenario.amounts import mean
from simulation.scenario.chain import edges_of, resting, visits

_MOVED = 0.005
"""Visits a ticket, or passages, that change by less are the same."""

_UNKNOWN = (
    "csat", "handling_cost", "wait_median_minutes", "elapsed_median_calendar_minutes",
)  # fmt: skip
_UNKNOWN_EDGE = ("csat", "mean_cost", "wait_median_minutes", "elapsed_median_calendar_minutes")


@dataclass(frozen=True)
class Picture:
    """One workflow's chart: rows as in `workflow_step` and `workflow_edge`, per week.

    steps: period, workflow, step, step_kind, ticket_count (visits a week), ticket_share (visits a ticket), first_count,
    last_count, pool, work_minutes, change; edges: from_step, to_step, ticket_count, ticket_share (passages a ticket),
    chance (of this way among those out of the step), change. `change`: added, removed, changed or empty.
    """

    steps: pl.DataFrame
    edges: pl.DataFrame


def changed_steps(before: Parameters, after: Parameters, workflow: str) -> tuple[Picture, Picture]:
    """Today's chart and the proposed one, each with what differs marked: removed in the first, added in the second."""
    old_steps, old_edges = _steps(before, workflow), _edges(before, workflow)
    new_steps, new_edges = _steps(after, workflow), _edges(after, workflow)
    step, edge = ["step"], ["from_step", "to_step"]
    facts = ["ticket_share", "work_minutes", "step_kind", "pool"]
    return (
        Picture(
            _marked(old_steps, new_steps, step, facts, "removed"),
            _marked(old_edges, new_edges, edge, ["chance"], "removed"),
        ),
        Picture(
            _marked(new_steps, old_steps, step, facts, "added"),
            _marked(new_edges, old_edges, edge, ["chance"], "added"),
        ),
    )


def _steps(shop: Parameters, workflow: str) -> pl.DataFrame:
    """Steps that tickets of the workflow come to."""
    often, weekly = visits(shop, workflow), _weekly(shop, workflow)
    arrivals, edges, routes = shop.arrivals, edges_of(shop.routes), shop.routes
    own = np.array([name == workflow for name in arrivals.workflow], dtype=np.bool_)
    begins = np.bincount(arrivals.state[own], arrivals.rate[own].sum(axis=1), len(often))
    over = np.array([step.kind == StepKind.END for step in shop.steps])[routes.step]
    ends = np.bincount(edges.source, often[edges.source] * edges.chance * over[edges.to], len(often)) * weekly
    work = np.array([mean(shop.distributions, int(n)) if n >= 0 else 0.0 for n in shop.work.service])
    kinds, steps = _kinds(shop), [shop.steps[number] for number in routes.step]
    rows = pl.DataFrame(
        {
            "step": [step.name for step in steps],
            "step_kind": kinds,
            "pool": [step.pool for step in steps],
            "visits": often,
            "first_count": begins,
            "last_count": ends,
            "work": work * often,
        },
        schema_overrides={"pool": pl.String},
    ).filter(~pl.Series(over) & (pl.col("visits") > 1e-12))
    return (
        rows.sort("visits", descending=True, maintain_order=True)
        .group_by("step", maintain_order=True)
        .agg(
            pl.col("step_kind", "pool").first(),
            pl.col("visits", "first_count", "last_count", "work").sum(),
        )
        .select(
            pl.lit("week").alias("period"),
            pl.lit(workflow).alias("workflow"),
            "step",
            "step_kind",
            (pl.col("visits") * weekly).round().cast(pl.Int64).alias("ticket_count"),
            pl.col("visits").alias("ticket_share"),
            pl.col("first_count", "last_count").round().cast(pl.Int64),
            "pool",
            (pl.col("work") / pl.col("visits")).alias("work_minutes"),
            *[pl.lit(None, pl.Float64).alias(name) for name in _UNKNOWN],
        )
        .sort("step")
    )


def _edges(shop: Parameters, workflow: str) -> pl.DataFrame:
    """Ways between different steps, and back to the same one, that tickets of the workflow take."""
    often, weekly = visits(shop, workflow), _weekly(shop, workflow)
    edges, step = edges_of(shop.routes), shop.routes.step
    over = np.array([s.kind == StepKind.END for s in shop.steps])[step]
    names = np.array([s.name for s in shop.steps], dtype=object)[step]
    rows = pl.DataFrame(
        {
            "from_step": names[edges.source].tolist(),
            "to_step": names[edges.to].tolist(),
            "passages": often[edges.source] * edges.chance,
        }
    ).filter(~pl.Series(over[edges.to]) & (pl.col("passages") > 1e-12))
    out = np.where(over, 0.0, often)
    whole = pl.DataFrame({"from_step": names.tolist(), "whole": out}).group_by("from_step").sum()
    return (
        rows.group_by("from_step", "to_step")
        .sum()
        .join(whole, on="from_step")
        .select(
            pl.lit("week").alias("period"),
            pl.lit(workflow).alias("workflow"),
            "from_step",
            "to_step",
            (pl.col("passages") * weekly).round().cast(pl.Int64).alias("ticket_count"),
            pl.col("passages").alias("ticket_share"),
            (pl.col("passages") / pl.col("whole")).alias("chance"),
            *[pl.lit(None, pl.Float64).alias(name) for name in _UNKNOWN_EDGE],
        )
        .sort("from_step", "to_step")
    )


def _marked(rows: pl.DataFrame, others: pl.DataFrame, key: list[str], facts: list[str], alone: str) -> pl.DataFrame:
    """The rows with `change`: `alone` where the others lack them, changed where a fact differs."""
    other = others.select(
        *key, *[pl.col(fact).alias(f"other_{fact}") for fact in facts], pl.lit(value=True).alias("known")
    )
    both = rows.join(other, on=key, how="left", maintain_order="left")
    differs = pl.any_horizontal(
        (pl.col(fact) - pl.col(f"other_{fact}")).abs() > _MOVED
        if rows.schema[fact].is_float()
        else pl.col(fact).ne_missing(pl.col(f"other_{fact}"))
        for fact in facts
    )
    change = pl.when(pl.col("known").is_null()).then(pl.lit(alone)).when(differs).then(pl.lit("changed"))
    return both.with_columns(change.otherwise(pl.lit("")).alias("change")).select(*rows.columns, "change")


def _weekly(shop: Parameters, workflow: str) -> float:
    own = np.array([name == workflow for name in shop.arrivals.workflow], dtype=np.bool_)
    return float(shop.arrivals.rate[own].sum())


def _kinds(shop: Parameters) -> list[str]:
    """[S] The kind of a state's step as `workflow_step` calls it."""
    done = resting(shop)
    return [
        "resolved" if rests else _kind(shop.steps[number]) for number, rests in zip(shop.routes.step, done, strict=True)
    ]


def _kind(step: Step) -> str:
    if step.kind == StepKind.WORK:
        return "working"
    return step.actor if step.actor in ("customer", "hold", "bot") else "queue"
