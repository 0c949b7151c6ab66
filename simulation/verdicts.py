"""What a back-test found, in plain words: what the model is no better at stands first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.comparison_words import inside
from analysis.wording import Speech


class Naive(StrEnum):
    """Forecasts that need no model; the values are the columns of a back-test's points."""

    REPLAY = "replay"
    LAST_MONTH = "last_month"


class Verdict(StrEnum):
    """The model against the better of the naive forecasts."""

    BETTER = "better"
    SAME = "as good"
    WORSE = "worse"
    UNKNOWN = "too few periods"


NAMES = {Naive.REPLAY: "the last period again", Naive.LAST_MONTH: "the same as last month"}
FAR_FROM_NOMINAL = 0.07
"""Realised coverage of nine tenths that differs by less is called near."""


@dataclass(frozen=True)
class Score:
    """How well one figure of one workflow was foretold. Errors are means over periods, in the figure's unit."""

    workflow: str
    metric: str
    label: str
    unit: str
    periods: int
    error: float
    bias: float  # above 0: foretold too high
    relative_error: float | None  # share of what came
    replay_error: float | None
    last_month_error: float | None
    noise: float | None  # what chance alone would make of a perfect forecast
    coverage: float | None  # share of periods inside the 90% interval
    rival: Naive | None
    verdict: Verdict
    gain: float | None  # the rival's error less the model's


def headline(scores: Sequence[Score], coverage: float | None, figures: int) -> list[str]:
    """The sentences that stand above everything else."""
    said = [_no_better(scores), _better(scores), _covered(coverage, figures)]
    return [text for text in said if text]


def sentence(score: Score, speech: Speech | None = None) -> str:
    """One figure's verdict: what it was off by, what the naive forecast was off by, and what that means."""
    speak = speech or Speech()
    where = f"{score.workflow[:1].upper()}{score.workflow[1:]}"
    off = f"{where}, {inside(score.label)}: off by {_size(speak, score.error, score.unit)} on average"
    if score.rival is None or score.verdict is Verdict.UNKNOWN:
        return f"{off}; too few periods to tell whether that is any good."
    naive = score.replay_error if score.rival is Naive.REPLAY else score.last_month_error
    words = {
        Verdict.BETTER: "the model is better",
        Verdict.SAME: "there is no clear difference",
        Verdict.WORSE: "the model is worse",
    }[score.verdict]
    return f'{off}, "{NAMES[score.rival]}" by {_size(speak, naive, score.unit)}: {words}.'


def _size(speak: Speech, value: float | None, unit: str) -> str:
    """A distance: of shares in points."""
    return f"{(value or 0.0) * 100:.1f} points" if unit == "share" else speak.value(value, unit)


def _no_better(scores: Sequence[Score]) -> str:
    judged = [score for score in scores if score.verdict is not Verdict.UNKNOWN]
    if not judged:
        return "There are too few finished weeks to tell whether the model foretells better than last month does."
    poor = [score for score in judged if score.verdict is not Verdict.BETTER]
    if not poor:
        return ""
    worse = [score for score in poor if score.verdict is Verdict.WORSE]
    of = f"{len(poor)} of {len(judged)} figures"
    text = f"For {of} we cannot say that the model foretells better than repeating the past"
    same = len(poor) - len(worse)
    if not worse:
        return f"{text}."
    apart = f"{same} show{'s' if same == 1 else ''} no clear difference, and " if same else ""
    return f"{text}: {apart}it is worse for {_listed(worse)}."


def _better(scores: Sequence[Score]) -> str:
    good = [score for score in scores if score.verdict is Verdict.BETTER]
    return f"It foretells better than the past alone: {_listed(good)}." if good else ""


def _covered(coverage: float | None, figures: int) -> str:
    if coverage is None:
        return ""
    found = f"Of {figures:,} figures, {coverage:.0%} came out inside the 90% range that was given"
    if coverage < 0.9 - FAR_FROM_NOMINAL:
        return f"{found}: the ranges are too narrow."
    return f"{found}: the ranges are too wide." if coverage > 0.9 + FAR_FROM_NOMINAL else f"{found}, as they should."


def _listed(scores: Sequence[Score]) -> str:
    return "; ".join(f"{inside(score.label)} of {score.workflow}" for score in scores)
