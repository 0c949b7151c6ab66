"""Reading what a handmade shop published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flowmeter import warehouse

Row = dict[str, Any]


def approx(expected: float | list[float], abs: float | None = None) -> Any:  # noqa: A002 - as pytest names it
    """pytest.approx, in a form that may stand inside a tuple that is compared."""
    return pytest.approx(expected, abs=abs)


@dataclass(frozen=True)
class Published:
    """A published snapshot, read-only."""

    root: Path
    con: duckdb.DuckDBPyConnection

    @classmethod
    def open(cls, root: Path) -> Published:
        """Open the current snapshot of a shop folder."""
        path = (root / "data" / "warehouse" / "current").resolve()
        return cls(root, warehouse.read(path))

    def rows(self, sql: str, *values: object) -> list[Row]:
        """The rows of a query as dictionaries."""
        result = self.con.execute(sql, list(values))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def tickets(self, flow: str) -> list[Row]:
        """The tickets of a workflow, in the order in which they were written."""
        return self.rows("select * from fct_ticket where workflow = ? order by source_ticket_id::bigint", flow)

    def ticket(self, flow: str) -> Row:
        """The one ticket of a workflow."""
        (row,) = self.tickets(flow)
        return row

    def kpi(self, metric: str, flow: str, day: str) -> tuple[float | None, int]:
        """Value and n of a metric, in the week that a day lies in; (None, 0) where there is no row."""
        rows = self.cell(metric, flow, day)
        return (rows[0]["value"], rows[0]["n"]) if rows else (None, 0)

    def cell(self, metric: str, flow: str, day: str) -> list[Row]:
        """The row of kpi_week over all variants and channels."""
        return self.rows(
            "select * from kpi_week where metric = ? and workflow = ? and week = ? and variant = 'all'"
            " and channel = 'all'",
            metric,
            flow,
            monday(day),
        )

    def backlog(self, flow: str, day: str) -> tuple[int, ...]:
        """Opening, created, reopened, resolved and closing of one local day."""
        (row,) = self.rows("select * from backlog_day where workflow = ? and day = ?", flow, date.fromisoformat(day))
        return tuple(row[name] for name in ("opening", "created", "reopened", "resolved", "closing"))


def monday(day: str) -> date:
    """The Monday of the week that a day lies in."""
    at = datetime.fromisoformat(day).date()
    return at - timedelta(days=at.weekday())
