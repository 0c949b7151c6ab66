"""The notable changes as a list of sentences, each with its tickets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from analysis.notable import Finding, sentence
from analysis.wording import Speech
from dashboard.components.linked import number

QUIET = "Nothing moved beyond its usual ups and downs in this week, as far as these numbers can tell."
YOUNG = "The data has too few weeks before this one to tell what moved."


def notable_html(
    found: Sequence[Finding],
    names: Mapping[str, str],
    speech: Speech,
    has_list: Callable[[str], bool] = lambda _: True,
    has_past: bool = True,
) -> str:
    """An ordered list; one calm sentence when nothing moved beyond noise, or when there is nothing to compare with.

    `has_list` says of a metric's key whether its tickets can be listed.
    """
    if not found:
        return f'<p class="muted">{QUIET if has_past else YOUNG}</p>'
    items = "".join(_item(finding, names, speech, has_list(finding.metric.key)) for finding in found)
    return f'<ol class="notable">{items}</ol>'


def _item(finding: Finding, names: Mapping[str, str], speech: Speech, has_list: bool) -> str:
    words = sentence(finding, names, speech)
    if not has_list:
        return f"<li>{escape(words)}</li>"
    link = number("tickets", f"{finding.metric.key}:{finding.workflow}", words)
    return f"<li>{escape(words)} {link}</li>"
