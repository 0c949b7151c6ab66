"""The app in a real Chromium, as a manager meets it on Monday."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

LOOPBACK = {"127.0.0.1", "localhost", ""}


@dataclass
class Visit:
    """A page, and what went wrong on it."""

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> None:
        self.page.goto(self.address + path)
        expect(self.page.locator("#what-moved")).to_be_visible(timeout=30_000)
        expect(self.page.locator(".js-plotly-plot").last).to_be_visible(timeout=30_000)


@pytest.fixture(params=["light-1440", "dark-390"])
def visit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    scheme, width = request.param.split("-")
    context = browser.new_context(
        viewport={"width": int(width), "height": 900}, color_scheme=scheme, accept_downloads=True
    )
    visit = Visit(context.new_page(), address)

    def told(message: ConsoleMessage) -> None:
        if message.type == "error":
            visit.errors.append(message.text)

    def asked(outgoing: Request) -> None:
        if urlsplit(outgoing.url).scheme in {"http", "https", "ws", "wss"}:
            host = urlsplit(outgoing.url).hostname or ""
            if host not in LOOPBACK:
                visit.outside.append(outgoing.url)

    visit.page.on("console", told)
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.on("request", asked)
    yield visit
    assert visit.errors == []
    assert visit.outside == []
    context.close()


def test_opens_with_five_tiles_and_no_sideways_scroll(visit: Visit) -> None:
    visit.open()
    expect(visit.page.locator("section.tile")).to_have_count(5)
    overflow = visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


def test_filters_and_survives_a_reload(visit: Visit) -> None:
    visit.open()
    visit.page.get_by_role("combobox", name="Workflow").click()
    visit.page.get_by_role("option", name="Returns").click()
    expect(visit.page.get_by_text("Returns · ")).to_be_visible()
    assert "workflow=returns" in visit.page.url
    before = visit.page.locator("section.tile .value").all_inner_texts()
    visit.page.reload()
    expect(visit.page.get_by_text("Returns · ")).to_be_visible(timeout=30_000)
    expect(visit.page.locator("section.tile .value").first).to_have_text(before[0])


def test_a_number_opens_its_tickets_by_keyboard_and_escape_closes_them(visit: Visit) -> None:
    visit.open()
    visit.page.locator("section.tile button.num").first.focus()
    visit.page.keyboard.press("Enter")
    drawer = visit.page.get_by_role("dialog")
    expect(drawer.get_by_text("CSAT · All workflows")).to_be_visible()
    assert "tickets=csat" in visit.page.url
    expect(drawer.get_by_role("button", name="Export ")).to_be_visible()
    visit.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    visit.page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    visit.page.wait_for_function("!location.search.includes('tickets=')")


def test_the_export_holds_every_ticket_of_the_list(visit: Visit) -> None:
    visit.open("/?tickets=csat:returns")
    drawer = visit.page.get_by_role("dialog")
    with visit.page.expect_download() as saved:
        drawer.get_by_role("button", name="Export ").click()
    lines = saved.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("ticket_id,")
    assert f"Export {len(lines) - 1} tickets" in drawer.inner_text()


@pytest.mark.parametrize("visit", ["light-1440"], indirect=True)
def test_data_page_keeps_the_filters_for_the_way_back(visit: Visit) -> None:
    visit.open("/?workflow=returns")
    visit.page.get_by_role("link", name="Data").click()
    expect(visit.page.get_by_text("Files loaded")).to_be_visible()
    visit.page.get_by_role("link", name="Weekly").click()
    expect(visit.page.get_by_text("Returns · ")).to_be_visible(timeout=30_000)
    assert "workflow=returns" in visit.page.url
