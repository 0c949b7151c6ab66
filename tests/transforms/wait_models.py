"""The models of waits by cause, run over small relations in memory: their own SQL, without a build of dbt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import jinja2

TRANSFORMS = Path(__file__).resolve().parents[2] / "transforms"
FOLDER = TRANSFORMS / "models" / "intermediate" / "process"
MODELS = ("int_agent_calendars", "int_visit_work", "int_agent_work", "int_visit_waits")
MACROS = ("time", "open_time")
CAUSES = (
    "customer",
    "hold",
    "timer",
    "out_of_hours",
    "unassigned",
    "contention",
    "prioritisation",
    "batching",
    "extraneous",
)
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the columns hold naive UTC

VISIT_COLUMNS = {
    "ticket_key": "bigint",
    "visit_no": "int",
    "step": "varchar",
    "step_kind": "varchar",
    "agent_id": "varchar",
    "group_name": "varchar",
    "entered_at": "timestamp",
    "started_at": "timestamp",
    "start_source": "varchar",
    "left_at": "timestamp",
    "until_at": "timestamp",
    "ended_by": "varchar",
    "schedule": "varchar",
    "work_minutes": "double",
}
EVENT_COLUMNS = {
    "log": "varchar",
    "ticket_key": "bigint",
    "event_id": "bigint",
    "row_no": "bigint",
    "activity": "varchar",
    "started_at": "timestamp",
    "happened_at": "timestamp",
    "resource": "varchar",
}
INTERVAL_COLUMNS = {
    "schedule": "varchar",
    "opens_at": "timestamp",
    "closes_at": "timestamp",
    "microseconds_before": "bigint",
}


@dataclass(frozen=True)
class Visit:
    """One visit; instants are naive UTC."""

    ticket_key: int
    step: str
    agent_id: str | None
    entered_at: datetime
    started_at: datetime | None
    until_at: datetime
    visit_no: int = 1
    step_kind: str = "activity"
    start_source: str = "measured"
    schedule: str | None = None
    ended_by: str | None = "human"

    def row(self) -> tuple[Any, ...]:
        """In the order of VISIT_COLUMNS; all of the visit from its start is work."""
        begun = self.started_at
        work = None if begun is None else (self.until_at - begun) / timedelta(minutes=1)
        source = None if begun is None else self.start_source
        return (
            self.ticket_key,
            self.visit_no,
            self.step,
            self.step_kind,
            self.agent_id,
            None,
            self.entered_at,
            begun,
            source,
            self.until_at,
            self.until_at,
            self.ended_by,
            self.schedule,
            work or 0.0,
        )


@dataclass(frozen=True)
class Event:
    """One row of a generic log."""

    case: int
    activity: str
    resource: str | None
    started_at: datetime
    happened_at: datetime


def rendered(name: str) -> str:
    """A model's SQL, every relation under its own name."""
    prelude = "".join((TRANSFORMS / "macros" / f"{macro}.sql").read_text(encoding="utf-8") for macro in MACROS)
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])  # noqa: S701 - SQL, not a page
    template = environment.from_string(prelude + (FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
    return template.render(ref=lambda table: table, source=lambda _schema, table: table, config=lambda **_options: "")


def create(con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """A table of rows."""
    names = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    con.execute(f"create or replace table {table} ({names})")
    if rows:
        con.executemany(f"insert into {table} values ({', '.join('?' * len(columns))})", rows)


def connected(time_zone: str = "UTC") -> duckdb.DuckDBPyConnection:
    """An empty database with the shop's settings and no schedule."""
    con = duckdb.connect(config={"threads": 2})
    create(con, "setting", {"time_zone": "varchar"}, [(time_zone,)])
    create(con, "int_business_intervals", INTERVAL_COLUMNS, [])
    return con


def schedules(con: duckdb.DuckDBPyConnection, opened: dict[str, list[tuple[datetime, datetime]]]) -> None:
    """The opening times of each schedule."""
    rows: list[tuple[Any, ...]] = []
    for schedule, spans in opened.items():
        before = 0
        for opens_at, closes_at in sorted(spans):
            rows.append((schedule, opens_at, closes_at, before))
            before += (closes_at - opens_at) // timedelta(microseconds=1)
    create(con, "int_business_intervals", INTERVAL_COLUMNS, rows)


def waits(con: duckdb.DuckDBPyConnection, visits: Iterable[Visit]) -> dict[tuple[int, int], dict[str, int]]:
    """Microseconds by cause of each visit with a wait, by (ticket_key, visit_no)."""
    create(con, "int_ticket_visits", VISIT_COLUMNS, [visit.row() for visit in visits])
    return run_waits(con)


def run_waits(con: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], dict[str, int]]:
    """As waits, over the table int_ticket_visits that is there."""
    for model in MODELS:
        con.execute(f"create or replace table {model} as {rendered(model)}")
    listed = ", ".join(f"{cause}_minutes" for cause in CAUSES)
    rows = con.execute(f"select ticket_key, visit_no, {listed} from int_visit_waits").fetchall()
    return {
        (row[0], row[1]): {cause: round(minutes * 60_000_000) for cause, minutes in zip(CAUSES, row[2:], strict=True)}
        for row in rows
    }


def enabled(con: duckdb.DuckDBPyConnection, events: Sequence[Event], log: str = "log") -> list[datetime]:
    """When each event of a log was enabled, in the order of the events."""
    rows = [
        (log, event.case, number, number, event.activity, event.started_at, event.happened_at, event.resource)
        for number, event in enumerate(events)
    ]
    create(con, "stg_event_log__events", EVENT_COLUMNS, rows)
    found = con.execute(f"select event_id, enabled_at from ({rendered('int_activity_enabled')})").fetchall()
    by_number = dict(found)
    return [by_number[number] for number in range(len(events))]


def utc(text: str) -> datetime:
    """An instant of a file as naive UTC."""
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
