"""The SVG as text: well-formed, safe, pressable, and legible without variables."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from analysis.flowchart.graph import Chart, chart, of_flow
from analysis.flowchart.intended import links
from analysis.flowchart.style import DARK, LIGHT
from analysis.flowchart.svg import size, svg
from analysis.wording import Speech
from flowmeter.intended_flow import Flow, FlowLink, FlowStep
from tests.analysis.flowcharts import MAIN, SHOP, frames

HOSTILE = [
    "<script>alert(1)</script>",
    "\"quoted\" & 'single'",
    "🦊 フォックス",
    "x" * 80,
    "null\x00 and bell\x07",
    "two\nlines\tand a tab",
    "]]> --> <!--",
]


def tree(chart_: Chart, **options: object) -> ET.Element:
    return ET.fromstring(svg(chart_, Speech(), **options))  # type: ignore[arg-type]  # noqa: S314 (our own text)


def groups(root: ET.Element) -> list[ET.Element]:
    return [one for one in root.iter("{http://www.w3.org/2000/svg}g") if one.get("class")]


def words(root: ET.Element) -> str:
    return " ".join("".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text"))


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_written_safely_and_found_again(name: str) -> None:
    shown = chart(*frames([["Queue", name, "Resolved"]]))
    root = tree(shown, interactive=True, title=name)
    assert [one.tag for one in root.iter() if "script" in one.tag] == []
    keys = {one.get("data-element") for one in groups(root)} - {None}
    found = [shown.element(str(key)) for key in keys]
    assert shown.element(f"step:{name}") in found
    assert None not in found


def test_no_word_of_a_long_name_is_cut_off() -> None:
    name = "Wait for the answer of the carrier about the parcel that nobody has seen since Monday"
    assert name in words(tree(chart(*frames([["Queue", name]]))))


def test_only_steps_and_the_arrows_between_them_can_be_pressed() -> None:
    root = tree(chart(*frames(SHOP)), interactive=True)
    pressed = [one for one in groups(root) if one.get("role") == "button"]
    assert {one.get("tabindex") for one in pressed} == {"0"}
    assert len([one for one in pressed if str(one.get("data-element")).startswith("step:")]) == 6 - 0
    assert not [one for one in pressed if "start" in str(one.get("data-element"))]
    assert not [one for one in groups(tree(chart(*frames(SHOP)))) if one.get("role") == "button"]


def test_every_element_says_what_it_is() -> None:
    for one in groups(tree(chart(*frames(SHOP)), interactive=True)):
        assert one.get("aria-label") == one.findtext("{http://www.w3.org/2000/svg}title") != ""


def test_the_selected_element_is_marked() -> None:
    root = tree(chart(*frames(SHOP)), selected="arrow:Queue→Odd", interactive=True)
    (chosen,) = [one for one in groups(root) if "selected" in str(one.get("class"))]
    assert chosen.get("data-element") == "arrow:Queue→Odd"
    assert chosen.get("aria-pressed") == "true"


def test_deviations_are_told_in_words_and_strokes() -> None:
    root = tree(chart(*frames(SHOP), intended=links([MAIN, ["Queue", "Resolved"]])))
    kinds = " ".join(str(one.get("class")) for one in groups(root))
    assert "unplanned" in kinds
    assert "untaken" in kinds
    assert "not intended" in words(root)
    assert "never taken" in words(root)


def test_more_tickets_make_a_thicker_arrow() -> None:
    root = tree(chart(*frames(SHOP)), interactive=True)
    thick = {
        one.get("data-element"): float(str(one[1].get("stroke-width")))
        for one in groups(root)
        if str(one.get("data-element")).startswith("arrow:")
    }
    assert thick["arrow:Queue→Working"] > thick["arrow:Working→Approval"] > thick["arrow:Queue→Odd"]


def test_it_scales_and_needs_nothing_from_outside() -> None:
    text = svg(chart(*frames(SHOP)), Speech())
    assert "viewBox" in text
    assert ' width="100%"' not in text
    assert text.count("http") == 1  # the namespace
    assert "url(" not in text
    wide, tall = size(text)
    assert wide > 300
    assert tall > 300


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_written_out_theme_has_no_variables(theme: str) -> None:
    text = svg(chart(*frames(SHOP)), Speech(), theme=theme)  # type: ignore[arg-type]
    assert "var(" not in text
    assert "@media" not in text
    assert (LIGHT if theme == "light" else DARK)["box-4"] in text


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("values", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast_is_enough_to_read(values: dict[str, str]) -> None:
    """AA: 4.5 for text, 3 for lines."""
    assert min(contrast(values["text"], values[f"box-{level}"]) for level in range(5)) >= 4.5
    assert min(contrast(values[name], values["surface"]) for name in ("text", "muted", "worst", "accent")) >= 4.5
    assert min(contrast(values[f"way-{level}"], values["surface"]) for level in range(5)) >= 3
    assert contrast(values["worst"], values["surface"]) >= 3


def test_a_planned_flow_is_drawn_with_its_answers() -> None:
    steps = (FlowStep("t", "Order created", "trigger", ""), FlowStep("c", "Has a date?", "condition", "key is Date"))
    flow = Flow(
        "Dates", (*steps, FlowStep("a", "Add tag", "action", "")), (FlowLink("t", "c", ""), FlowLink("c", "a", "yes"))
    )
    said = words(tree(of_flow(flow)))
    for part in ("Order created", "Has a date?", "key is Date", "yes", "Add tag"):
        assert part in said
