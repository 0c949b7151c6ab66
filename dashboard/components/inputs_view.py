"""What the simulation runs on, beside the data: how many come, how long work takes, who is there, and the evidence."""

from __future__ import annotations

import numpy as np
import polars as pl
import streamlit as st

from analysis.load_words import DAYS
from dashboard import process_data
from dashboard.components import heat_map, theme
from dashboard.data import Snapshot
from dashboard.simulator_data import Learned
from dashboard.simulator_view import hours_frame
from simulation.parameters import Level

LEVELS = {Level.MEASURED: "measured", Level.POOLED: "from a wider group", Level.ASSUMED: "assumed"}


def inputs(snap: Snapshot, known: Learned) -> None:
    """Folded away: charts of arrivals and attendance as the model has them and as the data show them, and a table."""
    assert known.shop is not None
    shop = known.shop.today
    with st.container(key="explained"), st.expander("What the simulation runs on"):
        left, right = st.columns(2, gap="medium")
        rate = shop.arrivals.rate.sum(axis=0)
        hours = process_data.hour_load(snap.path, "quarter")
        top = float(rate.max()) if rate.size else 1.0
        with left:
            drawn = heat_map.heat_map(
                hours_frame(rate.tolist()), pl.col("waiting"), lambda cell: f"{cell:.1f} come", theme.palette(), top
            )
            theme.show(drawn, f"The model: {rate.sum():,.0f} contacts a week", "By hour and weekday", key="in_model")
        with right:
            there = _staffed(known)
            drawn = heat_map.heat_map(
                hours_frame(there), pl.col("waiting"), lambda cell: f"{cell:.1f} at work", theme.palette()
            )
            most = int(np.argmax(there))
            title = f"Most people at work: {max(there):.1f}, {DAYS[most // 24]} {most % 24:02d}:00"
            theme.show(drawn, title, "People on shift by hour and weekday, as the model has them", key="in_staff")
        if not hours.is_empty():
            came = float(hours["arrivals"].sum())
            st.caption(f"The last 13 weeks of data: {came:,.0f} visits to queues a week, of new and known tickets.")
        rows = [
            {
                "Input": row.input,
                "Of": row.subject,
                "Value": row.value,
                "n": row.n,
                "Known": LEVELS[Level(row.level)],
                "How": row.method,
            }
            for row in shop.evidence
        ]
        assumed = sum(row.level == Level.ASSUMED for row in shop.evidence)
        st.markdown(
            f"**{len(shop.evidence):,} inputs, {assumed:,} of them assumed**  \n"
            ":small[:gray[What each rests on. Search and sort as you like.]]"
        )
        st.dataframe(
            pl.DataFrame(rows, infer_schema_length=None),
            hide_index=True,
            height=360,
            alt="Inputs of the simulation",
            column_config={
                "n": st.column_config.NumberColumn(format="localized"),
                "How": st.column_config.TextColumn(width="large"),
            },
        )


def _staffed(known: Learned) -> list[float]:
    """People on shift by hour of the week, each by how often the shift is worked."""
    assert known.shop is not None
    staff, found = known.shop.today.staff, np.zeros(168)
    for row in range(len(staff.shift_agent)):
        start = staff.shift_weekday[row] * 1440 + staff.shift_from[row]
        end = staff.shift_weekday[row] * 1440 + staff.shift_to[row]
        for hour in range(int(start // 60), int(-(-end // 60))):
            part = (min(end, (hour + 1) * 60) - max(start, hour * 60)) / 60
            found[hour % 168] += max(part, 0.0) * staff.shift_attendance[row]
    return [float(value) for value in found]
