"""The Data page: what was loaded, what was refused and what to do about it, and how fresh the snapshot is."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components import states
from dashboard.data import Snapshot
from dashboard.format import counted, moment_in_words
from flowmeter.errors import FlowmeterError

WHEN = "D MMM YYYY, HH:mm"


def page() -> None:
    """The page, or the state that stands in for it."""
    try:
        snap = data.snapshot()
        st.markdown(f"### {snap.shop_name}: data")
        st.caption(
            f"Snapshot of {moment_in_words(snap.snapshot_at, snap.time_zone)}, published "
            f"{moment_in_words(snap.built_at, snap.time_zone)} ({snap.time_zone}) · "
            f"{counted(snap.ticket_count, 'ticket')} · build {snap.build_id}"
        )
        states.stale(snap)
        _batches(snap)
        _quarantine(snap)
    except FlowmeterError as error:
        states.failed(error)


def _batches(snap: Snapshot) -> None:
    st.markdown("#### Files loaded")
    frame = data.batches(snap.path)
    if frame.is_empty():
        st.info("No file was loaded yet. Put exports into `data/exports/` and run `flowmeter refresh`.")
        return
    st.caption("Times are UTC. Rows read = loaded + quarantined + already known, for every file.")
    st.dataframe(
        frame,
        hide_index=True,
        alt="Files loaded",
        column_config={
            "file": "File",
            "source": "Kind",
            "read": st.column_config.NumberColumn("Read", format="localized"),
            "loaded": st.column_config.NumberColumn("Loaded", format="localized"),
            "quarantined": st.column_config.NumberColumn("Quarantined", format="localized"),
            "known": st.column_config.NumberColumn("Already known", format="localized"),
            "last_at": st.column_config.DatetimeColumn("Newest event", format=WHEN),
            "loaded_at": st.column_config.DatetimeColumn("Loaded at", format=WHEN),
        },
    )


def _quarantine(snap: Snapshot) -> None:
    rules = data.quarantine_rules(snap.path)
    total = int(rules["rows"].sum() or 0)
    if not total:
        st.markdown("#### No row is in quarantine")
        return
    st.markdown(f"#### {counted(total, 'row')} in quarantine")
    st.markdown("\n".join(_remedy(row) for row in rules.head(10).iter_rows(named=True)))
    sources = ["all", *rules.get_column("source").unique().sort().to_list()]
    source = st.selectbox("Kind of file", sources, format_func=lambda key: "All" if key == "all" else key)
    rows = data.quarantine(snap.path, source or "all")
    st.dataframe(
        rows.with_columns(pl.col("raw").str.slice(0, 500)),
        hide_index=True,
        alt="Rows in quarantine",
        column_config={"column_name": "column", "remedy": st.column_config.TextColumn("what to do", width="large")},
    )
    if rows.height < total and source == "all":
        st.caption(f"The newest {rows.height} are shown; `flowmeter quarantine` lists all.")


def _remedy(row: dict[str, object]) -> str:
    return f"- **{row['rows']:,}** × {row['rule']} ({row['source']}): {row['remedy']}"


page()
