"""Everything the compare page says of one comparison: rows of the forest plot, words, and which list a press opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import polars as pl

from analysis import comparison_words as words
from analysis.compare.before_after import WARNING
from analysis.compare.comparison import ADJUSTED, RUNNING, Comparison
from analysis.compare.frame import Measure
from analysis.compare.verdict import Code, margin
from analysis.wording import Speech, duration
from dashboard import compare_data, data, weekly_view
from dashboard.compare_data import Asked
from dashboard.components.compare_charts import OPEN
from dashboard.components.forest import Figure, ForestRow
from dashboard.data import Snapshot
from dashboard.format import monday_of, spoken_key, week_in_words
from dashboard.selection import Selection
from dashboard.weekly_view import MetricInfo
from flowmeter.arm_names import channel_condition, condition
from flowmeter.choice import Choice

Row = Mapping[str, Any]
FIRST = ("csat", "ces", "cost_per_resolution", "reopen_rate", "repeat_contact_7d", "resolution_rate_cohort")
"""What stands right below the goal: the guardrails, and what customers feel."""


@dataclass(frozen=True)
class Told:
    """A comparison with what was asked."""

    snap: Snapshot
    asked: Asked
    choice: Choice
    found: Comparison

    @property
    def speech(self) -> Speech:
        return Speech(self.snap.currency)

    @cached_property
    def goal(self) -> Measure:
        return next(one for one in self.found.measures if one.key == self.found.question.goal)

    @cached_property
    def _sizes(self) -> dict[str, int]:
        counts = compare_data.tickets(self.snap.path, self.choice)["arm"].value_counts()
        return dict(counts.select("arm", "count").iter_rows())

    def size(self, arm: str) -> int:
        """Tickets of an arm in the days that are compared."""
        return self._sizes.get(arm, 0)

    def named(self, arm: str) -> str:
        """An arm with the name that it has in the configuration: b (Answer with a live tracking link)."""
        rows = data.variants(self.snap.path).iter_rows() if self.asked.by == "variant" else iter(())
        names = {key: name for workflow, key, name in rows if workflow == self.choice.workflow}
        return f"{arm} ({names[arm]})" if names.get(arm, arm) != arm else arm


def days(choice: Choice) -> str:
    """1 June 2026 – 22 November 2026."""
    return " – ".join(f"{day.day} {day:%B %Y}" for day in (choice.first, choice.last))


def basis(told: Told) -> list[str]:
    """What the verdict rests on, what is to be known about it, and reversals."""
    found = told.found
    said = []
    if found.is_running:
        said.append(
            "The test still runs, so the verdict rests on an interval that may be looked at every day "
            "(an always-valid confidence sequence); it is wider than the ordinary ones below."
        )
    elif found.basis == ADJUSTED:
        said.append("The verdict rests on the difference with the same mix of tickets in both.")
    labels = {one.key: (one.label, one.unit) for one in found.measures}
    turned = [one for one in found.reversals if one.metric in {found.question.goal, *FIRST}]
    cautions = found.cautions if told.choice.cut is None else ()
    return [
        *said,
        *cautions,
        *(words.reversal(one, *labels[one.metric], told.speech) for one in turned[:3]),
    ]


def effects_title(told: Told, arm: str) -> str:
    """How many KPIs move which way."""
    standings = [words.standing(row) for row in _of(told.found.effects, arm)]
    judged = sum(word != words.TOO_FEW for word in standings)
    if not judged:
        return "Too few tickets to compare"
    better, worse = standings.count(words.BETTER), standings.count(words.WORSE)
    if not better and not worse:
        return f"None of {judged} main KPIs differs clearly"
    return f"{better or 'None'} of {judged} main KPIs better, {worse or 'none'} worse"


def title(told: Told) -> str:
    """The verdict. The warning of a date cut stands below it."""
    return told.found.verdict.sentence.removesuffix(WARNING).strip()


def cut(told: Told) -> list[str]:
    """The step at the date, and how unusual it is."""
    found = told.found.before_after
    return words.cut(found, told.goal.label, told.goal.unit, told.speech) if found is not None else []


def rows(told: Told, arm: str) -> list[ForestRow]:
    """The main KPIs: the goal first, then the guardrails."""
    order = {key: at for at, key in enumerate((told.goal.key, *FIRST), start=-len(FIRST) - 1)}
    found = sorted(_of(told.found.effects, arm), key=lambda row: (row["low"] is None, order.get(row["metric"], 0)))
    return _all(told, arm, found, told.found.adjusted.differences)


def other_rows(told: Told, arm: str) -> list[ForestRow]:
    """The other KPIs, those that nobody can tell last."""
    effects, evened = compare_data.other_effects(told.snap.path, told.asked)
    return _all(told, arm, sorted(_of(effects, arm), key=lambda row: row["low"] is None), evened)


def _all(told: Told, arm: str, found: Sequence[Row], differences: pl.DataFrame) -> list[ForestRow]:
    evened = {row["metric"]: row for row in _of(differences, arm)}
    at = told.choice.arms.index(arm)
    return [
        _row(told, row, row["label"], (f"{row['metric']}:{at}", f"{row['metric']}:0"), evened.get(row["metric"]))
        for row in found
        if row["n"] or row["baseline_n"]
    ]


def channel_rows(told: Told, arm: str) -> list[ForestRow]:
    """The goal channel by channel."""
    found = compare_data.by_channel(told.snap.path, told.asked, told.goal)
    at = told.choice.arms.index(arm)
    return [
        _row(
            told,
            row,
            spoken_key(row["channel"]),
            (f"{row['metric']}:{at}:{row['channel']}", f"{row['metric']}:0:{row['channel']}"),
            None,
        )
        for row in _of(found, arm)
        if row["n"] or row["baseline_n"]
    ]


def mix(told: Told, arm: str) -> list[str]:
    """How alike the tickets of both are, by the goal."""
    goal = told.goal.key
    evened = next(row for row in _of(told.found.adjusted.differences, arm) if row["metric"] == goal)
    plain = next(row for row in _of(told.found.effects, arm) if row["metric"] == goal)
    return words.mix(evened, told.found.adjusted.balance, plain, told.speech)


def plan(told: Told) -> list[str]:
    """How large a test for a difference that matters, and for half of it."""
    row = next(row for row in _of(told.found.effects, told.choice.arms[1]) if row["metric"] == told.goal.key)
    if not row["baseline_value"]:
        return ["Nothing is known of the baseline yet."]
    matters = margin(told.goal.unit, row["baseline_value"])
    said = _missing(told)
    for effect in (matters, matters / 2):
        found = compare_data.planned(told.snap.path, told.asked, told.goal, effect, told.snap.snapshot_at)
        size = words.own_unit(effect, told.goal.unit, told.speech).lstrip("+")
        said.append(words.plan(found, size, told.goal.label))
        if found.tickets is None:
            break
    if told.found.basis == RUNNING and any(one.more_tickets is not None for one in told.found.verdicts.values()):
        said.append("A test that is looked at every day needs about half as many again.")
    return said


def _missing(told: Told) -> list[str]:
    """What every arm still needs."""
    verdicts = told.found.verdicts
    if all(one.code is not Code.NOT_ENOUGH for one in verdicts.values()):
        return ["This comparison knows enough. For the next test:"]
    missing = {arm: one.sentence.rpartition("). ")[2] for arm, one in verdicts.items() if one.more_tickets is not None}
    return [f"{arm}: {said}" if len(verdicts) > 1 else said for arm, said in missing.items()]


def list_asked(told: Told, given: str) -> tuple[MetricInfo, Selection, str] | None:
    """The list 'metric:arm number:channel:week' that the URL asks for; null when it asks for none that there is.

    'open' for the metric stands for tickets that are open some time after their creation: hours instead of a week.
    """
    metric, arm, channel, when = [*given.split(":"), "", "", ""][:4]
    if not arm.isdecimal() or int(arm) >= len(told.choice.arms):
        return None
    found = _still_open(told, when) if metric == OPEN else _of_metric(told, metric, when)
    if found is None:
        return None
    info, scope = found
    name = told.choice.arms[int(arm)]
    parts = [info.ticket_filter, condition(told.choice, name, told.snap.time_zone)]
    if channel:
        parts.append(channel_condition(channel))
        scope += f", {spoken_key(channel)}"
    own = replace(info, ticket_filter=" and ".join(f"({part})" for part in parts))
    chosen = Selection(monday_of(told.snap.snapshot_at, told.snap.time_zone), told.choice.workflow)
    return own, chosen, f"{told.named(name)}, {scope}"


def _of_metric(told: Told, metric: str, week: str) -> tuple[MetricInfo, str] | None:
    info = weekly_view.metric_infos(told.snap.path).get(metric)
    if info is None:
        return None
    where, scope = info.ticket_filter or "true", f"created {days(told.choice)}"
    if week:
        try:
            monday = dt.date.fromisoformat(week)
        except ValueError:
            return None
        where, scope = (
            f"({where}) and created_week = date '{monday}'",
            f"created in {words.inside(week_in_words(monday))}",
        )
    return _undated(info, where), scope


def _still_open(told: Told, hours: str) -> tuple[MetricInfo, str] | None:
    """The tickets that count in a survival curve just before this time."""
    try:
        minutes = float(hours) * 60
    except ValueError:
        return None
    snapshot = f"'{told.snap.snapshot_at}'::timestamp"
    age = f"coalesce(resolution_calendar_minutes, (epoch_us({snapshot}) - epoch_us(created_at)) / 60000000.0)"
    sentence = "Tickets that were open for at least so long, whether or not they have been resolved since."
    where = f"is_measured and {age} >= {minutes:.7f} - 0.000001"
    info = MetricInfo(OPEN, "Not resolved yet", "count", "neither", 0, False, False, sentence, "", where, 0)
    return info, f"still open after {duration(minutes / 60)}, created {days(told.choice)}"


def _undated(info: MetricInfo, where: str) -> MetricInfo:
    return replace(info, is_headline=False, is_table=False, week_column="", ticket_filter=where, matures_days=0)


def _of(frame: pl.DataFrame, arm: str) -> list[dict[str, Any]]:
    return frame.filter(pl.col("arm") == arm).to_dicts()


def _row(told: Told, row: Row, label: str, targets: tuple[str, str], evened: Row | None) -> ForestRow:
    unit, speech, base = row["unit"], told.speech, row["baseline_value"]
    standing = words.standing(row)
    figures = tuple(
        Figure(
            arm,
            speech.value(value, unit),
            f"n {n or 0:,}",
            target if n else "",
        )
        for arm, value, n, target in (
            (row["arm"], row["value"], row["n"], targets[0]),
            (row["baseline"], base, row["baseline_n"], targets[1]),
        )
    )
    beside = ""
    if evened is not None and evened["low"] is not None:
        beside = f"same mix: {words.sized({**evened, 'unit': unit}, speech)}"
    return ForestRow(
        label=label,
        figures=figures,
        told=words.sized(row, speech) if standing != words.TOO_FEW else row["reason"] or "",
        standing=standing,
        good="" if row["better"] == "neither" else f"{row['better']} is better",
        middle=_part(row["difference"], base) if row["low"] is not None else None,
        low=_part(row["low"], base),
        high=_part(row["high"], base),
        adjusted=_part(evened["difference"], base) if evened is not None else None,
        beside=beside,
        sure=words.sure(row["probability_better"]),
    )


def _part(delta: float | None, base: float | None) -> float | None:
    return delta / abs(base) if delta is not None and base else None
