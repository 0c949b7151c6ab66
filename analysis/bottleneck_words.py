"""Bottlenecks in plain sentences: where customers wait, why, and what mending a place would bring.

Rows are those of the process marts as mappings. Nothing is claimed of fewer than FEWEST tickets, nor of a saving whose
interval begins at nothing: then "we cannot tell yet".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.wording import Speech, duration

FEWEST = 10
NEARLY_ALL = 0.8
"""A hand-off with this share of all visits to the step it leads to says the same as the step."""

VISIBLE = 0.01
"""A bar below this part of the longest is not drawn."""

Row = Mapping[str, Any]
CAUSES = {
    "customer": "on the customer",
    "hold": "on hold, for somebody outside",
    "timer": "until a timer ran out",
    "out_of_hours": "outside business hours",
    "unassigned": "until somebody took it",
    "contention": "while its agent worked on earlier ones",
    "prioritisation": "while its agent took later ones first",
    "batching": "to be done together with others",
    "extraneous": "for a reason that the log does not show",
}
_FROM_STARTS = frozenset({"contention", "prioritisation", "batching", "extraneous"})


@dataclass(frozen=True)
class Cause:
    """A cause of a wait: its minutes in all, its share of the whole wait, and what it rests on."""

    key: str
    words: str
    minutes: float
    share: float
    source: str


def causes(step: Row) -> list[Cause]:
    """Why the visits of a row of workflow_step waited, largest first; causes without a minute are left out.

    'measured' is what statuses, assignments and business hours show. What rests on when work began is measured only
    where the log holds starts; of a log's activities, when nobody is in may have been read off the log itself.
    """
    minutes = {key: float(step[f"{key}_minutes"] or 0) for key in CAUSES}
    whole = sum(minutes.values())
    estimated = set() if step["start_source"] == "measured" else set(_FROM_STARTS)
    if step["step_kind"] == "activity":
        estimated.add("out_of_hours")
    found = [
        Cause(key, CAUSES[key], amount, amount / whole, "estimated" if key in estimated else "measured")
        for key, amount in minutes.items()
        if amount > 0
    ]
    return sorted(found, key=lambda cause: -cause.minutes)


def causes_title(found: Sequence[Cause]) -> str:
    """The finding of a chart of `causes`."""
    if not found:
        return "No wait to explain"
    first = found[0]
    return f"{first.share:.0%} of the wait is {first.words}"


def place(row: Row) -> str:
    """What a row of workflow_bottleneck is about: Triage, Triage → Queue: Orders, or Triage, again."""
    if row["kind"] == "handoff":
        return f"{row['step']} → {row['to_step']}"
    return f"{row['step']}, again" if row["kind"] == "loop" else str(row["step"])


def element(row: Row) -> str:
    """The key that the place has in the flowchart."""
    return f"arrow:{row['step']}→{row['to_step']}" if row["kind"] == "handoff" else f"step:{row['step']}"


def worst(ranked: pl.DataFrame) -> Row | None:
    """The step that comes first, if its wait is the shop's own."""
    found = ranked.filter((pl.col("kind") == "step") & pl.col("is_own")).sort("rank").head(1).to_dicts()
    return found[0] if found else None


def charted(ranked: pl.DataFrame, most: int = 10) -> pl.DataFrame:
    """The places for a chart: the shop's own waits, and nothing twice (see NEARLY_ALL)."""
    steps = ranked.filter(pl.col("kind") == "step").select(
        "workflow", pl.col("step").alias("to_step"), pl.col("visit_count").alias("all_visits")
    )
    joined = ranked.filter("is_own").join(steps, on=["workflow", "to_step"], how="left", maintain_order="left")
    same = (pl.col("kind") == "handoff") & (pl.col("visit_count") >= NEARLY_ALL * pl.col("all_visits"))
    shown = joined.filter(~same.fill_null(value=False) & (pl.col("ticket_count") >= FEWEST))
    hours = pl.col("hours_saved_per_week")
    return shown.filter((hours > 0) & (hours >= VISIBLE * hours.max())).head(most).drop("all_visits")


def title(row: Row | None, name: str) -> str:
    """The finding of the workflow page: where its customers wait most."""
    if row is None:
        return f"{name}: no step keeps customers waiting for the shop"
    if row["ticket_count"] < FEWEST:
        return f"{name}: too few tickets to say where customers wait most"
    wait = duration((row["wait_median_minutes"] or 0) / 60)
    return f"{name}: customers wait most in {row['step']}, half of these tickets {wait} or more"


def ranking_title(row: Row | None, name: str) -> str:
    """The finding of the bottlenecks page."""
    if row is None:
        return "No step keeps customers waiting for the shop"
    hours = f"{(row['hours_saved_per_week'] or 0) * 2:,.0f}"
    return f"Customers wait most in {row['step']} of {name}: about {hours} hours every week"


def brings(row: Row, name: str, speech: Speech) -> str:
    """What halving the wait, or removing the repetitions, would bring, with intervals; or that we cannot tell yet."""
    if not row["is_own"]:
        return "Most of this wait is the customer's or a timer's, so that there is little for the shop to halve."
    if row["ticket_count"] < FEWEST:
        return f"With {counted(row['ticket_count'])} we cannot tell yet what mending it would bring."
    kpis = {
        "the average resolution": _saved(row, "resolution_hours_saved", "hours", speech),
        "the average first reply": _saved(row, "first_reply_hours_saved", "hours", speech),
        "handling cost per resolution": _saved(row, "cost_saved", "money", speech),
    }
    certain = [f"{label} by {size}" for label, size in kpis.items() if size]
    what = "Doing it only once" if row["kind"] == "loop" else "Halving its wait"
    hours = row["hours_saved_per_week"]
    spared = f"{hours:,.0f} hours" if hours >= 10 else f"{hours:.1f} hours"
    if not certain:
        averages = f"how far the averages of {name} would fall we cannot tell yet"
        return f"{what} would spare customers {spared} of waiting a week; {averages}."
    kpi, *others = certain
    falls = _listed([kpi.replace(" by ", f" of {name} would fall by ", 1), *others])
    return f"{what} would spare customers {spared} of waiting a week. {falls[0].upper()}{falls[1:]}."


def _saved(row: Row, column: str, unit: str, speech: Speech) -> str:
    """A saving with its interval; empty where it is nothing, or may be."""
    value, low, high = row[column], row[f"{column}_low"], row[f"{column}_high"]
    least = 1 / 60 if unit == "hours" else 0.01
    if value is None or low is None or low <= 0 or value < least:
        return ""
    return f"{speech.value(value, unit)} ({speech.interval(low, high, unit)})"


def first_do(row: Row | None, name: str, speech: Speech) -> str:
    """What to do first, for the ranking."""
    if row is None:
        return "We cannot tell yet where to begin: no step has a wait of the shop's own."
    cause = CAUSES.get(row["main_cause"] or "")
    why = f" Most of the wait there is {cause}." if cause else ""
    return f"Begin with {place(row)} in {name}. {brings(row, name, speech)}{why}"


def step_sentences(step: Row, name: str, speech: Speech) -> list[str]:
    """A row of workflow_step in words: how many, how long, its share, how satisfied."""
    reach = f"{counted(step['ticket_count'])} ({speech.value(step['ticket_share'], 'share')} of {name})"
    visits = f" in {step['visit_count']:,} visits" if step["visit_count"] > step["ticket_count"] else ""
    told = [f"{reach} came here{visits}. {_how_long(step)}".strip()]
    if step["share_of_elapsed"]:
        cost = f" and {speech.value(step['share_of_cost'], 'share')} of handling cost" if step["share_of_cost"] else ""
        told.append(f"It takes {speech.value(step['share_of_elapsed'], 'share')} of all their time{cost}.")
    if step["csat_n"] >= FEWEST:
        told.append(f"{speech.value(step['csat'], 'share')} of the {step['csat_n']:,} who answered were satisfied.")
    if step["open_count"]:
        told.append(f"{counted(step['open_count'])} {'is' if step['open_count'] == 1 else 'are'} in it now.")
    return told


def _how_long(step: Row) -> str:
    if step["wait_median_minutes"] is None:
        if step["elapsed_median_calendar_minutes"] is None:
            return ""
        half, tenth = (duration(step[f"elapsed_{part}_calendar_minutes"] / 60) for part in ("median", "p90"))
        return f"Half stay {half} or longer, one in ten {tenth} or longer; when work began is not known."
    half, tenth = (duration(step[f"wait_{part}_minutes"] / 60) for part in ("median", "p90"))
    work = step["work_median_minutes"]
    source = " (estimated)" if step["start_source"] == "estimated" else ""
    worked = f"; the work itself takes {duration(work / 60)}{source}" if work else ""
    return f"Half wait {half} or longer, one in ten {tenth} or longer{worked}."


def arrow_sentences(edge: Row, name: str, speech: Speech) -> list[str]:
    """A row of workflow_edge in words."""
    reach = f"{counted(edge['ticket_count'])} ({speech.value(edge['ticket_share'], 'share')} of {name})"
    told = [f"{reach} went from {edge['from_step']} to {edge['to_step']}, in {edge['passage_count']:,} passages."]
    wait, kind = edge["wait_median_minutes"], "wait"
    if wait is None:
        wait, kind = edge["elapsed_median_calendar_minutes"], "elapsed"
    if wait is not None:
        last = edge["wait_p90_minutes"] if kind == "wait" else edge["elapsed_p90_calendar_minutes"]
        verb = "wait there" if kind == "wait" else "stay there"
        told.append(f"Half of them then {verb} {duration(wait / 60)} or longer, one in ten {duration(last / 60)}.")
    if edge["is_handoff"]:
        told.append("Most of these passages change the group or the agent.")
    if edge["csat_n"] >= FEWEST:
        told.append(f"{speech.value(edge['csat'], 'share')} of the {edge['csat_n']:,} who answered were satisfied.")
    return told


def counted(n: int) -> str:
    """1 ticket, 1,204 tickets."""
    return f"{n:,} ticket{'' if n == 1 else 's'}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
