"""The flowchart component in a real browser: mouse, keyboard, size, both themes, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.dashboard.visit import visiting

OVERFLOWING = """() => {
  const host = [...document.querySelectorAll('*')].find((one) => one.shadowRoot?.querySelector('svg.flowchart'));
  return [...host.shadowRoot.querySelectorAll('g.step, g.end')].flatMap((group) => {
    const box = group.querySelector('rect').getBBox();
    return [...group.querySelectorAll('text')].filter((text) => {
      const words = text.getBBox();
      const [right, bottom] = [words.x + words.width, words.y + words.height];
      return words.x < box.x || right > box.x + box.width || bottom > box.y + box.height;
    }).map((text) => text.textContent);
  });
}"""


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser, flowchart_address: str) -> Iterator[Page]:
    scheme: Literal["light", "dark"] = request.param
    with visiting(browser, flowchart_address, scheme, 1100) as visit:
        visit.page.goto(flowchart_address)
        expect(element(visit.page, "step:Queue")).to_be_visible(timeout=30_000)
        yield visit.page


def element(page: Page, key: str) -> Locator:
    return page.locator(f'[data-element="{key}"]')


def told(page: Page, key: str, presses: int) -> None:
    expect(page.get_by_text(f"chosen {key} after {presses}", exact=True)).to_be_visible()


def test_steps_and_arrows_are_pressed_by_mouse_and_keyboard(page: Page) -> None:
    element(page, "step:Approval").click()
    told(page, "step:Approval", 1)
    expect(element(page, "step:Approval")).to_have_attribute("aria-pressed", "true")
    element(page, "arrow:Queue→Working").locator(".plate").click()
    told(page, "arrow:Queue→Working", 2)
    element(page, "step:Odd").focus()
    page.keyboard.press("Enter")
    told(page, "step:Odd", 3)
    expect(element(page, "step:Odd")).to_be_focused()
    page.keyboard.press("Space")
    told(page, "step:Odd", 4)


def test_words_stay_inside_their_boxes(page: Page) -> None:
    assert page.evaluate(OVERFLOWING) == []


def test_the_drawing_grows_and_fits_again(page: Page) -> None:
    def wide() -> float:
        box = page.locator("svg.flowchart").bounding_box()
        assert box
        return box["width"]

    before = wide()
    page.get_by_role("button", name="Larger").click()
    assert wide() == pytest.approx(before * 1.25, rel=0.01)
    page.get_by_role("button", name="Fit width").click()
    assert wide() == pytest.approx(before, rel=0.01)
