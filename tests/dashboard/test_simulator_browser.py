"""The simulator page in a real Chromium, with real runs: a press on a suggestion, its answer, and a reload."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.dashboard.test_process_browser import READY
from tests.dashboard.visit import Visit

LONG = 180_000
"""Learning a shop and running it takes seconds; compiling for the first time on a busy machine, a minute or two."""


def test_a_suggestion_is_pressed_and_its_answer_survives_a_reload(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.address + "/simulator")
    suggestion = page.get_by_role("button", name="Do “Refund approval” every day")
    expect(suggestion).to_be_visible(timeout=LONG)
    trust = page.get_by_text("How well").first.or_(page.get_by_text("foretells no better").first).first
    expect(trust).to_be_visible()
    above, below = trust.bounding_box(), suggestion.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] < below["y"], "what the model is worth stands before what it says"
    suggestion.focus()
    page.keyboard.press("Enter")
    forest = page.locator("ul.forest").first
    expect(forest).to_be_visible(timeout=LONG)
    expect(page.get_by_role("heading", level=3).first).to_contain_text("Do “Refund approval” every day: ")
    expect(forest.locator("li:not(.axis)").nth(4)).to_be_visible()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    told = page.locator("ul.tornado li:not(.axis) > span:last-child")
    expect(told.nth(1)).to_be_visible()
    middle = "nodes => nodes.map(node => { const box = node.getBoundingClientRect(); return box.left + box.width / 2 })"
    [word], lines = (page.locator(f"ul.tornado {part}").evaluate_all(middle) for part in (".axis .plot span", ".zero"))
    assert all(abs(word - line) < 60 for line in lines), "no change is written at its line"
    widths = page.locator("ul.tornado .bar").evaluate_all("bars => bars.map(bar => bar.getBoundingClientRect().width)")
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 20
    page.wait_for_function("location.search.includes('scenario=')")
    page.reload()
    expect(page.locator("ul.forest").first).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Refund approval works")).to_be_visible()
    page.wait_for_selector(READY)
    page.get_by_text("Add another change").click()
    expect(page.get_by_role("button", name="Add this change")).to_be_visible()


def test_who_would_be_needed_is_answered_beside_the_forecast(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.address + "/simulator")
    press = page.get_by_role("button", name="Look who would be needed")
    expect(press).to_be_visible(timeout=LONG)
    press.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Median first reply: at most")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("rowheader", name="Today's people")).to_be_visible()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    table = page.locator("table", has=page.get_by_role("rowheader", name="Today's people"))
    assert table.evaluate("one => one.parentElement.scrollWidth - one.parentElement.clientWidth") <= 0
    page.wait_for_function("location.search.includes('target=')")


def test_the_weekly_page_gets_its_forecast_behind_the_drawing(visit: Visit) -> None:
    visit.open()
    expect(visit.page.get_by_role("heading", name="The next four weeks")).to_be_visible()
    expect(visit.page.get_by_text("Tickets open at the end of the day: grey so far")).to_be_visible(timeout=LONG)
