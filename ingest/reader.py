"""From an export as it lies in the inbox to parts that DuckDB reads: unpacked, decoded, one kind of record each."""

import codecs
import csv
import gzip
import hashlib
import io
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import orjson

from flowmeter.errors import SourceError
from ingest.json_documents import Extract, extract_arrays
from ingest.part import MAX_RECORD, Form, Part
from ingest.sql import literal

_HEAD = 4 * 1024 * 1024
_SAMPLE = 50
"""Records whose keys tell what a file is."""
_WRAPPERS = frozenset({"ticket", "audit", "user", "group", "macro", "satisfaction_rating", "checkout"})
_ARRAYS = frozenset(
    (
        "tickets", "audits", "ticket_audits", "users", "groups", "macros", "satisfaction_ratings", "results",
        "checkouts", "abandonedCheckouts", "ticket_events", "ticket_metrics", "ticket_metric_events", "ticket_fields",
        "organizations", "orders", "conversations",
    )
)  # fmt: skip
"""Keys of a document that hold its records."""
_DELIMITERS = ",;\t|"


def open_parts(path: Path, scratch: Path, label: str | None = None) -> Iterator[Part | SourceError]:
    """The parts of an export: one of a plain file, one per member of a zip, one per array of a JSON document.

    `scratch` is a folder for unpacked copies; the caller empties it. What cannot be read comes as the error, so that
    the other members of a zip still do.
    """
    shown = label or path.name
    try:
        with path.open("rb") as file:
            magic = file.read(4)
        if magic[:2] == b"\x1f\x8b":
            yield from open_parts(_gunzip(path, scratch), scratch, shown)
        elif magic == b"PK\x03\x04":
            yield from _zip_parts(path, scratch, shown)
        elif magic == b"PAR1":
            yield _parquet_part(path, shown)
        else:
            yield from _text_parts(_plain_utf8(path, scratch, shown), scratch, shown)
    except SourceError as error:
        yield error
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        yield SourceError(
            "the file cannot be read", shown, found=str(error), next_step="Download it again and load it once more"
        )


def _scratch_path(scratch: Path, suffix: str = "") -> Path:
    return scratch / f"{len(list(scratch.iterdir()))}{suffix}"


def _gunzip(path: Path, scratch: Path) -> Path:
    target = _scratch_path(scratch)
    with gzip.open(path, "rb") as packed, target.open("wb") as plain:
        shutil.copyfileobj(packed, plain, 1 << 20)
    return target


def _zip_parts(path: Path, scratch: Path, shown: str) -> Iterator[Part | SourceError]:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir() and _is_content(member.filename)]
        if any(member.filename == "[Content_Types].xml" for member in members):
            raise SourceError(
                "this is a spreadsheet", shown, expected="a CSV file", next_step="Save it as CSV and load that file"
            )
        for member in members:
            target = _scratch_path(scratch)
            inner = f"{shown}/{member.filename}"
            try:
                with archive.open(member) as packed, target.open("wb") as plain:
                    shutil.copyfileobj(packed, plain, 1 << 20)
            except (RuntimeError, NotImplementedError) as error:  # a password, or an unknown compression
                yield SourceError("the member cannot be unpacked", inner, found=str(error))
                continue
            yield from open_parts(target, scratch, inner)
            target.unlink(missing_ok=True)


def _is_content(name: str) -> bool:
    """Not what macOS adds to a zip."""
    return not name.startswith("__MACOSX/") and not name.endswith(".DS_Store")


def _parquet_part(path: Path, shown: str) -> Part:
    try:
        with duckdb.connect() as con:
            rows = con.execute(f"describe from read_parquet({literal(str(path))})").fetchall()
    except duckdb.Error as error:
        raise SourceError("the Parquet file is damaged", shown, found=str(error).splitlines()[0]) from error
    titles = tuple(str(row[0]) for row in rows)
    return Part(shown, path, Form.PARQUET, _digest(path), header=titles)


def _plain_utf8(path: Path, scratch: Path, shown: str) -> Path:
    """The file itself, or a copy without a byte order mark, in UTF-8."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return _recoded(path, scratch, encoding)
    if head.count(b"\x00") > len(head) // 1000:
        raise SourceError(
            "this is no text file", shown, expected="JSON, CSV or Parquet, plain or in a gz or zip",
            next_step="Export the data again in one of these formats",
        )  # fmt: skip
    if head.lstrip()[:1] not in (b"{", b"[") and not _is_utf8(head):
        return _recoded(path, scratch, "cp1252")  # as Excel saves CSV in western Europe
    return path


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _has_returns(path: Path) -> bool:
    """DuckDB's CSV reader passes over every row of a file that mixes line ends, so such files are evened out."""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if b"\r" in chunk:
                return True
    return False


def _recoded(path: Path, scratch: Path, encoding: str, newline: str | None = "") -> Path:
    """A copy in UTF-8; with `newline=None` every kind of line end becomes a line feed."""
    target = _scratch_path(scratch)
    with (
        path.open(encoding=encoding, errors="replace", newline=newline) as source,
        target.open("w", encoding="utf-8", newline="") as plain,
    ):
        shutil.copyfileobj(source, plain, 1 << 20)
    return target


def _text_parts(path: Path, scratch: Path, shown: str) -> Iterator[Part]:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise SourceError("the file is empty", shown, next_step="Export it again, or delete it from the inbox")
    whole = len(head) < _HEAD
    digest = _digest(path)
    rows = [row for row in head.split(b"\n") if row.strip()][: _SAMPLE + 1]
    if len(rows) > 1 and not whole and b"\n" not in head[-1:]:
        rows = rows[:_SAMPLE]
    if _is_document(rows, whole=whole):
        yield from _document_parts(path, scratch, shown, digest)
    elif any(isinstance(_json(row), dict) for row in rows):
        yield _lines_part(Part(shown, path, Form.LINES, digest), rows)
    else:
        plain = _recoded(path, scratch, "utf-8", newline=None) if _has_returns(path) else path
        yield _table_part(Part(shown, plain, Form.TABLE, digest), head)


def _json(row: bytes) -> Any:
    try:
        return orjson.loads(row)
    except orjson.JSONDecodeError:
        return None


def _is_document(rows: list[bytes], *, whole: bool) -> bool:
    """Whether the text is one JSON value over all lines, rather than one value per line."""
    first = rows[0].lstrip()[:1]
    if first not in (b"{", b"["):
        return False
    others_are_records = any(isinstance(_json(row), dict) for row in rows[1:])
    if first == b"[":
        return not (isinstance(_json(rows[0]), list) and others_are_records)
    record = _json(rows[0])
    if isinstance(record, dict):
        return len(rows) == 1 and any(key in _ARRAYS and isinstance(value, list) for key, value in record.items())
    return not others_are_records or (len(rows) == 1 and not whole)


def _document_parts(path: Path, scratch: Path, shown: str, digest: str) -> Iterator[Part]:
    extracts = extract_arrays(path, lambda key: _scratch_path(scratch, f"-{key}.jsonl"), _ARRAYS.__contains__)
    if not extracts:
        extracts = [_single_record(path, scratch, shown)]
    for extract in extracts:
        if not extract.lines and len(extracts) > 1:
            continue
        with extract.path.open("rb") as file:
            rows = [row for row in file.read(_HEAD).split(b"\n") if row.strip()][:_SAMPLE]
        if not rows:
            raise SourceError(
                "the file holds no records", shown, next_step="Export it again, or delete it from the inbox"
            )
        label = f"{shown}#{extract.key}" if len(extracts) > 1 else shown
        mixed = hashlib.sha256(f"{digest}#{extract.key}".encode()).hexdigest()
        yield _lines_part(Part(label, extract.path, Form.LINES, mixed, lines=extract.lines), rows)


def _single_record(path: Path, scratch: Path, shown: str) -> Extract:
    """A document that is one record, printed over several lines."""
    text = path.read_bytes() if path.stat().st_size <= MAX_RECORD else b""
    if not isinstance(_json(text), dict):
        raise SourceError(
            "the file begins like JSON and is none", shown, expected="JSON lines, or an array of records",
            found=text[:60].decode("utf-8", "replace"), next_step="Export it again",
        )  # fmt: skip
    target = _scratch_path(scratch)
    target.write_bytes(b" ".join(text.split(b"\n")) + b"\n")
    single = Extract("", target)
    single.lines.append(1)
    return single


def _lines_part(part: Part, rows: list[bytes]) -> Part:
    records = [record for record in map(_json, rows) if isinstance(record, dict) and record]
    wrapper = next((key for record in records[:1] for key in record if _wraps(record, key)), None)
    if wrapper:
        records = [record[wrapper] for record in records if isinstance(record.get(wrapper), dict)]
    keys = frozenset(key for record in records for key in record)
    first_id = next((str(record["id"]) for record in records if record.get("id")), "")
    return replace(part, keys=keys, wrapper=wrapper, first_id=first_id)


def _wraps(record: dict[str, Any], key: str) -> bool:
    return len(record) == 1 and key in _WRAPPERS and isinstance(record[key], dict)


def _table_part(part: Part, head: bytes) -> Part:
    text = head.decode("utf-8", "replace")
    line = next(each for each in text.split("\n") if each.strip())
    delimiter = max(_DELIMITERS, key=lambda sign: _outside_quotes(line, sign))
    titles = next(csv.reader(io.StringIO(text.lstrip("\r\n")), delimiter=delimiter))
    return replace(part, header=tuple(title.strip() for title in titles), delimiter=delimiter)


def _outside_quotes(line: str, sign: str) -> int:
    return sum(piece.count(sign) for piece in line.split('"')[::2])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
