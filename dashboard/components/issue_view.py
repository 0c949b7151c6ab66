"""Contact reasons and automations as tables."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analysis.issue_words import beside, saving
from analysis.wording import DASH, Speech
from dashboard import process_data, workflow_view
from dashboard.data import Snapshot

KINDS = {"macro": "Macro", "rule": "Rule", "bot": "Bot", "flow": "Flow"}
RIGHT = st.column_config.TextColumn(alignment="right")
PERCENT = st.column_config.NumberColumn(format="%.1f%%")


def reasons(snap: Snapshot, rows: pl.DataFrame) -> None:
    """What customers write about, most frequent first."""
    speech = Speech(snap.currency)
    shown = rows.select(
        pl.col("reason").alias("Reason"),
        pl.col("example").alias("Most frequent subject"),
        pl.col("ticket_count").alias("Tickets"),
        (pl.col("ticket_share") * 100).alias("Share"),
        (pl.col("growth") * 100).alias("On the quarter before"),
        pl.when(pl.col("csat_n") >= 10).then(pl.col("csat") * 100).alias("CSAT"),
        (pl.col("fcr_7d") * 100).alias("One reply settles"),
        pl.col("total_cost").map_elements(speech.money, return_dtype=pl.String).alias("Cost"),
    )
    st.dataframe(
        shown,
        hide_index=True,
        height="content",
        placeholder=DASH,
        alt="Contact reasons",
        column_config={
            **dict.fromkeys(("Share", "On the quarter before", "CSAT", "One reply settles"), PERCENT),
            "Tickets": st.column_config.NumberColumn(format="localized"),
            "Cost": RIGHT,
        },
    )


def paths(snap: Snapshot, rows: pl.DataFrame) -> None:
    """The most frequent paths with their share, time, CSAT and cost."""
    speech, names = Speech(snap.currency), workflow_view.names(snap.path)
    found = [
        {
            "Workflow": names.get(row["workflow"], row["workflow"]),
            "Path": " → ".join(row["path"]) if row["path"] else f"{row['path_count']:,} other paths",
            "": "good way" if row["is_happy"] else "",
            "Tickets": row["ticket_count"],
            "Share": row["ticket_share"] * 100,
            "Resolution, median": speech.value(row["resolution_time_median_calendar_hours"], "hours"),
            "CSAT": row["csat"] * 100 if row["csat_n"] >= 10 else None,
            "Cost each": speech.value(row["mean_cost_per_ticket"], "money"),
        }
        for row in rows.to_dicts()
    ]
    st.dataframe(
        pl.DataFrame(found, infer_schema_length=None),
        hide_index=True,
        height=320 if len(found) > 8 else "content",
        placeholder=DASH,
        alt="Most frequent paths",
        column_config={
            "Path": st.column_config.TextColumn(width="large"),
            "Share": PERCENT,
            "CSAT": PERCENT,
            "Resolution, median": RIGHT,
            "Cost each": RIGHT,
        },
    )


def automations(snap: Snapshot, period: str, rows: pl.DataFrame) -> None:
    """Macros, rules and bots beside comparable tickets without them."""
    speech, names = Speech(snap.currency), workflow_view.names(snap.path)
    effects = process_data.automation_effects(snap.path, period)
    found = [
        {
            "Kind": KINDS.get(row["kind"], row["kind"]),
            "Name": row["name"] if row["part"] == "all" else f"{row['name']}: {row['part']}",
            "Workflows": ", ".join(names.get(key, key) for key in row["workflows"] or []),
            "Tickets": row["ticket_count"],
            "Reach": (row["ticket_share"] or 0) * 100,
            "CSAT": beside(effects, row, "csat", speech),
            "Reopened": beside(effects, row, "reopen_rate", speech),
            "Fees": DASH if not row["fee"] else speech.money(row["fee"]),
            "Cost less": saving(row, speech),
        }
        for row in rows.to_dicts()
    ]
    st.dataframe(
        pl.DataFrame(found, infer_schema_length=None),
        hide_index=True,
        height=320 if len(found) > 8 else "content",
        placeholder=DASH,
        alt="Automations beside comparable tickets without them",
        column_config={
            "Reach": st.column_config.NumberColumn(format="%.1f%%", help="Share of the tickets of its workflows"),
            "Fees": RIGHT,
            "Cost less": st.column_config.TextColumn(
                alignment="right",
                help="What its tickets cost less than comparable others, fee counted, with the 95% interval: a "
                "difference beside others, not a proven cause. Macros and rules are used where there is more to do.",
            ),
        },
    )
