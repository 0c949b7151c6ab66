"""DuckDB's own reader on the same files, with its defaults: `python -m benchmarks.reader FOLDER --out FILE`."""

import argparse
from pathlib import Path

import duckdb

LARGEST_DOCUMENT = 16 * 1024 * 1024
"""DuckDB's default for one JSON document. A file that is one document larger than this needs a larger setting."""
READERS = {".csv": "read_csv", ".json": "read_json", ".jsonl": "read_json", ".ndjson": "read_json"}


def files(folder: Path) -> list[Path]:
    """The exports of a folder, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def run(folder: Path, out: Path) -> None:
    """Copies each file as it stands into a table of the new file `out`."""
    with duckdb.connect(str(out)) as con:
        for number, path in enumerate(files(folder)):
            named = path.with_suffix("") if path.suffix == ".gz" else path
            reader = READERS[named.suffix]
            size = path.stat().st_size
            whole = f", maximum_object_size = {2 * size}" if named.suffix == ".json" and size > LARGEST_DOCUMENT else ""
            con.execute(f"create table file_{number} as select * from {reader}(?{whole})", [str(path)]).fetchall()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    run(options.folder, options.out)


if __name__ == "__main__":
    main()
