"""Rows of a CSV table that do not have the header's shape: too long, too short, a quote that never closes."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from ingest.part import Form, Part
from ingest.source import Reading, Rule

_AGAIN = "Correct the row in the file, or export it again, and load the file once more."
UNCLOSED = Rule("unclosed_quote", "", "a closing quote before the next row begins", _AGAIN)
_RULES = {
    "TOO MANY COLUMNS": Rule("too_many_columns", "", "as many values as the header has titles", _AGAIN),
    "MISSING COLUMNS": Rule("too_few_columns", "", "as many values as the header has titles", _AGAIN),
    "INVALID ENCODING": Rule("unreadable_signs", "", "text in UTF-8", "Export it as UTF-8 and load it again."),
    "LINE SIZE OVER MAXIMUM": Rule("row_too_long", "", "a row of at most 2 MB", _AGAIN),
}
_OTHER = Rule("broken_row", "", "a row of comma-separated values", _AGAIN)
_MOST_REPAIRS = 100
"""Each repair reads the file again; after this many a file is taken as it is."""


@dataclass(frozen=True)
class Reject:
    """A row that was refused: its first physical line, its text, why, and what was found."""

    line: int
    text: str
    rule: Rule
    found: str


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Empties DuckDB's lists of refused rows, which outlive a read."""
    con.execute("drop table if exists csv_rejects").fetchall()
    con.execute("drop table if exists csv_scans").fetchall()


def rejects(con: duckdb.DuckDBPyConnection, part: Part) -> list[Reject]:
    """The rows that the last read of the part refused, by line."""
    if part.form is not Form.TABLE:
        return []
    rows = con.execute(
        "select line_byte_position, first(error_type::varchar), first(csv_line), first(error_message) "
        "from csv_rejects group by line_byte_position order by line_byte_position"
    ).fetchall()
    lines = _lines_at([int(position) for position, *_ in rows], part.path)
    found = []
    for line, (_, kind, text, message) in zip(lines, rows, strict=True):
        rule = UNCLOSED if "quote" in str(message).lower() else _RULES.get(str(kind), _OTHER)
        found.append(Reject(line, str(text or "").strip("\r\n"), rule, str(message).splitlines()[0]))
    return found


def _lines_at(positions: list[int], path: Path) -> Iterator[int]:
    """The physical lines that hold these bytes (from 1, ascending), blank lines before a row passed over."""
    wanted = iter(positions)
    position = next(wanted, None)
    end = 0
    with path.open("rb") as file:
        for line, text in enumerate(file, 1):
            end += len(text)
            while position is not None and position <= end and text.strip():
                yield line
                position = next(wanted, None)
            if position is None:
                return


def without_unclosed(part: Part, scratch: Path, found: list[Reject]) -> tuple[Part, list[Reject]]:
    """A quote that never closes swallows the rows after it: a copy of the file with such first lines blank.

    Returns the part to read instead and what was blanked; the same part and nothing when there is nothing to mend.
    """
    swallowing = {each.line for each in found if each.rule is UNCLOSED and "\n" in each.text}
    if not swallowing:
        return part, []
    copy = scratch / f"mended-{len(list(scratch.iterdir()))}.csv"
    blanked = []
    with part.path.open("rb") as source, copy.open("wb") as target:
        for line, text in enumerate(source, 1):
            if line in swallowing:
                shown = text.decode("utf-8", "replace").rstrip("\r\n")
                blanked.append(Reject(line, shown, UNCLOSED, "a quote that is never closed"))
                target.write(b"\n")
            else:
                target.write(text)
    return replace(part, path=copy), blanked


def may_mend(repairs: int) -> bool:
    return repairs < _MOST_REPAIRS


def cells_of(part: Part, reading: Reading, found: list[Reject]) -> list[str]:
    """Which records the refused rows belong to (the column `whole_by`), as far as can be told."""
    column = next(field for field in reading.fields if field.column == reading.whole_by)
    position = part.columns().index(column.raw)
    rows = (next(csv.reader([each.text], delimiter=part.delimiter), []) for each in found)
    return [cells[position].strip() for cells in rows if len(cells) > position]
