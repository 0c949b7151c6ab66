"""The weekly page: what moved last week, and does it matter."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import streamlit as st

from analysis.wording import Speech
from dashboard import data, decided, weekly_view
from dashboard.components import backlog, filters, forecast_view, states, theme, ticket_list, top_line, trend, volume
from dashboard.components.explained import explained
from dashboard.components.kpi_strip import strip_html
from dashboard.components.kpi_table import About, table_html
from dashboard.components.linked import show
from dashboard.components.notable import notable_html
from dashboard.components.ticket_page import ticket_page
from dashboard.components.told import sentences
from dashboard.data import Snapshot
from dashboard.format import plain
from dashboard.selection import ALL, Selection
from dashboard.weekly_view import MetricInfo


def page() -> None:
    """The page, or the state that stands in for it."""
    ticket_page(_page)


def _page(snap: Snapshot) -> None:
    if data.weeks(snap.path).is_empty():
        states.empty()
        return
    head, place = filters.frame()
    with place:
        chosen, notes = filters.filters(snap.path)
    with head:
        top_line.top_line(snap, chosen)
    for note in notes:
        st.info(note)
    _answer(snap, chosen)
    _evidence(snap, chosen)
    _tickets(snap, chosen)


def _answer(snap: Snapshot, chosen: Selection) -> None:
    """The first screen: the strip and what moved."""
    colors, speech = theme.palette(), Speech(snap.currency)
    with st.skeleton(height=230):
        strip = strip_html(weekly_view.tiles(snap.path, chosen), chosen.workflow, speech)
    show(strip, colors, "strip", ticket_list.ask)
    st.markdown("#### What moved")
    names = dict(data.workflows(snap.path).select("workflow", "name").iter_rows())
    with st.skeleton(height=120):
        infos = weekly_view.metric_infos(snap.path)
        html = notable_html(
            weekly_view.notable(snap.path, chosen),
            names,
            speech,
            lambda key: infos[key].has_list(chosen.week, snap),
            weekly_view.has_past(snap.path, chosen),
        )
    show(html, colors, "notable", ticket_list.ask)


def _evidence(snap: Snapshot, chosen: Selection) -> None:
    """The table, the trends, volume and backlog, and how all of it is computed."""
    infos = weekly_view.metric_infos(snap.path)
    _tables(snap, chosen, infos)
    with st.container(key="trends"):
        _trends(snap, chosen, infos)
    _volume(snap, chosen)
    forecast_view.behind_the_page(snap, chosen.workflow)
    with st.container(key="explained"):
        explained(infos)


def _tables(snap: Snapshot, chosen: Selection, infos: Mapping[str, MetricInfo]) -> None:
    colors, speech = theme.palette(), Speech(snap.currency)
    st.markdown("#### Workflows, worst against target first")
    caption = "Every figure opens its tickets. n is the number behind it; a dash has its reason below."
    rows = weekly_view.workflow_rows(snap.path, chosen)
    show(
        table_html(rows, list(infos.values()), speech, colors, About(caption, chosen=chosen.workflow)),
        colors,
        "table",
        ticket_list.ask,
    )
    own = weekly_view.variant_rows(snap.path, chosen)
    if own:
        st.markdown("#### Variants of this workflow")
        target = "{metric}:" + chosen.workflow + ":{row}"
        html = table_html(own, list(infos.values()), speech, colors, About(caption, "Variant", chosen.variant, target))
        show(html, colors, "variants", ticket_list.ask)


def _trends(snap: Snapshot, chosen: Selection, infos: Mapping[str, MetricInfo]) -> None:
    colors, speech = theme.palette(), Speech(snap.currency)
    headline = [info for info in infos.values() if info.is_headline]
    st.markdown("#### 26 weeks")
    st.caption(
        "The grey band is the usual range, as the weeks themselves show it. Diamonds are out of the ordinary; hollow "
        "points and hatched bars are not final."
    )
    marks, problem = decided.marks(
        chosen.workflow, dict(data.workflows(snap.path).select("workflow", "name").iter_rows())
    )
    if problem:
        st.warning(plain(problem))
    with st.skeleton(height=900):
        figures = {
            f"trend_{info.key}": trend.trend(snap.path, chosen, info, speech, colors, marks) for info in headline
        }
        figures["flow"] = volume.flow(snap.path, chosen, colors)
    _pairs(figures)
    recent = [f"{mark.number}: {mark.words}" for mark in marks]
    if recent:
        st.markdown("**Decisions**  \n:small[:gray[Numbered lines on the trends above]]")
        sentences(recent[::-1], "decided", 4)


def _pairs(figures: Mapping[str, tuple[go.Figure, str, str]]) -> None:
    """Figures two in a row, so that their titles stand level; one under the other on a phone."""
    shown_in_order = list(figures.items())
    for start in range(0, len(shown_in_order), 2):
        for column, (key, shown) in zip(st.columns(2, gap="medium"), shown_in_order[start : start + 2], strict=False):
            with column:
                theme.show(*shown, key=key)


def _volume(snap: Snapshot, chosen: Selection) -> None:
    colors = theme.palette()
    st.markdown("#### Volume and backlog")
    show(backlog.bridge_html(snap, chosen), colors, "bridge", ticket_list.ask)
    if chosen.channel != ALL or chosen.variant != ALL:
        st.caption("The backlog is kept per workflow, so the channel and variant filters do not apply to it.")
    with st.container(key="volumes"):
        _pairs(
            {
                "backlog": backlog.backlog(snap.path, chosen, colors),
                "by_workflow": volume.by_workflow(snap.path, chosen, colors),
            }
        )


def _tickets(snap: Snapshot, chosen: Selection) -> None:
    infos = weekly_view.lists(snap.path)
    flows = dict(data.workflows(snap.path).select("workflow", "name").iter_rows())
    wanted = ticket_list.asked(infos, flows, chosen, snap)
    if wanted is not None:
        info, scope = wanted
        ticket_list.ticket_list(snap, info, scope, top_line.scope_in_words(snap.path, scope))


page()
