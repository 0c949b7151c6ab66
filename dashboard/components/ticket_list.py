"""The tickets behind a number, in a drawer: searched, sorted, paged, exported, each linked to the helpdesk."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from analysis.wording import Speech, duration
from dashboard import data
from dashboard.data import ORDERS, PAGE_ROWS, Snapshot, TicketQuery
from dashboard.format import counted, iso_week, local_column, spoken_key, week_in_words
from dashboard.selection import ALL, Selection
from dashboard.weekly_view import MetricInfo

PARAMETER = "tickets"
ANSWERS = {True: "satisfied", False: "not satisfied"}


def ask(target: str) -> None:
    """Makes the next run open the list 'metric:workflow:variant:channel'; what is left out is as filtered."""
    st.query_params[PARAMETER] = target


def close() -> None:
    """Makes the next run not open a list."""
    st.query_params.pop(PARAMETER, None)


def asked(
    infos: dict[str, MetricInfo], flows: dict[str, str], chosen: Selection, snap: Snapshot
) -> tuple[MetricInfo, Selection] | None:
    """The metric and slice whose tickets the URL asks for; null when it asks for none that exists."""
    metric, workflow, variant, channel = [*st.query_params.get(PARAMETER, "").split(":"), "", "", ""][:4]
    if metric not in infos or (workflow or ALL) not in {ALL, *flows} or not infos[metric].has_list(chosen.week, snap):
        return None
    kept = chosen.variant if workflow == chosen.workflow else ALL
    slice_asked = replace(chosen, workflow=workflow or ALL, variant=variant or kept, channel=channel or chosen.channel)
    return infos[metric], slice_asked


@st.dialog("Tickets behind this number", width="large", position="right", on_dismiss=close)
def ticket_list(snap: Snapshot, info: MetricInfo, chosen: Selection, scope: str) -> None:
    """The drawer. Only it reruns when its search, order or page changes."""
    period = week_in_words(chosen.week) if info.is_dated else "as of the snapshot"
    st.markdown(f"**{info.label}** · {scope} · {period}")
    st.caption(info.sentence)
    left, right = st.columns([3, 2])
    search = left.text_input("Search", placeholder="Subject, ticket number or tag", key="tickets_search")
    order = right.selectbox("Sort", list(ORDERS), format_func=lambda key: ORDERS[key][0], key="tickets_order")
    query = TicketQuery(
        chosen.week,
        chosen.workflow,
        chosen.variant,
        chosen.channel,
        info.week_column,
        info.ticket_filter,
        search or "",
        order or "newest",
    )
    found = data.ticket_count(snap.path, query)
    if not found:
        st.info("No tickets found. Clear the search, or close this list and choose another number.")
        return
    pages = -(-found // PAGE_ROWS)
    page = st.pagination(pages, key=f"tickets_page_{search}_{order}") if pages > 1 else 1
    first = (page - 1) * PAGE_ROWS + 1
    st.caption(f"{first}–{min(found, page * PAGE_ROWS):,} of {counted(found, 'ticket')}")
    _table(data.ticket_page(snap.path, query, page), snap)
    st.download_button(
        f"Export {counted(min(found, data.EXPORT_ROWS), 'ticket')} as CSV",
        data=lambda: data.ticket_export(snap.path, query),
        file_name=f"{info.key}-{chosen.workflow}-{iso_week(chosen.week)}.csv",
        mime="text/csv",
        on_click="ignore",
    )


def _table(rows: pl.DataFrame, snap: Snapshot) -> None:
    names = dict(data.workflows(snap.path).select("workflow", "name").iter_rows())
    shown = rows.select(
        pl.col("url").alias("Ticket"),
        pl.col("subject").alias("Subject"),
        pl.col("workflow").replace(names).alias("Workflow"),
        pl.col("channel").map_elements(spoken_key, return_dtype=pl.String).alias("Channel"),
        pl.col("status").alias("Status"),
        local_column("created_at", snap.time_zone).alias("Created"),
        local_column("resolved_at", snap.time_zone).alias("Resolved"),
        _minutes("first_reply_calendar_minutes", "First reply"),
        _minutes("resolution_calendar_minutes", "Resolution"),
        pl.col("csat_satisfied").replace_strict(ANSWERS, default=None).alias("CSAT"),
        pl.col("ces_score").round(1).alias("CES"),
        pl.col("cost").map_elements(Speech(snap.currency).money, return_dtype=pl.String).alias("Cost"),
    )
    st.dataframe(
        shown,
        hide_index=True,
        height="content",
        placeholder="–",
        alt="Tickets behind the number",
        column_config={
            "Ticket": st.column_config.LinkColumn(display_text=r"([^/]+)$", help="Opens the ticket in the helpdesk"),
            "Subject": st.column_config.TextColumn(width="medium"),
            "Created": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Resolved": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "First reply": st.column_config.TextColumn(alignment="right"),
            "Resolution": st.column_config.TextColumn(alignment="right"),
            "Cost": st.column_config.TextColumn(alignment="right"),
        },
    )


def _minutes(column: str, label: str) -> pl.Expr:
    return pl.col(column).map_elements(lambda minutes: duration(minutes / 60), return_dtype=pl.String).alias(label)
