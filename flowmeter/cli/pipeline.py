"""The steps from files to a published database, for the commands that run them."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flowmeter.build import BuildResult, build
from flowmeter.cli.output import narrate
from flowmeter.config import load_config
from flowmeter.errors import SourceError
from flowmeter.settings import Home


@contextmanager
def step(name: str) -> Iterator[Callable[[str], None]]:
    """Narrates a step, its progress and its seconds."""
    started = time.monotonic()
    narrate(f"{name} …")
    yield lambda line: narrate(f"  {line}")
    narrate(f"{name}: {time.monotonic() - started:.1f} s")


def load_files(home: Home, paths: Sequence[Path], source: str | None = None) -> list[SourceError]:
    """Ingests files, narrates what became of each, and returns why the refused ones were refused."""
    from ingest.load import ingest_paths

    config = load_config(home)
    with step(f"Loading {len(paths)} {'file' if len(paths) == 1 else 'files'}") as progress:
        result = ingest_paths(home, config, paths, source, progress)
    if any(batch.quarantined for batch in result.batches):
        narrate("`flowmeter quarantine` shows the rows that were set aside, why, and what to do")
    return [refusal.error for refusal in result.refused]


def refuse(errors: Sequence[SourceError]) -> None:
    """Narrates the errors and raises the last, so that the exit code says that files were refused."""
    if not errors:
        return
    for error in errors[:-1]:
        narrate(str(error))
    raise errors[-1]


def build_and_publish(home: Home, *, force: bool = False) -> BuildResult:
    """Builds, tests and publishes, with a line of progress per model and test."""
    from ingest.load import ensure_raw

    with step("Building and testing") as progress:
        result = build(home, progress, ensure_raw=ensure_raw, force=force)
    if result.rebuilt:
        narrate(f"Published {result.path.name}: {result.models} tables and views, {result.tests} tests passed")
    return result


def inbox(home: Home) -> list[Path]:
    """Every file of the inbox. Raises SourceError when there is none."""
    files = sorted(path for path in home.exports.rglob("*") if path.is_file() and not path.name.startswith("."))
    if not files:
        raise SourceError("the inbox is empty", str(home.exports), next_step="Put your exports there and run it again")
    return files
