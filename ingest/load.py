"""Loading exports into the raw tables: each file in one transaction, each content once, every row accounted for."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from flowmeter.config import Config
from flowmeter.errors import SourceError
from flowmeter.settings import Home
from flowmeter.warehouse import hash_key, raw_connection
from ingest import csv_rejects, privacy, sql, stage
from ingest.known import drop_known
from ingest.part import Form, Part
from ingest.quarantine import set_aside
from ingest.raw_tables import ensure_raw
from ingest.reader import open_parts
from ingest.recognise import recognise
from ingest.registry import sources
from ingest.source import Context, Reading, Source

__all__ = ["Batch", "IngestResult", "Refusal", "ensure_raw", "ingest_paths"]


@dataclass(frozen=True)
class Batch:
    """What became of a file: read = loaded + quarantined + known, in records."""

    file: str
    source: str
    read: int
    loaded: int
    quarantined: int
    known: int
    batch_no: int
    already: bool
    """The very same file was loaded before, with the same settings: nothing was done."""


@dataclass(frozen=True)
class Refusal:
    """A file that was not loaded, and why."""

    file: str
    error: SourceError


@dataclass(frozen=True)
class IngestResult:
    """The files that were loaded and those that were refused, in order."""

    batches: tuple[Batch, ...]
    refused: tuple[Refusal, ...]

    def __iter__(self) -> Iterator[Batch]:
        return iter(self.batches)

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, position: int) -> Batch:
        return self.batches[position]


def ingest_paths(
    home: Home, config: Config, paths: Sequence[Path], source: str | None, progress: Callable[[str], None]
) -> IngestResult:
    """Loads files, and every file of a folder, into the shop's raw tables.

    `source` names the source of all of them; without it each is recognised by its content. A file that is refused
    does not stop the others.
    """
    key = hash_key(home)
    loader_settings = hashlib.sha256(key).hexdigest()[:16]
    batches: list[Batch] = []
    refused: list[Refusal] = []
    with raw_connection(home) as con:
        _prepare(con, home, key)
        for path in _files(paths):
            for outcome in _ingest_file(con, config, path, source, loader_settings, home, progress):
                if isinstance(outcome, Batch):
                    batches.append(outcome)
                else:
                    refused.append(outcome)
    return IngestResult(tuple(batches), tuple(refused))


def _prepare(con: duckdb.DuckDBPyConnection, home: Home, key: bytes) -> None:
    for left in home.build_dir.glob("ingest-*"):  # by a run that was killed; the lock is ours
        shutil.rmtree(left, ignore_errors=True)
    spill = home.build_dir / "ingest-spill"
    con.execute("set TimeZone = 'UTC'").fetchall()
    con.execute("set memory_limit = '2GB'").fetchall()
    con.execute("set preserve_insertion_order = true").fetchall()
    con.execute("set enable_progress_bar = false").fetchall()
    con.execute(f"set temp_directory = {sql.literal(str(spill))}").fetchall()
    ensure_raw(con)
    sql.create_macros(con)
    privacy.create_macros(con, key)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
        else:
            yield path


def _ingest_file(
    con: duckdb.DuckDBPyConnection,
    config: Config,
    path: Path,
    wanted: str | None,
    key_print: str,
    home: Home,
    progress: Callable[[str], None],
) -> Iterator[Batch | Refusal]:
    if not path.is_file():
        yield Refusal(path.name, SourceError("there is no such file", str(path), next_step="Check the path"))
        return
    progress(f"reading {path.name}")
    home.build_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ingest-", dir=home.build_dir) as folder:
        for part in open_parts(path, Path(folder)):
            if isinstance(part, SourceError):
                outcome: Batch | Refusal = Refusal(part.where or path.name, part)
            else:
                outcome = _ingest_part(con, config, part, wanted, key_print, Path(folder))
            progress(_said(outcome))
            yield outcome


def _ingest_part(
    con: duckdb.DuckDBPyConnection, config: Config, part: Part, wanted: str | None, key_print: str, folder: Path
) -> Batch | Refusal:
    try:
        found = recognise(part, sources(config), wanted)
        return _load(con, part, found, Context(config), key_print, folder)
    except SourceError as error:
        return Refusal(part.label, error)
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException) as error:
        first = str(error).splitlines()[0]
        return Refusal(part.label, SourceError("the file cannot be read", part.label, found=first))


def _load(
    con: duckdb.DuckDBPyConnection, part: Part, source: Source, context: Context, key_print: str, folder: Path
) -> Batch:
    reading = source.reading(part, context)
    words = f"{part.digest}\n{reading.source}\n{reading.settings}\n{key_print}"
    batch_id = hashlib.sha256(words.encode()).hexdigest()
    if earlier := _earlier(con, batch_id):
        return Batch(part.label, reading.source, earlier[1], 0, 0, earlier[1], earlier[0], already=True)
    part, reading, rejected = _staged(con, part, source, context, folder)
    _refuse_silence(con, part, rejected)
    failing = _with_siblings(con, part, reading, stage.failing(con, part, reading), rejected)
    con.execute("begin").fetchall()
    try:
        batch = _write(con, part, reading, failing, rejected, batch_id)
        con.execute("commit").fetchall()
    except BaseException:
        con.execute("rollback").fetchall()
        raise
    con.execute("drop table stage").fetchall()
    return batch


def _refuse_silence(con: duckdb.DuckDBPyConnection, part: Part, rejected: list[csv_rejects.Reject]) -> None:
    """A table with rows of which none was read must not pass for an empty one."""
    if part.form is Form.TABLE and not rejected and not stage.count(con):
        with part.path.open("rb") as file:
            lines = sum(1 for line in file if line.strip())
        if lines > 1:
            raise SourceError(
                "no row of the file could be read", part.label, found=f"{lines} lines",
                next_step="Save it as CSV in UTF-8 and load it again",
            )  # fmt: skip


def _earlier(con: duckdb.DuckDBPyConnection, batch_id: str) -> tuple[int, int] | None:
    rows = con.execute("select batch_no, read from batch where batch_id = ?", [batch_id]).fetchall()
    return (int(rows[0][0]), int(rows[0][1])) if rows else None


def _write(
    con: duckdb.DuckDBPyConnection,
    part: Part,
    reading: Reading,
    failing: pl.DataFrame,
    rejected: list[csv_rejects.Reject],
    batch_id: str,
) -> Batch:
    batch_no = int(con.execute("select coalesce(max(batch_no), 0) + 1 from batch").fetchall()[0][0])
    _insert_good(con, batch_no, reading, failing)
    set_aside(con, batch_no, part, reading, failing, rejected)
    known = drop_known(con, batch_no, reading)
    read, bad = stage.count(con) + len(rejected), len(failing) + len(rejected)
    batch = Batch(part.label, reading.source, read, read - bad - known, bad, known, batch_no, already=False)
    _check_rows(con, batch, reading)
    con.execute(
        f"insert into batch select ?, ?, ?, ?, ?, ?, ?, ?, (select max({reading.last_at}) from stage), "
        "timezone('UTC', now())",
        [batch_no, batch_id, batch.file, batch.source, batch.read, batch.loaded, batch.quarantined, batch.known],
    ).fetchall()
    return batch


def _staged(
    con: duckdb.DuckDBPyConnection, part: Part, source: Source, context: Context, folder: Path
) -> tuple[Part, Reading, list[csv_rejects.Reject]]:
    """Reads the file into the stage, again where a broken quote of a CSV hid good rows."""
    mended: list[csv_rejects.Reject] = []
    repairs = 0
    while True:
        reading = source.reading(part, context)
        csv_rejects.forget(con)
        stage.fill(con, reading)
        rejected = csv_rejects.rejects(con, part)
        repaired, blanked = csv_rejects.without_unclosed(part, folder, rejected)
        if not blanked or not csv_rejects.may_mend(repairs):
            return part, reading, sorted([*mended, *rejected], key=lambda each: each.line)
        part, repairs = repaired, repairs + 1
        mended += blanked


def _with_siblings(
    con: duckdb.DuckDBPyConnection,
    part: Part,
    reading: Reading,
    failing: pl.DataFrame,
    rejected: list[csv_rejects.Reject],
) -> pl.DataFrame:
    """Where several rows are one record (an order), a bad one takes the others with it."""
    if reading.whole_by is None or (failing.is_empty() and not rejected):
        return failing
    con.register("failing", failing.to_arrow())
    keys = pl.DataFrame({"key": csv_rejects.cells_of(part, reading, rejected)}, schema={"key": pl.String})
    con.register("rejected_keys", keys.to_arrow())
    column = sql.name(reading.whole_by)
    siblings = con.sql(
        f"select rowid + 1 as ordinal, '{stage.SIBLING}' as rule, {column}::varchar as found from stage "
        f"where ({column} in (select {column} from stage where rowid + 1 in (select ordinal from failing)) "
        f"or {column} in (select key from rejected_keys)) and rowid + 1 not in (select ordinal from failing)"
    ).pl()
    con.unregister("failing")
    con.unregister("rejected_keys")
    return pl.concat([failing, pl.DataFrame(siblings, schema_overrides=stage.FAILING)]).sort("ordinal")


def _insert_good(con: duckdb.DuckDBPyConnection, batch_no: int, reading: Reading, failing: pl.DataFrame) -> None:
    """Fills the raw tables from the records that passed."""
    good = "select rowid + 1 as ordinal, * from stage"
    if len(failing):
        con.register("failing", failing.select("ordinal").to_arrow())
        con.execute("create or replace temp table bad as select ordinal from failing").fetchall()
        con.unregister("failing")
        good += " where rowid + 1 not in (select ordinal from bad)"
    con.execute(f"create or replace temp view good as {good}").fetchall()
    for table in reading.tables:
        con.execute(f"insert into {table.name} select {batch_no}, * from ({table.select})").fetchall()


def _check_rows(con: duckdb.DuckDBPyConnection, batch: Batch, reading: Reading) -> None:
    """The sum read = loaded + quarantined + known holds in the tables themselves, or nothing of the file is kept."""
    lines = " union ".join(
        f"select distinct line from {table.name} where batch_no = {batch.batch_no}" for table in reading.tables
    )
    held = int(con.execute(f"select count(*) from ({lines})").fetchall()[0][0])
    if reading.empty:
        held += int(con.execute(f"select count(*) from good where {reading.empty}").fetchall()[0][0])
    aside = f"select count(*) from quarantine where batch_no = {batch.batch_no}"
    quarantined = int(con.execute(aside).fetchall()[0][0])
    if held != batch.loaded or quarantined != batch.quarantined:
        raise AssertionError(f"{batch}: {held} records and {quarantined} quarantined rows are in the tables")


def _said(outcome: Batch | Refusal) -> str:
    if isinstance(outcome, Refusal):
        return f"refused {outcome.file}: {outcome.error.what}"
    if outcome.already:
        return f"{outcome.file}: already loaded, nothing to do"
    return (
        f"{outcome.file}: {outcome.source}, {outcome.read:,} read, {outcome.loaded:,} loaded, "
        f"{outcome.quarantined:,} quarantined, {outcome.known:,} already known"
    )
