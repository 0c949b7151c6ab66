"""What a comparison of variants says in words: sizes in a metric's own unit, the mix, before and after, and plans."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from analysis.compare.before_after import BeforeAfter
from analysis.compare.plan import Plan
from analysis.compare.simpson import Reversal
from analysis.wording import MINUS, Speech, duration, signed

Row = Mapping[str, Any]
BETTER, WORSE, UNCLEAR, TOO_FEW = "better", "worse", "no clear difference", "too few to tell"
HIGHER, LOWER = "higher", "lower"
UNEVEN = 0.1
"""Standardised difference from which two shares are called uneven (Austin 2009)."""
HARDLY = 0.1
"""Share of tickets that could hardly have been in the other arm, from which a comparison rests on few."""
LONG = 104
"""Weeks from which on years are spoken of."""
REACHES = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
"""How far an axis of differences goes, as a part of the baseline's figure."""
COVARIATES = {"reason": "contact reason", "hour_band": "time of day", "weekday": "day of the week"}


def standing(row: Row) -> str:
    """Whether the arm is better or worse than the baseline by its interval; of a metric without a good way, where."""
    if row["low"] is None:
        return TOO_FEW
    if row["low"] <= 0 <= row["high"]:
        return UNCLEAR
    is_up = row["low"] > 0
    if row["better"] == "neither":
        return HIGHER if is_up else LOWER
    return BETTER if is_up == (row["better"] == "higher") else WORSE


def inside(label: str) -> str:
    """A label within a sentence: average resolution time, but CSAT response rate."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def own_unit(delta: float, unit: str, speech: Speech) -> str:
    """A signed difference in the metric's unit: +2.1 points, -3 h 12 m, +€0.40."""
    if unit == "share":
        return f"{signed(delta * 100, 1)} points"
    sign = "+" if delta > 0 else MINUS if delta < 0 else ""
    if unit == "hours":
        return f"{sign}{duration(abs(delta))}" if round(abs(delta) * 60) else "0 m"
    if unit == "money":
        return f"{sign}{speech.money(abs(delta))}"
    return signed(delta, 2)


def sized(row: Row, speech: Speech) -> str:
    """The difference with its interval: +2.1 points (0.4 to 3.9)."""
    unit = row["unit"]
    if row["difference"] is None:
        return ""
    told = own_unit(row["difference"], unit, speech)
    if row["low"] is None:
        return told
    low, high = (own_unit(row[end], unit, speech).removesuffix(" points") for end in ("low", "high"))
    return f"{told} ({low} to {high})"


def sure(probability: float | None) -> str:
    """Which way it most likely goes, and how likely; empty where neither way is good, or nothing is known."""
    if probability is None:
        return ""
    word, likely = (BETTER, probability) if probability >= 0.5 else (WORSE, 1 - probability)
    return f"{'over 99%' if likely > 0.99 else f'{likely:.0%}'} likely {word}"


def reach(ends: Iterable[Sequence[float | None] | None]) -> float:
    """How far to both sides an axis goes that holds these ends, or as far as one can still see."""
    widest = max((abs(end) for row in ends for end in row or () if end is not None), default=REACHES[0])
    return next((reach for reach in REACHES if reach >= widest), REACHES[-1])


def mix(adjusted: Row, balance: pl.DataFrame, plain: Row, speech: Speech) -> list[str]:
    """How alike the arms' tickets are, and what remains of the goal's difference once they are made alike."""
    baseline, arm = adjusted["baseline"], adjusted["arm"]
    if adjusted["low"] is None:
        return [f"Not adjusted for the mix: {adjusted['reason'] or 'nothing is known that tickets differ in'}."]
    names = [COVARIATES.get(name, name) for name in adjusted["covariates"]]
    told = [_uneven(balance, baseline, arm)]
    if not names:
        return told
    spoken = sized({**adjusted, "unit": plain["unit"]}, speech)
    label = inside(plain["label"])
    told.append(f"With the same {listed(names)} in both, {label} differs by {spoken}{_against(adjusted, plain)}.")
    if adjusted["outside_share"] > HARDLY:
        told.append(
            f"{adjusted['outside_share']:.0%} of the tickets could hardly have been in the other group, and count for "
            f"little there: what is left is worth {adjusted['effective_n']:,.0f} tickets of {arm} and "
            f"{adjusted['baseline_effective_n']:,.0f} of {baseline}."
        )
    return told


def _against(adjusted: Row, plain: Row) -> str:
    """How the adjusted difference stands to the plain one."""
    if plain["low"] is None or plain["difference"] is None:
        return ""
    before, after = standing(plain), standing({**plain, "low": adjusted["low"], "high": adjusted["high"]})
    if before == after:
        return ", which says the same"
    if after == UNCLEAR:
        return ": the difference is no longer clear, so the mix may explain it"
    return f": {after}, which the mix hides" if before == UNCLEAR else f": {after}, the opposite of the whole"


def _uneven(balance: pl.DataFrame, baseline: str, arm: str) -> str:
    rows = balance.filter((pl.col("arm") == arm) & (pl.col("before").abs() > UNEVEN))
    if rows.is_empty():
        return f"{arm} and {baseline} have much the same mix of tickets."
    found = rows.sort(pl.col("before").abs(), descending=True).head(3)
    parts = [
        f"{'more' if row['before'] > 0 else 'fewer'} with {COVARIATES.get(row['covariate'], row['covariate'])} "
        f"“{row['level']}”"
        for row in found.iter_rows(named=True)
    ]
    return f"The mix of tickets differs: {arm} has {listed(parts)} than {baseline}."


def reversal(found: Reversal, label: str, unit: str, speech: Speech) -> str:
    """Simpson's reversal in words."""
    way, other = ("higher", "lower") if found.difference > 0 else ("lower", "higher")
    name = COVARIATES.get(found.covariate, found.covariate)
    levels = listed([f"“{level}”" for level in found.strata])
    size = own_unit(abs(found.difference), unit, speech).lstrip("+")
    return (
        f"Careful: taken together {inside(label)} is {size} {way} in {found.arm} than in "
        f"{found.baseline}, but {other} within {name} {levels} ({found.share:.0%} of the tickets). "
        "The mix makes the difference; trust the adjusted figure."
    )


def cut(found: BeforeAfter, label: str, unit: str, speech: Speech) -> list[str]:
    """The step at the date of a before/after comparison, and how unusual it is."""
    if found.step is None:
        return [f"The trend across the date cannot be judged yet: {found.reason}."]
    step, spoken = found.step, inside(label)
    span = " to ".join(own_unit(end, unit, speech).removesuffix(" points") for end in (step.low, step.high))
    size = f"{own_unit(step.step, unit, speech)} at the date ({span})"
    told = [
        (
            f"Against the trend before it, {spoken} stepped by {size}: {speech.value(step.actual, unit)} where "
            f"{speech.value(step.expected, unit)} was to be expected."
        )
    ]
    if found.rank is not None:
        told.append(_placebo(found))
    return told


def _placebo(found: BeforeAfter) -> str:
    dates = len(found.placebos)
    tried = f"{dates} earlier date{'' if dates == 1 else 's'} when nothing was changed"
    if found.rank == 1:
        return f"None of {tried} shows so large a step."
    larger = (found.rank or 1) - 1
    return f"{larger} of {tried} show{'s' if larger == 1 else ''} as large a step, so this one is nothing unusual."


def plan(found: Plan, effect: str, label: str) -> str:
    """How long until we know."""
    if found.tickets is None:
        return f"How long a test would take cannot be said yet: {found.reason}."
    weeks = "" if found.weeks is None else f", about {_weeks(found.weeks)} at today's volume"
    counted = ""
    if found.counted_share is not None and found.counted_share < 0.9:
        counted = f" (only {found.counted_share:.0%} of tickets count for {inside(label)})"
    start = f"To see a difference of {effect} in {inside(label)}, a test needs about"
    return f"{start} {_round(found.tickets):,} tickets{weeks}{counted}."


def _weeks(weeks: float) -> str:
    whole = max(1, math.ceil(weeks))
    if whole > LONG:
        return f"{weeks / 52:.0f} years"
    return f"{whole:,} week{'' if whole == 1 else 's'}"


def _round(many: int) -> int:
    unit = int(10 ** max(0, len(str(many)) - 2))
    return math.ceil(many / unit) * unit


def listed(parts: Sequence[str]) -> str:
    """One, two and three."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])) if parts else ""
