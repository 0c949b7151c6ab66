"""One sentence: is B better, worse, no different enough to matter, or can we not tell yet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from analysis.compare.limits import NORMAL, Z95
from analysis.wording import Speech

GUARDRAILS = ("reopen_rate", "csat", "cost_per_resolution", "repeat_contact_7d")
"""What a change must not spoil: reopens, satisfaction, cost, repeat contact."""
MATTERS = {"share": 0.02, "score": 0.1}
MATTERS_OF_BASELINE = 0.05
"""The smallest difference that matters: by unit, else a part of the baseline's value."""
POWER = 0.8
FALSE_WINNERS = 0.04
"""How often a verdict may name a winner where there is none. Under 5%, since what is called 95% covers 94 to 96%."""


class Code(StrEnum):
    """What a comparison says."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no difference worth the cost"
    NOT_ENOUGH = "not enough data"


@dataclass(frozen=True)
class Guardrail:
    """One metric beside the goal: 'worse' only if its whole interval is."""

    metric: str
    label: str
    code: str
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """The answer. `margin` is the difference that matters, in the metric's unit.

    `more_tickets` (of both arms, counting for the metric) and `more_weeks` are null unless there is not enough data;
    `harmed` are the labels of the guardrails that are clearly worse.
    """

    code: Code
    sentence: str
    margin: float | None
    more_tickets: int | None = None
    more_weeks: float | None = None
    guardrails: tuple[Guardrail, ...] = ()

    @property
    def harmed(self) -> tuple[str, ...]:
        return tuple(one.label for one in self.guardrails if one.code == Code.WORSE)


@dataclass(frozen=True)
class Setting:
    """How to judge: the margin (null: by metric), counted tickets a week in both arms, and the guardrails.

    With several arms against the baseline (`comparisons`) the intervals are widened for that (Bonferroni).
    """

    margin: float | None = None
    per_week: float = 0.0
    guardrails: tuple[str, ...] = GUARDRAILS
    comparisons: int = 1


def margin(unit: str, baseline: float, given: float | None = None) -> float:
    """The smallest difference that matters."""
    return given if given is not None else MATTERS.get(unit, MATTERS_OF_BASELINE * abs(baseline))


def verdict(
    effects: pl.DataFrame, goal: str, arm: str, setting: Setting | None = None, speech: Speech | None = None
) -> Verdict:
    """Judges one arm by one metric.

    `effects`: rows of effects(); while a test runs, with low and high of always_valid() in place of theirs.
    ValueError if the goal has no row for the arm, or has no good direction.
    """
    setting, speech = setting or Setting(), speech or Speech()
    rows = {row["metric"]: row for row in effects.filter(pl.col("arm") == arm).iter_rows(named=True)}
    if goal not in rows or rows[goal]["better"] == "neither":
        raise ValueError(f"'{goal}' of '{arm}' cannot be judged: it is not compared, or neither way is better")
    row = rows[goal]
    matters = None if row["baseline_value"] is None else margin(row["unit"], row["baseline_value"], setting.margin)
    rails = tuple(_guardrail(rows[key], setting, speech) for key in setting.guardrails if key in rows and key != goal)
    if row["low"] is None or matters is None:
        told = f"We cannot tell yet: {row['reason'] or 'nothing to compare'}."
        return Verdict(Code.NOT_ENOUGH, told, matters, guardrails=rails)
    code = judge(*_widened(row, setting.comparisons), matters, row["better"])
    more = _more(row, matters) if code is Code.NOT_ENOUGH else None
    weeks = more / setting.per_week if more is not None and setting.per_week > 0 else None
    told = _sentence(row, code, matters, speech) + _needed(more, weeks) + _beside(code, rails)
    return Verdict(code, told, matters, more, weeks, rails)


def with_intervals(effects: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Effects with the differences and intervals of always_valid() (a running test) or adjusted() in place of theirs.

    Where the other frame has no interval there is none, with its reason: a test that is looked at while it runs must
    not fall back on the ordinary one. Ratio and probability belong to the plain comparison, and become null.
    """
    keys = ["metric", "baseline", "arm"]
    taken = [name for name in other.columns if name in effects.columns and name not in keys]
    plain = [name for name in ("ratio", "ratio_low", "ratio_high", "probability_better") if name not in taken]
    cleared = effects.drop(taken).with_columns(pl.lit(None, pl.Float64).alias(name) for name in plain)
    joined = cleared.join(other.select(*keys, *taken), on=keys, how="left", maintain_order="left")
    return joined.select(effects.columns)


def judge(low: float, high: float, matters: float, better: str) -> Code:
    """The code of an interval. Wholly within the margin is no difference worth the cost, even if it leaves out 0."""
    if -matters < low and high < matters:
        return Code.NO_DIFFERENCE
    if low <= 0 <= high:
        return Code.NOT_ENOUGH
    return Code.BETTER if (low > 0) == (better == "higher") else Code.WORSE


def _widened(row: Mapping[str, Any], comparisons: int) -> tuple[float, float]:
    times = NORMAL.inv_cdf(1 - FALSE_WINNERS / 2 / max(comparisons, 1)) / Z95
    delta = row["difference"]
    return delta - times * (delta - row["low"]), delta + times * (row["high"] - delta)


def _more(row: Mapping[str, Any], matters: float) -> int:
    """Tickets of both arms still missing until a difference that matters would be seen (80% power); where that many are
    there already, until the interval at today's difference leaves out 0 or the margin.
    """
    half, n = float(row["high"] - row["low"]) / 2, int(row["n"] + row["baseline_n"])
    wanted = matters * Z95 / (Z95 + NORMAL.inv_cdf(POWER))
    if half <= wanted:
        wanted = min(half, max(abs(row["difference"]), matters - abs(row["difference"])))
    return max(1, math.ceil(n * ((half / wanted) ** 2 - 1)))


def _guardrail(row: Mapping[str, Any], setting: Setting, speech: Speech) -> Guardrail:
    label = row["label"]
    if row["low"] is None:
        return Guardrail(row["metric"], label, "unknown", f"{label}: we cannot tell yet ({row['reason']}).")
    low, high = _widened(row, setting.comparisons)
    clear = not low <= 0 <= high and row["better"] != "neither"
    code = "no clear change"
    if clear:
        code = Code.BETTER if (low > 0) == (row["better"] == "higher") else Code.WORSE
    return Guardrail(row["metric"], label, str(code), f"{label}: {_values(row, speech)}, {code}.")


def _values(row: Mapping[str, Any], speech: Speech) -> str:
    unit = row["unit"]
    return f"{speech.value(row['value'], unit)} against {speech.value(row['baseline_value'], unit)}"


def _sentence(row: Mapping[str, Any], code: Code, matters: float, speech: Speech) -> str:
    label, arm, baseline, unit = row["label"], row["arm"], row["baseline"], row["unit"]
    values = f"{label} {_values(row, speech)}"
    size = speech.change(row["difference"], row["baseline_value"], unit)
    ends = [speech.change(row[end], row["baseline_value"], unit) for end in ("low", "high")]
    span = f"{size}, likely between {ends[0]} and {ends[1]}"
    least = speech.size(matters, row["baseline_value"], unit)
    if code is Code.NO_DIFFERENCE:
        return f"{arm} and {baseline} do not differ enough to matter: {values} ({span}; {least} would matter)."
    if code is Code.NOT_ENOUGH:
        return f"We cannot tell yet whether {arm} or {baseline} is better: {values} ({span}; {least} would matter)."
    return f"{arm} is {code} than {baseline}: {values} ({span})."


def _needed(more: int | None, weeks: float | None) -> str:
    if more is None:
        return ""
    told = f" About {_round(more):,} more ticket{'s' if more != 1 else ''} would tell"
    if weeks is None:
        return f"{told}."
    whole = max(1, math.ceil(weeks))
    return f"{told}, about {whole:,} more week{'' if whole == 1 else 's'} at today's volume."


def _round(many: int) -> int:
    """Two digits: it is a guess."""
    unit = int(10 ** max(0, len(str(many)) - 2))
    return math.ceil(many / unit) * unit


def _beside(code: Code, rails: Sequence[Guardrail]) -> str:
    harmed = [one.sentence.removesuffix(f", {one.code}.") for one in rails if one.code == Code.WORSE]
    if not harmed:
        return ""
    start = "But it costs elsewhere" if code is Code.BETTER else "Clearly worse beside it"
    return f" {start}: {'; '.join(harmed)}."
