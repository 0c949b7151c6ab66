"""The answer to take away: a page to send, and its numbers."""

from __future__ import annotations

import json

import polars as pl
import streamlit as st

from analysis import simulation_words as words
from analysis.simulation_html import About, simulation_html
from dashboard import simulator_view
from dashboard.components.answer_view import Shown
from flowmeter.scenarios import slug
from simulation.scenario.compare import dump
from simulation.scenario.words import change_told


def download(shown: Shown) -> None:
    """Four files; each is made when it is asked for."""
    with st.popover("Download this answer"):
        for label, kind, mime, made in (
            ("A page to send (HTML)", "html", "text/html", page),
            ("The effects (CSV)", "csv", "text/csv", rows),
            ("Everything (JSON)", "json", "application/json", everything),
            ("The scenario (YAML)", "yml", "application/yaml", scenario),
        ):
            st.download_button(
                label,
                data=lambda made=made: made(shown),  # type: ignore[misc]
                file_name=f"{slug(shown.scenario.name)}.{kind}",
                mime=mime,
                on_click="ignore",
                width="stretch",
                key=f"download_{kind}",
            )


def page(shown: Shown) -> str:
    """What is shown, on one page."""
    told = tuple(change_told(change) for change in shown.scenario.changes)
    return simulation_html(
        shown.answer, shown.known, About(shown.scenario.name, told, simulator_view.scope(shown.scenario), shown.groups)
    )


def rows(shown: Shown) -> str:
    """The effects as a table."""
    return pl.DataFrame(words.effects(shown.answer, shown.known), infer_schema_length=None).write_csv()


def everything(shown: Shown) -> str:
    """As `flowmeter simulate --format json` writes it."""
    return json.dumps(shown.answer, indent=2, ensure_ascii=False, default=str)


def scenario(shown: Shown) -> str:
    """The scenario as a file."""
    return dump(shown.scenario)
