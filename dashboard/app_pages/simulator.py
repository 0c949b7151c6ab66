"""The simulator page: what would change if you changed something, and how sure is that."""

from __future__ import annotations

import streamlit as st

from analysis import simulation_words as words
from analysis.wording import Speech
from dashboard import simulator_data, simulator_view
from dashboard.components import (
    answer_view,
    forecast_view,
    inputs_view,
    scenario_form,
    simulator_download,
    staffing_view,
    states,
)
from dashboard.components.answer_view import Shown
from dashboard.components.job_view import waited
from dashboard.components.scenario_shelf import shelf
from dashboard.components.ticket_page import ticket_page
from dashboard.components.told import sentences
from dashboard.data import Snapshot
from dashboard.format import moment_in_words, plain
from dashboard.jobs import Job, failure
from dashboard.simulator_data import Learned
from simulation.experiment import Answer
from simulation.scenario.apply import apply
from simulation.scenario.document import Scenario
from simulation.scenario.seen import past_seen
from simulation.verdicts import Verdict

ANSWER_HEIGHT = 420


def page() -> None:
    """The page, or the state that stands in for it."""
    ticket_page(_page)


def _page(snap: Snapshot) -> None:
    job = simulator_data.learned(snap)
    if not job.is_done:
        _head(snap, "Simulator")
    if waited(job, simulator_data.shop_key(snap), ANSWER_HEIGHT):
        _learned(snap, job.answer)


def _learned(snap: Snapshot, known: Learned) -> None:
    """The page of a shop that can be simulated."""
    if known.shop is None:
        states.no_events()
        return
    scenario, note = scenario_form.asked(known.shop.today)
    head = st.container()
    trust = st.container()
    if note:
        st.info(plain(f"The address holds no scenario that can be run here. {note}"))
    left, right = st.columns([2, 3], gap="large")
    with left:
        scenario_form.form(snap, known, scenario)
    names = simulator_data.words_known(snap)
    shown: Shown | None = None
    foretold: Answer | None = None
    with right:
        if scenario is None or not scenario.changes:
            foretold = _next_weeks(snap, known)
            title = "The next four weeks, if nothing changes"
        else:
            job = simulator_data.start_answers(snap, known, [scenario])
            shown = _answer(snap, known, scenario, job)
            state = "not computed" if job.error else "being computed"
            title = simulator_view.title(shown.answer, scenario, names) if shown else f"{scenario.name}: {state}"
    if foretold is not None:
        with left:
            staffing_view.needed(snap, known, foretold)
    with head:
        _head(snap, title)
    with trust:
        _trust(snap, known)
    if shown is not None:
        _evidence(shown)
    shelf(snap, known, scenario, names)
    inputs_view.inputs(snap, known)
    _explained()


def _head(snap: Snapshot, title: str) -> None:
    st.markdown(f"### {plain(title)}")
    st.caption(
        f"{plain(snap.shop_name)} · a simulation of all workflows, since they share people · from the tickets open at "
        f"the snapshot of {moment_in_words(snap.snapshot_at, snap.time_zone)} ({snap.time_zone})"
    )


def _trust(snap: Snapshot, known: Learned) -> None:
    """How well the model would have foretold past weeks, as soon as that is known."""
    job = simulator_data.tested(snap, known)
    (_being_tested if not job.is_done else _tested)(snap, job)


@st.fragment(run_every=2.0)
def _being_tested(snap: Snapshot, job: Job) -> None:
    if job.is_done:
        _tested(snap, job)
        return
    at = f" ({job.done} of {job.total})" if job.total else ""
    st.caption(
        f"How well the model foretells is not known yet: it is being held against past weeks, behind this page{at}."
    )


def _tested(snap: Snapshot, job: Job) -> None:
    """What the model is no better at comes first."""
    error = failure(job)
    if error is not None or job.answer is None:
        why = f" {error}" if error is not None else " The history is too short to hold it against."
        st.warning(plain(f"How well the model foretells is not known.{why}"))
        return
    found = job.answer
    first, *rest = found["headline"] or ["Nothing could be held against past weeks."]
    is_better = all(score["verdict"] == Verdict.BETTER for score in found["scores"])
    (st.success if is_better and found["scores"] else st.warning)(plain(first))
    st.caption(plain(words.fit(found, Speech(snap.currency))))
    with st.expander("How well it foretold past weeks"):
        sentences([*rest, *(score["sentence"] for score in found["scores"])], "tested", 12)


def _next_weeks(snap: Snapshot, known: Learned) -> Answer | None:
    """Without a change: what comes; null as long as it is not known."""
    job = simulator_data.forecast(snap, known)
    if not waited(job, simulator_data.forecast_key(snap), ANSWER_HEIGHT):
        return None
    forecast_view.charts(snap, job.answer, words.ALL, "forecast", columns=1)
    st.caption("With the people, routes and volumes of the last weeks. Nine of ten days lie in the pale range.")
    told: Answer = job.answer
    return told


def _answer(snap: Snapshot, known: Learned, scenario: Scenario, job: Job) -> Shown | None:
    """The picture of the effects."""
    assert known.shop is not None
    st.markdown("#### What would happen")
    if not waited(job, simulator_data.answer_key(snap, [scenario]), ANSWER_HEIGHT):
        return None
    today = known.shop.today
    shown = Shown(scenario, job.answer[0], simulator_data.words_known(snap), today, apply(today, scenario))
    told = words.past_seen(past_seen(today, shown.proposed, known.ranges, shown.known.workflows))
    if told:
        st.warning("\n- ".join(plain(one) for one in told))
    answer_view.effects(shown)
    return shown


def _evidence(shown: Shown) -> None:
    answer_view.money_and_people(shown)
    answer_view.queues(shown)
    if simulator_view.changes_steps(shown.scenario):
        answer_view.charts(shown)
    simulator_download.download(shown, answer_view.rests_on(shown))


def _explained() -> None:
    with st.container(key="explained_rules"), st.expander("How this is computed"):
        st.markdown(RULES)


RULES = """
- **The model** is learned from the log alone: who writes when, which way tickets go, how long work takes, who is there
  when, and what waits for nobody of yours. It starts with the tickets that are open now, and runs the next weeks
  again and again.
- **Same customers**: today and the change are run with the same customers and the same luck, so that the difference is
  the change and not the dice.
- **The range** covers two things that nobody knows: the weeks that the model was learned from could have been others
  (they are drawn anew 50 times), and coming weeks are lucky or not (each is run 5 times).
- **Satisfaction and effort** follow waits, answers, hand-overs and reopenings as they did in your surveys: an
  association, no proven cause, and never beyond what was seen.
- **Money**: where people are added or shifts change, what is paid counts; else the time freed, at what it costs.
- **Who would be needed**: people like a group's typical one are added one at a time, each where the figure gains most,
  until it is met on average, or nobody more helps (at most ten).
- **Held against the past**: the model is set back to earlier Mondays, foretells four weeks, and is compared with what
  came, with the last period again, and with last month's mean.
"""

page()
