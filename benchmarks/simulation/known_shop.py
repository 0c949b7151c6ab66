"""A shop whose Parameters are known, its log as the marts would tell it, and what is open at the log's end."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl

from flowmeter.simulation_frames import ServiceFacts
from simulation.network import Run, Tickets
from simulation.parameters import Backlog, Floats, Parameters, StepKind
from tests.simulation.parameter_shops import Agent, Edge, State, constant, exponential, shop

WEEK = 10_080
A_WEEK = 73.0
"""Tickets; two agents at the front are then at work for 0.87 of their time."""
START = dt.datetime(2024, 1, 1)  # noqa: DTZ001 (naive UTC, a Monday)
FRONT = tuple((day, 540.0, 1020.0, 1.0) for day in range(5))
BACK = tuple((day, 600.0, 900.0, 1.0) for day in range(6))
_HOURS = np.tile(np.where((np.arange(24) >= 8) & (np.arange(24) < 20), A_WEEK / 84, 0.0), 7)


def known_shop() -> Parameters:
    """Two pools with calendars: three in ten answers are followed by the customer's, three by work at the back."""
    states = [
        State("Assigned: front", [Edge("Waiting on customer", 0.3, reply=1.0), Edge("Assigned: back", 0.3, handoff=1.0),
                                  Edge("Resolved", 0.4, reply=1.0)], "front", exponential(40.0)),
        State("Waiting on customer", [Edge("Assigned: front", delay=exponential(900.0))], actor="customer"),
        State("Assigned: back", [Edge("Resolved", reply=1.0)], "back", exponential(75.0)),
        State("Resolved", [Edge("End", delay=constant(0.0))], actor="customer"),
        State("End"),
    ]  # fmt: skip
    people = [Agent(f"front {n}", ["front"], FRONT) for n in range(2)]
    people += [Agent(f"back {n}", ["back"], BACK) for n in range(2)]
    return shop(states, people, [("Assigned: front", _HOURS)], zone="UTC", start=START)


def facts_of(truth: Parameters, came: Tickets, run: Run, minutes: int) -> ServiceFacts:
    """What the marts would say of a run when it ends."""
    visits = _visits(truth, run)
    resolved = visits.filter(pl.col("step_kind") == "resolved").select("ticket_key", resolved_at="entered_at")
    key = np.arange(len(came.arrived))
    tickets = pl.DataFrame({"ticket_key": key, "created_at": _instants(truth, came.arrived)}).select(
        "ticket_key", pl.col("ticket_key").cast(pl.String).alias("ticket_id"), pl.lit("orders").alias("workflow"),
        pl.lit("email").alias("channel"), pl.lit("normal").alias("priority"),
        ("c" + pl.col("ticket_key").cast(pl.String)).alias("customer_id"), "created_at",
        pl.lit(value=False).alias("is_outreach"), pl.lit(value=True).alias("is_measured"),
    )  # fmt: skip
    rec, agents = run.records, truth.staff.agents
    told = np.flatnonzero(_replied(truth, run))
    return ServiceFacts(
        zone=truth.zone, currency="EUR", as_of=truth.start + dt.timedelta(minutes=minutes), visits=visits,
        tickets=tickets.join(resolved, on="ticket_key", how="left", maintain_order="left"),
        replies=pl.DataFrame({"ticket_key": rec.ticket[told].astype(np.int64),
                              "happened_at": _instants(truth, rec.left[told])}),
        agents=pl.DataFrame({"agent_id": agents, "group_name": [name.split()[0] for name in agents], "kind": "human"}),
        wages=pl.DataFrame({"agent_id": agents, "hourly": truth.staff.wage, "n": 100}),
        fees={}, fixed_per_week=0.0, handled={}, holidays=(),
    )  # fmt: skip


def _replied(truth: Parameters, run: Run) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    edge = run.records.edge
    told: np.ndarray[tuple[int], np.dtype[np.bool_]] = (edge >= 0) & (truth.routes.reply[np.maximum(edge, 0)] > 0)
    return told


def _instants(truth: Parameters, minutes: Floats) -> pl.Series:
    whole = np.rint(np.nan_to_num(minutes) * 6e7).astype(np.int64)
    shown = pl.Series(np.datetime64(truth.start, "us") + whole.astype("timedelta64[us]"))
    return shown.zip_with(pl.Series(~np.isnan(minutes)), pl.Series([None], dtype=pl.Datetime("us")))


def _visits(truth: Parameters, run: Run) -> pl.DataFrame:
    """Rows as of fct_ticket_step: a wait for an agent is a visit to his queue."""
    rec, steps = run.records, [truth.steps[place] for place in truth.routes.step]
    pool = [step.pool for step in steps]
    base = pl.DataFrame({
        "ticket_key": rec.ticket.astype(np.int64), "state": rec.state, "agent": rec.agent, "work_minutes": rec.work,
        **{name: _instants(truth, getattr(rec, name)) for name in ("entered", "started", "left")},
    }).with_columns(
        step=pl.Series([step.name for step in steps]).gather(rec.state), group_name=pl.Series(pool).gather(rec.state),
        kind=pl.Series([int(step.kind) for step in steps]).gather(rec.state),
    )  # fmt: skip
    is_work, is_resolved = pl.col("kind") == int(StepKind.WORK), pl.col("step") == "Resolved"
    queue = base.filter(is_work).select(
        "ticket_key", pl.lit(0).alias("part"), ("Queue: " + pl.col("group_name")).alias("step"),
        pl.lit("queue").alias("step_kind"), pl.col("entered").alias("entered_at"), pl.col("started").alias("left_at"),
        pl.lit(0.0).alias("work_minutes"), "group_name",
    )  # fmt: skip
    done = base.filter(is_work & pl.col("started").is_not_null()).select(
        "ticket_key", pl.lit(1).alias("part"), "step", pl.lit("assigned").alias("step_kind"),
        pl.col("started").alias("entered_at"), pl.col("left").alias("left_at"),
        pl.when(pl.col("left").is_not_null()).then("work_minutes").otherwise(0.0).alias("work_minutes"), "group_name",
        pl.when(pl.col("left").is_not_null()).then("started").alias("started_at"),
        pl.col("agent").replace_strict(dict(enumerate(truth.staff.agents)), return_dtype=pl.String).alias("agent_id"),
    )  # fmt: skip
    others = base.filter(pl.col("kind") == int(StepKind.DELAY)).select(
        "ticket_key", pl.lit(2).alias("part"), "step",
        pl.when(is_resolved).then(pl.lit("resolved")).otherwise(pl.lit("customer")).alias("step_kind"),
        pl.col("entered").alias("entered_at"), pl.when(~is_resolved).then("left").alias("left_at"),
        pl.lit(0.0).alias("work_minutes"),
    )  # fmt: skip
    ended = pl.when(pl.col("left_at").is_not_null()).then(
        pl.when(pl.col("step_kind") == "customer").then(pl.lit("customer")).otherwise(pl.lit("human"))
    )
    rows = pl.concat([queue, done, others], how="diagonal").sort("ticket_key", "entered_at", "part")
    return rows.select(
        "ticket_key", pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("ticket_key").alias("visit_no"),
        pl.lit("orders").alias("workflow"), "step", "step_kind", "entered_at", "started_at",
        pl.when(pl.col("started_at").is_not_null()).then(pl.lit("measured")).alias("start_source"), "left_at",
        "work_minutes", pl.lit(None, pl.Float64).alias("delay_minutes"), "agent_id", "group_name",
        ended.alias("ended_by"),
    )  # fmt: skip


def later(truth: Parameters, came: Tickets, run: Run, minutes: int) -> Parameters:
    """The shop when the run ends, with the tickets that are open then."""
    rec = run.records
    here = np.flatnonzero(np.isnan(rec.left))
    whose = rec.ticket[here]
    here, whose = here[np.argsort(whose)], np.sort(whose)
    in_work = ~np.isnan(rec.started[here]) & (rec.agent[here] >= 0)
    replied, size = _replied(truth, run), len(came.arrived)
    first = np.full(size, np.nan)
    np.fmin.at(first, rec.ticket[replied], rec.left[replied])
    order = np.argsort(came.arrived[whose], kind="stable")
    here, whose, in_work = here[order], whose[order], in_work[order]
    none, never = np.zeros(len(here), np.int32), np.full(len(here), np.nan)
    backlog = Backlog(
        ticket=tuple(str(n) for n in whose), stream=came.stream[whose], state=rec.state[here],
        entered=np.where(in_work, rec.started[here], rec.entered[here]) - minutes,
        agent=np.where(in_work, rec.agent[here], -1).astype(np.int32), in_work=in_work,
        priority=came.priority[whose], created=came.arrived[whose] - minutes, first_reply=first[whose] - minutes,
        first_resolved=never, replies=np.bincount(rec.ticket[replied], minlength=size)[whose].astype(np.int32),
        reopens=none, handoffs=none, work=np.zeros(len(here)),
    )  # fmt: skip
    return replace(truth, start=truth.start + dt.timedelta(minutes=minutes), backlog=backlog)
