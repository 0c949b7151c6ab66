"""The demo shop, as the whole path builds it, in a real Chromium: filter, drill, reload, print."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.dashboard.visit import Visit, visiting

PAGES = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(params=["light-1440", "dark-390"])
def visit(request: pytest.FixtureRequest, browser: Browser, demo_address: str) -> Iterator[Visit]:
    scheme, width = request.param.split("-")
    with visiting(browser, demo_address, scheme, int(width)) as visit:
        yield visit


def test_filter_drill_and_reload_show_the_same(visit: Visit) -> None:
    visit.open("/?week=2026-W46")
    page = visit.page
    expect(page.locator("section.tile")).to_have_count(5)
    tile = page.locator("section.tile", has_text="Cost per resolution")
    everybody = re.findall(r"\d+ tickets", tile.inner_text())[0]
    page.get_by_role("combobox", name="Workflow").click()
    page.get_by_role("option", name="Returns").click()
    expect(page.get_by_text("Returns · ")).to_be_visible()
    expect(tile).not_to_contain_text(everybody)  # the title is there a moment before the tiles
    n = int(re.findall(r"(\d+) tickets", tile.inner_text())[0])
    tile.locator("button.num").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("Cost per resolution · Returns · Week 46")).to_be_visible()
    expect(drawer.get_by_role("button", name=f"Export {n} tickets as CSV")).to_be_visible()
    figures = page.locator("section.tile .value").all_inner_texts()
    page.reload()
    expect(drawer.get_by_role("button", name=f"Export {n} tickets as CSV")).to_be_visible(timeout=30_000)
    expect(drawer.get_by_text("Cost per resolution · Returns · Week 46")).to_be_visible()
    for part in ("week=2026-W46", "workflow=returns", "tickets="):
        assert part in page.url
    assert page.locator("section.tile .value").all_inner_texts() == figures


@pytest.mark.parametrize("visit", ["light-1440"], indirect=True)
@pytest.mark.parametrize("path", ["/", "/?workflow=order_updates", "/?week=2025-W48"])
def test_it_prints_on_one_sheet(visit: Visit, path: str) -> None:
    visit.open(path)
    assert len(PAGES.findall(visit.page.pdf(format="A4", print_background=True))) == 1
