"""Scenarios kept as files: save, open, duplicate, share, and compare up to six."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from analysis import simulation_words as words
from analysis.comparison_words import BETTER, WORSE, own_unit, sized
from analysis.simulation_words import Known
from dashboard import data, simulator_data, simulator_view
from dashboard.components import theme
from dashboard.components.job_view import waited
from dashboard.components.linked import show
from dashboard.components.scenario_form import run
from dashboard.data import Snapshot
from dashboard.format import plain
from dashboard.simulator_data import Learned
from flowmeter.errors import ConfigError
from flowmeter.scenarios import FOLDER, save_scenario, scenario_files
from simulation.scenario.compare import dump
from simulation.scenario.document import Scenario

MOST = 6
COMPARE = "against"


def shelf(snap: Snapshot, known: Learned, shown: Scenario | None, names: Known) -> None:
    """The kept scenarios with what can be done with them."""
    st.markdown("#### Keep, share, compare")
    st.caption(
        f"The address of this page holds the scenario: send it, or bookmark it. Kept ones are readable files in the "
        f"shop's folder `{FOLDER}`, which `flowmeter simulate` runs too."
    )
    left, right = st.columns(2, gap="large")
    with left:
        _save(shown)
    with right:
        _open(known)
    _compare(snap, known, names)


def _save(shown: Scenario | None) -> None:
    if shown is None or not shown.changes:
        st.caption("Run a change first; then it can be kept here.")
        return
    name = st.text_input("Name to keep it under", shown.name, max_chars=80, key="save_name").strip()
    replace = st.checkbox("Replace the one of this name", key="save_replace")
    if st.button("Save this scenario", key="save", disabled=not name):
        try:
            path = save_scenario(data.home(), name, dump(shown.model_copy(update={"name": name})), replace=replace)
        except ConfigError as error:
            st.error(plain(str(error)))
            return
        st.success(plain(f"Saved as {FOLDER}/{path.name}."))


def _open(known: Learned) -> None:
    files = scenario_files(data.home())
    if not files:
        st.caption("Nothing is kept yet.")
        return
    stem = st.selectbox("Kept scenarios", list(files), key="open_which")
    buttons = st.columns(2)
    wants_copy = buttons[1].button("Duplicate", key="duplicate", width="stretch")
    if not buttons[0].button("Open", key="open", width="stretch") and not wants_copy:
        return
    scenario, problem = _kept(files, stem, known)
    if scenario is None:
        st.error(plain(problem))
        return
    found = simulator_view.document(scenario)
    run({**found, "name": f"{scenario.name[:73]} (copy)"} if wants_copy else found)
    st.rerun()


def _kept(files: Mapping[str, Path], stem: str, known: Learned) -> tuple[Scenario | None, str]:
    assert known.shop is not None
    return simulator_view.read(files[stem].read_text(encoding="utf-8"), known.shop.today, f"{FOLDER}/{stem}.yml")


def _compare(snap: Snapshot, known: Learned, names: Known) -> None:
    """Up to six kept ones beside each other, all against today and with the same customers."""
    files = scenario_files(data.home())
    if len(files) < 2:
        return
    given = [stem for stem in st.query_params.get_all(COMPARE) if stem in files][:MOST]
    st.session_state["compare_which"] = given

    def write() -> None:
        st.query_params[COMPARE] = st.session_state["compare_which"]

    chosen = st.multiselect(
        f"Compare up to {MOST}", list(files), key="compare_which", max_selections=MOST, on_change=write
    )
    if len(chosen) < 2:
        return
    scenarios, problems = [], []
    for stem in chosen:
        scenario, problem = _kept(files, stem, known)
        if scenario is not None:
            scenarios.append(scenario)
        else:
            problems.append(problem)
    for problem in problems:
        st.error(plain(problem))
    if len({one.weeks for one in scenarios}) > 1:
        st.info("These look differently far ahead. Give them the same number of weeks to compare them.")
        return
    if scenarios:
        job = simulator_data.start_answers(snap, known, scenarios)
        if waited(job, simulator_data.answer_key(snap, scenarios), 110):
            show(table_html(job.answer, names), theme.palette(), "compared", lambda _: None)


def table_html(answers: list[Mapping[str, Any]], known: Known) -> str:
    """A row per main figure, a column per scenario: the effect with its range, and whether that is better."""
    rows = [
        {row["metric"]: row for row in words.effects(one, known) if row["workflow"] == words.ALL} for one in answers
    ]
    head = "".join(f"<th>{escape(one['scenario'])}</th>" for one in answers)
    body = []
    for key in words.FIRST:
        found = next((row[key] for row in rows if key in row), None)
        if found is None:
            continue
        cells = "".join(_cell(row.get(key), known) for row in rows)
        today = known.speech.value(found["baseline"], found["unit"])
        body.append(f"<tr><th>{escape(found['label'])}<small>{escape(today)} today</small></th>{cells}</tr>")
    money = "".join(f"<td>{escape(words.money_title(one['money'], known.speech))}</td>" for one in answers)
    body.append(f"<tr><th>Money</th>{money}</tr>")
    table = f"<thead><tr><th></th>{head}</tr></thead><tbody>{''.join(body)}</tbody>"
    return f'<div class="scroll"><table class="compared">{table}</table></div>'


def _cell(row: Mapping[str, Any] | None, known: Known) -> str:
    if row is None or row["low"] is None:
        return "<td>–</td>"
    kind = row["standing"] if row["standing"] in {BETTER, WORSE} else "muted"
    size = own_unit(row["difference"], row["unit"], known.speech)
    span = sized(row, known.speech).removeprefix(size).strip()
    return (
        f'<td>{escape(size)}<small>{escape(span)}</small><small class="{kind}">{escape(row["standing"])}</small></td>'
    )
