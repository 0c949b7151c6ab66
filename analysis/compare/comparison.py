"""One comparison, whole: what the command and the page show of two or more variants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from analysis.compare.adjusted import Adjusted, adjusted
from analysis.compare.before_after import WARNING, BeforeAfter, before_after
from analysis.compare.effects import effects
from analysis.compare.frame import COVARIATES, Arm, Kind, Measure, measures, split
from analysis.compare.plan import Plan, plan
from analysis.compare.sequential import always_valid
from analysis.compare.simpson import Reversal, reversals
from analysis.compare.survival import Survival, survival
from analysis.compare.verdict import GUARDRAILS, Setting, Verdict, verdict, with_intervals
from analysis.wording import Speech

GOAL = "resolution_time_mean_calendar_hours"
"""What a change is judged by unless somebody says otherwise: every resolved ticket has it."""
RECENT = dt.timedelta(days=28)
STILL = dt.timedelta(days=7)
NOT_DRAWN = {
    "tag": "Nobody drew lots for who gets this tag",
    "macro": "Agents choose where they use a macro",
    "rule": "A rule runs where its conditions hold",
    "field": "What a field says is filled in by people, often when the outcome is known",
    "flow": "A Flow's versions mostly follow one another, and its conditions choose the orders",
    "group": "Groups get different tickets",
    "channel": "Customers choose their channel",
}
NOTED_BY_AGENTS = "reason"
NOTED = 0.9
"""Share of every arm's tickets that must have a reason: noted at the end it would take part of the effect for mix."""
UNUSUAL = 0.05
UNEVEN = 0.2
NONE_ALIKE = 0.9
"""Share of tickets with hardly any like them in the other arm, from which nothing is left to judge by."""
UNEVENLY_OPEN = 0.05
"""From this difference of open tickets on, figures of resolved ones set the fast of one arm against all of another."""
PLAIN, ADJUSTED, RUNNING = "plain", "adjusted", "always valid"


@dataclass(frozen=True)
class Question:
    """What is asked. `arms`: the baseline first. `by` as flowmeter.comparison knows it, `cut` only of a date cut.

    `snapshot`: naive UTC, says whether the test still runs. `margin`: the difference that matters, in the goal's unit.
    """

    arms: tuple[str, ...]
    by: str
    snapshot: dt.datetime
    goal: str = GOAL
    margin: float | None = None
    cut: dt.date | None = None


@dataclass(frozen=True)
class Comparison:
    """The answer. `verdicts`: of every arm against the first, by its name.

    `effects`, `adjusted`, `always_valid`: one row per metric and arm. `basis`: whose intervals the verdict rests on.
    `before_after`: of a date cut, the goal's. `cautions`: sentences about what the numbers cannot say.
    """

    question: Question
    measures: list[Measure]
    effects: pl.DataFrame
    adjusted: Adjusted
    always_valid: pl.DataFrame
    survival: Survival
    reversals: list[Reversal]
    verdicts: dict[str, Verdict]
    basis: str
    is_running: bool
    before_after: BeforeAfter | None
    cautions: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """Of the first arm that is no baseline."""
        return self.verdicts[self.question.arms[1]]


def compare(
    tickets: pl.DataFrame,
    metrics: pl.DataFrame,
    question: Question,
    weeks: pl.DataFrame | None = None,
    speech: Speech | None = None,
) -> Comparison:
    """Everything about the arms.

    `tickets` as in frame; `metrics`: the mart `metric`; `weeks`: metric, period (Monday), value of the finished weeks,
    for a date cut. ValueError for a goal that cannot be judged, with those that can.

    The verdict rests on the always-valid intervals while a configured test runs, on the adjusted ones where nobody
    drew lots, on the plain ones else.
    """
    known = measures(metrics, tickets)
    _check_goal(question.goal, known)
    goal = next(one for one in known if one.key == question.goal)
    kind = question.by.partition(":")[0]
    covariates = covariates_of(tickets, question.by)
    names = question.arms
    arms = split(tickets, names)
    with ThreadPoolExecutor() as pool:
        later = pool.submit(survival, arms, names)
        evened = adjusted(arms, known, names, covariates)
        found = effects(arms, known, names)
    sequence = always_valid(arms, known, names)
    is_running = kind == "variant" and _runs(arms, question.snapshot)
    basis = RUNNING if is_running else PLAIN if kind == "variant" else ADJUSTED
    judged = {
        PLAIN: found,
        ADJUSTED: with_intervals(found, _of_like_tickets(evened.differences)),
        RUNNING: with_intervals(found, sequence),
    }[basis]
    step = _step(weeks, question)
    cautions = _cautions(kind, evened, question.goal, step)
    return Comparison(
        question=question,
        measures=known,
        effects=found,
        adjusted=evened,
        always_valid=sequence,
        survival=later.result(),
        reversals=reversals(arms, known, found, covariates),
        verdicts={arm.name: _verdict(judged, (arms[0], arm), question, goal, speech) for arm in arms[1:]},
        basis=basis,
        is_running=is_running,
        before_after=step,
        cautions=cautions,
    )


def main(metrics: pl.DataFrame, goal: str) -> pl.DataFrame:
    """The rows of `metric` that are shown first: headlines, the table's, the guardrails and the goal."""
    return metrics.filter(is_main(goal))


def is_main(goal: str) -> pl.Expr:
    """Which rows of `metric` these are."""
    return pl.col("is_table") | pl.col("is_headline") | pl.col("metric").is_in([goal, *GUARDRAILS])


def covariates_of(tickets: pl.DataFrame, by: str) -> list[str]:
    """What the arms' mix may differ in: not what they are told apart by, nor a reason that many tickets lack."""
    kind = by.partition(":")[0]
    known = [name for name in COVARIATES if name != kind and name in tickets.columns]
    if kind == "field":
        known = [name for name in known if not _same(tickets, name)]
    noted = NOTED_BY_AGENTS in known and tickets.group_by("arm").agg(pl.col(NOTED_BY_AGENTS).count() / pl.len())
    if noted is not False and (noted[NOTED_BY_AGENTS] < NOTED).any():
        known.remove(NOTED_BY_AGENTS)
    return known


def _same(tickets: pl.DataFrame, name: str) -> bool:
    return bool(tickets.select((pl.col(name).cast(pl.String) == pl.col("arm").cast(pl.String)).all()).item())


def planned(
    tickets: pl.DataFrame, metrics: pl.DataFrame, goal: str, effect: float, per_week: float, arms: int = 2
) -> Plan:
    """The size of a test by one metric, over the tickets of a workflow as it is. ValueError as plan() and compare()."""
    known = measures(metrics, tickets)
    _check_goal(goal, known)
    measure = next(one for one in known if one.key == goal)
    return plan(tickets, measure, effect, per_week, arms)


def document(found: Comparison) -> dict[str, Any]:
    """The comparison as plain values: arms, metrics, verdict, and what stands beside them.

    Of more than two arms `metrics` has a row, and `verdicts` an entry, for each against the first.
    """
    keys = ["metric", "arm"]
    evened = {tuple(row[key] for key in keys): row for row in found.adjusted.differences.iter_rows(named=True)}
    valid = {tuple(row[key] for key in keys): row for row in found.always_valid.iter_rows(named=True)}
    rows = []
    for row in found.effects.iter_rows(named=True):
        key = (row["metric"], row["arm"])
        rows.append(
            {
                "metric": row["metric"], "label": row["label"], "unit": row["unit"], "better": row["better"],
                "baseline": row["baseline"], "arm": row["arm"],
                "values": {row["baseline"]: row["baseline_value"], row["arm"]: row["value"]},
                "n": {row["baseline"]: row["baseline_n"], row["arm"]: row["n"]},
                **_part(row, "difference", "low", "high", "ratio", "ratio_low", "ratio_high", "probability_better"),
                "adjusted": _part(
                    evened[key], "baseline_value", "value", "difference", "low", "high", "covariates",
                    "outside_share", "method", "reason",
                ),
                "always_valid": _part(valid[key], "low", "high", "method", "reason"),
                "method": row["method"], "reason": row["reason"],
            }
        )  # fmt: skip
    return {
        "arms": list(found.question.arms),
        "by": found.question.by,
        "goal": found.question.goal,
        "metrics": rows,
        "verdict": verdict_document(found, found.question.arms[1]),
        "verdicts": {arm: verdict_document(found, arm) for arm in found.verdicts},
        "is_running": found.is_running,
        "survival": found.survival.differences.to_dicts(),
        "reversals": [{**vars(one), "sentence": turned(one)} for one in found.reversals],
        "before_after": _step_document(found.before_after),
        "cautions": list(found.cautions),
    }


def table(found: Comparison) -> pl.DataFrame:
    """One row per metric and arm against the baseline: values, n, and the difference plain and with the same mix."""
    keys = ["metric", "baseline", "arm"]
    evened = found.adjusted.differences.select(
        *keys, *(pl.col(name).alias(f"adjusted_{name}") for name in ("difference", "low", "high"))
    )
    columns = ("baseline_value", "value", "baseline_n", "n", "difference", "low", "high")
    shown = found.effects.select("metric", "unit", "baseline", "arm", *columns, "probability_better")
    return shown.join(evened, on=keys, how="left", maintain_order="left")


def verdict_document(found: Comparison, arm: str) -> dict[str, Any]:
    """The verdict about one arm as plain values."""
    told = found.verdicts[arm]
    return {
        "arm": arm, "baseline": found.question.arms[0], "metric": found.question.goal, "code": str(told.code),
        "sentence": told.sentence, "basis": found.basis, "margin": told.margin, "more_tickets": told.more_tickets,
        "more_weeks": told.more_weeks,
        "guardrails": [{"metric": one.metric, "code": one.code, "sentence": one.sentence} for one in told.guardrails],
    }  # fmt: skip


def turned(one: Reversal) -> str:
    """A reversal as a sentence."""
    return (
        f"{one.metric}: {one.arm} and {one.baseline} differ the other way within {one.covariate} "
        f"({', '.join(one.strata)}, {one.share:.0%} of the tickets): the mix decides, not the variant."
    )


def _part(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _step_document(found: BeforeAfter | None) -> dict[str, Any] | None:
    if found is None:
        return None
    step = vars(found.step) if found.step else None
    return {
        "step": step, "earlier_dates": len(found.placebos), "rank": found.rank, "placebo_p": found.placebo_p,
        "method": found.method, "warning": found.warning, "reason": found.reason,
    }  # fmt: skip


def _check_goal(goal: str, known: Sequence[Measure]) -> None:
    judged = [one.key for one in known if one.better != "neither"]
    if goal not in judged:
        raise ValueError(f"'{goal}' is no metric that variants are judged by. Choose one of: {', '.join(judged)}")


def _runs(arms: Sequence[Arm], snapshot: dt.datetime) -> bool:
    """Whether every arm got a ticket in the week before the snapshot."""
    last = [arm.column("created_at").max() for arm in arms]
    return all(isinstance(at, dt.datetime) and snapshot - at < STILL for at in last)


def _verdict(
    judged: pl.DataFrame, both: tuple[Arm, Arm], question: Question, measure: Measure, speech: Speech | None
) -> Verdict:
    arm = both[1].name
    goal = (pl.col("metric") == question.goal) & (pl.col("arm") == arm)
    row = judged.row(by_predicate=goal, named=True)
    if reason := _unevenly_open(both, measure):
        judged = judged.with_columns(
            pl.when(~goal).then(pl.col("low")).alias("low"), pl.when(~goal).then(pl.col("high")).alias("high"),
            pl.when(goal).then(pl.lit(reason)).otherwise("reason").alias("reason"),
        )  # fmt: skip
    since = question.snapshot - RECENT
    recent = sum(int((one.column("created_at") > since).sum()) for one in both) / (RECENT.days / 7)
    counted = (row["n"] + row["baseline_n"]) / sum(one.size for one in both)
    setting = Setting(question.margin, recent * counted, comparisons=len(question.arms) - 1)
    told = verdict(judged, question.goal, arm, setting, speech)
    return replace(told, sentence=f"{told.sentence} {WARNING}") if question.cut else told


def _of_like_tickets(differences: pl.DataFrame) -> pl.DataFrame:
    """Without the intervals of what cannot be compared: the mix of one arm does not occur in the other."""
    too_far = pl.col("outside_share") > NONE_ALIKE
    reason = pl.format("hardly any tickets of {} and {} are alike", "arm", "baseline")
    return differences.with_columns(
        *(pl.when(~too_far).then(pl.col(end)).alias(end) for end in ("low", "high")),
        pl.when(too_far).then(reason).otherwise("reason").alias("reason"),
    )


def _unevenly_open(both: tuple[Arm, Arm], measure: Measure) -> str:
    """Why a figure of resolved tickets does not compare the arms; empty if it does, or open tickets have it too.

    Of an arm with many open tickets only the fast ones are resolved.
    """
    is_open = [arm.column("open_minutes").is_not_null() for arm in both]
    counts = [arm.column(measure.columns[0]).is_not_null() for arm in both]
    if measure.kind is not Kind.RATIO and any((one & other).any() for one, other in zip(is_open, counts, strict=True)):
        return ""
    theirs, mine = (float(one.sum()) / max(len(one), 1) for one in is_open)
    if abs(mine - theirs) <= UNEVENLY_OPEN:
        return ""
    arm, baseline = both[1].name, both[0].name
    return f"{mine:.0%} of {arm} and {theirs:.0%} of {baseline} are still open, and slow tickets are resolved last"


def _step(weeks: pl.DataFrame | None, question: Question) -> BeforeAfter | None:
    """The goal's weeks, without the one that the cut goes through."""
    cut = question.cut
    if weeks is None or cut is None:
        return None
    goal = weeks.filter(pl.col("metric") == question.goal)
    through = (pl.col("period") < cut) & (pl.col("period") > cut - dt.timedelta(days=7))
    return before_after(goal.filter(~through).select("period", "value"), cut)


def _cautions(kind: str, evened: Adjusted, goal: str, step: BeforeAfter | None) -> tuple[str, ...]:
    told = [WARNING] if kind == "date" else []
    if step and step.rank is not None and (step.placebo_p or 1.0) > UNUSUAL:
        told.append(
            f"The weeks step no more at that date than at others: {step.rank - 1} of {len(step.placebos)} earlier "
            "dates show as large a step."
        )
    if kind in NOT_DRAWN:
        told.append(f"{NOT_DRAWN[kind]}, so what else differs between these tickets is in the difference too.")
    uneven = evened.differences.filter(pl.col("metric") == goal, pl.col("outside_share") > UNEVEN)
    told += [
        f"{row['outside_share']:.0%} of the tickets of {row['baseline']} and {row['arm']} have hardly any like them in "
        "the other: the adjusted difference is about the rest."
        for row in uneven.iter_rows(named=True)
    ]
    return tuple(told)
