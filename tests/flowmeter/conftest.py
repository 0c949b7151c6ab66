"""An empty shop folder, and a database that stands for what a build makes."""

from __future__ import annotations

import contextlib
from pathlib import Path

import duckdb
import pytest

from flowmeter.settings import Home
from flowmeter.shop_folder import create_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A shop folder as `flowmeter init` makes it."""
    return create_home(tmp_path / "shop")[0]


def built_file(home: Home, number: int) -> Path:
    """A file as dbt would leave it: two tables that carry the same number."""
    home.build_dir.mkdir(parents=True, exist_ok=True)
    home.warehouse.mkdir(parents=True, exist_ok=True)
    path = home.build_dir / "flowmeter.duckdb"
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute(f"attach '{path}' as built (storage_version 'v1.4.0')").fetchall()
        for table in ("first", "last"):
            connection.execute(f"create table built.{table} as select {number} as number from range(1000)").fetchall()
    return path
