"""Macros, rules, bots and steps that could go, each with its evidence; and bots that hand over too often. The rules:

Unused: a macro that is listed and switched on but never used in the data, or anything not used in the last quarter.
Nothing is called unused where no use of its kind was recorded at all: then the export has no such events.
Rarely reached: in under 0.5% of the tickets of its workflows, and in fewer than 30.
Without effect: the 95% interval of its difference from comparable tickets includes nothing for every KPI, and every one
of these intervals is narrow enough to have seen a difference that matters (MATTERS). If one is not, we cannot tell yet,
and it is not listed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from analysis.wording import Speech

RARE_SHARE = 0.005
RARE_TICKETS = 30
MATTERS = {"csat": 0.05, "reopen_rate": 0.05, "one_touch": 0.10}
"""In points of a share; of times and money a tenth of what the others take."""

MATTERS_RELATIVELY = 0.10
METRICS = 5
WORSE_IF_LOWER = frozenset({"csat", "one_touch"})
LABELS = {
    "csat": ("satisfaction", "share"),
    "reopen_rate": ("reopened", "share"),
    "one_touch": ("one-touch", "share"),
    "resolution_time_mean_calendar_hours": ("average resolution", "hours"),
    "mean_cost_per_ticket": ("mean cost", "money"),
}
KEYS = ["kind", "name", "workflow"]
SCHEMA = {
    "kind": pl.String,
    "name": pl.String,
    "workflow": pl.String,
    "why": pl.String,
    "tickets": pl.Int64,
    "sentence": pl.String,
}


def retire_candidates(
    automations: pl.DataFrame, reach: pl.DataFrame, quarter: pl.DataFrame, effects: pl.DataFrame, speech: Speech
) -> pl.DataFrame:
    """Kind, name, workflow ('all', or a step's), why ('unused', 'rarely reached', 'no effect'), tickets, sentence.

    `automations`: dim_automation; `reach` and `effects`: automation_reach and automation_effect of the whole data;
    `quarter`: automation_reach of the last quarter. Their `workflows` are said as they stand. One row per candidate, by
    the first of the rules that fits.
    """
    found = [*_unused(automations), *_unused_steps(reach, quarter), *_rare(reach), *_without_effect(effects, speech)]
    rows = pl.DataFrame(found, schema=SCHEMA, orient="row")
    return rows.unique(KEYS, keep="first", maintain_order=True)


def handovers(reach: pl.DataFrame, effects: pl.DataFrame, speech: Speech) -> pl.DataFrame:
    """Bots that hand over more than half of their tickets, beyond chance: name, tickets, share, sentence.

    The sentence says which figures of the handed-over tickets are clearly better or worse than those of comparable
    tickets that the bot never saw.
    """
    found = []
    for row in reach.filter(pl.col("part") == "handed over").to_dicts():
        share, whole = row["part_share"], row["ticket_count"] / row["part_share"]
        if _wilson_low(share, whole) <= 0.5:
            continue
        own = effects.filter(pl.col("part") == "handed over", pl.col("name") == row["name"])
        beside = [_beside(effect, speech) for effect in own.to_dicts() if _is_clear(effect)]
        compared = f" Against comparable tickets without it: {'; '.join(beside)}." if beside else ""
        sentence = (
            f"The {row['name']} hands over {speech.value(share, 'share')} of its {whole:,.0f} tickets to a person, "
            f"more than half.{compared}"
        )
        found.append((row["name"], row["ticket_count"], share, sentence))
    schema = {"name": pl.String, "tickets": pl.Int64, "share": pl.Float64, "sentence": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row")


Row = tuple[str, str, str, str, int, str]


def _unused(automations: pl.DataFrame) -> list[Row]:
    recorded = set(automations.filter(pl.col("use_count") > 0)["kind"])
    found: list[Row] = []
    for row in automations.filter("is_active").sort("kind", "name").to_dicts():
        kind, name = row["kind"], row["name"]
        if kind not in recorded or row["quarter_use_count"]:
            continue
        told = f"The {kind} '{name}' is switched on and was never used in the data."
        if row["use_count"]:
            told = (
                f"The {kind} '{name}' was not used in the last 13 weeks; "
                f"the last of {row['use_count']:,} uses was on {row['last_used_at']:%-d %B %Y}."
            )
        found.append((kind, name, "all", "unused", 0 if not row["use_count"] else row["use_count"], told))
    return found


def _unused_steps(reach: pl.DataFrame, quarter: pl.DataFrame) -> list[Row]:
    """Steps of workflows that had tickets in the quarter, in which not one of them was there."""
    steps = reach.filter(pl.col("kind") == "step")
    lately = quarter.filter(pl.col("kind") == "step")
    gone = steps.join(lately, on=KEYS, how="anti").join(lately.select("workflow").unique(), on="workflow", how="semi")
    return [
        ("step", row["name"], row["workflow"], "unused", row["ticket_count"], _gone_in_words(row))
        for row in gone.sort("workflow", "name").to_dicts()
    ]


def _gone_in_words(row: Mapping[str, Any]) -> str:
    where = f"No ticket of {' and '.join(row['workflows'])} was in the step '{row['name']}' in the last 13 weeks"
    return f"{where}; before, {_tickets(row['ticket_count'])}."


def _rare(reach: pl.DataFrame) -> list[Row]:
    rare = (pl.col("ticket_share") < RARE_SHARE) & (pl.col("ticket_count") < RARE_TICKETS) & (pl.col("part") == "all")
    return [
        (row["kind"], row["name"], row["workflow"], "rarely reached", row["ticket_count"], _rare_in_words(row))
        for row in reach.filter(rare).sort(*KEYS).to_dicts()
    ]


def _rare_in_words(row: Mapping[str, Any]) -> str:
    which = f"the {row['workflow_ticket_count']:,} of {' and '.join(row['workflows'])}"
    what = f"The {row['kind']} '{row['name']}' was in {_tickets(row['ticket_count'])}"
    return f"{what} of {which} ({row['ticket_share']:.2%})."


def _without_effect(effects: pl.DataFrame, speech: Speech) -> list[Row]:
    found: list[Row] = []
    whole = effects.filter(pl.col("part") == "all").sort(*KEYS, "metric")
    for (kind, name, workflow), rows in whole.group_by(KEYS, maintain_order=True):
        measured = rows.to_dicts()
        if len(measured) < METRICS or not all(_is_nothing(row) for row in measured):
            continue
        tickets = max(row["compared_n"] for row in measured)
        ranges = [_range(row, speech) for row in measured]
        told = f"The {kind} '{name}' makes no difference to any figure on {tickets:,} tickets: {'; '.join(ranges)}."
        found.append((str(kind), str(name), str(workflow), "no effect", tickets, told))
    return found


def _is_nothing(row: Mapping[str, Any]) -> bool:
    """No difference, and one that matters would have been seen."""
    if row["too_few"] or row["low"] is None or row["high"] is None:
        return False
    matters = MATTERS.get(row["metric"], MATTERS_RELATIVELY * abs(row["others_value"]))
    return bool(row["low"] <= 0 <= row["high"] and (row["high"] - row["low"]) / 2 <= matters)


def _is_clear(row: Mapping[str, Any]) -> bool:
    return not row["too_few"] and row["low"] is not None and not row["low"] <= 0 <= row["high"]


def _beside(row: Mapping[str, Any], speech: Speech) -> str:
    label, unit = LABELS[row["metric"]]
    worse = (row["difference"] < 0) == (row["metric"] in WORSE_IF_LOWER)
    own, others = speech.value(row["compared_value"], unit), speech.value(row["others_value"], unit)
    return f"{label} {own} against {others} ({'worse' if worse else 'better'})"


def _range(row: Mapping[str, Any], speech: Speech) -> str:
    label, unit = LABELS[row["metric"]]
    low, high = (speech.change(end, None, unit) if unit == "share" else speech.value(end, unit) for end in _ends(row))
    return f"{label} {low} to {high}"


def _ends(row: Mapping[str, Any]) -> tuple[float, float]:
    return row["low"], row["high"]


def _tickets(count: int) -> str:
    return f"{count:,} ticket{'' if count == 1 else 's'}"


def _wilson_low(share: float, n: float) -> float:
    z = 1.959964
    centre = share + z * z / (2 * n)
    return (centre - z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n)
