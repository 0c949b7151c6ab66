"""The comparison to take away: a page to send, and its numbers."""

from __future__ import annotations

import json

import streamlit as st

from analysis.compare.comparison import Comparison, document, table
from analysis.comparison_html import comparison_html
from dashboard import compare_data
from dashboard.compare_view import Told


def download(told: Told) -> None:
    """Three files; each is made when it is asked for, since that of all KPIs takes a moment."""
    with st.popover("Download this comparison"):
        for label, kind, mime, made in (
            ("A page to send (HTML)", "html", "text/html", page),
            ("The table (CSV)", "csv", "text/csv", rows),
            ("Everything (JSON)", "json", "application/json", everything),
        ):
            st.download_button(
                label,
                data=lambda made=made: made(told),  # type: ignore[misc]
                file_name=f"{told.choice.workflow}-{'-'.join(told.choice.arms)}.{kind}",
                mime=mime,
                on_click="ignore",
                width="stretch",
                key=f"download_{kind}",
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
