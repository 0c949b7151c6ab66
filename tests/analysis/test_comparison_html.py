"""A comparison as a page: whole, well-formed, escaped, and nothing of it from elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from xml.etree import ElementTree as ET

import polars as pl

from analysis.compare.comparison import Question, compare
from analysis.comparison_html import About, comparison_html
from analysis.wording import Speech
from tests.analysis.compare.shops import shop
from tests.analysis.compare.test_comparison import METRICS, NOW

DAYS = (dt.date(2026, 1, 5), dt.date(2026, 6, 28))


def made(*arms: str) -> tuple[str, ET.Element]:
    parts = [shop(seed, (120, 90), labels=arms[0] + arm) for seed, arm in enumerate(arms[1:], start=3)]
    tickets = pl.concat(parts).with_columns(pl.lit(NOW).alias("created_at"))
    found = compare(tickets, METRICS, Question(arms, "tag:<b>", NOW, "time"))
    about = About("Hearth & Loom", "Order <updates>", DAYS, "22 November 2026, 23:40", {arms[0]: 1234})
    page = comparison_html(found, about, Speech("EUR"))
    return page, ET.fromstring(page.removeprefix("<!DOCTYPE html>"))  # noqa: S314 (our own)


def test_verdict_basis_guardrails_method_and_n_are_there() -> None:
    page, tree = made("A", "B")
    heading = tree.find("body/h1")
    assert heading is not None
    assert heading.text
    assert re.match(r"(We cannot tell yet|B (is|and A))", heading.text)
    parts = ("A: 1,234 tickets", "created 5 January 2026 – 28 June 2026", "snapshot of 22 November 2026, 23:40")
    for part in (*parts, "What must not get worse", "overlap weighting", "channel and priority", "Nobody drew lots"):
        assert part in page, part
    assert len(tree.findall(".//tr")) == 3
    assert (tree.findall(".//tr/td[2]/small")[0].text or "").startswith("n ")


def test_names_are_escaped_and_nothing_is_asked_for_outside() -> None:
    page, _ = made("A", "B")
    assert "Order &lt;updates&gt;" in page
    assert "Hearth &amp; Loom" in page
    assert not re.search(r"(src|href)=|url\(|@import|<script|https?://", page)


def test_every_arm_has_its_table_and_its_guardrails() -> None:
    page, tree = made("A", "B", "C")
    assert len(tree.findall(".//table")) == 2
    assert [one.text for one in tree.findall("body/h2")][1:3] == ["B against A", "C against A"]
    assert page.count("<strong>") == 2


def test_the_picture_has_the_interval_where_it_is() -> None:
    """The line goes from low to high and the dot stands between, as parts of the axis in percent."""
    _, tree = made("A", "B")
    for svg in tree.findall(".//td/svg"):
        _, line = svg.findall("line")
        low, high = (float(line.attrib[end].removesuffix("%")) for end in ("x1", "x2"))
        dot = float(svg.findall("circle")[0].attrib["cx"].removesuffix("%"))
        assert 0 <= low < dot < high <= 100
