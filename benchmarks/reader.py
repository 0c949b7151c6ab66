"""DuckDB's own reader on the same files, with its defaults: `python -m benchmarks.reader FOLDER --out FILE`."""

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

LARGEST_DOCUMENT = 16 * 1024 * 1024
"""DuckDB's default for one JSON document. A file that is one document larger than this needs a larger setting."""
READERS = {".csv": "read_csv", ".json": "read_json", ".jsonl": "read_json", ".ndjson": "read_json"}


@dataclass
class Refused:
    """Files whose types the defaults guessed wrong from the first rows, and what those attempts cost.

    Such a file is read again with its nested values left as text, which is the least work there is.
    """

    names: list[str]
    seconds: float
    cpu_seconds: float


def refused_path(out: Path) -> Path:
    """Where the command writes what was refused."""
    return out.with_suffix(".json")


def files(folder: Path) -> list[Path]:
    """The exports of a folder, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def run(folder: Path, out: Path) -> Refused:
    """Copies each file as it stands into a table of the new file `out`, and says which ones the defaults refused."""
    refused = Refused([], 0, 0)
    with duckdb.connect(str(out)) as con:
        for number, path in enumerate(files(folder)):
            started, cpu_before = time.monotonic(), time.process_time()
            try:
                _copy(con, number, path, "")
            except duckdb.InvalidInputException:
                refused.names.append(path.name)
                refused.seconds += time.monotonic() - started
                refused.cpu_seconds += time.process_time() - cpu_before
                _copy(con, number, path, ", maximum_depth = 1")
    return refused


def _copy(con: duckdb.DuckDBPyConnection, number: int, path: Path, options: str) -> None:
    named = path.with_suffix("") if path.suffix == ".gz" else path
    size = path.stat().st_size
    if named.suffix == ".json" and size > LARGEST_DOCUMENT:
        options += f", maximum_object_size = {2 * size}"
    reader = READERS[named.suffix]
    con.execute(f"create table file_{number} as select * from {reader}(?{options})", [str(path)]).fetchall()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    refused = run(options.folder, options.out)
    refused_path(options.out).write_text(json.dumps(asdict(refused)), encoding="utf-8")


if __name__ == "__main__":
    main()
