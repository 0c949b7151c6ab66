"""What the tests of every room share."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest

DEMO_TICKETS = 3_000
DEMO_END = dt.date(2026, 11, 22)
DEMO_SEED = 7


@pytest.fixture(autouse=True)
def _nobodys_own_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own shop folder is kept out of every test."""
    monkeypatch.delenv("FLOWMETER_HOME", raising=False)


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A demo shop of 3,000 tickets, published, with the generator's own truth in `truth/`.

    Made once and shared by all test processes: read it, never write to it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    home, done = shared / "demo-shop", shared / "demo-shop.done"
    with _held(shared / "demo-shop.lock"):
        if not done.exists():
            _make_demo_shop(home)
            done.touch()
    return home


def _make_demo_shop(folder: Path) -> None:
    from flowmeter.cli.demo import make_exports
    from flowmeter.cli.pipeline import build_and_publish, inbox, load_files, refuse

    home = make_exports(folder, DEMO_TICKETS, DEMO_END, DEMO_SEED, truth=True)
    home.key_path.write_text("07" * 32)  # what is drawn by customer is the same in every run of the tests
    home.key_path.chmod(0o600)
    refuse(load_files(home, inbox(home)))
    build_and_publish(home)


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    """Holds a lock between processes."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
