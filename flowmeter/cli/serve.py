"""`flowmeter serve`: the app, bound to this machine only."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from typing import Annotated

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import narrate
from flowmeter.errors import ExitCode, FlowmeterError
from flowmeter.settings import CHECKOUT, Home

FIRST_PORT = 8501
LAST_PORT = 8599
START_SECONDS = 60
STOP_SECONDS = 2


def serve(
    ctx: typer.Context,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65_535, help="The port. Default: the first free one from 8501.", show_default=False),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Open the app. Nothing outside this machine can reach it. Ctrl-C stops it."""
    run_app(find_home(ctx, home), port)


def run_app(home: Home, port: int | None = None) -> None:
    """Runs the app until it is stopped, and says at which address it is. Raises FlowmeterError if it does not start."""
    chosen = _free_port(range(port, port + 1) if port else range(FIRST_PORT, LAST_PORT + 1))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(ExitCode.OK))
    process = subprocess.Popen(_command(chosen), cwd=CHECKOUT / "dashboard", env=_environment(home), stdout=sys.stderr)
    try:
        address = f"http://127.0.0.1:{chosen}"
        _wait_until_up(process, address)
        narrate(f"Flowmeter is open at {address} (Ctrl-C stops it)")
        _open_browser(address)
        process.wait()
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ends the app, also when it would wait for open browser windows to be closed."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _command(port: int) -> list[str]:
    app = str(CHECKOUT / "dashboard" / "app.py")
    return [
        sys.executable, "-m", "streamlit", "run", app, "--server.address", "127.0.0.1", "--server.port", str(port),
        "--server.headless", "true", "--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false",
        "--logger.level", "warning",
    ]  # fmt: skip


def _environment(home: Home) -> dict[str, str]:
    paths = [str(CHECKOUT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "FLOWMETER_HOME": str(home.root), "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _free_port(ports: range) -> int:
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    tried = f"port {ports[0]} is" if len(ports) == 1 else f"every port from {ports[0]} to {ports[-1]} is"
    raise FlowmeterError(f"{tried} in use", next_step="Stop another app, or choose a port with --port")


def _wait_until_up(process: "subprocess.Popen[bytes]", address: str) -> None:
    """Asks the app itself, past any proxy that the machine has set."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with opener.open(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise FlowmeterError(
        "the app did not start", address, next_step="The lines above say why; --port chooses another port"
    )


def _open_browser(address: str) -> None:
    """Only where a person sits in front of a desktop: elsewhere Python may start a text browser in the terminal."""
    desktop = sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if desktop and sys.stderr.isatty():
        webbrowser.open(address)
