"""The flowchart in a real Chromium: pressed with mouse and keyboard, kept over a reload, reached from the ranking."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.dashboard.visit import Visit

READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def open_at(visit: Visit, path: str) -> None:
    visit.page.goto(visit.address + path)
    expect(visit.page.locator("svg.flowchart")).to_be_visible(timeout=30_000)
    visit.page.wait_for_selector(READY)


def details(visit: Visit, step: str) -> None:
    expect(visit.page.get_by_role("heading", name=step, exact=True)).to_be_visible(timeout=15_000)


def test_a_press_and_enter_change_the_details_and_a_reload_keeps_them(visit: Visit) -> None:
    open_at(visit, "/workflow?workflow=returns")
    details(visit, "Refund approval")
    visit.page.locator('[data-element="step:Queue: Returns"]').click()
    details(visit, "Queue: Returns")
    visit.page.locator('[data-element="step:Working: Returns"]').focus()
    visit.page.keyboard.press("Enter")
    details(visit, "Working: Returns")
    visit.page.wait_for_function("location.search.includes('element=')")
    visit.page.reload()
    details(visit, "Working: Returns")
    overflow = visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


def test_a_bar_of_the_ranking_opens_its_flowchart(visit: Visit) -> None:
    visit.page.goto(visit.address + "/bottlenecks")
    bar = visit.page.locator("ol.bars button.num").first
    expect(bar).to_be_visible(timeout=30_000)
    visit.page.wait_for_selector(READY)
    bar.click()
    expect(visit.page.locator("svg.flowchart")).to_be_visible(timeout=30_000)
    details(visit, "Refund approval")
    assert "workflow=returns" in visit.page.url
