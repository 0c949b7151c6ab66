"""A scenario as text that is the same whoever wrote it, its hash, and what differs between two."""

from __future__ import annotations

import hashlib
from typing import Any

import yaml

from simulation.scenario.document import Change, Scenario
from simulation.scenario.words import change_told

_SHARES = {"avoided", "containment", "to", "by", "share", "fewer", "change"}


def dump(scenario: Scenario) -> str:
    """The document as YAML: keys in the order of docs/scenarios.md, what is left at its default left out."""
    values: dict[str, Any] = {"version": scenario.version, "name": scenario.name}
    if scenario.note:
        values["note"] = scenario.note
    values["weeks"] = scenario.weeks
    if cost := _plain(scenario.cost.model_dump(exclude_defaults=True)):
        values["cost"] = cost
    values["changes"] = [{change.name: _plain(change.lever.model_dump(exclude_defaults=True))} for change in
                         scenario.changes]  # fmt: skip
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)


def content_hash(scenario: Scenario) -> str:
    """Of what is computed: name and note do not count."""
    text = dump(scenario.model_copy(update={"name": "-", "note": ""}))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def diff(one: Scenario, other: Scenario) -> list[str]:
    """What `other` has that `one` has not, and the other way round, a sentence each; none where they compute alike."""
    told = []
    if one.weeks != other.weeks:
        told.append(f"It looks {other.weeks} weeks ahead instead of {one.weeks}.")
    for field, words in (("one_off", "once"), ("monthly", "a month")):
        before, after = getattr(one.cost, field), getattr(other.cost, field)
        if before != after:
            told.append(f"The change costs {after:g} {words} instead of {before:g}.")
    gone, new = _missing(one.changes, other.changes), _missing(other.changes, one.changes)
    told += [f"No longer: {change_told(change)}." for change in gone]
    told += [f"New: {change_told(change)}." for change in new]
    if not gone and not new and one.changes != other.changes:
        told.append("The changes are made in another order.")
    return told


def _missing(some: list[Change], others: list[Change]) -> list[Change]:
    """Those of `some` that `others` lacks, the second of two alike counted as another."""
    left, missing = list(others), []
    for change in some:
        if change in left:
            left.remove(change)
        else:
            missing.append(change)
    return missing


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: _shown(key, value) for key, value in values.items() if value is not None}


def _shown(key: str, value: Any) -> Any:
    if key in _SHARES and isinstance(value, float):
        return f"{value * 100:{'+' if key == 'change' else ''}.10g}%"
    return int(value) if isinstance(value, float) and value.is_integer() else value
