"""The bottlenecks page: what to mend first, across workflows or in one, and what it would bring."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analysis import bottleneck_words, issue_words, load_words, rework_words
from analysis.departures import in_words
from analysis.wording import Speech
from dashboard import process_data, workflow_view
from dashboard.components import filters, issue_view, load_view, ranking_view, theme
from dashboard.components.linked import show
from dashboard.components.matrix import left_out, matrix_html
from dashboard.components.process_filters import process_page, top_line
from dashboard.components.told import section, sentences
from dashboard.data import Snapshot
from dashboard.selection import ALL
from dashboard.workflow_view import Asked

WORKFLOW_PAGE = "app_pages/workflow.py"
PATHS_SHOWN = 5
SAID_BY = {"subject": "Words of subjects", "field": "A field of yours", "tag": "Tags"}


def _open_the_map() -> None:
    """Goes where a bar was pressed: to the place in the flowchart of its workflow."""
    wanted = st.session_state.pop(ranking_view.GO_TO, None)
    if wanted:
        workflow, _, element = wanted.partition("|")
        kept = {name: st.query_params[name] for name in filters.NAMES if name in st.query_params}
        st.switch_page(WORKFLOW_PAGE, query_params=kept | {"workflow": workflow, "element": element})


def _page(snap: Snapshot, asked: Asked, head: st.delta_generator.DeltaGenerator, notes: list[str]) -> None:
    only = None if asked.workflow == ALL else asked.workflow
    ranked = process_data.ranking(snap.path, asked.period, only)
    first = bottleneck_words.worst(ranked)
    names = workflow_view.names(snap.path)
    name = names[first["workflow"]] if first is not None else names.get(asked.workflow, snap.shop_name)
    with head:
        top_line(snap, asked, bottleneck_words.ranking_title(first, name))
    for note in notes:
        st.info(note)
    if ranked.is_empty():
        st.info("Nothing waited in this period. Choose all data, or another workflow.")
        return
    _ranking(snap, asked, ranked, first)
    _load(snap, asked)
    _rework(snap, asked, only)
    _paths(snap, asked, only)
    _reasons(snap, asked, only)
    _retire(snap, only)
    _automations(snap, asked)
    _explained()


def _ranking(snap: Snapshot, asked: Asked, ranked: pl.DataFrame, first: bottleneck_words.Row | None) -> None:
    names, speech = workflow_view.names(snap.path), Speech(snap.currency)
    name = names[first["workflow"]] if first is not None else ""
    section("Where waiting could be spared", bottleneck_words.first_do(first, name, speech))
    st.caption(
        "Hours of waiting that all customers together would be spared in a week, if a wait were halved or a step done "
        "only once. Only waits of the shop's own. A press opens the place in its flowchart."
    )
    ranking_view.chart(snap, ranked, asked)
    with st.container(key="volumes"):
        ranking_view.table(snap, ranked, asked)


def _load(snap: Snapshot, asked: Asked) -> None:
    hours = process_data.hour_load(snap.path, asked.period)
    if hours.is_empty():
        return
    found = load_words.loads(hours)
    section("When people are missing", load_words.load_first(found))
    if asked.workflow != ALL:
        st.caption("Groups work for every workflow, so this is over all of them.")
    by_group = {load.group: load for load in found}
    group = st.selectbox("Group", list(by_group), key="load_group") if len(found) > 1 else found[0].group
    with st.container(key="trends"):
        load_view.heat_maps(snap, asked.period, by_group[group or found[0].group])
    sentences([load_words.load_sentence(load) for load in found], "load_told")


def _rework(snap: Snapshot, asked: Asked, only: str | None) -> None:
    names, speech = workflow_view.names(snap.path), Speech(snap.currency)
    rows = process_data.rework(snap.path, asked.period, only)
    section("What is done twice or sent astray", rework_words.rework_first(rows, names, speech))
    told = rework_words.misroute_sentences(rows, names, speech) + rework_words.rework_sentences(rows, names, speech)
    sentences(told, "rework_told")
    handed = process_data.handoffs(snap.path, asked.period, only)
    st.markdown("**Hand-offs between groups**  \n:small[:gray[Tickets that went from one group to another]]")
    sentences([rework_words.handoff_sentence(handed)], "handoffs_told")
    if not handed.is_empty():
        show(matrix_html(handed), theme.palette(), "matrix", lambda _: None)
        if more := left_out(handed):
            st.caption(f"{more} groups with fewer hand-offs are left out.")


def _paths(snap: Snapshot, asked: Asked, only: str | None) -> None:
    names, speech = workflow_view.names(snap.path), Speech(snap.currency)
    found = process_data.departures(snap.path, asked.period, only)
    section("Ways that tickets take", issue_words.departures_first(found, names))
    sentences(
        [in_words(row, names.get(row["workflow"], row["workflow"]), speech) for row in found.to_dicts()], "left", 5
    )
    rows = process_data.paths(snap.path, asked.period, only).filter(~pl.col("is_other"))
    st.caption("The good way is the most frequent among tickets that were resolved fast, once, and with no complaint.")
    issue_view.paths(snap, rows.filter(pl.col("workflow_rank") <= PATHS_SHOWN * (1 if only is None else 4)))


def _reasons(snap: Snapshot, asked: Asked, only: str | None) -> None:
    worth = process_data.worth_sparing(snap.path, asked.period, only, snap.currency)
    section("What customers write about", issue_words.reasons_first(worth))
    sentences(worth["sentence"].to_list()[1:], "worth_told", 4)
    said_by = st.segmented_control(
        "Told by", list(SAID_BY), default="subject", format_func=SAID_BY.__getitem__, key="said_by"
    )
    rows = process_data.contact_reasons(snap.path, asked.period, only, said_by or "subject")
    if rows.is_empty():
        st.caption(issue_words.NO_REASONS[said_by or "subject"])
        return
    issue_view.reasons(snap, rows)


def _retire(snap: Snapshot, only: str | None) -> None:
    found = process_data.retirable(snap.path, snap.currency)
    if only is not None:
        found = found.filter(pl.col("workflow").is_in([only, ALL]))
    section("What could go", issue_words.retire_first(found))
    st.caption("Over all data, whatever the period: macros, rules and steps that are unused, rare or without effect.")
    sentences(found["sentence"].to_list(), "retire_told")


def _automations(snap: Snapshot, asked: Asked) -> None:
    rows = process_data.automations(snap.path, asked.period)
    handing = process_data.bots_that_hand_over(snap.path, asked.period, snap.currency)
    section("What automations bring", issue_words.automations_first(rows, handing, Speech(snap.currency)))
    sentences(handing["sentence"].to_list(), "bots_told")
    if not rows.is_empty():
        issue_view.automations(snap, asked.period, rows)


def _explained() -> None:
    with st.container(key="explained"), st.expander("How this is computed"):
        st.markdown(RULES)


RULES = """
- **Steps** are states of a ticket (a group's queue, being worked on, waiting on the customer ...), or the activities of
  an event log as they stand. A **visit** is one stay of a ticket in a step.
- **Wait** is the time in a step less the work in it. Work is measured where the log holds its start, else estimated.
- **Halved**: every visit's own wait (not the customer's, not a timer's) is halved, ticket by ticket, and the averages
  are computed again. **Done only once**: every visit to a step that the ticket was in before is taken out.
- **Interval**: the range in which the true figure lies with 95% confidence.
- A **hand-off** that nearly all visits to a step come through says the same as the step, and is left out of the chart.
- **Misrouted**: moved on by a person, unanswered, from a group whose work is not sorting.
- **Present** is estimated: from an agent's first act of a day to the last. No figure here is about a single agent.
- **Leaving the good way**: Fisher's exact test at each step, chance finds held to 5% (Benjamini-Hochberg).
- **Automations** are compared with tickets of the same kind without them. That is a difference, not a proven cause.
"""

_open_the_map()
process_page(_page, drawn=False)
