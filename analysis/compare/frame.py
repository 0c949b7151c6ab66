"""What a comparison is computed from: one row per ticket, and which kind of statistic each metric is.

The ticket frame (polars):
    arm             name of the variant that the ticket was assigned to
    customer_id     tickets of one customer are no independent evidence; null: the ticket stands for itself
    KPI columns     as in fct_ticket, null where the ticket does not count for the metric (its `ticket_filter`):
                    csat_satisfied, ces_score, is_reopened, handoff_count, resolution_calendar_minutes ...
    cost, is_resolved   of every ticket, open ones too: what cost per resolution is made of
    open_minutes    elapsed to the snapshot while open, else null
    covariates      channel, reason, priority, language, hour_band, weekday; any may be absent

A metric's formula stays in transforms. Here only its `interval_method` counts, which says what kind of statistic it is,
and the names of the columns that its expression reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int64]

COVARIATES = ("channel", "reason", "priority", "language", "hour_band", "weekday")
SQL_WORDS = frozenset(
    "and avg coalesce count double filter max min not nullif quantile_cont sum where".split()  # noqa: SIM905
)
# A period's costs and resolutions, at the grain of a ticket.
OF_A_TICKET = {"cost_amount": "cost", "is_resolution": "is_resolved"}


class Kind(StrEnum):
    """The kinds of statistics that are compared."""

    SHARE = "share"
    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"
    RATIO = "ratio"


KINDS = {
    "wilson": Kind.SHARE,
    "t": Kind.MEAN,
    "mean": Kind.MEAN,
    "median": Kind.MEDIAN,
    "p90": Kind.P90,
    "ratio": Kind.RATIO,
}
QUANTILES = {Kind.MEDIAN: 0.5, Kind.P90: 0.9}


@dataclass(frozen=True)
class Measure:
    """A metric as far as a comparison needs it. `columns`: the value's; of a ratio the upper and the lower one."""

    key: str
    label: str
    unit: str
    better: str
    kind: Kind
    columns: tuple[str, ...]
    min_n: int

    @property
    def per_unit(self) -> float:
        """Columns are in minutes, hours are spoken."""
        return 60.0 if self.unit == "hours" else 1.0


@dataclass(frozen=True)
class Arm:
    """The tickets of one variant; `customer` numbers the customers from 0 (a ticket without one is its own)."""

    name: str
    tickets: pl.DataFrame
    customer: Codes
    customers: int


@dataclass(frozen=True)
class Sample:
    """The tickets of one arm that count for one measure: arrays of equal length.

    The figure is sum(top) / sum(bottom); of quantiles, the quantile of `top`. `rows` says which tickets these are.
    """

    top: Array
    bottom: Array
    customer: Codes
    rows: NDArray[np.bool_]

    @property
    def n(self) -> int:
        """What the figure rests on: answers, tickets, resolutions."""
        return round(float(self.bottom.sum()))


def measures(metrics: pl.DataFrame, tickets: pl.DataFrame) -> list[Measure]:
    """The metrics that can be compared with the columns at hand, in the table's order.

    `metrics`: the mart `metric`. Counts and rates per order are left out: they are no statistic of one ticket.
    """
    found = []
    for row in metrics.iter_rows(named=True):
        kind = KINDS.get(row["interval_method"])
        names = [word for word in re.findall(r"[a-z_][a-z_0-9]*", row["expression"] or "") if word not in SQL_WORDS]
        columns = tuple(dict.fromkeys(OF_A_TICKET.get(name, name) for name in names))
        if kind is None or len(columns) != (2 if kind is Kind.RATIO else 1) or not set(columns) <= set(tickets.columns):
            continue
        found.append(Measure(row["metric"], row["label"], row["unit"], row["better"], kind, columns, int(row["min_n"])))
    return found


def split(tickets: pl.DataFrame, arms: Sequence[str]) -> list[Arm]:
    """The tickets of each arm, in the order asked for. ValueError if fewer than two arms are named."""
    if len(set(arms)) < 2:
        raise ValueError(f"A comparison needs two different variants; these were named: {', '.join(arms) or 'none'}")
    return [_arm(name, tickets.filter(pl.col("arm") == name)) for name in arms]


def sample(arm: Arm, measure: Measure) -> Sample:
    """What one arm has to say about one measure, in the measure's unit."""
    top = _numbers(arm.tickets, measure.columns[0]) / measure.per_unit
    ratio = measure.kind is Kind.RATIO
    bottom = np.nan_to_num(_numbers(arm.tickets, measure.columns[1])) if ratio else np.ones(len(top))
    rows = ~np.isnan(top)
    return Sample(top[rows], bottom[rows], arm.customer[rows], rows)


def count(customer: Codes) -> int:
    """How many different customers."""
    return int(np.count_nonzero(np.bincount(customer)))


def _numbers(tickets: pl.DataFrame, column: str) -> Array:
    return tickets[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _arm(name: str, tickets: pl.DataFrame) -> Arm:
    ranks = tickets["customer_id"].rank("dense")
    known = ranks.is_not_null().to_numpy()
    codes = ranks.fill_null(0).cast(pl.Int64).to_numpy() - 1
    named = int(codes.max(initial=-1)) + 1
    alone = named + np.cumsum(~known) - 1
    return Arm(name, tickets, np.where(known, codes, alone), named + int((~known).sum()))
