"""The section of the report about changes whose true effect is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, stdev, variance
from typing import Any

from benchmarks.report import TRUTH_HEADING, Target, table
from benchmarks.simulation.true_kpis import METRICS, Numbers

SHARE = 0.9
"""Of the 95% intervals so many must hold the true effect: 18 of 20."""

WORDS = (
    "Mean resolution, hours", "Median resolution, hours", "Median first reply, hours", "90% replied within, hours",
    "Cost per resolution, EUR", "Tickets created", "Tickets resolved", "Automated, share",
)  # fmt: skip

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Seed:
    """Of one shop: rows of effects by change, rows of predictions, and KPIs by change ('today': none) of each future,
    the one that came first.
    """

    effects: Mapping[str, Sequence[Row]]
    baseline: Sequence[Row]
    true: Sequence[Mapping[str, Numbers]]


@dataclass(frozen=True)
class Question:
    """A change, the workflow that it is about, and the KPI that it is for."""

    change: str
    workflow: str
    metric: str


def section(found: Sequence[Seed], questions: Sequence[Question], said: str) -> str:
    """The section, as Markdown."""
    rows = [
        (question.change, flow, metric, *_counted(found, question.change, flow, metric))
        for question in questions
        for flow in (question.workflow, "all")
        for metric in METRICS
    ]
    head = "| Change | Workflow | KPI | True effect (± its error) | Predicted | Hold their shop's | Hold the mean |"
    lines = [
        f"| {change} | {flow} | {WORDS[METRICS.index(metric)]} | {_told(true)} ± {_told(error)} | {_told(predicted)} "
        f"| {held} of {n} | {alike} of {n} |"
        for change, flow, metric, true, error, predicted, held, alike, n in rows
    ]
    flows = ("all", *dict.fromkeys(question.workflow for question in questions))
    usual = [_usual(found, flow, metric) for flow in flows for metric in METRICS]
    kept = [_target(found, question) for question in questions]
    parts = [
        TRUTH_HEADING, _words(len(found), len(found[0].true), said),
        table("| Figure | Target | Measured | Met |", [target.row() for target in kept]),
        table(head, lines),
        "What was foretold of the same weeks without a change, beside what happened:",
        table("| Workflow | KPI | Happened | Foretold | 90% ranges that hold it |", usual),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _words(seeds: int, futures: int, said: str) -> str:
    day = dt.datetime.now(dt.UTC).date().isoformat()
    return (
        f"Written on {day} by `python -m benchmarks.simulation.truth`: {seeds} demo shops ({said}), calibrated four "
        "weeks before their end and asked what a change would do. Then the generator runs those weeks with and without "
        f"it, for the same customers with the same luck, in {futures} futures of the same past: the one that came, and "
        "others in which other customers write from the cut on, as what a change does to those of one month has luck "
        "of its own, which a 95% interval of a mean does not count. A shop's true effect is the mean of its futures, "
        "drawn to the mean of all shops by as much as futures of a shop differ (empirical Bayes): shops differ in how "
        "fast their people work and in how much they have open at the cut."
    )


def _target(found: Sequence[Seed], question: Question) -> Target:
    true, _, predicted, held, _, n = _counted(found, question.change, question.workflow, question.metric)
    what = WORDS[METRICS.index(question.metric)]
    figure = f"{question.change}: {what.split(',')[0].lower()} of {question.workflow}"
    measured = f"{held} of {n} ({_told(true)} true, {_told(predicted)} predicted)"
    return Target(figure, f"the true effect in {SHARE * n:.0f} of {n} intervals", measured, held >= SHARE * n)


def _counted(found: Sequence[Seed], change: str, flow: str, metric: str) -> tuple[float, float, float, int, int, int]:
    """Mean true effect, its standard error, mean predicted one, intervals that hold their shop's and the mean, of how
    many.
    """
    futures = [_true(seed, change, flow, metric) for seed in found]
    own, shop_means = shops_effects(futures), [mean(each) for each in futures]
    rows = [_row(seed.effects[change], flow, metric) for seed in found]
    true = mean(own)
    held = sum(_holds(row, true) for row in rows)
    theirs = sum(_holds(row, each) for row, each in zip(rows, own, strict=True))
    error = stdev(shop_means) / len(shop_means) ** 0.5 if len(shop_means) > 1 else float("nan")
    return true, error, mean(row["difference"] for row in rows), theirs, held, len(found)


def _true(seed: Seed, change: str, flow: str, metric: str) -> list[float]:
    """Of each future."""
    effects: list[float] = []
    for future in seed.true:
        after, before = (future[name][flow][metric] for name in (change, "today"))
        assert after is not None
        assert before is not None
        effects.append(after - before)
    return effects


def shops_effects(futures: Sequence[Sequence[float]]) -> list[float]:
    """Each shop's true effect: the mean of its futures, drawn to that of all shops by as much as those differ by luck.

    Empirical Bayes (Efron and Morris, 1975): where shops' means differ no more than luck makes them, all are alike.
    """
    own = [mean(each) for each in futures]
    if min(len(own), *map(len, futures)) < 2:
        return own
    luck = mean(variance(each) / len(each) for each in futures)
    kept = max(1 - luck / variance(own), 0.0) if variance(own) > 0 else 0.0
    return [mean(own) + kept * (each - mean(own)) for each in own]


def _row(rows: Sequence[Row], flow: str, metric: str) -> Row:
    return next(row for row in rows if (row["workflow"], row["metric"]) == (flow, metric))


def _holds(row: Row, value: float) -> bool:
    return bool(row["low"] <= value <= row["high"])


def _usual(found: Sequence[Seed], flow: str, metric: str) -> str:
    rows = [_row(seed.baseline, flow, metric)["baseline"] for seed in found]
    happened = [seed.true[0]["today"][flow][metric] or 0.0 for seed in found]
    held = sum(_holds(row, value) for row, value in zip(rows, happened, strict=True))
    foretold = mean(row["value"] for row in rows)
    what = WORDS[METRICS.index(metric)]
    return f"| {flow} | {what} | {_told(mean(happened))} | {_told(foretold)} | {held} of {len(found)} |"


def _told(value: float) -> str:
    return f"{value:,.3f}" if abs(value) < 1 else f"{value:,.1f}"
