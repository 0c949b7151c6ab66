"""A comparison as the decision log keeps it: the goal's and the guardrails' numbers, and the verdict's sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from analysis.compare.comparison import ADJUSTED, RUNNING, Comparison
from analysis.compare.verdict import with_intervals
from flowmeter.decisions import Compared, Decision, numbers_of


@dataclass(frozen=True)
class Said:
    """What a person adds: what was decided, who did, on which day, and why."""

    decided: str
    who: str
    day: dt.date
    note: str = ""


def judged(found: Comparison) -> pl.DataFrame:
    """The effects with the differences and intervals that the verdict rests on."""
    bases = {ADJUSTED: found.adjusted.differences, RUNNING: found.always_valid}
    return with_intervals(found.effects, bases[found.basis]) if found.basis in bases else found.effects


def decision(found: Comparison, workflow: str, days: tuple[dt.date, dt.date], said: Said) -> Decision:
    """The decision, resting on the comparison as it stands, of tickets created on `days` (first and last)."""
    arm = said.decided if said.decided in found.verdicts else found.question.arms[1]
    verdict, goal = found.verdicts[arm], found.question.goal
    shown = {goal, *(rail.metric for rail in verdict.guardrails)}
    rows = [row for row in judged(found).iter_rows(named=True) if row["metric"] in shown]
    rows.sort(key=lambda row: row["metric"] != goal)
    compared = Compared(
        by=found.question.by,
        arms=list(found.question.arms),
        goal=goal,
        period=f"{days[0]} to {days[1]}",
        intervals=found.basis,
    )
    return Decision(
        date=said.day,
        decided=said.decided,
        who=said.who,
        workflow=workflow,
        comparison=compared,
        verdict=verdict.sentence,
        numbers=numbers_of(rows),
        note=said.note,
    )
