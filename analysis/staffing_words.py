"""Who would be needed for a target, in words: a sentence, what to make of it, and a small table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.comparison_words import inside, listed
from analysis.simulation_words import ALL, Known

Row = Mapping[str, Any]
COLUMNS = ("who", "people", "hours_a_week", "expected", "nine_of_ten_times")


def goal(target: Row, known: Known) -> str:
    """Median first reply of returns: at most 6 h."""
    metric = known.metrics[target["metric"]]
    where = "" if target["workflow"] == ALL else f" of {inside(known.workflow(target['workflow']))}"
    value = known.speech.target(target["value"], metric["unit"])
    return f"{metric['label']}{where}: at {'least' if target['at_least'] else 'most'} {value}"


def sentence(found: Row, known: Known) -> str:
    """Whether the target is met, with whom, and what would be expected then."""
    wanted, then, today = goal(found["target"], known), *(_value(found, when, known) for when in ("then", "today"))
    if not found["added"]:
        if found["met"]:
            return f"{wanted} is met with the people there are: {today} is expected."
        return f"{wanted} is not met ({today} is expected), and more people would not bring it nearer."
    if found["met"]:
        return f"{wanted} would be met with {_who(found['added'])}: {then} is expected, {today} with today's people."
    many = sum(found["added"].values())
    return (
        f"{wanted} would not be met even with {_more(many)}: {then} is expected, {today} with today's people. "
        "More people alone do not bring it: look at working hours, steps that could go, and waiting for customers."
    )


def caution(found: Row, known: Known) -> str:
    """That a target which is met on average can be missed by luck; empty where it is not met, or hardly missed."""
    target, then = found["target"], found["then"]
    missed = then["low"] < target["value"] if target["at_least"] else then["high"] > target["value"]
    if not found["met"] or not missed:
        return ""
    low, high = _ends(found, "then", known)
    return f"It can be missed all the same, by luck alone: nine of ten times it lies between {low} and {high}."


def table(found: Row, known: Known) -> list[dict[str, str]]:
    """Today's people, who would be added by group, and all together: a row each, with COLUMNS."""
    added, hours = found["added"], found["hours"]
    rows = [_row("Today's people", expected=_value(found, "today", known), span=_range(found, "today", known))]
    if added:
        rows += [_row(f"More in {group}", str(count), f"{hours[group]:.0f}") for group, count in added.items()]
        many, whole = str(sum(added.values())), f"{sum(hours.values()):.0f}"
        rows.append(_row("With them", many, whole, _value(found, "then", known), _range(found, "then", known)))
    return rows


def _row(who: str, people: str = "", hours: str = "", expected: str = "", span: str = "") -> dict[str, str]:
    return dict(zip(COLUMNS, (who, people, hours, expected, span), strict=True))


def _value(found: Row, when: str, known: Known) -> str:
    return known.speech.value(found[when]["value"], known.metrics[found["target"]["metric"]]["unit"])


def _range(found: Row, when: str, known: Known) -> str:
    return " to ".join(_ends(found, when, known))


def _ends(found: Row, when: str, known: Known) -> list[str]:
    unit = known.metrics[found["target"]["metric"]]["unit"]
    return [known.speech.value(found[when][end], unit) for end in ("low", "high")]


def _who(added: Mapping[str, int]) -> str:
    return listed([f"{_more(count) if not place else f'{count} more'} in {group}"
                   for place, (group, count) in enumerate(added.items())])  # fmt: skip


def _more(many: int) -> str:
    return f"{many} more {'person' if many == 1 else 'people'}"
