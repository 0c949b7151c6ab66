"""`flowmeter serve`: its address, and that nothing of it is left when it is stopped."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable

import pytest

from flowmeter.cli import serve
from flowmeter.errors import ExitCode, FlowmeterError
from flowmeter.settings import Home
from tests.flowmeter.conftest import served

WEBSOCKET = (
    "GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (lambda pid: os.kill(pid, signal.SIGTERM), ExitCode.OK),
        (lambda pid: os.killpg(pid, signal.SIGINT), ExitCode.INTERRUPTED),
    ],
    ids=["SIGTERM to the command", "Ctrl-C"],
)
def test_both_processes_end_at_once_though_a_browser_is_looking(
    home: Home, how: Callable[[int], None], code: ExitCode
) -> None:
    with served(home) as (process, port), socket.create_connection(("127.0.0.1", port)) as browser:
        browser.sendall(WEBSOCKET.format(port=port).encode())
        assert b"101" in browser.recv(1000)
        started = time.monotonic()
        how(process.pid)
        assert process.wait(timeout=30) == code
        assert time.monotonic() - started < serve.STOP_SECONDS + 3
        assert not is_open(port)


def test_the_next_free_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        used = other.getsockname()[1]
        assert serve._free_port(range(used, used + 50)) > used


def test_a_chosen_port_that_is_in_use_is_told(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        used = other.getsockname()[1]
        with pytest.raises(FlowmeterError, match=f"port {used} is in use. Stop another app, or choose a port"):
            serve.run_app(home, used)
