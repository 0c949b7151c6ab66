"""A visit to the app in a real Chromium, with everything that must not happen on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

# A busy machine draws late; what never comes fails all the same.
expect.set_options(timeout=20_000)
LOOPBACK = {"127.0.0.1", "localhost", ""}


@dataclass
class Visit:
    """A page, and what went wrong on it."""

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> None:
        """Opens a path of the weekly page and waits until its last figure is drawn."""
        self.page.goto(self.address + path)
        expect(self.page.locator("#what-moved")).to_be_visible(timeout=30_000)
        expect(self.page.locator(".js-plotly-plot").last).to_be_visible(timeout=30_000)


@contextlib.contextmanager
def visiting(browser: Browser, address: str, scheme: Literal["light", "dark"], width: int) -> Iterator[Visit]:
    """A visit that fails afterwards if the console showed an error or anything outside was asked for."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True)
    visit = Visit(context.new_page(), address)

    def told(message: ConsoleMessage) -> None:
        if message.type == "error":
            visit.errors.append(message.text)

    def asked(outgoing: Request) -> None:
        parts = urlsplit(outgoing.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and (parts.hostname or "") not in LOOPBACK:
            visit.outside.append(outgoing.url)

    visit.page.on("console", told)
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.on("request", asked)
    yield visit
    assert visit.errors == []
    assert visit.outside == []
    context.close()
