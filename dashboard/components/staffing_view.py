"""Who would be needed for a target: what should be reached, and the people whom it would take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import streamlit as st

from analysis import staffing_words as words
from analysis.ranking import target_for
from analysis.simulation_words import ALL, Known
from dashboard import data, simulator_data
from dashboard.components import theme
from dashboard.components.job_view import waited
from dashboard.components.linked import show
from dashboard.components.scenario_form import EMPTY, run
from dashboard.data import Snapshot
from dashboard.format import plain
from dashboard.simulator_data import Learned
from simulation.experiment import Answer
from simulation.staffing import Target, foretold_figure, read_target

TARGET, TARGET_OF = "target", "target_of"
"""The address holds the target as `flowmeter forecast --target` has it, and the workflow that it is for."""

MOVED = ("hours", "share", "score")
"""Units of what more people can move: no money, no counts."""
FIRST = "first_reply_median_calendar_hours"
HEADS = ("", "People", "Hours a week", "Expected")
HEIGHT = 90


def needed(snap: Snapshot, known: Learned, foretold: Answer) -> None:
    """The question's form, and its answer once it was asked."""
    names = simulator_data.words_known(snap)
    st.markdown("#### Who would be needed for a target?")
    st.caption("Say what a figure should be in the next four weeks: who would have to be added for it, if people help.")
    asked, note = _asked()
    wanted = _form(snap, names, foretold, asked)
    if wanted and st.button("Look who would be needed", key="needed", width="stretch"):
        st.query_params[TARGET], st.query_params[TARGET_OF] = str(wanted), wanted.workflow
        asked, note = wanted, ""
    if asked:
        try:
            today = foretold_figure(foretold, asked)
        except ValueError as mistake:
            note = str(mistake)
        else:
            _answer(snap, known, asked, today, names)
    if note:
        st.info(plain(f"The address holds no target that can be looked for here: {note}."))


def _asked() -> tuple[Target | None, str]:
    """The target of the address, and why what it holds is none."""
    text = st.query_params.get(TARGET, "")
    try:
        return (read_target(text, st.query_params.get(TARGET_OF, ALL)) if text else None), ""
    except ValueError as mistake:
        return None, str(mistake)


def _form(snap: Snapshot, names: Known, foretold: Answer, asked: Target | None) -> Target | None:
    """What is chosen: a figure, a workflow, and a value that begins at the shop's own target."""
    rows = [row for row in foretold["predictions"] if _can_be_moved(row["metric"], names)]
    if not rows:
        st.caption("No figure can be foretold that far ahead, so there is none to aim at.")
        return None
    keys = [key for key in names.metrics if any(row["metric"] == key for row in rows)]
    first = asked.metric if asked else FIRST
    metric = st.selectbox(
        "Figure",
        keys,
        index=keys.index(first) if first in keys else 0,
        format_func=lambda key: names.metrics[key]["label"],
        key="needed_metric",
    )
    flows = [row["workflow"] for row in rows if row["metric"] == metric]
    flow = st.selectbox(
        "Of",
        flows,
        index=flows.index(asked.workflow) if asked and asked.workflow in flows else 0,
        format_func=names.workflow,
        key="needed_workflow",
    )
    today = next(row["value"] for row in rows if (row["workflow"], row["metric"]) == (flow, metric))
    begin = asked.value if asked and (asked.metric, asked.workflow) == (metric, flow) else None
    if begin is None:
        begin = target_for(data.targets(snap.path), metric, flow)
    return _value(names, metric, flow, today, begin)


def _can_be_moved(metric: str, names: Known) -> bool:
    told = names.metrics.get(metric)
    return told is not None and told["unit"] in MOVED and told["better"] != "neither"


def _value(names: Known, metric: str, flow: str, today: float, begin: float | None) -> Target:
    """How far it should go. Shares are chosen in percent."""
    told = names.metrics[metric]
    unit, at_least = told["unit"], told["better"] == "higher"
    factor, sign = (100.0, " (%)") if unit == "share" else (1.0, " (hours)" if unit == "hours" else "")
    given = st.number_input(
        f"At {'least' if at_least else 'most'}{sign}",
        min_value=0.0,
        max_value=100.0 if unit == "share" else None,
        value=round(factor * begin, 1) if begin is not None else _next_round(factor * today, at_least),
        step=1.0 if unit != "score" else 0.1,
        format="%.1f",
        key=f"needed_value_{metric}_{flow}",
        help=f"{names.speech.value(today, unit)} is expected with today's people.",
    )
    return Target(metric, round(given / factor, 4), at_least, flow)


def _next_round(today: float, at_least: bool) -> float:
    """The next number on the way to better that one would say: whole, or with a digit where it is small."""
    step = 1.0 if today >= 10 else 0.5 if today >= 1 else 0.1
    return step * (math.floor(today / step) + 1 if at_least else max(0, math.ceil(today / step) - 1))


def _answer(snap: Snapshot, known: Learned, target: Target, today: Answer, names: Known) -> None:
    job = simulator_data.needed(snap, known, target, today)
    if not waited(job, simulator_data.staffing_key(snap, target), HEIGHT):
        return
    found = job.answer
    st.markdown(f"**{plain(words.sentence(found, names))}**")
    told = [words.caution(found, names), "Below each figure: where it lies nine of ten times."]
    st.caption(plain(" ".join(filter(None, told))))
    show(table_html(words.table(found, names)), theme.palette(), "needed_people", lambda _: None)
    if found["added"] and st.button("Try these people as a change", key="needed_try", width="stretch"):
        changes = [{"staff": {"group": group, "agents": many}} for group, many in found["added"].items()]
        run({**EMPTY, "name": f"People for {names.metrics[target.metric]['label']}"[:80], "changes": changes})
        st.rerun()


def table_html(rows: Sequence[dict[str, str]]) -> str:
    """The table of staffing_words, the range below what is expected."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in HEADS)
    body = ""
    for row in rows:
        who, people, hours, expected, span = (escape(row[name]) for name in words.COLUMNS)
        told = f"<td>{people}</td><td>{hours}</td><td>{expected}<small>{span}</small></td>"
        body += f'<tr><th scope="row">{who}</th>{told}</tr>'
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
