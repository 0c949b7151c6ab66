"""Runs the hand-written script: `python -m benchmarks.bare --raw RAW --shop SHOP --out FILE`."""

import argparse
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


def run(raw: Path, shop: Path, out: Path) -> None:
    """Computes every table of the script into the new file `out`, with the memory that a build may use."""
    with duckdb.connect(str(out), config={"memory_limit": "3GB", "temp_directory": f"{out}.spill"}) as con:
        con.execute("set TimeZone = 'UTC'").fetchall()
        con.execute(f"attach '{raw}' as raw (read_only)").fetchall()
        con.execute(f"attach '{shop}' as shop (read_only)").fetchall()
        con.execute(SCRIPT.read_text(encoding="utf-8")).fetchall()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--raw", "--shop", "--out"):
        parser.add_argument(option, type=Path, required=True)
    options = parser.parse_args()
    run(options.raw, options.shop, options.out)


if __name__ == "__main__":
    main()
