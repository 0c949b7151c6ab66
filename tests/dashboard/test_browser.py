"""The app in a real Chromium, as a manager meets it on Monday."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.dashboard.visit import Visit, visiting


@pytest.fixture(params=["light-1440", "dark-390"])
def visit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    scheme, width = request.param.split("-")
    with visiting(browser, address, scheme, int(width)) as visit:
        yield visit


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
