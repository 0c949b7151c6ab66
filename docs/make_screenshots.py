# ruff: noqa: INP001 - a script beside the documents, no package
"""Makes the pictures of the README from the demo shop: `python docs/make_screenshots.py [--home DIR]`.

Needs the demo (`flowmeter demo --no-serve`) and what tests need (Chromium). Writes docs/images/weekly-light.png and
weekly-dark.png (1440 x 900, the first screen), tickets-light.png, weekly-phone.png, workflow-light.png and
bottlenecks-light.png, in few colours to stay small.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
Scheme = Literal["light", "dark"]
# name, path in the app, width, height, colour scheme
SHOTS: tuple[tuple[str, str, int, int, Scheme], ...] = (
    ("weekly-light", "/", 1440, 900, "light"),
    ("weekly-dark", "/", 1440, 900, "dark"),
    ("tickets-light", "/?tickets=csat:returns", 1440, 900, "light"),
    ("weekly-phone", "/", 390, 844, "light"),
    ("workflow-light", "/workflow?workflow=returns", 1440, 900, "light"),
    ("bottlenecks-light", "/bottlenecks", 1440, 900, "light"),
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main() -> None:
    """Serves the app, takes every picture, stops the app."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--home", type=Path, default=ROOT / "data" / "demo", help="the shop folder")
    home = parser.parse_args().home.resolve()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "app.py"), "--server.port", str(port)]
    environment = os.environ | {"FLOWMETER_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_up(address)
            with sync_playwright() as playwright:
                found = shutil.which("chromium") or shutil.which("chromium-browser")
                browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
                for shot in SHOTS:
                    print(take(browser, address, *shot))
                browser.close()
        finally:
            server.terminate()


def wait_until_up(address: str) -> None:
    """Returns once the app answers. Raises SystemExit when it does not within 30 seconds."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(150):
        try:
            with opener.open(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit(f"The app did not come up at {address}.")


def take(browser: Browser, address: str, name: str, path: str, width: int, height: int, scheme: Scheme) -> Path:
    """Takes one picture in 256 colours, spread so that small dots keep theirs. Returns its file."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(address + path)
    if path.startswith("/?") or path == "/":
        page.locator("section.tile").first.wait_for(timeout=60_000)
    page.locator(".js-plotly-plot").last.wait_for(timeout=60_000)
    if "tickets=" in path:
        page.get_by_role("dialog").get_by_role("button", name="Export ").wait_for()
    page.wait_for_timeout(1500)  # the drawer slides in, the table is drawn on a canvas
    IMAGES.mkdir(parents=True, exist_ok=True)
    target = IMAGES / f"{name}.png"
    page.screenshot(path=target)
    page.close()
    with Image.open(target) as image:
        image.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            target, optimize=True
        )
    return target


if __name__ == "__main__":
    main()
