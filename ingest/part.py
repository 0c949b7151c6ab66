"""One file's worth of records on disk, in a form that DuckDB reads: JSON lines, a CSV table, or Parquet."""

import csv
import enum
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import orjson

from ingest.sql import literal, name

MAX_RECORD = 64 * 1024 * 1024
"""Bytes of the largest JSON record that is read."""


class Form(enum.Enum):
    LINES = "JSON lines"
    TABLE = "a CSV table"
    PARQUET = "a Parquet table"


@dataclass(frozen=True)
class RawRow:
    """A record as it stands in the file: its number among the records, its physical line, its text."""

    ordinal: int
    line: int
    text: str


@dataclass(frozen=True)
class Part:
    """A plain UTF-8 (or Parquet) file with records of one kind; made from an export by `ingest.reader`."""

    label: str
    """How the owner knows it: `export.zip/tickets.json`."""
    path: Path
    form: Form
    digest: str
    """Of the content, without compression."""
    keys: frozenset[str] = frozenset()
    """Of the first JSON records, inside the wrapper."""
    wrapper: str | None = None
    """`ticket` where each line is {"ticket": {...}}."""
    first_id: str = ""
    header: tuple[str, ...] = ()
    delimiter: str = ","
    lines: Sequence[int] = field(default_factory=lambda: array("q"))
    """For records taken out of a JSON document: the line on which each begins. Empty for JSON lines."""

    def columns(self) -> tuple[str, ...]:
        """SQL names of the table's columns; by position, since titles can repeat."""
        return tuple(f"c{number}" for number in range(len(self.header)))

    def column(self, title: str) -> str | None:
        """The SQL column under a title, which matches exactly or else but for case and punctuation."""
        if title in self.header:
            return f"c{self.header.index(title)}"
        plain = [plain_title(each) for each in self.header]
        return f"c{plain.index(plain_title(title))}" if plain_title(title) in plain else None

    def relation(self, columns: dict[str, str] | None = None) -> str:
        """SQL that reads every leaf as text; `columns` are the keys wanted of JSON records, with their types."""
        if self.form is Form.LINES:
            return self._json_relation(columns or {})
        if self.form is Form.PARQUET:
            chosen = (f"{name(title)}::varchar as c{number}" for number, title in enumerate(self.header))
            return f"(select {', '.join(chosen)} from read_parquet({literal(str(self.path))}))"
        types = ", ".join(f"'{column}': 'VARCHAR'" for column in self.columns())
        return (
            f"read_csv({literal(str(self.path))}, header = true, auto_detect = false, columns = {{{types}}}, "
            f"delim = {literal(self.delimiter)}, quote = '\"', escape = '\"', "
            "store_rejects = true, rejects_table = 'csv_rejects', rejects_scan = 'csv_scans')"
        )

    def _json_relation(self, columns: dict[str, str]) -> str:
        if self.wrapper:
            inner = ", ".join(f"{name(key)} {kind}" for key, kind in columns.items())
            given = {self.wrapper: f"STRUCT({inner})"}
        else:
            given = columns
        types = ", ".join(f"{name(key)}: {literal(kind)}" for key, kind in given.items())
        rows = (
            f"read_json({literal(str(self.path))}, format = 'newline_delimited', ignore_errors = true, "
            f"maximum_object_size = {MAX_RECORD}, columns = {{{types}}})"
        )
        return f"(select unnest({name(self.wrapper)}) from {rows})" if self.wrapper else rows

    def raw_rows(self, ordinals: Sequence[int], rejected_lines: frozenset[int] = frozenset()) -> Iterator[RawRow]:
        """The records with these numbers (ascending, from 1), read from the file again.

        `rejected_lines`: physical lines of table rows that DuckDB refused, which have no number.
        """
        if self.form is Form.PARQUET:
            return self._parquet_rows(ordinals)
        every = self._json_rows() if self.form is Form.LINES else self._table_rows(rejected_lines)
        return _chosen(every, ordinals)

    def _json_rows(self) -> Iterator[RawRow]:
        ordinal = 0
        with self.path.open("rb") as file:
            for line, text in enumerate(file, 1):
                if text.strip(b" \t\r\n"):
                    ordinal += 1
                    physical = self.lines[ordinal - 1] if self.lines else line
                    yield RawRow(ordinal, physical, text.decode("utf-8", "backslashreplace").rstrip("\r\n"))

    def _table_rows(self, rejected_lines: frozenset[int]) -> Iterator[RawRow]:
        ordinal = 0
        taken: list[str] = []

        def lines() -> Iterator[str]:
            with self.path.open(encoding="utf-8", errors="replace", newline="\n") as file:
                for text in file:
                    taken.append(text)
                    yield text

        reader = csv.reader(lines(), delimiter=self.delimiter)
        next(reader, None)
        start = reader.line_num + 1
        taken.clear()
        for cells in reader:
            if cells and start not in rejected_lines:
                ordinal += 1
                yield RawRow(ordinal, start, "".join(taken).rstrip("\r\n"))
            start = reader.line_num + 1
            taken.clear()

    def _parquet_rows(self, ordinals: Sequence[int]) -> Iterator[RawRow]:
        with duckdb.connect() as con:
            for ordinal in ordinals:
                found = con.execute(
                    f"select * exclude (file_row_number) from read_parquet({literal(str(self.path))}, "
                    f"file_row_number = true) where file_row_number = {ordinal - 1}"
                )
                titles = [each[0] for each in found.description or ()]
                cells = found.fetchall()[0]
                row = {title: None if cell is None else str(cell) for title, cell in zip(titles, cells, strict=True)}
                yield RawRow(ordinal, ordinal, orjson.dumps(row).decode())


def plain_title(title: str) -> str:
    """A column title without case, blanks and punctuation."""
    return "".join(sign for sign in title.lower() if sign.isalnum())


def _chosen(rows: Iterator[RawRow], ordinals: Sequence[int]) -> Iterator[RawRow]:
    wanted = iter(ordinals)
    next_one = next(wanted, None)
    for row in rows:
        if next_one is None:
            return
        if row.ordinal == next_one:
            yield row
            next_one = next(wanted, None)
