"""The compare page in a real Chromium: read, pressed for tickets, kept over a reload, usable on a phone."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.dashboard.test_process_browser import READY
from tests.dashboard.visit import Visit


def test_a_figure_of_the_forest_opens_its_tickets_and_a_reload_keeps_the_question(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.address + "/compare?workflow=order_updates&goal=csat")
    forest = page.locator("ul.forest").first
    expect(forest).to_be_visible(timeout=30_000)
    page.wait_for_selector(READY)
    expect(page.get_by_role("heading", level=3)).to_contain_text("Satisfaction (CSAT)")
    rows = forest.locator("li:not(.axis)")
    assert rows.count() >= 5
    middle = rows.first.locator("i.zero").bounding_box()
    plot = rows.first.locator(".plot").bounding_box()
    assert middle is not None
    assert plot is not None
    assert abs(middle["x"] - (plot["x"] + plot["width"] / 2)) < 2, "no difference stands in the middle"
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    rows.first.locator("button.num").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Satisfaction (CSAT)")
    page.wait_for_function("location.search.includes('tickets=csat')")
    page.reload()
    expect(page.get_by_role("dialog")).to_contain_text("Satisfaction (CSAT)", timeout=30_000)


def test_points_of_weeks_and_curves_open_their_tickets_and_the_page_is_downloaded(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.address + "/compare?workflow=order_updates&by=channel&arms=email&arms=native_messaging&arms=web")
    expect(page.locator("ul.forest").first).to_be_visible(timeout=30_000)
    page.wait_for_selector(READY)
    for title, told in (("Week by week", "created in week"), ("Time to resolution", "still open after")):
        page.get_by_role("heading", name=title, exact=True).scroll_into_view_if_needed()
        chart = page.locator(".js-plotly-plot").nth(2 if title == "Week by week" else 0)
        chart.scroll_into_view_if_needed()
        _press_a_point(page, chart)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(told)
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Download this comparison").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="A page to send (HTML)").click()
    written = waiting.value.path().read_text(encoding="utf-8")
    assert waiting.value.suggested_filename == "order_updates-email-native_messaging-web.html"
    assert "web against email" in written


def _press_a_point(page: Page, chart: Locator) -> None:
    """Plotly listens on a layer above the points, so the press goes to the place where one is."""
    places = chart.evaluate("""chart => [...chart.querySelectorAll('.scatterlayer .points path')]
        .map(path => path.getBoundingClientRect()).map(box => [box.x + box.width / 2, box.y + box.height / 2])""")
    x, y = places[len(places) * 3 // 4]
    page.mouse.move(x, y)
    page.mouse.click(x, y)
