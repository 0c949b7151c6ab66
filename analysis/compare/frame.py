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

import os
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from threading import Lock
from typing import TypeAlias, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int64]
Kept = TypeVar("Kept")
Asked = TypeVar("Asked")

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
RECENT = 1 + (os.cpu_count() or 1)
"""Metrics of which the tickets' arrays are kept: as many as are worked on at once, and one."""
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
    """The tickets of one variant: those of `tickets` that `chosen` says; none of their columns is copied before it is
    needed. `customer` numbers the customers from 0 (a ticket without one is its own).
    """

    name: str
    tickets: pl.DataFrame
    chosen: pl.Series
    customer: Codes
    customers: int
    _kept: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)
    _recent: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)
    _locks: dict[Hashable, Lock] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        """How many tickets."""
        return len(self.customer)

    def column(self, name: str) -> pl.Series:
        """One column of the arm's tickets."""
        return self.tickets[name].filter(self.chosen)

    def keep(self, key: Hashable, compute: Callable[[], Kept]) -> Kept:
        """What `compute` says, computed once for all parts and threads of a comparison. `key` is its name and type."""
        with self._locks.setdefault(key, Lock()):
            if key not in self._kept:
                self._kept[key] = compute()
            return self._kept[key]  # type: ignore[return-value]

    def recent(self, key: Hashable, compute: Callable[[], Kept]) -> Kept:
        """The same of what is as long as the tickets, of which only the last few are kept: fresh memory is slow."""
        with self._locks.setdefault(key, Lock()):
            found = self._recent.pop(key, None)
            self._recent[key] = found = compute() if found is None else found
            for old in list(self._recent)[:-RECENT]:
                self._recent.pop(old, None)
            return found  # type: ignore[return-value]


Tickets: TypeAlias = pl.DataFrame | Sequence[Arm]
"""The ticket frame, or what split() made of it, for whoever asks several things of the same tickets."""


@dataclass(frozen=True)
class Sample:
    """The tickets of one arm that count for one measure: arrays of equal length.

    The figure is sum(top) / sum(bottom); of quantiles, the quantile of `top`. `bottom` null: 1 of every ticket.
    `rows` says which tickets these are, and `customers` how many different customers they have.
    """

    top: Array
    bottom: Array | None
    customer: Codes
    customers: int
    rows: NDArray[np.bool_]

    @cached_property
    def n(self) -> int:
        """What the figure rests on: answers, tickets, resolutions."""
        return len(self.top) if self.bottom is None else round(float(self.bottom.sum()))

    def deviation(self, value: float) -> Array:
        """What moves the figure, ticket by ticket: top - value x bottom."""
        return self.top - (value if self.bottom is None else value * self.bottom)

    @cached_property
    def order(self) -> Codes:
        """Where the smallest of `top` is, the next, and so on."""
        return np.argsort(self.top)

    @cached_property
    def ordered(self) -> Array:
        """`top` from small to large."""
        ordered: Array = self.top[self.order]
        return ordered


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


def split(tickets: Tickets, arms: Sequence[str]) -> list[Arm]:
    """The tickets of each arm, in the order asked for. ValueError if fewer than two arms are named."""
    if len(set(arms)) < 2:
        raise ValueError(f"A comparison needs two different variants; these were named: {', '.join(arms) or 'none'}")
    if isinstance(tickets, pl.DataFrame):
        return [_arm(name, tickets) for name in arms]
    known = {arm.name: arm for arm in tickets}
    return [known[name] for name in arms]


def sample(arm: Arm, measure: Measure) -> Sample:
    """What one arm has to say about one measure, in the measure's unit."""
    ratio = measure.kind is Kind.RATIO
    return arm.recent((measure.columns, measure.per_unit, ratio), lambda: _sample(arm, measure, ratio=ratio))


def at_once(work: Callable[[Asked], Kept], of: Iterable[Asked]) -> list[Kept]:
    """The work on each, in their order, on all cores: the heavy parts are numpy's, which leaves other threads alone."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, of))


def count(customer: Codes) -> int:
    """How many different customers."""
    return int(np.count_nonzero(np.bincount(customer)))


def _sample(arm: Arm, measure: Measure, *, ratio: bool) -> Sample:
    column = arm.column(measure.columns[0]).cast(pl.Float64)
    known = column.is_not_nan().fill_null(value=False)
    top = column.filter(known).to_numpy()
    bottom = arm.column(measure.columns[1]).filter(known).cast(pl.Float64).fill_null(0.0) if ratio else None
    rows = known.to_numpy()
    customer = arm.customer[rows]
    return Sample(
        top if measure.per_unit == 1 else top / measure.per_unit,
        None if bottom is None else bottom.to_numpy(),
        customer,
        count(customer),
        rows,
    )


def _arm(name: str, tickets: pl.DataFrame) -> Arm:
    chosen = (tickets["arm"] == name).fill_null(value=False)
    customers = tickets["customer_id"].filter(chosen)
    known = customers.is_not_null().to_numpy()
    codes = _ranks(customers.drop_nulls())
    named = int(codes.max(initial=-1)) + 1
    customer = named + np.cumsum(~known) - 1
    customer[known] = codes
    return Arm(name, tickets, chosen, customer, named + int((~known).sum()))


def _ranks(customers: pl.Series) -> Codes:
    """Numbers from 0 in the order of the customers. Of numbers numpy finds them in a third of the time."""
    if customers.dtype.is_integer():
        return np.unique(customers.to_numpy(), return_inverse=True)[1]
    return customers.rank("dense").cast(pl.Int64).to_numpy() - 1
