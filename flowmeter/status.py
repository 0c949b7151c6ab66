"""What a shop folder holds right now: loaded files, what is published, how fresh and how well tested it is."""

import contextlib
import datetime as dt
from pathlib import Path
from typing import Any

import duckdb

from flowmeter import warehouse
from flowmeter.build import published_facts
from flowmeter.errors import WarehouseError
from flowmeter.settings import Home

BATCH_COLUMNS = ("file", "source", "read", "loaded", "quarantined", "known", "batch_no", "last_at", "loaded_at")
QUARANTINE_COLUMNS = ("file", "source", "line", "rule", "column_name", "expected", "found", "remedy", "raw")

Row = dict[str, Any]


def status(home: Home) -> Row:
    """The shop folder as one JSON-ready object; `batches` has the newest last. Instants are ISO, UTC."""
    batches = loaded_rows(home, "batch", BATCH_COLUMNS, "batch_no")
    facts = published_facts(home)
    return {
        "home": str(home.root),
        "batches": batches,
        "quarantined": sum(batch["quarantined"] for batch in batches),
        "snapshot": _snapshot(warehouse.current_path(home)) if facts else None,
        "freshness": _freshness(batches, facts.built_at if facts else None),
        "tests": {"passed": facts.tests, "failed": 0, "models": facts.models} if facts else None,
        "build": {"build_id": facts.build_id, "built_at": facts.built_at, "seconds": facts.seconds} if facts else None,
    }


def loaded_rows(home: Home, table: str, columns: tuple[str, ...], order: str) -> list[Row]:
    """Rows of a raw table. While another command writes, they are read from what is published instead."""
    published = {"batch": "load_batch"}.get(table, table)
    selected = ", ".join(f'"{column}"' for column in columns)
    for path, name in ((home.raw_path, table), (home.current, published)):
        if not path.exists():
            continue
        with contextlib.suppress(WarehouseError), contextlib.closing(warehouse.read(path.resolve())) as connection:
            if not _has(connection, name):
                return []
            found = connection.execute(f"select {selected} from {name} order by {order}").fetchall()
            return [{key: _plain(value) for key, value in zip(columns, row, strict=True)} for row in found]
    return []


def _has(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(connection.execute("select 1 from duckdb_tables() where table_name = ?", [table]).fetchall())


def _snapshot(path: Path) -> Row:
    with contextlib.closing(warehouse.read(path)) as connection:
        query = "select snapshot_at, shop_name, currency, time_zone, ticket_count from snapshot"
        snapshot_at, shop_name, currency, time_zone, tickets = connection.execute(query).fetchall()[0]
    return {
        "snapshot_at": _plain(snapshot_at),
        "shop_name": shop_name,
        "currency": currency,
        "time_zone": time_zone,
        "ticket_count": tickets,
        "file": str(path),
    }


def _freshness(batches: list[Row], built_at: str | None) -> Row:
    """The newest event of every source, and how many files were loaded after the last build."""
    newest: dict[str, str | None] = {}
    for batch in batches:
        known = newest.get(batch["source"])
        newest[batch["source"]] = max(filter(None, (known, batch["last_at"])), default=None)
    waiting = [batch for batch in batches if built_at is None or (batch["loaded_at"] or "") > built_at]
    return {"newest_event": newest, "files_not_built": len(waiting)}


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=dt.UTC).isoformat(timespec="seconds")
    return value
