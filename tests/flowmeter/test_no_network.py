"""From the files to the figures, no command asks the network for anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flowmeter.settings import Home
from tests.flowmeter.conftest import COMMAND, served

# Python runs a module of this name first of all, also in every process that a command starts.
WATCHER = """
import os, sys
LOOKING = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
CALLING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
def watch(event, values):
    if event in LOOKING:
        host = values[0]
    elif event in CALLING and isinstance(values[1], tuple):  # the address of a Unix socket is no tuple
        host = values[1][0]
    else:
        return
    if str(host) not in {"localhost", "127.0.0.1", "::1", "None"}:
        with open(os.environ["CALLS"], "a") as calls:
            calls.write(f"{event} {host} by {sys.argv}\\n")
        raise OSError("this test has no network")
sys.addaudithook(watch)
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where every process started from here writes down that it wanted the network."""
    (tmp_path / "watcher").mkdir()
    (tmp_path / "watcher" / "sitecustomize.py").write_text(WATCHER, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "watcher"))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)  # a developer's own wish must not be what keeps libraries silent
    return tmp_path / "calls"


def test_the_watcher_sees_a_look_up_and_a_call(calls: Path) -> None:
    tries = "import socket, contextlib\nfor ask in (lambda: socket.getaddrinfo('example.com', 80), "
    tries += "lambda: socket.socket().connect(('192.0.2.1', 80))):\n    with contextlib.suppress(OSError): ask()"
    subprocess.run([sys.executable, "-c", tries], check=True)
    seen = [line.split(" by ")[0] for line in calls.read_text(encoding="utf-8").splitlines()]
    assert seen == ["socket.getaddrinfo example.com", "socket.connect 192.0.2.1"]


def test_making_loading_building_reading_and_serving_a_shop_needs_no_network(calls: Path, tmp_path: Path) -> None:
    home = tmp_path / "shop"
    for command in (["demo", "--no-serve", "--tickets", "300"], ["refresh", "--force"], ["kpis", "--by", "workflow"]):
        subprocess.run([COMMAND, *command, "--home", home], check=True, capture_output=True)
    with served(Home(home)):
        pass
    assert not calls.exists(), calls.read_text(encoding="utf-8")
