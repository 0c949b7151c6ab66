"""A comparison as the decision log keeps it: the goal's and the guardrails' numbers, and the verdict's sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from analysis.compare.comparison import Comparison
from flowmeter.comparison import Choice
from flowmeter.decisions import Compared, Decision, numbers_of


@dataclass(frozen=True)
class Said:
    """What a person adds: what was decided, who did, on which day, and why."""

    decided: str
    who: str
    day: dt.date
    note: str = ""


def decision(found: Comparison, choice: Choice, said: Said) -> Decision:
    """The decision, resting on the comparison as it stands."""
    arm = said.decided if said.decided in found.verdicts else choice.arms[1]
    verdict, goal = found.verdicts[arm], found.question.goal
    shown = {goal, *(rail.metric for rail in verdict.guardrails)}
    rows = [row for row in found.effects.iter_rows(named=True) if row["metric"] in shown]
    rows.sort(key=lambda row: row["metric"] != goal)
    compared = Compared(by=choice.by, arms=list(choice.arms), goal=goal, period=f"{choice.first} to {choice.last}")
    return Decision(
        date=said.day,
        decided=said.decided,
        who=said.who,
        workflow=choice.workflow,
        comparison=compared,
        verdict=verdict.sentence,
        numbers=numbers_of(rows),
        note=said.note,
    )
