"""A step or an arrow in detail: its figures in words, what mending it brings, causes, trend, slowest tickets."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from analysis import bottleneck_words
from analysis.flowchart.graph import Arrow, Node
from analysis.wording import Speech, duration
from dashboard import process_data, workflow_view
from dashboard.components import theme, trend
from dashboard.components.linked import show
from dashboard.components.ranked_bars import Bar, bars_html
from dashboard.components.theme import Palette
from dashboard.data import Snapshot
from dashboard.format import local_column, plain
from dashboard.weekly_view import MetricInfo
from dashboard.workflow_view import FEWEST_VISITS, Asked

Element = Node | Arrow


def details(snap: Snapshot, asked: Asked, element: Element) -> None:
    """The panel beside the flowchart: what is known in words, why it waits, and its trend."""
    speech = Speech(snap.currency)
    name = workflow_view.names(snap.path)[asked.workflow]
    st.markdown(f"#### {plain(workflow_view.shown_name(element))}")
    st.markdown(plain(" ".join(_sentences(element, name, speech))))
    rows = workflow_view.lever(snap.path, asked, element)
    for row in rows[:1]:
        st.markdown(f"**{plain(bottleneck_words.brings(row, name, speech))}**")
    for row in rows[1:]:
        st.markdown(plain(_again(row, name, speech)))
    _causes(asked, element)
    drawn, title, subtitle = wait_trend(snap, asked.workflow, workflow_view.step_of(element), theme.palette())
    theme.show(drawn, title, subtitle, key="wait_trend")


def _sentences(element: Element, name: str, speech: Speech) -> list[str]:
    if isinstance(element, Arrow):
        if not element.figures:
            return ["This passage is intended, and no ticket took it in this period."]
        told = bottleneck_words.arrow_sentences(element.figures, name, speech)
        return [*told, "It is not among the intended ones."] if element.flow == "not intended" else told
    return bottleneck_words.step_sentences(element.figures, name, speech)


def _again(row: bottleneck_words.Row, name: str, speech: Speech) -> str:
    """What its repetitions cost, below what the step itself costs."""
    reach = bottleneck_words.counted(row["ticket_count"])
    return f"{reach} came here more than once. {bottleneck_words.brings(row, name, speech)}"


def _causes(asked: Asked, element: Element) -> None:
    if isinstance(element, Arrow):
        return
    found = bottleneck_words.causes(element.figures)
    if not found:
        return
    visits = element.figures["visit_count"]
    st.markdown(
        f"**{bottleneck_words.causes_title(found)}**  \n:small[:gray[Why tickets wait here: mean per visit, by cause]]"
    )
    bars = [
        Bar(
            cause.words[:1].upper() + cause.words[1:],
            cause.minutes,
            f"{duration(cause.minutes / visits / 60)} · {cause.share:.0%}",
            cause.source,
        )
        for cause in found
    ]
    key = f"causes_{asked.workflow}"
    show(bars_html(bars, "Waits by cause"), theme.palette(), key, lambda _: None)


@st.cache_resource(max_entries=256, show_spinner=False)
def wait_trend(snap: Snapshot, workflow: str, step: str, colors: Palette) -> tuple[go.Figure, str, str]:
    """Figure, title and subtitle of 26 weeks of a step's wait."""
    weeks, is_wait = workflow_view.wait_weeks(snap, workflow, step)
    label = f"Wait in {step}" if is_wait else f"Time in {step}"
    info = MetricInfo("wait", label, "hours", "lower", FEWEST_VISITS, False, False, "", "", "", 0)
    drawn, title = trend.of_weeks(weeks, info, None, Speech(snap.currency), colors, 190)
    what = "Mean wait" if is_wait else "Median stay"
    return (
        drawn,
        plain(title),
        f"{what} of visits by the week in which they ended, 26 weeks; the grey band is the usual range",
    )


def slowest(snap: Snapshot, asked: Asked, element: Element) -> None:
    """The tickets that waited longest, each linked to the helpdesk."""
    step, origin = workflow_view.step_of(element), workflow_view.from_step(element)
    since = workflow_view.since(snap.path, asked.period)
    rows = process_data.slowest(snap.path, asked.workflow, step, origin, since)
    st.markdown(f"#### Slowest tickets: {plain(workflow_view.shown_name(element))}")
    if rows.is_empty():
        st.caption("No visit in this period has an end or goes on.")
        return
    where = f"in {step}" if origin is None else f"in {step} after {origin}"
    linked = bool(rows["url"].is_not_null().any())
    opens = " Each opens in the helpdesk." if linked else ""
    st.caption(f"The {rows.height} that waited longest {plain(where)}, or have waited so far.{opens}")
    shown = rows.select(
        pl.col("url" if linked else "ticket_id").alias("Ticket"),
        (pl.col("minutes") / 60).map_elements(duration, return_dtype=pl.String).alias("Wait"),
        pl.col("subject").alias("Subject"),
        pl.col("status").alias("Status"),
        local_column("entered_at", snap.time_zone).alias("Entered"),
        local_column("left_at", snap.time_zone).alias("Left"),
    )
    shown = shown if rows["subject"].is_not_null().any() else shown.drop("Subject")
    when = st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")
    ticket = st.column_config.LinkColumn(display_text=r"([^/]+)$", help="Opens the ticket in the helpdesk")
    st.dataframe(
        shown,
        hide_index=True,
        height="content",
        placeholder="–",
        alt=f"Slowest tickets {where}",
        column_config={
            "Wait": st.column_config.TextColumn(alignment="right"),
            "Entered": when,
            "Left": when,
            **({"Ticket": ticket} if linked else {}),
        },
    )
