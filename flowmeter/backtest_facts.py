"""What a back-test holds forecasts against: published weeks, and the instant at which one began."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

WATCHED = (
    "resolution_time_mean_calendar_hours", "resolution_time_median_calendar_hours", "first_reply_median_calendar_hours",
    "resolution_rate_cohort", "tickets_created", "tickets_resolved", "backlog", "csat", "ces", "cost_per_resolution",
    "reopen_rate", "handoffs",
)  # fmt: skip
WEEKS = """
    select week, workflow, metric, value, n, low, high from kpi_week
    where variant = 'all' and channel = 'all' and is_complete and list_contains($metrics, metric)
    order by week, workflow, metric"""


@dataclass(frozen=True)
class Past:
    """Finished weeks of the watched metrics (rows of kpi_week), the metrics' names, and the shop's time zone."""

    weeks: pl.DataFrame
    metrics: pl.DataFrame
    zone: str

    def begin(self, monday: dt.date) -> dt.datetime:
        """The instant at which a week began (naive UTC)."""
        there = dt.datetime(monday.year, monday.month, monday.day, tzinfo=ZoneInfo(self.zone))
        return there.astimezone(dt.UTC).replace(tzinfo=None)


def past(connection: duckdb.DuckDBPyConnection) -> Past:
    """What is published."""
    zone = connection.execute("select time_zone from snapshot").fetchall()[0][0]
    return Past(
        connection.sql(WEEKS, params={"metrics": list(WATCHED)}).pl(),
        connection.sql("select metric, label, unit from metric order by position").pl(),
        zone,
    )
