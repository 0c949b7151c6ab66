"""One metric of one slice, week by week, as estimates that can be looked up by week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from analysis.change import Estimate

Series = Mapping[dt.date, Estimate]
COLUMNS = ("week", "value", "low", "high", "n", "too_few", "is_complete")
UNKNOWN = Estimate(None)


def by_metric(rows: pl.DataFrame, *keys: str) -> dict[tuple[str, ...], dict[dt.date, Estimate]]:
    """Rows of kpi_week as {keys: {week: Estimate}}; `keys` are the columns that name a series."""
    found: dict[tuple[str, ...], dict[dt.date, Estimate]] = {}
    for row in rows.select(*keys, *COLUMNS).iter_rows():
        week, value, low, high, n, too_few, is_complete = row[len(keys) :]
        point = Estimate(value, low, high, int(n or 0), bool(too_few), bool(is_complete))
        found.setdefault(row[: len(keys)], {})[week] = point
    return found


def at(series: Series, week: dt.date) -> Estimate:
    """The figure of a week, unknown if the week has no row."""
    return series.get(week, UNKNOWN)


def before(series: Series, week: dt.date, count: int) -> list[Estimate]:
    """The `count` weeks before `week`, oldest first; missing weeks are unknown, so that gaps stay gaps."""
    return [at(series, week - dt.timedelta(weeks=back)) for back in range(count, 0, -1)]
