"""The top line of a page: the shop, the period in words, the snapshot's time, and how much it is about."""

from __future__ import annotations

import streamlit as st

from analysis.series import at
from analysis.wording import Speech
from dashboard import data
from dashboard.data import Snapshot
from dashboard.format import counted, moment_in_words, week_in_words
from dashboard.selection import ALL, Selection
from dashboard.weekly_view import REST, VOLUME, history


def top_line(snap: Snapshot, chosen: Selection) -> None:
    """Title and one line of facts, the unclassified share among them."""
    st.markdown(f"### {snap.shop_name}: {week_in_words(chosen.week)}")
    created = at(history(snap.path, chosen).get(VOLUME, {}), chosen.week)
    over = "" if created.is_complete else " · **this week is not over**"
    if chosen.week == data.weeks(snap.path)["week"][-1]:
        over += " · **the first week of the data: compared with nothing**"
    st.caption(
        f"{scope_in_words(snap.path, chosen)} · {counted(int(created.value or 0), 'ticket')} created · "
        f"{_unclassified(snap, chosen)} · snapshot of {moment_in_words(snap.snapshot_at, snap.time_zone)} "
        f"({snap.time_zone}){over}"
    )


def scope_in_words(path: str, chosen: Selection) -> str:
    """All workflows, or Returns, chat, variant B."""
    names = dict(data.workflows(path).select("workflow", "name").iter_rows())
    parts = ["All workflows" if chosen.workflow == ALL else names.get(chosen.workflow, chosen.workflow)]
    if chosen.variant != ALL:
        rows = data.variants(path).select("workflow", "variant", "name").iter_rows()
        labels = {(workflow, variant): name for workflow, variant, name in rows}
        parts.append(f"variant {labels.get((chosen.workflow, chosen.variant), chosen.variant)}")
    if chosen.channel != ALL:
        parts.append(f"channel {chosen.channel}")
    return ", ".join(parts)


def _unclassified(snap: Snapshot, chosen: Selection) -> str:
    """The share of the week's new tickets that no rule matched, in the chosen channel."""
    whole = at(history(snap.path, Selection(chosen.week, channel=chosen.channel)).get(VOLUME, {}), chosen.week)
    rest = at(history(snap.path, Selection(chosen.week, REST, channel=chosen.channel)).get(VOLUME, {}), chosen.week)
    if not whole.value:
        return "no tickets"
    return f"{Speech().value((rest.value or 0) / whole.value, 'share')} of all tickets unclassified"
