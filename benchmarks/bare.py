"""Runs the hand-written script: `python -m benchmarks.bare --raw RAW --shop SHOP --out FILE`."""

import argparse
import json
import re
import time
from pathlib import Path

import duckdb

from flowmeter import warehouse
from flowmeter.config import load_config
from flowmeter.config_tables import write_config_tables
from flowmeter.settings import Home

SCRIPT = Path(__file__).with_name("bare.sql")


def write_shop(home: Home, path: Path) -> None:
    """Writes the shop's settings as tables, as a build does for itself; as of the published snapshot."""
    with warehouse.read_current(home) as published:
        snapshot_at = published.execute("select snapshot_at from snapshot").fetchall()[0][0]
    with duckdb.connect(str(path)) as con:
        write_config_tables(con, load_config(home), snapshot_at)


def sections(script: str) -> dict[str, str]:
    """The script's parts by the titles of their headings (`-- Title -----`), in order; what stands first has none."""
    first, *parts = re.split(r"^-- (.+?) -{5,}$", script, flags=re.MULTILINE)
    return {"": first} | dict(zip(parts[::2], parts[1::2], strict=True))


def seconds_path(out: Path) -> Path:
    """Where the command writes how many seconds each section took."""
    return out.with_suffix(".json")


def run(raw: Path, shop: Path, out: Path) -> dict[str, float]:
    """Computes every table of the script into the new file `out`, with the memory that a build may use.

    Returns seconds by section.
    """
    with duckdb.connect(str(out), config={"memory_limit": "3GB", "temp_directory": f"{out}.spill"}) as con:
        con.execute("set TimeZone = 'UTC'").fetchall()
        con.execute(f"attach '{raw}' as raw (read_only)").fetchall()
        con.execute(f"attach '{shop}' as shop (read_only)").fetchall()
        return {title: _timed(con, sql) for title, sql in sections(SCRIPT.read_text(encoding="utf-8")).items()}


def _timed(con: duckdb.DuckDBPyConnection, sql: str) -> float:
    started = time.monotonic()
    con.execute(sql).fetchall()
    return time.monotonic() - started


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--raw", "--shop", "--out"):
        parser.add_argument(option, type=Path, required=True)
    options = parser.parse_args()
    seconds = run(options.raw, options.shop, options.out)
    seconds_path(options.out).write_text(json.dumps(seconds), encoding="utf-8")


if __name__ == "__main__":
    main()
