"""The answer to a scenario: effects as one picture, queues by the hour, people, money, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from analysis import simulation_words as words
from analysis import tornado
from analysis.flowchart.svg import svg
from analysis.simulation_words import Known
from analysis.tornado import Tornado
from dashboard import simulator_view
from dashboard.components import flowchart, heat_map, ranked_bars, theme
from dashboard.components.forest import forest_html
from dashboard.components.linked import show
from dashboard.components.ranked_bars import Bar
from dashboard.components.told import sentences
from dashboard.format import plain
from simulation.parameters import Parameters
from simulation.scenario.document import Scenario
from simulation.trial import groups_of

CHART_HEIGHT = 560


@dataclass(frozen=True)
class Shown:
    """An answer with what its words and pictures need."""

    scenario: Scenario
    answer: Mapping[str, Any]
    known: Known
    shop: Parameters
    proposed: Parameters

    @property
    def groups(self) -> dict[str, str]:
        """The group of each agent, new ones included."""
        return groups_of(self.proposed)


def effects(shown: Shown) -> None:
    """One picture of what moves, of all workflows or of one."""
    rows = words.effects(shown.answer, shown.known)
    flows = list(dict.fromkeys(row["workflow"] for row in rows))
    wanted = simulator_view.scope(shown.scenario)
    scope = st.selectbox(
        "Shown for",
        flows,
        index=flows.index(wanted) if wanted in flows else 0,
        format_func=shown.known.workflow,
        key=f"scope_{wanted}",
    )
    own = [row for row in rows if row["workflow"] == scope]
    weeks = shown.answer["weeks"]
    st.caption(
        f"Then against today, over the next {weeks} weeks with the same customers, as a part of today's figure. The "
        "dot is the best guess; the line holds the true effect in 95 of 100 cases."
    )
    html = forest_html(simulator_view.forest_rows(own, shown.known, first=True), "Effects on the main figures")
    show(html, theme.palette(), "effects", lambda _: None)
    rest = simulator_view.forest_rows(own, shown.known, first=False)
    if rest and st.toggle("All other figures", key="other_figures"):
        show(forest_html(rest, "Effects on the other figures"), theme.palette(), "effects_rest", lambda _: None)


def money_and_people(shown: Shown) -> None:
    """What it is worth and who is overloaded, side by side."""
    left, right = st.columns(2, gap="large")
    money = shown.answer["money"]
    with left:
        st.markdown(f"#### {plain(words.money_title(money, shown.known.speech))}")
        st.caption("A range holds the true amount in 95 of 100 cases.")
        sentences(words.money(money, shown.known.speech), "money")
    with right:
        st.markdown(f"#### {plain(words.overload_title(shown.answer, shown.groups))}")
        st.caption(f"Busy over {words.OVERLOADED:.0%} of the time at work, queues grow out of hand.")
        sentences(words.overloaded(shown.answer, shown.groups), "overloaded", 4)
        with st.expander("All groups"):
            show(ranked_bars.bars_html(_bars(shown), "Time busy"), theme.palette(), "busy", lambda _: None)


def _bars(shown: Shown) -> list[Bar]:
    now, then = (words.busy(shown.answer, shown.groups, when) for when in ("before", "after"))
    found = []
    for group, one in then.items():
        was = f"{now[group].share:.0%} today, " if group in now else ""
        color = theme.palette().bad if one.share > words.OVERLOADED else ""
        found.append(Bar(group, one.share, f"{one.share:.0%}", f"{was}{one.hours:.0f} h a week at work", color=color))
    return found


def queues(shown: Shown) -> None:
    """A group's queue by the hour of the week, today and then."""
    after = simulator_view.queues(shown.answer, "after")
    if not after:
        return
    st.markdown("#### When tickets wait")
    most = simulator_view.changed_queue(shown.answer)
    group = st.selectbox("Queue of", list(after), index=list(after).index(most), key="queue_of")
    before = simulator_view.queues(shown.answer, "before").get(group, [None] * 168)
    top = max((value for value in (*before, *after[group]) if value is not None), default=1.0) or 1.0
    st.markdown(f"**{plain(words.queue_title(before, after[group]))}**")
    with st.container(key="trends"):
        for column, hours, when in zip(
            st.columns(2, gap="medium"), (before, after[group]), ("Today", "Then"), strict=True
        ):
            with column:
                frame = simulator_view.hours_frame(hours)
                drawn = heat_map.heat_map(
                    frame, pl.col("waiting"), lambda cell: f"{cell:.1f} wait", theme.palette(), top
                )
                theme.show(drawn, when, "Tickets waiting on average, by hour and weekday", key=f"queue_{when}")


def charts(shown: Shown) -> None:
    """The workflow today and as proposed."""
    flows = list(dict.fromkeys(shown.shop.arrivals.workflow))
    touched = [getattr(change.lever, "workflow", None) for change in shown.scenario.changes]
    wanted = next(flow for flow in touched if flow in flows)
    st.markdown("#### The workflow today and as proposed")
    flow = st.selectbox(
        "Workflow",
        flows,
        index=flows.index(wanted),
        format_func=shown.known.workflow,
        key=f"chart_of_{wanted}",
    )
    before, after = simulator_view.charts(shown.shop, shown.scenario, flow)
    changed = [node.name for node in after.nodes if node.is_worst]
    gone = sorted({node.name for node in before.nodes} - {node.name for node in after.nodes})
    parts = [f"{word}: {', '.join(found)}" for word, found in (("changed", changed), ("gone", gone)) if found]
    told = "; ".join(parts) or "no step of this workflow changes"
    st.caption(plain(f"Visits a week; over 100% where tickets come back. {told[:1].upper()}{told[1:]}."))
    for column, drawn, when in zip(st.columns(2, gap="medium"), (before, after), ("Today", "As proposed"), strict=True):
        with column:
            st.markdown(f"**{when}**")
            image = svg(drawn, shown.known.speech, title="", interactive=True)
            flowchart.show(image, theme.palette(), f"chart_{when}_{flow}", lambda _: None, CHART_HEIGHT)


def rests_on(shown: Shown) -> str:
    """What makes an effect larger or smaller and the ranges wide; the metric whose effect is looked at, if any."""
    drawn = tornado.tornadoes(shown.answer, shown.known)
    metrics = [key for key in words.FIRST if any(row["metric"] == key for row in shown.answer["width"])]
    said = [words.drivers(shown.answer["width"], key, shown.known.metrics[key]["label"]) for key in metrics]
    said = [one for one in said if one]
    if drawn or said:
        st.markdown("#### What the answer is unsure about")
    metric = _moved_by(shown, drawn) if drawn else ""
    sentences(said, "drivers", 3)
    return metric


def _moved_by(shown: Shown, drawn: Mapping[str, Tornado]) -> str:
    """The picture of what moves one figure's effect."""
    wanted = tornado.looked_at(shown.answer, shown.known, simulator_view.scope(shown.scenario))
    metric = st.selectbox(
        "Effect on",
        list(drawn),
        index=list(drawn).index(wanted),
        format_func=lambda key: drawn[key].label,
        key=f"moved_{wanted}",
    )
    st.markdown(f"**{plain(tornado.title(drawn[metric]))}**")
    st.caption(plain(tornado.subtitle(drawn[metric], shown.known)))
    show(tornado.tornado_html(drawn[metric], shown.known), theme.palette(), "tornado", lambda _: None)
    return str(metric)
