"""The notable changes as a list of sentences, each with its tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from analysis.notable import Finding, sentence
from analysis.wording import Speech
from dashboard.components.linked import number


def notable_html(found: Sequence[Finding], names: Mapping[str, str], speech: Speech) -> str:
    """An ordered list; one calm sentence when nothing moved beyond noise."""
    if not found:
        quiet = "Nothing moved beyond its usual ups and downs this week, as far as these numbers can tell."
        return f'<p class="muted">{quiet}</p>'
    items = "".join(_item(finding, names, speech) for finding in found)
    return f'<ol class="notable">{items}</ol>'


def _item(finding: Finding, names: Mapping[str, str], speech: Speech) -> str:
    words = sentence(finding, names, speech)
    link = number("tickets", f"{finding.metric.key}:{finding.workflow}", words)
    return f"<li>{escape(words)} {link}</li>"
