"""What the simulation runs on, beside the data: how many come, how long work takes, who is there, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import polars as pl
import streamlit as st

from analysis.load_words import DAYS
from dashboard import simulator_data
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
        _charts(snap, known)
        names = simulator_data.words_known(snap).workflows
        rows = [
            {
                "Input": row.input,
                "Of": _named(row.subject, names),
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


def _named(subject: str, names: Mapping[str, str]) -> str:
    """A workflow, or what is of a workflow, by its name; a group or a person as they are called."""
    flow, colon, part = subject.partition(": ")
    return f"{names.get(flow, flow)}{colon}{part}"


def _charts(snap: Snapshot, known: Learned) -> None:
    """Who comes, by the model and by the data, and who is there."""
    assert known.shop is not None
    rate, there, came = known.shop.today.arrivals.rate.sum(axis=0).tolist(), _staffed(known), [0.0] * 168
    for weekday, hour, contacts in simulator_data.contacts(snap.path).iter_rows():
        came[(weekday - 1) * 24 + hour] = contacts
    top = max(*rate, *came)
    most = int(np.argmax(there))
    colors = theme.palette()
    drawn = (
        (rate, "come", top, f"The model: {sum(rate):,.0f} first contacts a week"),
        (came, "came", top, f"The data: {sum(came):,.0f} tickets a week, repeats too"),
        (there, "at work", None, f"Most at work: {DAYS[most // 24]} {most % 24:02d}:00"),
    )
    for place, (hours, word, highest, title) in zip(st.columns(3, gap="medium"), drawn, strict=True):
        figure = heat_map.heat_map(hours_frame(hours), pl.col("waiting"), partial(_spoken, word), colors, highest)
        with place:
            theme.show(figure, title, "By hour and weekday", key=f"input_{word}")


def _spoken(word: str, cell: float) -> str:
    return f"{cell:.1f} {word}"


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
