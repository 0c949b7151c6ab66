"""An empty shop folder, a database that stands for what a build makes, and the app as the command serves it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from flowmeter.settings import Home
from flowmeter.shop_folder import create_home

COMMAND = Path(sys.executable).parent / "flowmeter"


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


@contextlib.contextmanager
def served(home: Home) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The running command, a group of processes of its own as under a shell, and the port that it says."""
    command = [str(COMMAND), "serve", "--home", str(home.root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stderr
            said = next(line for line in process.stderr if "Flowmeter is open" in line)
            address = re.search(r"http://127\.0\.0\.1:(\d+) ", said)
            assert address
            yield process, int(address[1])
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
