"""Everything the simulator page shows of a scenario and its answer, put together from the documents."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from analysis import bottleneck_words, load_words
from analysis import simulation_words as words
from analysis.comparison_words import sized
from analysis.flowchart.graph import Chart, chart
from analysis.simulation_words import Known
from dashboard import process_data
from dashboard.components.forest import Figure, ForestRow
from dashboard.components.lever_fields import OF_A_WORKFLOW, Offer
from dashboard.simulator_data import Learned
from flowmeter.checked_file import parse_yaml
from flowmeter.config_models import WEEKDAYS
from flowmeter.errors import ConfigError
from flowmeter.seen_facts import WEEKS
from simulation.parameters import AT_ONCE, Parameters, StepKind
from simulation.scenario.apply import apply, parse
from simulation.scenario.chain import resting
from simulation.scenario.compare import dump
from simulation.scenario.document import Scenario
from simulation.scenario.find import members
from simulation.scenario.picture import changed_steps
from simulation.scenario.seen import Range

ADDRESS = "the address"
LONGEST = 6_000
"""Characters of a scenario that an address may carry."""

NEW = "A change to try"
MEASURES = {
    "staff": ("agents", "{group}"),
    "containment": ("containment", "{workflow}"),
    "automate": ("work", "{workflow}: {step}"),
    "shorten": ("work", "{workflow}: {step}"),
    "volume": ("contacts", "{workflow}"),
    "surge": ("contacts", "{workflow}"),
    "proactive_message": ("contacts", "{workflow}"),
    "auto_close": ("auto-close", "{workflow}"),
}
"""What is known of today's value and range of what a lever changes: measure and subject of simulation.scenario.seen."""

Document = dict[str, Any]


@dataclass(frozen=True)
class Suggestion:
    """A change that the bottlenecks ask for: how an owner would say it, and the lever."""

    label: str
    change: Document


def read(text: str, shop: Parameters, where: str = ADDRESS) -> tuple[Scenario | None, str]:
    """The scenario that an address or a file carries, or none and why not: in which line of a file, in which change of
    an address, since that has no lines.
    """
    if len(text) > LONGEST:
        return None, f"The scenario in the address is longer than {LONGEST:,} characters. Save it and open it by name."
    try:
        return parse(text, where, shop), ""
    except ConfigError as error:
        return None, _of_change(str(error)) if where == ADDRESS else str(error)


def _of_change(problem: str) -> str:
    """A refusal of an address, as somebody says it who never saw its text: Change 1: there is no group 'Retuns'."""
    where = re.match(rf"{ADDRESS}(?: line \d+)?(?:, key '(?:changes\[(\d+)\])?([^']*)')?: ", problem)
    if where is None:
        return problem
    told = problem[where.end() :]
    if where[1]:
        return f"Change {where[1]}: {told}"
    return f"{where[2].capitalize()}: {told}" if where[2] else f"{told[:1].upper()}{told[1:]}"


def written(document: Mapping[str, Any]) -> str:
    """A document for an address: as short as it can be read."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def document(scenario: Scenario) -> Document:
    """The scenario as its form edits it; shares with their sign, as they are written."""
    found: Document = parse_yaml(dump(scenario), Path(ADDRESS), ADDRESS).values
    return found


def groups(shop: Parameters) -> list[str]:
    """Groups that people work in; what is begun as its ticket opens has a queue inside only."""
    return [name for number, name in enumerate(shop.pools.names) if AT_ONCE not in name and members(shop, number)]


def steps(shop: Parameters, workflow: str) -> list[str]:
    """Steps of a workflow that a scenario can change: all but where tickets are resolved."""
    rests = resting(shop)
    own = {shop.steps[step] for step, rest in zip(shop.routes.step, rests, strict=True) if not rest}
    return sorted({step.name for step in own if step.workflow == workflow and step.kind != StepKind.END})


def offer(shop: Parameters, workflow: str | None, agents: Mapping[str, str]) -> Offer:
    """What the fields of a lever offer."""
    known = dict(zip(shop.arrivals.workflow, shop.arrivals.channel, strict=True))
    channels = sorted(set(shop.arrivals.channel) if workflow is None or workflow not in known else {
        channel for flow, channel in zip(shop.arrivals.workflow, shop.arrivals.channel, strict=True) if flow == workflow
    })  # fmt: skip
    people = {who: agents.get(who, who) for who in shop.staff.agents}
    return Offer(steps(shop, workflow) if workflow else [], groups(shop), people, channels)


def seen(ranges: Sequence[Range], lever: str, made: Mapping[str, Any]) -> str:
    """Today's value of what the lever changes and what the weeks have seen of it; empty where nothing is known."""
    measure, subject = MEASURES.get(lever, ("", ""))
    if not measure:
        return ""
    name = subject.format_map({"group": "", "workflow": "", "step": "", **made})
    row = next((one for one in ranges if (one.measure, one.subject) == (measure, name)), None)
    if row is None:
        return ""
    today, low, high = (_shown(value, row.unit) for value in (row.today, row.low, row.high))
    saw = f", as in all of the last {WEEKS} weeks" if low == high else f"; the last {WEEKS} weeks saw {low} to {high}"
    return f"Today {today}{saw}. Beyond that the answer is a guess."


def _shown(value: float, unit: str) -> str:
    if unit == "share":
        return f"{value:.0%}"
    return f"{value:,.0f} {unit}" if unit in {"a week", "agents"} else f"{value:,.1f} {unit}"


def suggestions(path: str, known: Learned) -> list[Suggestion]:
    """Up to three changes worth a try: for the worst step, for the group that lacks people most, and for a bot."""
    assert known.shop is not None
    shop = known.shop.today
    found = [_for_the_worst(path, shop), _for_a_group(path, shop), _for_a_bot(known.ranges)]
    return [one for one in found if one is not None]


def _for_the_worst(path: str, shop: Parameters) -> Suggestion | None:
    """The step where customers wait most: every day instead of some, or less work."""
    worst = bottleneck_words.worst(process_data.ranking(path, "quarter", None))
    if worst is None or worst["step"] not in steps(shop, worst["workflow"]):
        return None
    step = worst["step"]
    if step in shop.pools.names and (hours := _every_day(shop, step)):
        days = list(WEEKDAYS[:5])
        return Suggestion(f"Do “{step}” every day", {"shifts": {"group": step, "days": days, "hours": hours}})
    lever = {"workflow": worst["workflow"], "step": step, "by": "20%"}
    return Suggestion(f"A fifth less work at “{step}”", {"shorten": lever})


def _every_day(shop: Parameters, group: str) -> str:
    """The hours that its people have for it in a week, spread over five days from the same time on; empty if they are
    there on most days already.
    """
    staff, who = shop.staff, members(shop, shop.pools.names.index(group))
    own = np.isin(staff.shift_agent, who)
    if not own.any() or len(np.unique(staff.shift_weekday[own])) > 2:
        return ""
    begins = int(staff.shift_from[own].min()) // 15 * 15
    worked = float((staff.shift_to - staff.shift_from)[own].sum()) / max(len(who), 1) / 5
    ends = min(begins + max(30, int(-(-worked // 15) * 15)), 24 * 60 - 15)
    return f"{begins // 60:02d}:{begins % 60:02d}-{ends // 60:02d}:{ends % 60:02d}"


def _for_a_group(path: str, shop: Parameters) -> Suggestion | None:
    """The group with the longest queue."""
    hours = process_data.hour_load(path, "quarter")
    names = groups(shop)
    found = [load.group for load in load_words.loads(hours) if load.group in names] if not hours.is_empty() else names
    if not found:
        return None
    return Suggestion(f"One more person in {found[0]}", {"staff": {"group": found[0], "agents": 1}})


def _for_a_bot(ranges: Sequence[Range]) -> Suggestion | None:
    """The bot of the workflow with the most contacts."""
    contacts = {row.subject: row.today for row in ranges if row.measure == "contacts"}
    bots = sorted(
        (row for row in ranges if row.measure == "containment"), key=lambda row: -contacts.get(row.subject, 0)
    )
    if not bots or bots[0].today > 0.89:
        return None
    to = f"{bots[0].today * 100 + 10:.0f}%"
    return Suggestion("The bot solves 10 points more", {"containment": {"workflow": bots[0].subject, "to": to}})


def scope(scenario: Scenario) -> str:
    """The workflow that all changes are about, else all."""
    flows = {getattr(change.lever, "workflow", None) for change in scenario.changes}
    only = flows.pop() if len(flows) == 1 else None
    return only or words.ALL


def changes_steps(scenario: Scenario) -> bool:
    """Whether a flowchart can show what is changed; people, hours and volumes leave the steps alone."""
    return any(change.name in OF_A_WORKFLOW for change in scenario.changes)


def title(answer: Mapping[str, Any], scenario: Scenario, known: Known) -> str:
    """The finding, of the workflow that the scenario is about."""
    return words.title(words.main(words.effects(answer, known), scope(scenario)), scenario.name, known)


def forest_rows(rows: Sequence[Mapping[str, Any]], known: Known, *, first: bool) -> list[ForestRow]:
    """The first figures in their order, or all others."""
    known_rows = [row for row in rows if row["low"] is not None]
    chosen = words.main(known_rows) if first else [row for row in known_rows if row["metric"] not in words.FIRST]
    return [_forest_row(row, known) for row in chosen]


def _forest_row(row: Mapping[str, Any], known: Known) -> ForestRow:
    unit, base = row["unit"], row["baseline"]
    figures = tuple(
        Figure(word, f"{known.speech.value(row[end], unit)} {word}", "simulated")
        for end, word in (("scenario", "then"), ("baseline", "today"))
    )

    def part(value: float) -> float | None:
        return value / abs(base) if base else None

    return ForestRow(
        label=row["label"],
        figures=figures,
        told=sized(row, known.speech),
        standing=row["standing"],
        good="" if row["better"] == "neither" else f"{row['better']} is better",
        middle=part(row["difference"]),
        low=part(row["low"]),
        high=part(row["high"]),
    )


def hours_frame(hours: Sequence[float | None]) -> pl.DataFrame:
    """168 values by hour of the week as the heat map reads them: weekday from 1, hour, waiting."""
    return pl.DataFrame(
        {
            "weekday": [at // 24 + 1 for at in range(168)],
            "hour": [at % 24 for at in range(168)],
            "waiting": list(hours),
        },
        schema_overrides={"waiting": pl.Float64},
    )


def queues(answer: Mapping[str, Any], when: str) -> dict[str, list[float | None]]:
    """Tickets waiting by group and hour of the week, before or after; queues that exist inside only are left out."""
    return {row["pool"]: row["hours"] for row in answer["queue"] if row["when"] == when and AT_ONCE not in row["pool"]}


def changed_queue(answer: Mapping[str, Any]) -> str:
    """The group whose queue changes most."""
    before, after = queues(answer, "before"), queues(answer, "after")

    def moved(pool: str) -> float:
        pairs = zip(before.get(pool, [0.0] * 168), after[pool], strict=False)
        return sum(abs((now or 0.0) - (then or 0.0)) for now, then in pairs)

    return max(after, key=moved)


def charts(shop: Parameters, scenario: Scenario, workflow: str) -> tuple[Chart, Chart]:
    """The workflow today and as proposed, by the tickets of a week, what differs marked as changed."""
    before, after = changed_steps(shop, apply(shop, scenario), workflow)
    return _chart(before.steps, before.edges, "will change"), _chart(after.steps, after.edges, "changed")


def _chart(rows: pl.DataFrame, edges: pl.DataFrame, mark: str) -> Chart:
    marked = [f"step:{row['step']}" for row in rows.filter(pl.col("change") != "").iter_rows(named=True)]
    return replace(chart(rows, edges, "volume", 0.97, worst=marked or ("none",)), mark=mark)
