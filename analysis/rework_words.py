"""Rework, misroutes, hand-offs and paths in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analysis.bottleneck_words import FEWEST, counted
from analysis.wording import Speech

Row = Mapping[str, Any]
REPEATS = {
    "reopened": "were opened again after they were resolved",
    "ping_pong": "went from one group to another and back",
    "same_agent_repeat": "came back to an agent for a step that the same agent had done",
    "other_agent_redo": "had a step done again by another agent",
}
LEAST_SHARE = 0.01


def rework_sentences(rows: pl.DataFrame, names: Mapping[str, str], speech: Speech) -> list[str]:
    """One sentence per workflow with rework worth naming: most tickets first. Rows of workflow_rework."""
    found = []
    for row in rows.to_dicts():
        parts = [
            (row[f"{kind}_count"], f"{speech.value(row[f'{kind}_share'], 'share')} {words}")
            for kind, words in REPEATS.items()
            if row[f"{kind}_count"] >= FEWEST and row[f"{kind}_share"] >= LEAST_SHARE
        ]
        if parts:
            shown = "; ".join(words for _, words in sorted(parts, reverse=True))
            told = f"{names.get(row['workflow'], row['workflow'])}: of {counted(row['ticket_count'])}, {shown}."
            found.append((sum(count for count, _ in parts), told))
    return [told for _, told in sorted(found, reverse=True)]


def misroute_sentences(rows: pl.DataFrame, names: Mapping[str, str], speech: Speech) -> list[str]:
    """One sentence per workflow that sends tickets to the wrong group, and what one costs; most tickets first."""
    wrong = rows.filter(pl.col("misrouted_count") > 0).sort("misrouted_count", descending=True)
    return [_misroute(row, names.get(row["workflow"], row["workflow"]), speech) for row in wrong.to_dicts()]


def _misroute(row: Row, name: str, speech: Speech) -> str:
    share = speech.value(row["misrouted_share"], "share")
    were = (
        "was sent to a group that moved it" if row["misrouted_count"] == 1 else "were sent to a group that moved them"
    )
    told = f"{name}: {counted(row['misrouted_count'])} ({share}) {were} on unanswered."
    sizes = []
    for column, unit, words in (
        ("misroute_hours", "hours", "takes {} longer"),
        ("misroute_cost", "money", "costs {} more"),
    ):
        value, low, high = row[column], row[f"{column}_low"], row[f"{column}_high"]
        if row["misrouted_count"] >= FEWEST and low is not None and low > 0:
            size = f"{speech.value(value, unit)} ({speech.interval(low, high, unit)})"
            sizes.append(words.format(size))
    if not sizes:
        return f"{told} Whether that makes them slower or dearer we cannot tell yet."
    return f"{told} Each {' and '.join(sizes)} than the workflow's others."


def rework_first(rows: pl.DataFrame, names: Mapping[str, str], speech: Speech) -> str:
    """What to do first about work done twice, and what it would bring where that is known."""
    certain = rows.filter((pl.col("misroute_cost_low") > 0) & (pl.col("misrouted_count") >= FEWEST))
    certain = certain.with_columns((pl.col("misroute_cost") * pl.col("misrouted_count")).alias("lost"))
    if not certain.is_empty():
        row = certain.sort("lost", descending=True).row(0, named=True)
        name = names.get(row["workflow"], row["workflow"])
        low, high = (row[f"misroute_cost_{end}"] * row["misrouted_count"] for end in ("low", "high"))
        size = f"{speech.money(row['lost'])} ({speech.interval(low, high, 'money')})"
        return f"First mend to whom {name} sends tickets: misroutes cost about {size} more in this period than others."
    repeated = [
        (row[f"{kind}_count"], row[f"{kind}_share"], names.get(row["workflow"], row["workflow"]), words)
        for row in rows.to_dicts()
        for kind, words in REPEATS.items()
        if row[f"{kind}_count"] >= FEWEST and row[f"{kind}_share"] >= LEAST_SHARE
    ]
    if not repeated:
        return "Too little is done twice here to say what to mend first: we cannot tell yet."
    count, share, name, words = max(repeated)
    return (
        f"First ask why {speech.value(share, 'share')} of {name} ({counted(count)}) {words}. What fewer would bring is "
        "in the ranking above, under what is done again."
    )


def handoff_sentence(rows: pl.DataFrame) -> str:
    """The busiest passage between groups, and the one that comes back most. Rows with the columns of group_handoff."""
    if rows.is_empty():
        return "No ticket went from one group to another, as far as the log tells."
    first = rows.sort("ticket_count", descending=True).row(0, named=True)
    told = f"Most hand-offs go from {first['from_group']} to {first['to_group']}: {counted(first['ticket_count'])}"
    silent = first["unanswered_count"] / first["passage_count"]
    told += f", {silent:.0%} before {first['from_group']} had answered." if silent >= 0.5 else "."
    back = rows.filter(pl.col("back_count") >= FEWEST).sort("back_count", descending=True).head(1)
    if back.is_empty():
        return f"{told} Hardly any go back to where they came from."
    row = back.row(0, named=True)
    back_to = f"from {row['from_group']} to {row['to_group']}, where they had come from"
    return f"{told} {row['back_count']:,} went back {back_to}."


def path_sentences(paths: pl.DataFrame, names: Mapping[str, str], speech: Speech) -> list[str]:
    """The happy path of each workflow: its share and its median time. Rows of ticket_path."""
    return [
        _happy(row, names.get(row["workflow"], row["workflow"]), speech) for row in paths.filter("is_happy").to_dicts()
    ]


def _happy(row: Row, name: str, speech: Speech) -> str:
    median = row["resolution_time_median_calendar_hours"]
    time = "" if median is None else f", half of them within {speech.value(median, 'hours')}"
    share = speech.value(row["ticket_share"], "share")
    return f"{name}: {share} of tickets go the good way, {' → '.join(row['path'])}{time}."
