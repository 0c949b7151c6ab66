"""What a simulation says, for an owner with no statistics: effects, who is overloaded, money, what it rests on.

Figures come as the experiment's document has them: plain values, None where nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.compare.verdict import margin
from analysis.comparison_words import BETTER, UNCLEAR, WORSE, inside, listed, own_unit, standing
from analysis.load_words import DAYS
from analysis.wording import Speech

Row = Mapping[str, Any]
ALL, EVERY = "all", "all workflows"
OVERLOADED = 0.85
"""Share of the time on duty that is worked from which queues grow out of hand (docs/decisions: queues)."""

MOSTLY = 0.5
FIRST = (
    "csat", "ces", "resolution_time_mean_calendar_hours", "resolution_rate_cohort", "first_reply_median_calendar_hours",
    "cost_per_resolution", "fcr_7d", "reopen_rate", "handoffs", "automated_rate",
)  # fmt: skip
"""The main figures in the order of what matters, as far as they are simulated."""

INPUTS = {
    "arrivals": "how many customers write",
    "routes": "which way tickets go",
    "work": "how long work takes",
    "waits": "how long customers and third parties take",
    "calendar": "who is at work when",
    "queue": "in which order work is taken",
    "chance": "the luck of single weeks",
}
REDUCED_BY = {
    "chance": "more runs",
    "calendar": "shifts that are written down",
    "work": "time tracking in the helpdesk",
}


@dataclass(frozen=True)
class Known:
    """What words need beside the figures: metrics by key (label, unit, better), names of workflows, the currency."""

    metrics: Mapping[str, Row]
    workflows: Mapping[str, str]
    speech: Speech

    def workflow(self, key: str) -> str:
        """The name of a workflow, or of all."""
        return "All workflows" if key == ALL else self.workflows.get(key, key)


def effects(answer: Row, known: Known) -> list[dict[str, Any]]:
    """The effects of metrics that the shop knows, each with label, unit, better and its standing in a word."""
    found = []
    for effect in answer["effects"]:
        metric = known.metrics.get(effect["metric"])
        if metric is not None:
            row = {**effect, "label": metric["label"], "unit": metric["unit"], "better": metric["better"]}
            found.append({**row, "standing": _standing(row, known.speech)})
    return found


def _standing(row: Row, speech: Speech) -> str:
    """What is told as nothing is no better and no worse, however sure we are of it."""
    told = own_unit(row["difference"], row["unit"], speech) if row["low"] is not None else ""
    return UNCLEAR if told and not any(sign in told for sign in "123456789") else standing(row)


def main(rows: Sequence[Row], workflow: str | None = None) -> list[Row]:
    """The main figures in their order, of one workflow or of those given."""
    own = [row for row in rows if row["metric"] in FIRST and workflow in {None, row["workflow"]}]
    return sorted(own, key=lambda row: FIRST.index(row["metric"]))


def findings(rows: Sequence[Row]) -> list[Row]:
    """The first clear effect to the better and the first to the worse, of rows in the order of what matters most."""
    clear = [row for row in rows if _matters(row)]
    firsts = (next((row for row in clear if row["standing"] == word), None) for word in (BETTER, WORSE))
    return [row for row in firsts if row is not None]


def title(rows: Sequence[Row], name: str, known: Known) -> str:
    """The findings, with their size."""
    said = []
    for row in findings(rows):
        where = "" if row["workflow"] == ALL else f" of {inside(known.workflow(row['workflow']))}"
        said.append(f"{inside(row['label'])}{where} {own_unit(row['difference'], row['unit'], known.speech)}")
    return f"{name}: {', but '.join(said) if said else 'no clear change in any main figure'}"


def past_seen(told: Sequence[str]) -> list[str]:
    """What a scenario takes past the weeks that the model was learned from, headed by what that means."""
    return ["This goes past what your weeks have seen, so how the shop would behave is a guess.", *told] if told else []


@dataclass(frozen=True)
class Busy:
    """A group of people: how many, hours at work a week in all, and the share of them that is worked."""

    people: int
    hours: float
    share: float


def busy(answer: Row, groups: Mapping[str, str], when: str) -> dict[str, Busy]:
    """Groups before or after, busiest first. `groups`: of each agent. Groups are judged, never single people."""
    found: dict[str, list[tuple[float, float]]] = {}
    for row in answer["agents"]:
        if row["when"] == when and row["utilisation"] is not None and row["agent"] in groups:
            hours = row["duty_hours_week"] or 0.0
            found.setdefault(groups[row["agent"]], []).append((hours, row["utilisation"]))
    told = {}
    for group, people in found.items():
        whole = sum(hours for hours, _ in people)
        if whole:
            told[group] = Busy(len(people), whole, min(1.0, sum(hours * share for hours, share in people) / whole))
    return dict(sorted(told.items(), key=lambda pair: (-pair[1].share, pair[0])))


def overloaded(answer: Row, groups: Mapping[str, str]) -> list[str]:
    """Which groups would have too much to do, which no longer; and the busiest where none has."""
    now, then = (busy(answer, groups, when) for when in ("before", "after"))
    if not then:
        return ["Who is busy when is not known: the log does not say who worked."]
    hot = [group for group in then if then[group].share > OVERLOADED]
    said = [
        f"{group} ({_people(then[group].people)}) would be busy {then[group].share:.0%} of the time at work"
        f"{f', {now[group].share:.0%} today' if group in now else ''}."
        for group in hot
    ]
    eased = [group for group in now if now[group].share > OVERLOADED and group in then and group not in hot]
    said += [f"{group} no longer: {then[group].share:.0%} instead of {now[group].share:.0%}." for group in eased]
    if not hot:
        first = next(iter(then))
        said.append(f"The busiest would be {first}, at work on tickets {then[first].share:.0%} of the time.")
    return said


def overload_title(answer: Row, groups: Mapping[str, str]) -> str:
    """How many groups are overloaded, before and after."""
    now, then = (
        sum(one.share > OVERLOADED for one in busy(answer, groups, when).values()) for when in ("before", "after")
    )
    if not then and not now:
        return "No group is overloaded"
    return f"Overloaded groups: {now or 'none'} today, {then or 'none'} then"


def money(found: Row, speech: Speech) -> list[str]:
    """What it saves or costs a month, what the change itself costs, and when it has paid for itself, with ranges."""
    net, pays = found["net_month"], found["payback_months"]
    said = [f"{_saved(found['saving_month'], speech)}: {found['counts']}."]
    if found["cost_once"] or found["cost_month"]:
        costs = [
            f"{speech.money(found[key])} {when}"
            for key, when in (("cost_once", "once"), ("cost_month", "a month"))
            if found[key]
        ]
        said.append(f"The change itself costs {' and '.join(costs)}. All in all it {_inside(_saved(net, speech))}.")
    if found["cost_once"]:
        said.append(_payback(pays))
    if net["low"] is not None and net["low"] < 0 < net["high"]:
        said.append("Whether it pays at all we cannot tell yet: the range reaches from a loss to a gain.")
    return said


def money_title(found: Row, speech: Speech) -> str:
    """The verdict about money."""
    net = found["net_month"]
    if net["low"] is None:
        return "What it is worth we cannot tell"
    if not net["low"] and not net["high"]:
        return "Saves and costs nothing"
    if net["low"] <= 0 <= net["high"]:
        return "No clear saving"
    verb = "Saves" if net["value"] > 0 else "Costs"
    return f"{verb} about {speech.money(abs(net['value']))} a month"


def hour_in_words(hour: int) -> str:
    """Monday 09:00, of an hour of the week (0 to 167)."""
    return f"{DAYS[hour // 24]} {hour % 24:02d}:00"


def queue_title(before: Sequence[float | None], after: Sequence[float | None]) -> str:
    """Where the queue is longest, today and then."""
    parts = []
    for word, hours in (("today", before), ("then", after)):
        known = [(value, -hour) for hour, value in enumerate(hours) if value is not None]
        if known:
            most, at = max(known)
            parts.append(f"{most:,.1f} on {hour_in_words(-at)} {word}")
    return f"Longest queue: {', '.join(parts)}" if parts else "Nothing waits here"


def fit(tested: Row, speech: Speech) -> str:
    """How near the forecasts of past weeks came, for the main figures of all workflows."""
    scores = {row["metric"]: row for row in tested["scores"] if row["workflow"] in {ALL, EVERY}}
    said = [f"{inside(scores[key]['label'])} within {_off(scores[key], speech)}" for key in FIRST if key in scores]
    if not said:
        return ""
    ahead = tested["ahead"]
    weeks = tested["cuts"] * ahead
    return f"The last {weeks} weeks, foretold {ahead} at a time from what was known before, came out: {listed(said)}."


def _off(score: Row, speech: Speech) -> str:
    """The mean error: of shares in points, else as a part of what came."""
    if score["unit"] == "share":
        return f"{score['error'] * 100:.1f} points"
    if score["unit"] == "score" or score["relative_error"] is None:
        return speech.value(score["error"], score["unit"])
    return f"{score['relative_error']:.0%}"


def drivers(width: Iterable[Row], metric: str, label: str) -> str:
    """What makes a range as wide as it is, and what would narrow it."""
    shares = {row["input"]: row["share"] for row in width if row["metric"] == metric}
    if not shares or not sum(shares.values()):
        return ""
    ranked = sorted(shares, key=lambda name: -shares[name])
    first, share = ranked[0], shares[ranked[0]]
    told = f"The range of {inside(label)} is wide mostly because of {INPUTS.get(first, first)} ({share:.0%} of it)"
    if share < MOSTLY:
        told = (
            f"The range of {inside(label)} comes from {INPUTS.get(first, first)} ({share:.0%}) and "
            f"{INPUTS.get(ranked[1], ranked[1])} ({shares[ranked[1]]:.0%})"
        )
    remedy = f"; {REDUCED_BY[first]} would narrow it" if first in REDUCED_BY else ""
    return f"{told}{remedy}."


def _payback(pays: Row) -> str:
    if pays["value"] is None:
        return "It would not pay for itself."
    told = f"It has paid for itself after about {_months(pays['value'])}"
    if pays["low"] is not None and pays["high"] is not None:
        return f"{told} ({_months(pays['low'])} to {_months(pays['high'])})."
    early = f"{_months(pays['low'])} at best, " if pays["low"] is not None else ""
    return f"{told} ({early}at worst never)."


def _months(months: float) -> str:
    if months >= 24:
        return f"{months / 12:.0f} years"
    if months < 2:
        weeks = max(1, round(months * 4.35))
        return f"{weeks} week{'' if weeks == 1 else 's'}"
    return f"{months:.0f} months"


def _saved(found: Row, speech: Speech) -> str:
    """Saves €100 (€80 to €120) a month, or costs it."""
    if found["value"] is None:
        return "What it saves is not known"
    verb, sign = ("Saves", 1) if found["value"] >= 0 else ("Costs", -1)
    told = f"{verb} {speech.money(abs(found['value']))}"
    if found["low"] is None:
        return f"{told} a month"
    ends = sorted((sign * found["low"], sign * found["high"]))
    if speech.money(ends[0]) == speech.money(ends[1]):
        return f"{told} a month"
    return f"{told} ({speech.money(ends[0])} to {speech.money(ends[1])}) a month"


def _inside(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _people(many: int) -> str:
    return "1 person" if many == 1 else f"{many} people"


def _matters(row: Row) -> bool:
    """Whether an effect is large enough to be told as a finding."""
    return bool(row["baseline"]) and abs(row["difference"]) >= margin(row["unit"], row["baseline"])
