"""The weekly KPIs of a published file, as rows for the command line."""

import contextlib
import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from flowmeter.checked_file import nearest
from flowmeter.errors import WarehouseError
from flowmeter.warehouse import read

SLICES = ("workflow", "variant", "channel")
COLUMNS = ("week", "workflow", "metric", "value", "n", "low", "high", "unit", "too_few")

KpiRow = dict[str, Any]


def kpi_rows(
    path: Path, *, week: str | None = None, weeks: int = 1, by: Sequence[str] = (), metrics: Sequence[str] = ()
) -> list[KpiRow]:
    """Rows of kpi_week with the keys of COLUMNS, and variant and channel where `by` has them.

    `week` is the last of `weeks` ISO weeks ('2026-W46'; default: the last that is over), `by` any of SLICES (nothing:
    the totals, workflow 'all'), `metrics` metric keys (nothing: all). `value` is None where it is unknown.
    Raises ValueError for a week or a metric that does not exist.
    """
    with contextlib.closing(read(path)) as connection:
        _check_metrics(connection, metrics)
        last = monday_of(week) if week else _last_complete_week(connection)
        slices = [name for name in SLICES if name in by or (name == "workflow" and "variant" in by)]
        columns = [*COLUMNS, *(name for name in ("variant", "channel") if name in slices)]
        selected = ", ".join("iso_week as week" if column == "week" else f'"{column}"' for column in columns)
        sliced = " and ".join(f"{name} {'<>' if name in slices else '='} 'all'" for name in SLICES)
        query = f"""
            select {selected} from kpi_week
            where kpi_week.week between $first and $last and {sliced} and (len($metrics) = 0 or metric in $metrics)
            order by kpi_week.week, workflow, variant, channel,
                (select position from metric where metric.metric = kpi_week.metric)"""
        bound = {"first": last - dt.timedelta(weeks=weeks - 1), "last": last, "metrics": list(metrics)}
        found = connection.execute(query, bound).fetchall()
    return [dict(zip(columns, row, strict=True)) for row in found]


def monday_of(week: str) -> dt.date:
    """'2026-W46' as its Monday."""
    if found := re.fullmatch(r"(\d{4})-W(\d{1,2})", week):
        with contextlib.suppress(ValueError):
            return dt.date.fromisocalendar(int(found[1]), int(found[2]), 1)
    raise ValueError(f"'{week}' is no ISO week. Write it like 2026-W46")


def _check_metrics(connection: duckdb.DuckDBPyConnection, metrics: Sequence[str]) -> None:
    known = [str(row[0]) for row in connection.execute("select metric from metric").fetchall()]
    for metric in metrics:
        if metric not in known:
            raise ValueError(f"there is no metric '{metric}'. {nearest(metric, known)}")


def _last_complete_week(connection: duckdb.DuckDBPyConnection) -> dt.date:
    """The last week that the snapshot lies behind, whether or not its slower figures are final."""
    query = "select max(week) from kpi_week where metric = 'tickets_created' and is_complete"
    week: dt.date | None = connection.execute(query).fetchall()[0][0]
    if week is None:
        raise WarehouseError("no week is over yet in what is published", next_step="Name one with --week")
    return week
