"""The answer to take away: a page to send, and its numbers."""

from __future__ import annotations

import json
from functools import partial

import polars as pl

from analysis import simulation_words as words
from analysis.simulation_html import About, simulation_html
from dashboard import simulator_view
from dashboard.components.answer_view import Shown
from dashboard.components.downloads import downloads
from flowmeter.scenarios import slug
from simulation.scenario.compare import dump
from simulation.scenario.words import change_told


def download(shown: Shown, metric: str) -> None:
    """The answer's files, and the scenario's. `metric`: whose effect the page takes apart."""
    downloads(
        "Download this answer",
        slug(shown.scenario.name),
        (
            ("A page to send (HTML)", "html", "text/html", partial(page, shown, metric)),
            ("The effects (CSV)", "csv", "text/csv", partial(rows, shown)),
            ("Everything (JSON)", "json", "application/json", partial(everything, shown)),
            ("The scenario (YAML)", "yml", "application/yaml", partial(scenario, shown)),
        ),
    )


def page(shown: Shown, metric: str) -> str:
    """What is shown, on one page."""
    told = tuple(change_told(change) for change in shown.scenario.changes)
    about = About(shown.scenario.name, told, simulator_view.scope(shown.scenario), shown.groups, metric)
    return simulation_html(shown.answer, shown.known, about)


def rows(shown: Shown) -> str:
    """The effects as a table."""
    return pl.DataFrame(words.effects(shown.answer, shown.known), infer_schema_length=None).write_csv()


def everything(shown: Shown) -> str:
    """As `flowmeter simulate --format json` writes it."""
    return json.dumps(shown.answer, indent=2, ensure_ascii=False, default=str)


def scenario(shown: Shown) -> str:
    """The scenario as a file."""
    return dump(shown.scenario)
