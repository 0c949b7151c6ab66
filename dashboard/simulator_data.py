"""What the simulator page and the forecast ask for: computed behind the page (jobs.py), kept as long as the snapshot.

Everything below `compute` runs in a thread: it opens the published file by itself and touches nothing of Streamlit.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import streamlit as st

from analysis.simulation_words import Known
from analysis.wording import Speech
from dashboard import data, workflow_view
from dashboard.data import Snapshot
from dashboard.jobs import Job, Report, jobs
from dashboard.kept import kept
from flowmeter.backtest_facts import WATCHED, past
from flowmeter.seen_facts import contacts_by_hour, seen_frames
from flowmeter.simulated_kpis import Metric, scorer, settled_days, simulated_metrics
from flowmeter.simulation_facts import service_facts
from flowmeter.simulation_frames import ServiceFacts
from flowmeter.survey_facts import answered_tickets
from flowmeter.warehouse import read
from simulation.backtest import document, plan
from simulation.backtest import foretold as set_back
from simulation.experiment import Answer, Settings
from simulation.kpi_frame import COLUMNS
from simulation.runs import Score
from simulation.scenario import seen
from simulation.scenario.compare import content_hash, dump
from simulation.scenario.document import Scenario
from simulation.scenario.seen import Range
from simulation.set_back import forecaster
from simulation.staffing import Target, staffing
from simulation.trial import Shop, calibrated, foretold, tried

Key = tuple[Any, ...]
SEED = 7
FORECAST_WEEKS = 4
TESTED_WEEKS = 32


@dataclass(frozen=True)
class Learned:
    """A calibrated shop and what was seen of what can be changed; no shop where no ticket has a log."""

    shop: Shop | None
    ranges: tuple[Range, ...] = ()


def shop_key(snap: Snapshot) -> Key:
    """What the learned shop is kept under."""
    return ("shop", snap.path)


def learned(snap: Snapshot) -> Job:
    """The shop of a snapshot, learned once: a Job of Learned."""
    return jobs().start(shop_key(snap), lambda report: compute_shop(snap.path, report))


def forecast_key(snap: Snapshot) -> Key:
    """What the forecast is kept under."""
    return ("forecast", snap.path)


def forecast(snap: Snapshot, known: Learned) -> Job:
    """The next weeks without a change: a Job of the forecast's answer."""
    asked = ("forecast", SEED, FORECAST_WEEKS)
    return jobs().start(
        forecast_key(snap),
        lambda report: kept(snap.path, asked, lambda: compute_forecast(snap.path, known, report)),
    )


def staffing_key(snap: Snapshot, target: Target) -> Key:
    """What the people for a target are kept under."""
    return ("staffing", snap.path, target)


def needed(snap: Snapshot, known: Learned, target: Target, today: Answer) -> Job:
    """Who would have to be added for a target: a Job of that answer. `today`: the target's figure in the forecast."""
    asked = ("staffing", SEED, FORECAST_WEEKS, target.workflow, str(target))
    return jobs().start(
        staffing_key(snap, target),
        lambda report: kept(snap.path, asked, lambda: compute_staffing(snap.path, known, target, today, report)),
    )


def tested(snap: Snapshot, known: Learned) -> Job:
    """Whether forecasts of past weeks would have been right: a Job of the back-test's document, null without one."""
    names = workflow_view.names(snap.path)
    asked = ("backtest", SEED, TESTED_WEEKS, names)
    return jobs().start(
        ("backtest", snap.path),
        lambda report: kept(snap.path, asked, lambda: compute_backtest(snap.path, known, names, report)),
        behind=True,
    )


def known_forecast(snap: Snapshot) -> Job | None:
    """The forecast if somebody asked for it before."""
    return jobs().get(forecast_key(snap))


def answer_key(snap: Snapshot, scenarios: Sequence[Scenario]) -> Key:
    """What a run of these scenarios is kept under; names and notes do not count."""
    return ("answers", snap.path, SEED, *(content_hash(one) for one in scenarios))


def start_answers(snap: Snapshot, known: Learned, scenarios: Sequence[Scenario]) -> Job:
    """What these scenarios would do: a Job of a list of answers in their order."""
    asked = ("answers", SEED, *(dump(one) for one in scenarios))
    return jobs().start(
        answer_key(snap, scenarios),
        lambda report: kept(snap.path, asked, lambda: compute_answers(snap.path, known, scenarios, report)),
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def _metrics(path: str) -> list[Metric]:
    return data.asked(path, lambda cursor: simulated_metrics(cursor, COLUMNS))


def words_known(snap: Snapshot) -> Known:
    """What sentences about a simulation need to know of the shop."""
    infos = {one.key: vars(one) for one in _metrics(snap.path)}
    return Known(infos, workflow_view.names(snap.path), Speech(snap.currency))


@st.cache_resource(max_entries=2, show_spinner=False)
def contacts(path: str) -> pl.DataFrame:
    """Tickets that came in a week by weekday and hour, as the data show them."""
    return data.asked(path, contacts_by_hour)


@st.cache_resource(max_entries=2, show_spinner=False)
def agents(path: str) -> dict[str, str]:
    """Labels of agents by id."""
    rows = data.asked(path, lambda cursor: pl.DataFrame(cursor.sql("select agent_id, label from dim_agent").pl()))
    return dict(rows.iter_rows())


@contextlib.contextmanager
def _opened(path: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, of this thread alone. Raises WarehouseError with the cause when a query fails."""
    with contextlib.closing(read(Path(path))) as connection:
        try:
            yield connection
        except duckdb.Error as error:
            raise data.query_failed(path, error) from error


def compute_shop(path: str, report: Report) -> Learned:
    """Reads and calibrates."""
    report("Learning from the snapshot how the shop works", 0, 2)
    with _opened(path) as connection:
        facts = service_facts(connection)
        shop = calibrated(facts, answered_tickets(connection))
        if shop is None:
            return Learned(None)
        report("Looking what the weeks have seen", 1, 2)
        return Learned(shop, seen.ranges(shop.today, seen.observed(*seen_frames(connection))))


@contextlib.contextmanager
def _desk(path: str) -> Iterator[tuple[Score, Settings]]:
    """How KPIs of runs are found, and how runs are made."""
    with _opened(path) as connection:
        metrics = simulated_metrics(connection, COLUMNS)
        yield scorer(connection, metrics), Settings(SEED, weeks=FORECAST_WEEKS, settled=settled_days(metrics))


def compute_forecast(path: str, known: Learned, report: Report) -> Answer:
    """Runs the next weeks."""
    assert known.shop is not None
    with _desk(path) as (score, settings):
        return foretold(known.shop, score, settings, report)


def compute_staffing(path: str, known: Learned, target: Target, today: Answer, report: Report) -> Answer:
    """Runs the next weeks with more and more people."""
    assert known.shop is not None
    with _desk(path) as (score, settings):
        return staffing(known.shop.calibration, target, today, score, settings, report)


def compute_answers(path: str, known: Learned, scenarios: Sequence[Scenario], report: Report) -> list[Answer]:
    """Runs today and the scenarios, each as far ahead as it asks."""
    assert known.shop is not None
    with _desk(path) as (score, settings):
        return tried(known.shop, scenarios, score, settings, report)


def compute_backtest(path: str, known: Learned, names: Mapping[str, str], report: Report) -> Answer | None:
    """Sets the model back to past Mondays and scores what it would have said; null where the history is too short."""
    assert known.shop is not None
    with _opened(path) as connection:
        known_past = past(connection)
        metrics = [one for one in simulated_metrics(connection, COLUMNS) if one.key in WATCHED]
        settings = Settings(SEED, draws=30, replications=3, explained=0, settled=settled_days(metrics))

        def facts(cut: dt.date) -> tuple[ServiceFacts, pl.DataFrame]:
            begin = known_past.begin(cut)
            return service_facts(connection, begin), answered_tickets(connection, begin)

        def tell(done: int, cuts: int, cut: dt.date) -> bool:
            report(f"Foretelling past weeks, as of {cut.day} {cut:%B %Y}", done, cuts)
            return True

        try:
            cuts = plan(known_past.weeks, TESTED_WEEKS)
            told = set_back(cuts, forecaster(facts, scorer(connection, metrics), settings), tell)
        except ValueError:
            return None
        spoken = pl.col("workflow").replace({"all": "all workflows", **names})
        weeks, told = known_past.weeks.with_columns(spoken), told.with_columns(spoken)
        return document(weeks, told, known_past.metrics, cuts.ahead)
