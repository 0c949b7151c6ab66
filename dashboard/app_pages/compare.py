"""The compare page: which variant is better, how sure that is, and what it costs elsewhere."""

from __future__ import annotations

import streamlit as st

from dashboard import compare_data, compare_view, workflow_view
from dashboard.compare_data import Answer, Asked
from dashboard.compare_view import Told
from dashboard.components import compare_charts, decide, filters, states, theme, ticket_list
from dashboard.components.compare_download import download
from dashboard.components.compare_filters import compare_filters
from dashboard.components.forest import forest_html
from dashboard.components.linked import show
from dashboard.components.ticket_page import ticket_page
from dashboard.components.told import sentences
from dashboard.data import Snapshot
from dashboard.format import counted, moment_in_words, plain


def page() -> None:
    """The page, or the state that stands in for it."""
    ticket_page(_asked)


def _asked(snap: Snapshot) -> None:
    head, place = filters.frame()
    with place:
        asked, answer, notes = compare_filters(snap)
    for note in notes:
        st.info(plain(note))
    _page(snap, asked, answer, head)


def _page(snap: Snapshot, asked: Asked, answer: Answer, head: st.delta_generator.DeltaGenerator) -> None:
    if answer.choice is None:
        states.nothing_to_compare(asked.by, workflow_view.names(snap.path)[asked.workflow], answer.problem)
        return
    found = compare_data.compared(snap.path, asked, snap.snapshot_at, snap.currency)
    told = Told(snap, asked, answer.choice, found)
    with head:
        _top(told)
    _effects(told)
    with st.container(key="trends"):
        _times(told)
        _weeks(told)
    _parts(told)
    _plan(told)
    decide.decide(snap, found, answer.choice)
    _explained(told)
    _tickets(told)


def _top(told: Told) -> None:
    """The verdict, what it is about, and what it costs elsewhere."""
    snap, choice = told.snap, told.choice
    title, button = st.columns([5, 1], vertical_alignment="center")
    title.markdown(f"### {plain(compare_view.title(told))}")
    with button:
        download(told)
    arms = ", ".join(f"{told.named(arm)}: {counted(told.size(arm), 'ticket')}" for arm in choice.arms)
    st.caption(
        f"{plain(snap.shop_name)} · {plain(workflow_view.names(snap.path)[choice.workflow])} · {plain(arms)} · "
        f"created {compare_view.days(choice)} · snapshot of {moment_in_words(snap.snapshot_at, snap.time_zone)}"
    )


def _effects(told: Told) -> None:
    """The first screen's evidence: guardrails, then one picture of all effects."""
    if told.choice.cut is not None:
        st.warning(plain(" ".join(told.found.cautions)))
    others = [one.sentence for arm, one in told.found.verdicts.items() if arm != told.choice.arms[1]]
    sentences([*others, *compare_view.basis(told)], "verdicts")
    arm = told.choice.arms[1]
    if len(told.choice.arms) > 2:
        arm = st.segmented_control("Shown", list(told.choice.arms[1:]), default=arm, key="shown_arm") or arm
    st.markdown(f"#### {plain(compare_view.effects_title(told, arm))}")
    st.caption(
        f"{plain(arm)} against {plain(told.choice.arms[0])}, as a part of {plain(told.choice.arms[0])}'s figure: dot "
        "and line are the difference with its 95% interval; the hollow ring is the difference with the same mix of "
        "tickets in both. Every figure opens its tickets."
    )
    html = forest_html(compare_view.rows(told, arm), "Differences of the main KPIs")
    show(html, theme.palette(), "forest", ticket_list.ask)
    if st.toggle("All other KPIs", key="other_kpis"):
        html = forest_html(compare_view.other_rows(told, arm), "Differences of the other KPIs")
        show(html, theme.palette(), "forest_rest", ticket_list.ask)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### What must not get worse")
        st.caption("Judged by the same intervals as the verdict.")
        sentences([one.sentence for one in told.found.verdicts[arm].guardrails], "rails")
    with right:
        st.markdown("#### Are the tickets alike?")
        st.caption("What else could make the difference.")
        sentences(compare_view.mix(told, arm), "mix")
    if told.found.before_after is not None:
        st.markdown("#### Was it the date?")
        sentences(compare_view.cut(told), "cut")


def _times(told: Told) -> None:
    arms, colors = told.choice.arms, theme.palette()
    st.markdown("#### Time to resolution")
    left, right = st.columns(2, gap="medium")
    curves = told.found.survival
    if not curves.curves.is_empty():
        with left:
            shown = compare_charts.survival(curves.curves, curves.differences, arms, colors)
            theme.show(*shown, key="survival", on_point=ticket_list.ask)
    with right:
        tickets = compare_data.tickets(told.snap.path, told.choice)
        theme.show(*compare_charts.spread(tickets, arms, colors), key="spread")


def _weeks(told: Told) -> None:
    weeks = compare_data.by_week(told.snap.path, told.asked, told.goal, told.snap.time_zone)
    if told.choice.cut is not None or weeks.is_empty():
        return
    st.markdown("#### Week by week")
    shown = compare_charts.over_weeks(weeks, told.choice.arms, told.speech, theme.palette())
    theme.show(*shown, key="by_week", on_point=ticket_list.ask)


def _parts(told: Told) -> None:
    if told.asked.by == "channel":
        return
    st.markdown(f"#### {plain(told.goal.label)} by channel")
    for at, arm in enumerate(told.choice.arms[1:], start=1):
        st.caption(f"{plain(arm)} against {plain(told.choice.arms[0])} within each channel, intervals of 95%.")
        html = forest_html(compare_view.channel_rows(told, arm), f"Differences by channel, {arm}")
        show(html, theme.palette(), f"by_channel_{at}", ticket_list.ask)


def _plan(told: Told) -> None:
    st.markdown("#### How long until we know")
    sentences(compare_view.plan(told), "plan")


def _tickets(told: Told) -> None:
    wanted = compare_view.list_asked(told, st.query_params.get(ticket_list.PARAMETER, ""))
    if wanted is not None:
        ticket_list.ticket_list(told.snap, *wanted)


def _explained(told: Told) -> None:
    with st.container(key="explained"), st.expander("How this is computed"):
        st.markdown(RULES)
        methods = told.found.effects["method"].drop_nulls().unique().sort().to_list()
        st.markdown("- **Intervals here**: " + "; ".join(plain(method) for method in methods) + ".")


RULES = """
- **Better, worse**: a winner is named only if the whole interval, widened a little (for several variants more), lies on
  one side of no difference. **No difference worth the cost** needs the whole interval within what would not matter.
- **Interval**: the range in which the true difference lies with 95% confidence. Customers, not tickets, are counted as
  witnesses: a customer who writes five times says it once.
- **While a test runs** it may be looked at every day: the verdict rests on an interval that holds at all looks
  together, and is wider for it.
- **With the same mix**: overlap weighting. Tickets count by how well they could have been in the other group, so that
  both have the same channels, priorities, languages, hours and weekdays, and the same contact reasons where nearly
  every ticket has one.
- **Likely better, likely worse**: the probability of that way, read off the plain interval.
- **Still open**: Kaplan and Meier's curve, in which open tickets count as not resolved yet.
- **Before and after** is no test: the step is measured against the trend before the date, and set beside the same
  measurement at earlier dates when nothing was changed.
"""

page()
