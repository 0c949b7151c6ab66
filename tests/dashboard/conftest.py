"""One published fixture per test run, and a server of the real app over it."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.dashboard.snapshot import Story, publish_fixture
from tests.dashboard.visit import Visit, visiting

# Streamlit looks for its server below the address of a page before it looks above.
PROBES = "Failed to load resource: the server responded with a status of 404"
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop folder whose snapshot ends last Sunday, so that it is fresh whenever the tests run."""
    home = tmp_path_factory.mktemp("shop")
    today = dt.datetime.now(dt.UTC).date()
    publish_fixture(home, Story(end=today - dt.timedelta(days=today.isoweekday())))
    return home


@pytest.fixture
def in_shop(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLOWMETER_HOME", str(shop))
    return shop


@pytest.fixture(scope="session")
def address(shop: Path) -> Iterator[str]:
    """The address of the app over the fixture, served as `flowmeter serve` does it."""
    with _served(shop) as url:
        yield url


@pytest.fixture(scope="session")
def demo_address(demo_home: Path) -> Iterator[str]:
    """The address of the app over the demo shop."""
    with _served(demo_home) as url:
        yield url


@pytest.fixture(scope="session")
def flowchart_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page that shows the flowchart component alone."""
    home = tmp_path_factory.mktemp("flowchart")
    shutil.copytree(ROOT / "dashboard" / ".streamlit", home / ".streamlit")
    with _served(home, ROOT / "tests" / "dashboard" / "flowchart_app.py") as url:
        yield url


@contextlib.contextmanager
def _served(home: Path, app: Path = ROOT / "dashboard" / "app.py") -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    environment = os.environ | {"FLOWMETER_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, cwd=home, stdout=subprocess.DEVNULL) as server:
        try:
            _wait_until_up(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_until_up(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # past any proxy that the machine has set
    for _ in range(150):
        try:
            with opener.open(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the app did not come up at {url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the one that is installed, else playwright's own."""
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        started = playwright.chromium.launch(executable_path=found, args=CHROMIUM)
        yield started
        started.close()


@pytest.fixture(params=["light-1440", "dark-390"])
def visit(request: pytest.FixtureRequest, browser: Browser, demo_address: str) -> Iterator[Visit]:
    """A visit to the demo shop that opens pages by their own address."""
    scheme, width = request.param.split("-")
    with visiting(browser, demo_address, scheme, int(width)) as visit:
        yield visit
        visit.errors[:] = [error for error in visit.errors if not error.startswith(PROBES)]
