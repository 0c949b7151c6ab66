"""What a simulation says, for an owner with no statistics: effects, who is overloaded, money, what it rests on.

Figures come as the experiment's document has them: plain values, None where nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.comparison_words import BETTER, TOO_FEW, WORSE, inside, listed, own_unit, standing
from analysis.load_words import DAYS
from analysis.wording import DASH, MINUS, Speech

Row = Mapping[str, Any]
ALL = "all"
OVERLOADED = 0.85
"""Share of the time on duty that is worked from which queues grow out of hand (docs/decisions: queues)."""

MOSTLY = 0.5
EFFECTS_ALIKE = 0.005
"""Part of the baseline under which an effect is too small to be told as a finding."""

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
            found.append({**row, "standing": standing(row)})
    return found


def title(rows: Sequence[Row], name: str, known: Known) -> str:
    """The largest clear effects on what is judged good or bad: one to the better, one to the worse."""
    clear = [row for row in rows if row["standing"] in {BETTER, WORSE} and _part(row) > EFFECTS_ALIKE]
    if not clear:
        return f"{name}: no clear change in any figure"
    said = []
    for word in (BETTER, WORSE):
        of_a_kind = [row for row in clear if row["standing"] == word]
        if of_a_kind:
            row = max(of_a_kind, key=_part)
            where = "" if row["workflow"] == ALL else f" of {inside(known.workflow(row['workflow']))}"
            said.append(f"{inside(row['label'])}{where} {own_unit(row['difference'], row['unit'], known.speech)}")
    return f"{name}: {', but '.join(said)}"


def between(row: Row, known: Known) -> str:
    """The effect in a sentence with its range: what it is today, what it would be, and how sure that is."""
    unit, speech = row["unit"], known.speech
    told = f"{known.workflow(row['workflow'])}, {inside(row['label'])}: {speech.value(row['baseline'], unit)} today"
    if row["low"] is None:
        return f"{told}; what it would be we cannot tell."
    low, high = (own_unit(row[end], unit, speech) for end in ("low", "high"))
    return f"{told}, about {speech.value(row['scenario'], unit)} then; the difference lies between {low} and {high}."


def overloaded(answer: Row, labels: Mapping[str, str]) -> list[str]:
    """Who would have too much to do, who no longer, before whom; and the busiest where nobody has."""
    then, now = _utilisation(answer, "after"), _utilisation(answer, "before")
    if not then:
        return ["Who is busy when is not known: the log does not say who worked."]
    hot = sorted((who for who in then if then[who] > OVERLOADED), key=lambda who: -then[who])
    said = [
        f"{labels.get(who, who)} would be busy {_percent(then[who])} of the time"
        f"{f', {_percent(now[who])} today' if who in now else ', and is new'}."
        for who in hot
    ]
    eased = [who for who in now if now[who] > OVERLOADED and who in then and then[who] <= OVERLOADED]
    if eased:
        names = listed([labels.get(who, who) for who in eased])
        said.append(f"No longer overloaded: {names}.")
    if not hot:
        busiest = max(then, key=lambda who: then[who])
        said.append(
            f"Nobody would be overloaded: the busiest, {labels.get(busiest, busiest)}, works "
            f"{_percent(then[busiest])} of the time at work."
        )
    return said


def overload_title(answer: Row) -> str:
    """How many are overloaded, before and after."""
    then, now = (sum(busy > OVERLOADED for busy in _utilisation(answer, when).values()) for when in ("after", "before"))
    if not then and not now:
        return "Nobody is overloaded"
    return f"Overloaded: {now or 'nobody'} today, {then or 'nobody'} then"


def money(found: Row, speech: Speech) -> list[str]:
    """The saving a month, what the change costs, and when it has paid for itself, each with its range."""
    net, pays = found["net_month"], found["payback_months"]
    said = [f"Saves {_money_range(found['saving_month'], speech)} a month before its own cost: {found['counts']}."]
    if found["cost_once"] or found["cost_month"]:
        costs = [
            f"{speech.money(found[key])} {when}"
            for key, when in (("cost_once", "once"), ("cost_month", "a month"))
            if found[key]
        ]
        said.append(f"Costs {' and '.join(costs)}; what is left is {_money_range(net, speech)} a month.")
    if found["cost_once"]:
        said.append(_payback(pays))
    if net["low"] is not None and net["low"] <= 0 <= net["high"]:
        said.append("Whether it pays at all we cannot tell yet: the range reaches from a loss to a gain.")
    return said


def money_title(found: Row, speech: Speech) -> str:
    """The verdict about money."""
    net = found["net_month"]
    if net["low"] is None:
        return "What it is worth we cannot tell"
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
    if months < 1:
        return f"{max(1, round(months * 4.35))} weeks"
    return f"{months:.0f} month{'' if round(months) == 1 else 's'}"


def _money_range(found: Row, speech: Speech) -> str:
    if found["value"] is None:
        return DASH
    if found["low"] is None:
        return speech.money(found["value"])
    return f"{speech.money(found['value'])} ({speech.money(found['low'])} to {speech.money(found['high'])})"


def _utilisation(answer: Row, when: str) -> dict[str, float]:
    return {
        row["agent"]: row["utilisation"]
        for row in answer["agents"]
        if row["when"] == when and row["utilisation"] is not None
    }


def _percent(share: float) -> str:
    return f"{min(share, 1.0):.0%}"


def _part(row: Row) -> float:
    """The size of an effect against the baseline."""
    return abs(row["difference"]) / abs(row["baseline"]) if row["baseline"] else 0.0


__all__ = ["BETTER", "MINUS", "TOO_FEW", "WORSE", "Known"]
