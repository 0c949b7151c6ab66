"""Contact reasons, paths, automations and what could go: what to do first about each, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analysis.wording import DASH, Speech

Row = Mapping[str, Any]
METRICS = {
    "csat": ("CSAT", "share"),
    "reopen_rate": ("reopened", "share"),
    "resolution_time_mean_calendar_hours": ("resolution", "hours"),
}
FIRST_OF = {
    "unused": "Nobody would miss it: it brings a shorter list, no time.",
    "rarely reached": "It brings a simpler flow, little time.",
    "no effect": "It brings back the time that it takes to keep and to use.",
}


NO_REASONS = {
    "subject": "No ticket has a subject.",
    "field": "No field says why customers write. Name one as `reason_field_id` in `config/sources.yml`.",
    "tag": "No ticket has a tag but those that select its workflow.",
}


def reasons_first(worth: pl.DataFrame) -> str:
    """What to do first about contact reasons. `worth`: as analysis.spared.worth_sparing returns it."""
    if worth.is_empty():
        return "No reason is large and simple enough to spare people the work: we cannot tell yet where to begin."
    row = worth.sort("total_cost", "reason", descending=[True, False]).row(0, named=True)
    return f"Begin with {row['sentence']} At most all of that cost would be saved."


def departures_first(found: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Where to look first on the paths. `found`: the findings of analysis.departures, most certain first."""
    if found.is_empty():
        return "Nowhere do slow or unsatisfied tickets leave the good way more often than by chance."
    extra = (pl.col("left_share") - pl.col("stayed_share")) * pl.col("left")
    first = found.with_columns(extra.alias("extra")).sort("extra", descending=True).row(0, named=True)
    name = names.get(first["workflow"], first["workflow"])
    where = f"after {first['step']}" if first["step"] is not None else "at the very start"
    instead = first["next_step"] or "nothing more"
    what = "slow" if first["outcome"] == "slow" else "unsatisfied"
    return (
        f"Look first at {name} {where}: those that go on to {instead} are about {first['extra']:,.0f} {what} tickets "
        "more than on the good way. What a change would bring we cannot tell yet: they may be harder cases."
    )


def retire_first(found: pl.DataFrame) -> str:
    """What to switch off first. `found`: as analysis.retire.retire_candidates returns it."""
    if found.is_empty():
        return "Nothing here is clearly without use; what is used too little to judge, we cannot tell yet."
    row = found.row(0, named=True)
    verb = "leave out" if row["kind"] == "step" else "switch off"
    others = f", then the {found.height - 1} below" if found.height > 1 else ""
    return f"First {verb} the {row['kind']} “{row['name']}”{others}. {FIRST_OF[row['why']]}"


def automations_first(reach: pl.DataFrame, handing: pl.DataFrame, speech: Speech) -> str:
    """What to do first about automations: a bot that hands over too much, else the one that clearly costs."""
    if reach.is_empty():
        return "No automation is in the log, so what one brings we cannot tell yet."
    if not handing.is_empty():
        first = handing.row(0, named=True)
        told = f"First look at what the {_named(first['name'])} hands over: {first['share']:.0%} of its tickets."
        return told + _saving_of(reach, first["name"], speech)
    bots = reach.filter(pl.col("kind").is_in(["bot", "flow"]) & (pl.col("part") == "all"))
    if bots.is_empty():
        return (
            "There are only macros and rules here: whether they save work we cannot tell from what costs more anyway."
        )
    return f"No bot hands over more than half of its tickets.{_saving_of(bots, bots['name'][0], speech)}"


def _named(name: str) -> str:
    return name if name.lower().endswith(("bot", "flow")) else f"“{name}”"


def _saving_of(reach: pl.DataFrame, name: str, speech: Speech) -> str:
    whole = reach.filter((pl.col("name") == name) & (pl.col("part") == "all"))
    if whole.is_empty():
        return ""
    told = saving(whole.row(0, named=True), speech)
    if told == DASH:
        return " What it saves we cannot tell yet."
    return f" In all, its tickets cost {told} less than comparable others, its fee counted."


def saving(row: Row, speech: Speech) -> str:
    """What an automation's tickets cost less, with its interval; a dash where it is unknown or may be nothing."""
    value, low, high = row["cost_saved"], row["cost_saved_low"], row["cost_saved_high"]
    if value is None or low is None or low <= 0 <= high:
        return DASH
    return f"{speech.money(value)} ({speech.interval(low, high, 'money')})"


def beside(effects: pl.DataFrame, row: Row, metric: str, speech: Speech) -> str:
    """A figure of an automation's tickets beside that of comparable others: 84.1% against 79.0%; no clear change."""
    keys = (pl.col("kind") == row["kind"]) & (pl.col("name") == row["name"]) & (pl.col("part") == row["part"])
    found = effects.filter(keys & (pl.col("metric") == metric)).to_dicts()
    if not found or found[0]["too_few"] or found[0]["low"] is None:
        return DASH
    effect, unit = found[0], METRICS[metric][1]
    if effect["low"] <= 0 <= effect["high"]:
        return "no clear difference"
    return f"{speech.value(effect['compared_value'], unit)} against {speech.value(effect['others_value'], unit)}"
