"""The comparison to take away: a page to send, and its numbers."""

from __future__ import annotations

import json
from functools import partial

from analysis.compare.comparison import Comparison, document, table
from analysis.comparison_html import comparison_html
from dashboard import compare_data
from dashboard.compare_view import Told
from dashboard.components.downloads import downloads


def download(told: Told) -> None:
    """Three files; that of all KPIs takes a moment."""
    downloads(
        "Download this comparison",
        f"{told.choice.workflow}-{'-'.join(told.choice.arms)}",
        (
            ("A page to send (HTML)", "html", "text/html", partial(page, told)),
            ("The table (CSV)", "csv", "text/csv", partial(rows, told)),
            ("Everything (JSON)", "json", "application/json", partial(everything, told)),
        ),
    )


def page(told: Told) -> str:
    """What is shown, as `flowmeter compare --format html` writes it."""
    return comparison_html(told.found, compare_data.about(told.snap.path, told.asked), told.speech)


def rows(told: Told) -> str:
    """All KPIs as a table."""
    return table(_whole(told)).write_csv()


def everything(told: Told) -> str:
    """All KPIs, as `flowmeter compare --format json` writes them."""
    choice = told.choice
    found = {"workflow": choice.workflow, "from": choice.first, "to": choice.last, **document(_whole(told))}
    return json.dumps(found, indent=2, ensure_ascii=False, default=str)


def _whole(told: Told) -> Comparison:
    snap = told.snap
    return compare_data.compared(snap.path, told.asked, snap.snapshot_at, snap.currency, whole=True)
