"""The shop's decisions as marks on trends. They are files beside the snapshot, and are read anew at every click."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard import data
from dashboard.selection import ALL
from flowmeter.decisions import Decision, read_decisions
from flowmeter.errors import ConfigError


@dataclass(frozen=True)
class Mark:
    """A decision on a trend: its number in the log, its day, and what is said of it."""

    number: int
    day: dt.date
    words: str


def marks(workflow: str, names: Mapping[str, str]) -> tuple[tuple[Mark, ...], str]:
    """The decisions about a workflow, or about all, oldest first; and the problem if the log cannot be read."""
    try:
        found = read_decisions(data.home())
    except ConfigError as error:
        return (), f"The decisions are not shown. {error}"
    return tuple(
        Mark(one.number, one.decision.date, in_words(one.decision, names))
        for one in found
        if workflow == ALL or one.decision.workflow in {workflow, ALL}
    ), ""


def in_words(decision: Decision, names: Mapping[str, str]) -> str:
    """24 November 2026, Order updates: b, by Ada. The verdict's sentence. The note."""
    day = f"{decision.date.day} {decision.date:%B %Y}"
    name = names.get(decision.workflow, "all workflows" if decision.workflow == ALL else decision.workflow)
    parts = [f"{day}, {name}: {decision.decided}, by {decision.who}.", decision.verdict, decision.note]
    return " ".join(" ".join(part.split()) for part in parts if part)
