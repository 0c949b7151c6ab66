"""Rows set aside: where they stand in the file, why, and what to do, with their text less personal data."""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import duckdb
import orjson
import polars as pl

from ingest.csv_rejects import Reject
from ingest.part import Form, Part, RawRow, plain_title
from ingest.privacy import redact_cells, redact_json, redact_value
from ingest.source import Reading, Rule
from ingest.stage import explain

_TEXT = 20_000
"""Characters of a row that are kept; the file has the rest."""
_CHUNK = 5_000
_COLUMNS = ("line", "rule", "column_name", "expected", "found", "raw", "remedy")
_AGAIN = "Export the file again; the other rows are loaded already."
_BROKEN = Rule("malformed_json", "", "one complete JSON record", _AGAIN)
_NO_RECORD = Rule("not_a_record", "", "a JSON record in braces", _AGAIN)


def set_aside(
    con: duckdb.DuckDBPyConnection,
    batch_no: int,
    part: Part,
    reading: Reading,
    failing: pl.DataFrame,
    rejected: list[Reject],
) -> None:
    """Writes one quarantine row for each failing record (schema stage.FAILING) and each rejected row."""
    every = _rows(part, reading, failing, rejected)
    while chunk := list(islice(every, _CHUNK)):
        frame = pl.DataFrame(chunk, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")
        con.register("aside", frame.to_arrow())
        con.execute(
            f"insert into quarantine select {batch_no}, ?, ?, line::bigint, rule, column_name, expected, found, raw, "
            "remedy from aside",
            [part.label, reading.source],
        ).fetchall()
        con.unregister("aside")


def _rows(part: Part, reading: Reading, failing: pl.DataFrame, rejected: list[Reject]) -> Iterator[tuple[Any, ...]]:
    yield from _rejected_rows(part, reading, rejected)
    if failing.is_empty():
        return
    skipped = frozenset(each.line for each in rejected)
    texts = part.raw_rows(failing["ordinal"].to_list(), skipped)
    for raw, (rule_name, found) in zip(texts, failing.select("rule", "found").iter_rows(), strict=True):
        rule, shown = _refined(explain(rule_name, found, reading), found, raw, part)
        yield (
            str(raw.line), rule.name, rule.column, rule.expected, redact_value(shown or "nothing"),
            _hidden(raw.text, part, reading), rule.remedy,
        )  # fmt: skip


def _refined(rule: Rule, found: str | None, raw: RawRow, part: Part) -> tuple[Rule, str]:
    """A line that is no JSON at all reads as a record without an id: say what it is."""
    if part.form is not Form.LINES:
        return rule, found or ""
    try:
        record = orjson.loads(raw.text)
    except orjson.JSONDecodeError as error:
        return _BROKEN, str(error)
    if part.wrapper and isinstance(record, dict):
        record = record.get(part.wrapper)
    return (rule, found or "") if isinstance(record, dict) else (_NO_RECORD, raw.text[:80])


def _rejected_rows(part: Part, reading: Reading, rejected: Iterable[Reject]) -> Iterator[tuple[Any, ...]]:
    for each in rejected:
        yield (
            str(each.line), each.rule.name, each.rule.column, each.rule.expected, redact_value(each.found),
            _hidden(each.text, part, reading), each.rule.remedy,
        )  # fmt: skip


def _hidden(text: str, part: Part, reading: Reading) -> str:
    if part.form is not Form.TABLE:
        return redact_json(text, reading.personal)[:_TEXT]
    plain = {plain_title(title) for title in reading.personal}
    personal = {number for number, title in enumerate(part.header) if plain_title(title) in plain}
    if not personal:
        return redact_value(text)[:_TEXT]
    cells = [cell for row in csv.reader(text.splitlines(keepends=True), delimiter=part.delimiter) for cell in row]
    return part.delimiter.join(redact_cells(cells, personal, len(part.header)))[:_TEXT] if cells else text[:_TEXT]
