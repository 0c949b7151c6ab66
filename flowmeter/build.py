"""From the raw tables to a published file: configuration, dbt, and one switch at the end."""

import contextlib
import datetime as dt
import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb

from flowmeter import warehouse
from flowmeter.config import Config, load_config
from flowmeter.config_tables import write_config_tables
from flowmeter.dbt_run import BUILT_NAME, Progress, run_dbt
from flowmeter.errors import BuildError
from flowmeter.settings import CHECKOUT, Home

OLDEST_READER = "v1.4.0"
"""The storage version of published files: DuckDB 1.4 and later can read them."""

REPORTED_COLUMNS = """
    build_id varchar, reported_at timestamp, week date, workflow varchar, metric varchar, "value" double, n bigint"""
"""Of the raw table that remembers each figure as first reported: later exports change what is known of a week."""

KEEP_FIRST_REPORTS = """
    insert into reported_kpi
    select $1, reported_at, week, workflow, metric, "value", n
    from published.kpi_first_reported
    anti join reported_kpi using (week, workflow, metric)"""

EnsureRaw = Callable[[duckdb.DuckDBPyConnection], None]


@dataclass(frozen=True)
class BuildResult:
    """What a build published, or found published already (`rebuilt` is False)."""

    path: Path
    build_id: str
    rebuilt: bool
    seconds: float
    models: int
    tests: int


@dataclass(frozen=True)
class BuildFacts:
    """What stands beside a published file as JSON: what it was made from, and how the build went."""

    build_id: str
    built_at: str
    fingerprint: str
    seconds: float
    models: int
    tests: int


def build(home: Home, progress: Progress, *, ensure_raw: EnsureRaw | None = None, force: bool = False) -> BuildResult:
    """Builds, tests and publishes the shop's tables, under the shop's lock.

    `ensure_raw` creates the raw tables that are not there yet; without it, ingest has made them. Nothing is done when
    the raw rows, the configuration and the code are those of the published file, unless `force`.
    Raises BuildError, and then publishes nothing.
    """
    started = time.monotonic()
    config = load_config(home)
    with warehouse.locked(home):
        with contextlib.closing(warehouse.connect_raw(home)) as raw:
            _prepare(raw, ensure_raw)
            fingerprint = _fingerprint(raw, config)
            snapshot_at = _snapshot_at(raw, config)
        facts = published_facts(home)
        if facts and facts.fingerprint == fingerprint and not force:
            progress(f"nothing has changed since build {facts.build_id}")
            seconds = time.monotonic() - started
            path = warehouse.current_path(home)
            result = BuildResult(path, facts.build_id, False, seconds, facts.models, facts.tests)
        else:
            result = _rebuild(home, config, snapshot_at, fingerprint, progress)
        _keep_first_reports(home, result)
        return result


def _prepare(raw: duckdb.DuckDBPyConnection, ensure_raw: EnsureRaw | None) -> None:
    if ensure_raw:
        ensure_raw(raw)
    raw.execute(f"create table if not exists reported_kpi ({REPORTED_COLUMNS})").fetchall()
    if not raw.execute("select 1 from duckdb_tables() where table_name = 'batch'").fetchall():
        raise _nothing_loaded()


def _nothing_loaded() -> BuildError:
    return BuildError("no file has been loaded yet", next_step="Run `flowmeter ingest PATHS...`, then build again")


def published_facts(home: Home) -> BuildFacts | None:
    """The facts of the published file, or None when there is none."""
    try:
        text = home.current.resolve(strict=True).with_suffix(".json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return BuildFacts(**json.loads(text))


def _rebuild(home: Home, config: Config, snapshot_at: dt.datetime, fingerprint: str, progress: Progress) -> BuildResult:
    started = time.monotonic()
    _fresh_files(home, config, snapshot_at)
    outcome = run_dbt(home, progress)
    build_id = warehouse.new_build_id()
    seconds = round(time.monotonic() - started, 2)
    built_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    facts = BuildFacts(build_id, built_at, fingerprint, seconds, outcome.models, outcome.tests)
    beside = (home.warehouse / warehouse.published_name(build_id)).with_suffix(".json")
    beside.write_text(json.dumps(asdict(facts), indent=2) + "\n", encoding="utf-8")
    path = warehouse.publish(home, home.build_dir / BUILT_NAME, build_id)
    _delete_leftovers(home)
    return BuildResult(path, build_id, True, seconds, outcome.models, outcome.tests)


def _keep_first_reports(home: Home, result: BuildResult) -> None:
    """Keeps what the published file is the first to report. Asked again when nothing was built, in case that a crash
    came between publishing and this.
    """
    with contextlib.closing(warehouse.connect_raw(home)) as raw:
        raw.execute(f"attach '{_quoted(result.path)}' as published (read_only)").fetchall()
        raw.execute(KEEP_FIRST_REPORTS, [result.build_id]).fetchall()


def _fresh_files(home: Home, config: Config, snapshot_at: dt.datetime) -> None:
    home.build_dir.mkdir(parents=True, exist_ok=True)
    _delete_leftovers(home)
    with contextlib.closing(duckdb.connect(config=dict(warehouse.NO_DOWNLOADS))) as connection:
        built = home.build_dir / BUILT_NAME
        connection.execute(f"attach '{_quoted(built)}' as built (storage_version '{OLDEST_READER}')").fetchall()
        connection.execute("detach built").fetchall()
        connection.execute(f"attach '{_quoted(home.build_dir / 'scratch.duckdb')}' as scratch").fetchall()
        connection.execute("use scratch").fetchall()
        write_config_tables(connection, config, snapshot_at)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _delete_leftovers(home: Home) -> None:
    """The databases of this or a broken build; dbt's parse cache stays, it saves two seconds."""
    for path in home.build_dir.glob("*.duckdb*"):
        path.unlink()
    shutil.rmtree(home.build_dir / "spill", ignore_errors=True)


def _snapshot_at(raw: duckdb.DuckDBPyConnection, config: Config) -> dt.datetime:
    """The instant the numbers are as of, naive UTC: the setting, else the newest event in any file."""
    if instant := config.settings.kpi.snapshot:
        return instant.astimezone(dt.UTC).replace(tzinfo=None) if instant.tzinfo else instant
    newest: dt.datetime | None = raw.execute("select max(last_at) from batch").fetchall()[0][0]
    if newest is None:
        raise _nothing_loaded()
    return newest


def _fingerprint(raw: duckdb.DuckDBPyConnection, config: Config) -> str:
    """Changes when anything that a build reads has changed: raw rows, configuration, models, versions."""
    digest = hashlib.sha256(config.model_dump_json().encode())
    for row in raw.execute("from batch order by batch_no").fetchall():
        digest.update(repr(row).encode())
    for path in _code_files():
        digest.update(str(path.relative_to(CHECKOUT)).encode())
        digest.update(path.read_bytes())
    for package in ("duckdb", "dbt-core", "dbt-duckdb"):
        digest.update(version(package).encode())
    return digest.hexdigest()


def _code_files() -> list[Path]:
    transforms = [path for path in (CHECKOUT / "transforms").rglob("*") if path.is_file()]
    return sorted([*transforms, CHECKOUT / "dbt_project.yml", CHECKOUT / "flowmeter" / "config_tables.py"])
