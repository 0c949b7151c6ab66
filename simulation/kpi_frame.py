"""Runs' tickets as the frame that the published KPI macros read.

Each column belongs to an anchor, as in METRICS: it is null where the ticket was not created, resolved or first resolved
in the run's own time, or where what it says needs more days than the run had left. Tickets in which the shop wrote
first (outreach) cost and are asked to answer surveys, but are not measured. Surveys are answered when a ticket is
resolved. Business minutes are those in which the last queue that a ticket came to is open by its opening hours, as the
marts go by a ticket's last group; without hours they are unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from simulation.clock import DAY
from simulation.opening import open_minutes
from simulation.parameters import Money, Parameters
from simulation.ticket_rows import TicketRows

_READ = [field.name for field in fields(TicketRows) if field.name not in {"key", "waited"}]

GRAIN = float(2**20)
"""Minutes and money are cut to this part of one: sums are exact then, in whatever order threads add."""

COLUMNS = (
    "resolution_calendar_minutes", "resolution_business_minutes", "first_resolution_calendar_minutes",
    "first_reply_calendar_minutes", "first_reply_business_minutes", "resolved_in_cohort", "is_zero_touch",
    "is_one_touch", "is_fcr_7d", "is_repeated_7d", "is_reopened", "handoff_count",
    "is_automated", "is_automated_held", "is_measured", "is_created_here", "is_resolved_here", "is_creation",
    "is_resolution", "cost_amount", "csat_satisfied", "ces_score",
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """What a run's figures are of: its whole time. `settled` [days]: what a column needs to pass before it is final."""

    minutes: int
    cohort_days: float = 7.0
    settled: Mapping[str, float] | None = None

    def sure(self, column: str) -> float:
        """The last minute at which a ticket's anchor may lie for the column to be final by the run's end."""
        return self.minutes - DAY * (self.settled or {}).get(column, 0.0)


def kpi_frame(parameters: Parameters, runs: Mapping[int, TicketRows], period: Period) -> pl.DataFrame:
    """One row per run and ticket: `run`, `workflow` and COLUMNS. `runs`: tickets by the run's number."""
    base = _joined(parameters, runs, period)
    made = base.with_columns(_within("created", period), _within("resolved", period), _within("first_resolved", period))
    made = made.with_columns(cost_amount=_grained(_cost(parameters.money, period)))
    columns = _columns(period)
    return made.select("run", "workflow", *(columns[name].alias(name) for name in COLUMNS))


def _joined(parameters: Parameters, runs: Mapping[int, TicketRows], period: Period) -> pl.DataFrame:
    parts: Sequence[TicketRows] = list(runs.values())
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _READ}
    stream, queue = columns.pop("stream"), columns.pop("queue")
    for name in ("first_reply", "resolved"):
        columns[f"{name}_open"] = open_minutes(parameters, period.minutes, queue, columns["created"], columns[name])
    return pl.DataFrame(columns).with_columns(
        run=pl.Series(np.repeat(np.array(list(runs), dtype=np.int32), [len(part.key) for part in parts])),
        workflow=pl.Series(parameters.arrivals.workflow, dtype=pl.String).gather(stream),
        is_contact=pl.Series(~parameters.arrivals.outreach[stream]),
    )


def _within(column: str, period: Period) -> pl.Expr:
    """NaN is over every number, so that what never happened lies outside."""
    return pl.col(column).is_between(0.0, float(period.minutes), closed="left").alias(f"{column}_here")


def _columns(period: Period) -> dict[str, pl.Expr]:
    created, resolved, first = (
        pl.col(f"{name}_here") & pl.col("is_contact") for name in ("created", "resolved", "first_resolved")
    )
    answered = pl.col("resolved_here")
    age = pl.col("resolved") - pl.col("created")
    again = pl.col("followed") - pl.col("resolved")
    reply = (pl.col("first_reply") - pl.col("created")).fill_nan(None)
    resolved_open, reply_open = (
        _grained(pl.col(f"{name}_open").fill_nan(None)) for name in ("resolved", "first_reply")
    )
    final = {name: pl.col("resolved") < period.sure(name)
             for name in ("is_fcr_7d", "is_repeated_7d", "is_automated_held")}  # fmt: skip
    replied = ("first_reply_calendar_minutes", "first_reply_business_minutes")
    young = {name: pl.col("created") < period.sure(name) for name in (*replied, "resolved_in_cohort")}
    one_touch = pl.col("replies") == 1
    return {
        "resolution_calendar_minutes": _only(resolved, _grained(age)),
        "resolution_business_minutes": _only(resolved, resolved_open),
        "first_resolution_calendar_minutes": _only(first, _grained(pl.col("first_resolved") - pl.col("created"))),
        "first_reply_calendar_minutes": _only(created & young["first_reply_calendar_minutes"], _grained(reply)),
        "first_reply_business_minutes": _only(created & young["first_reply_business_minutes"], reply_open),
        "resolved_in_cohort": _only(created & young["resolved_in_cohort"], age <= DAY * period.cohort_days),
        "is_zero_touch": _only(resolved, pl.col("replies") == 0),
        "is_one_touch": _only(resolved, one_touch),
        "is_fcr_7d": _only(resolved & final["is_fcr_7d"], one_touch & (pl.col("reopens") == 0) & (again > 7 * DAY)),
        "is_repeated_7d": _only(resolved & final["is_repeated_7d"], again <= 7 * DAY),
        "is_reopened": _only(first, pl.col("reopens") > 0),
        "handoff_count": _only(resolved, pl.col("handoffs")),
        "is_automated": _only(resolved, pl.col("is_automated")),
        "is_automated_held": _only(resolved & final["is_automated_held"], pl.col("is_automated") & (again > 3 * DAY)),
        "is_measured": created,
        "is_created_here": created,
        "is_resolved_here": resolved,
        "is_creation": created,
        "is_resolution": resolved,
        "cost_amount": pl.col("cost_amount"),
        "csat_satisfied": _only(answered & (pl.col("csat") >= 0), pl.col("csat") == 1),
        "ces_score": _only(answered, _grained(pl.col("ces").fill_nan(None))),
    }


def _only(where: pl.Expr, value: pl.Expr) -> pl.Expr:
    return pl.when(where).then(value)


def _cost(money: Money, period: Period) -> pl.Expr:
    """What arose in the run: work, fees, and fixed cost shared out by the minutes worked."""
    fixed = money.fixed_per_week * period.minutes / (7 * DAY)
    worked = pl.col("minutes").sum().over("run")
    share = pl.when(worked > 0).then(pl.col("minutes") / worked).otherwise(0.0)
    return (
        pl.col("spent")
        + money.fee_per_ticket * pl.col("created_here")
        + money.fee_per_reply * pl.col("answered")
        + money.fee_per_automated_resolution * pl.col("released")
        + fixed * share
    )


def _grained(value: pl.Expr) -> pl.Expr:
    return (value * GRAIN).round() / GRAIN
