"""The Data page: what was loaded, what was refused and what to do about it, and how fresh the snapshot is."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components import states
from dashboard.data import Snapshot
from dashboard.format import counted, local_column, moment_in_words, spoken_key
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
    st.caption(f"Rows read = loaded + quarantined + already known, for every file. Times as in {snap.time_zone}.")
    st.dataframe(
        frame.with_columns(_kind(), *(local_column(column, snap.time_zone) for column in ("last_at", "loaded_at"))),
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
        st.markdown("#### Nothing in quarantine")
        st.caption("Every row of every file was loaded, or was known already.")
        return
    st.markdown(f"#### {counted(total, 'row')} in quarantine")
    st.markdown("\n".join(_remedy(row) for row in rules.head(10).iter_rows(named=True)))
    sources = ["all", *rules.get_column("source").unique().sort().to_list()]
    source = st.selectbox("Kind of file", sources, format_func=lambda key: "All" if key == "all" else kind(key))
    rows = data.quarantine(snap.path, source or "all")
    st.dataframe(
        rows.with_columns(pl.col("raw").str.slice(0, 500), _kind()),
        hide_index=True,
        alt="Rows in quarantine",
        column_config={
            "file": "File",
            "line": "Line",
            "source": "Kind",
            "rule": "Rule",
            "column_name": "Column",
            "expected": "Expected",
            "found": "Found",
            "raw": "Row",
            "remedy": st.column_config.TextColumn("What to do", width="large"),
        },
    )
    if rows.height < total and source == "all":
        st.caption(f"The newest {rows.height} are shown; `flowmeter quarantine` lists all.")


def _remedy(row: dict[str, object]) -> str:
    return f"- **{row['rows']:,}** × {row['rule']} ({kind(str(row['source']))}): {row['remedy']}"


def kind(source: str) -> str:
    """The kind of a file in words: zendesk_ticket is Zendesk ticket, survey:effort is Survey: effort."""
    known, _, name = source.partition(":")
    return spoken_key(known) + (f": {name}" if name else "")


def _kind() -> pl.Expr:
    return pl.col("source").map_elements(kind, return_dtype=pl.String)


page()
