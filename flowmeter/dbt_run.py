"""Runs dbt inside this process, without network, and turns what it says into progress lines and one readable error."""

import contextlib
import gc
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from flowmeter.errors import BuildError
from flowmeter.settings import CHECKOUT, Home

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

BUILT_NAME = "flowmeter.duckdb"
"""The file that dbt builds. One name for all builds, since DuckDB names a database by its file and dbt caches by it."""

BUILD: tuple[str, ...] = ("build", "--exclude-resource-type", "exposure")
"""Exposures only say who reads a model; dbt would count them as work."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class DbtOutcome:
    """How many models dbt built and how many tests passed."""

    models: int
    tests: int


def run_dbt(home: Home, progress: Progress) -> DbtOutcome:
    """Builds and tests every model into build_dir. Raises BuildError naming the first that failed."""
    from dbt.cli.main import dbtRunner

    _write_profile(home)
    reporter = _Reporter(progress)
    with _quiet_environment(), _no_garbage_collection():
        try:
            outcome = dbtRunner(callbacks=[reporter]).invoke(_arguments(home, *BUILD))
        finally:
            _close_files()
    if not outcome.success:
        raise _failure(outcome, home)
    kinds = [str(result.node.resource_type) for result in _results(outcome)]
    return DbtOutcome(kinds.count("model"), sum(kind in {"test", "unit_test"} for kind in kinds))


@contextlib.contextmanager
def parsed_meanwhile(home: Home) -> Iterator[None]:
    """While files are made, another process has dbt parse the project into its cache, which a first build lacks.

    That takes seconds, and a core that is idle then. Should it fail, the build parses for itself.
    """
    home.build_dir.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "flowmeter.dbt_run", str(home.root)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=quiet, stdout=quiet, stderr=quiet) as parsing:
        try:
            yield
            parsing.wait()
        finally:
            parsing.kill()


def _parse(home: Home) -> None:
    from dbt.cli.main import dbtRunner

    _write_profile(home)
    with _quiet_environment(), _no_garbage_collection():
        dbtRunner().invoke(_arguments(home, "parse"))


def _results(outcome: "dbtRunnerResult") -> list[Any]:
    """One result per node; none when dbt did not get as far as running them."""
    return list(getattr(outcome.result, "results", None) or [])


def _arguments(home: Home, *command: str) -> list[str]:
    folder = str(home.build_dir)
    return [
        "--quiet", "--no-print", "--no-write-json",
        "--log-level", "none", "--log-level-file", "info", "--log-path", folder,
        *command, "--project-dir", str(CHECKOUT), "--profiles-dir", folder, "--target-path", f"{folder}/target",
    ]  # fmt: skip


def _write_profile(home: Home) -> None:
    output = {
        "type": "duckdb",
        "path": str(home.build_dir / BUILT_NAME),
        "threads": 3,  # two wait for DuckDB, the third renders the next model
        "attach": [
            {"path": str(home.raw_path), "alias": "raw", "read_only": True},
            {"path": str(home.build_dir / "scratch.duckdb"), "alias": "scratch"},
        ],
        # Not under `settings`, which dbt-duckdb repeats for every statement: a folder in use cannot be changed.
        "config_options": {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": "3GB",
            "temp_directory": str(home.build_dir / "spill"),
            # DuckDB takes a small-looking side of an ASOF join for a reason to compare every pair.
            "asof_loop_join_threshold": "0",
        },
        "settings": {"TimeZone": "UTC"},
    }
    profile = {"flowmeter": {"target": "shop", "outputs": {"shop": output}}}
    (home.build_dir / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")


@contextlib.contextmanager
def _quiet_environment() -> Iterator[None]:
    """No telemetry; dbt_project.yml says so too, but a flag in the environment would win over it."""
    before = dict(os.environ)
    os.environ.update({"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """dbt keeps nearly all that it makes; looking through it again and again takes a twentieth of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _close_files() -> None:
    """dbt keeps its databases and its log open until the process ends; publishing needs the databases closed."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    for handler in logging.getLogger("file_log").handlers:
        handler.close()


class _Reporter:
    """Turns dbt's events into lines such as `12/58 fct_ticket 0.3s`."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._total = 0
        self._done = 0

    def __call__(self, event: Any) -> None:
        data = event.data
        if hasattr(data, "total") and hasattr(data, "index"):
            self._total = max(self._total, data.total)
        if event.info.name != "NodeFinished" or data.node_info.materialized == "ephemeral":
            return
        self._done += 1
        status = str(data.node_info.node_status)
        if status == "skipped":
            return  # it depends on a model that failed, which is the one to read about
        outcome = f"{data.run_result.execution_time:.1f}s" if status in {"success", "pass"} else status.upper()
        self._progress(f"{self._done}/{self._total or '?'} {data.node_info.node_name} {outcome}")


def _failure(outcome: "dbtRunnerResult", home: Home) -> BuildError:
    log = home.build_dir / "dbt.log"
    failed = [result for result in _results(outcome) if str(result.status) in {"error", "fail", "runtime error"}]
    if not failed:
        return BuildError(
            "dbt could not start",
            found=str(outcome.exception or "no result").strip(),
            next_step=f"Nothing was published. {log} has the details",
        )
    first, kind, name = failed[0], str(failed[0].node.resource_type), str(failed[0].node.name)
    message = " ".join(str(first.message or "").split())
    others = f" ({len(failed) - 1} more failed too)" if len(failed) > 1 else ""
    if kind in {"test", "unit_test"} and str(first.status) == "fail":
        what = f"the test '{name}' failed with {first.failures} rows{others}"
        return BuildError(what, _path_of(first.node), next_step=_what_to_do(log))
    return BuildError(f"the {kind} '{name}' did not run{others}", _path_of(first.node), "", message, _what_to_do(log))


def _path_of(node: Any) -> str:
    return str(Path(node.original_file_path))


def _what_to_do(log: Path) -> str:
    return (
        "Nothing was published, what was there before still stands. "
        f"`flowmeter quarantine` shows rows that were refused; {log} has the SQL that failed"
    )


if __name__ == "__main__":
    _parse(Home(Path(sys.argv[1])))
