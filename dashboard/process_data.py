"""What the workflow and bottlenecks pages read, cached as in data.py: the questions are flowmeter's own."""

from __future__ import annotations

import datetime as dt

import duckdb
import polars as pl
import streamlit as st

from analysis import departures as leaving
from analysis import reasons, retire, spared
from analysis.wording import Speech
from dashboard import data
from dashboard.data import SNAPSHOTS_OPEN
from flowmeter import bottlenecks, findings, process


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def periods(path: str) -> pl.DataFrame:
    """Period, label, from_at, to_at; the default one first."""
    return data.asked(path, bottlenecks.periods)


@st.cache_resource(max_entries=SNAPSHOTS_OPEN, show_spinner=False)
def sizes(path: str) -> pl.DataFrame:
    """Tickets with a log of what happened, by period and workflow, most first; empty without any log."""
    return data.asked(path, bottlenecks.sizes)


@st.cache_resource(max_entries=64, show_spinner=False)
def ranking(path: str, period: str, workflow: str | None) -> pl.DataFrame:
    """Bottlenecks worst first, of one workflow or of all (None)."""
    return data.asked(path, lambda cursor: bottlenecks.ranking(cursor, period, workflow))


@st.cache_resource(max_entries=64, show_spinner=False)
def steps(path: str, workflow: str, period: str) -> pl.DataFrame:
    """Rows of workflow_step."""
    return data.asked(path, lambda cursor: process.steps(cursor, workflow, period))


@st.cache_resource(max_entries=64, show_spinner=False)
def edges(path: str, workflow: str, period: str) -> pl.DataFrame:
    """Rows of workflow_edge."""
    return data.asked(path, lambda cursor: process.edges(cursor, workflow, period))


@st.cache_resource(max_entries=64, show_spinner=False)
def step_names(path: str, workflow: str) -> list[str]:
    """Every step that tickets of the workflow were ever in."""
    return data.asked(path, lambda cursor: process.step_names(cursor, workflow))


@st.cache_resource(max_entries=128, show_spinner=False)
def step_weeks(path: str, workflow: str, step: str) -> pl.DataFrame:
    """The weeks of a step, oldest first."""
    return data.asked(path, lambda cursor: bottlenecks.step_weeks(cursor, workflow, step))


@st.cache_resource(max_entries=256, show_spinner=False)
def slowest(path: str, workflow: str, step: str, from_step: str | None, since: dt.datetime | None) -> pl.DataFrame:
    """The tickets that waited longest in a step, or after an arrow: the one live query of the page."""
    return data.asked(path, lambda cursor: bottlenecks.slowest(cursor, workflow, step, from_step, since))


@st.cache_resource(max_entries=64, show_spinner=False)
def handoffs(path: str, period: str, workflow: str | None) -> pl.DataFrame:
    """Passages between groups."""
    return data.asked(path, lambda cursor: bottlenecks.handoffs(cursor, period, workflow))


@st.cache_resource(max_entries=64, show_spinner=False)
def rework(path: str, period: str, workflow: str | None) -> pl.DataFrame:
    """Work done twice and misroutes, by workflow."""
    return data.asked(path, lambda cursor: bottlenecks.rework(cursor, period, workflow))


@st.cache_resource(max_entries=8, show_spinner=False)
def hour_load(path: str, period: str) -> pl.DataFrame:
    """An average week of each group."""
    return data.asked(path, lambda cursor: bottlenecks.hour_load(cursor, period))


@st.cache_resource(max_entries=64, show_spinner=False)
def paths(path: str, period: str, workflow: str | None) -> pl.DataFrame:
    """Rows of ticket_path, most frequent first within each workflow."""
    return data.asked(path, lambda cursor: findings.ticket_paths(cursor, period, workflow or findings.ALL))


@st.cache_resource(max_entries=64, show_spinner=False)
def departures(path: str, period: str, workflow: str | None) -> pl.DataFrame:
    """Where slow or unsatisfied tickets leave the happy path beyond chance, most certain first."""
    counts = data.asked(path, lambda cursor: findings.path_departures(cursor, period, workflow or findings.ALL))
    return leaving.departures(counts).filter("is_finding")


@st.cache_resource(max_entries=32, show_spinner=False)
def contact_reasons(path: str, period: str, workflow: str | None, said_by: str) -> pl.DataFrame:
    """What customers write about, most frequent first: by the words of their 'subject', a 'field', or 'tag'."""

    def asked(cursor: duckdb.DuckDBPyConnection) -> pl.DataFrame:
        order_status = findings.order_status_workflows(cursor)
        if said_by == "subject":
            subjects = findings.contact_subjects(cursor, period, workflow or findings.ALL)
            return reasons.subject_reasons(subjects, order_status)
        rows = findings.contact_reasons(cursor, period, workflow or findings.ALL)
        return reasons.field_reasons(rows, order_status, said_by)

    return data.asked(path, asked)


@st.cache_resource(max_entries=32, show_spinner=False)
def worth_sparing(path: str, period: str, workflow: str | None, currency: str) -> pl.DataFrame:
    """Reasons worth automating or answering first, dearest first, each as a sentence."""
    return spared.worth_sparing(contact_reasons(path, period, workflow, "subject"), Speech(currency))


@st.cache_resource(max_entries=8, show_spinner=False)
def retirable(path: str, currency: str) -> pl.DataFrame:
    """What could be switched off, each with its evidence as a sentence."""

    def asked(cursor: duckdb.DuckDBPyConnection) -> pl.DataFrame:
        names = dict(data.workflows(path).select("workflow", "name").iter_rows())
        named = pl.col("workflows").list.eval(pl.element().replace(names))
        whole, quarter = (
            findings.automation_reach(cursor, period).with_columns(named) for period in ("all", "quarter")
        )
        effects = findings.automation_effects(cursor, "all")
        return retire.retire_candidates(findings.automations(cursor), whole, quarter, effects, Speech(currency))

    return data.asked(path, asked)


@st.cache_resource(max_entries=8, show_spinner=False)
def bots_that_hand_over(path: str, period: str, currency: str) -> pl.DataFrame:
    """Bots that hand over more than half of their tickets, each as a sentence."""
    return data.asked(
        path,
        lambda cursor: retire.handovers(
            findings.automation_reach(cursor, period), findings.automation_effects(cursor, period), Speech(currency)
        ),
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def automations(path: str, period: str) -> pl.DataFrame:
    """Macros, rules, bots and flows with their reach and what their tickets cost less, widest reach first."""
    return data.asked(path, lambda cursor: findings.automation_reach(cursor, period)).filter(pl.col("kind") != "step")


@st.cache_resource(max_entries=8, show_spinner=False)
def automation_effects(path: str, period: str) -> pl.DataFrame:
    """Rows of automation_effect without steps: a figure of an automation's tickets beside comparable others."""
    return data.asked(path, lambda cursor: findings.automation_effects(cursor, period)).filter(pl.col("kind") != "step")
