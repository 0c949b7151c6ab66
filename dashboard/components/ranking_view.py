"""The ranking of bottlenecks as one chart, and all of it as a table that can be searched, sorted and exported."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analysis import bottleneck_words
from analysis.bottleneck_words import CAUSES, element, place
from analysis.wording import DASH, Speech, duration, signed
from dashboard import data, workflow_view
from dashboard.components import theme
from dashboard.components.linked import show
from dashboard.components.ranked_bars import Bar, bars_html
from dashboard.components.theme import workflow_color
from dashboard.data import Snapshot
from dashboard.format import spoken_key
from dashboard.workflow_view import Asked

GO_TO = "go_to_element"
KINDS = {"step": "Step", "handoff": "Hand-off", "loop": "Done again"}


def chart(snap: Snapshot, ranked: pl.DataFrame, asked: Asked) -> None:
    """Bars of hours of waiting a week that halving or removing would spare; a press opens the place in its map."""
    rows = bottleneck_words.charted(ranked)
    names, colors = workflow_view.names(snap.path), theme.palette()
    indexes = dict(data.workflows(snap.path).select("workflow", "color_index").iter_rows())
    several = rows["workflow"].n_unique() > 1
    bars = [
        _bar(
            row,
            names[row["workflow"]],
            workflow_color(row["workflow"], indexes.get(row["workflow"]), colors),
            several=several,
        )
        for row in rows.to_dicts()
    ]
    html = bars_html(bars, "Hours of waiting a week that mending would spare")
    show(
        html,
        colors,
        f"ranking_{asked.period}_{asked.workflow}",
        lambda target: st.session_state.update({GO_TO: target}),
    )


def _bar(row: bottleneck_words.Row, name: str, color: str, *, several: bool) -> Bar:
    what = "if done only once" if row["kind"] == "loop" else "if its wait were halved"
    where = f"{name} · " if several else ""
    cause = CAUSES.get(row["main_cause"] or "", "")
    hours = f"{row['hours_saved_per_week']:,.0f} h a week"
    note = f"{where}{bottleneck_words.counted(row['ticket_count'])}, median wait {_wait(row['wait_median_minutes'])}"
    note += f", mostly {cause}" if cause else ""
    target = f"{row['workflow']}|{element(row)}"
    return Bar(place(row), row["hours_saved_per_week"], hours, note, target, color, f"{hours} {what}: open its map")


def _wait(minutes: float | None) -> str:
    return DASH if minutes is None else duration(minutes / 60)


def table(snap: Snapshot, ranked: pl.DataFrame, asked: Asked) -> None:
    """Every step, hand-off and loop."""
    names, speech = workflow_view.names(snap.path), Speech(snap.currency)
    shown = _shown(ranked, names, speech)
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    search = left.text_input("Search the ranking", placeholder="Step, workflow or cause", key="ranking_search")
    if search:
        words = pl.concat_str([pl.col(name) for name in ("Place", "Workflow", "Kind", "Main cause")], separator=" ")
        shown = shown.filter(words.str.to_lowercase().str.contains(search.lower(), literal=True))
    right.download_button(
        "Export as CSV",
        data=ranked.write_csv,
        file_name=f"bottlenecks-{asked.workflow}-{asked.period}.csv",
        mime="text/csv",
        on_click="ignore",
        width="stretch",
    )
    if shown.is_empty():
        st.info("Nothing found. Clear the search.")
        return
    right_aligned = st.column_config.TextColumn(alignment="right")
    texts = ("Wait, median", "Wait, P90", "Work, median", "Trend", "Resolution", "First reply", "Cost")
    st.dataframe(
        shown,
        hide_index=True,
        height=400 if shown.height > 10 else "content",
        placeholder=DASH,
        alt="Ranking of bottlenecks",
        column_config={
            **dict.fromkeys(texts, right_aligned),
            "Of tickets": st.column_config.NumberColumn(format="%.1f%%", help="Share of the workflow's tickets"),
            "Of time": st.column_config.NumberColumn(format="%.1f%%", help="Share of all time that its tickets took"),
            "Of cost": st.column_config.NumberColumn(format="%.1f%%", help="Share of its handling cost"),
            "Hours a week": st.column_config.NumberColumn(
                format="localized", help="Hours of waiting that halving the wait, or doing it only once, would spare"
            ),
            "Trend": st.column_config.TextColumn(alignment="right", help="How its mean wait changes from week to week"),
            "Cost": st.column_config.TextColumn(
                width="medium",
                alignment="right",
                help="How far handling cost per resolution would fall, with its 95% interval",
            ),
            "Resolution": st.column_config.TextColumn(
                alignment="right",
                help="How far the workflow's average resolution time would fall, with its 95% interval",
            ),
        },
    )


def _shown(ranked: pl.DataFrame, names: dict[str, str], speech: Speech) -> pl.DataFrame:
    """The table in words; durations as text, since they sort by rank anyway."""
    rows = [
        {
            "Rank": row["rank"],
            "Workflow": names[row["workflow"]],
            "Place": place(row),
            "Kind": KINDS[row["kind"]],
            "Hours a week": round(row["hours_saved_per_week"] or 0, 1),
            "Resolution": _saving(row, "resolution_hours_saved", "hours", speech),
            "First reply": _saving(row, "first_reply_hours_saved", "hours", speech),
            "Cost": _saving(row, "cost_saved", "money", speech),
            "Main cause": spoken_key(CAUSES.get(row["main_cause"] or "", DASH)),
            "Tickets": row["ticket_count"],
            "Visits": row["visit_count"],
            "Of tickets": _percent(row["ticket_share"]),
            "Wait, median": _wait(row["wait_median_minutes"]),
            "Wait, P90": _wait(row["wait_p90_minutes"]),
            "Work, median": _wait(row["work_median_minutes"]),
            "Of time": _percent(row["share_of_elapsed"]),
            "Of cost": _percent(row["share_of_cost"]),
            "Trend": _trend(row["trend_minutes_per_week"]),
        }
        for row in ranked.to_dicts()
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _saving(row: bottleneck_words.Row, column: str, unit: str, speech: Speech) -> str:
    value, low, high = row[column], row[f"{column}_low"], row[f"{column}_high"]
    if not row["is_own"] or value is None or low is None or value < (1 / 60 if unit == "hours" else 0.01):
        return DASH
    return f"{speech.value(value, unit)} ({speech.interval(max(low, 0), high, unit)})"


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _trend(minutes: float | None) -> str:
    return DASH if minutes is None else f"{signed(minutes, 0)} m a week"
