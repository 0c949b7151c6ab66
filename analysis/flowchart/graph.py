"""A workflow as steps and arrows, from the frames of `workflow_step` and `workflow_edge`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

import polars as pl

from analysis.flowchart.keep import kept
from analysis.flowchart.text import writable
from flowmeter.intended_flow import Flow

Measure = Literal["time", "volume", "cost", "csat"]
MEASURES: tuple[Measure, ...] = ("time", "volume", "cost", "csat")
Judgement = Literal["", "not intended", "never taken"]
WORST: Mapping[Measure, str] = {"time": "most waiting", "cost": "most cost", "csat": "lowest CSAT", "volume": ""}
START, END = "start", "end"
LEVELS = (0.1, 0.25, 0.5, 0.75)
"""From which share of the largest value the colour is one level deeper."""

ALIKE = 0.02
"""Figures that differ by less than this share of the largest get no colours."""

ENOUGH_ANSWERS = 10
_WAITS_OF_OTHERS = ("customer", "resolved")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Node:
    """A box. `key` is 'start', 'end' or 'step:NAME'. `value` is the measure's: minutes, tickets, money or a share."""

    key: str
    name: str
    kind: str = "step"
    tickets: int = 0
    share: float | None = None
    value: float | None = None
    level: int = 0
    is_worst: bool = False
    note: str = ""
    figures: Row = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Arrow:
    """A passage between two nodes, by their keys. `level` 0 to 4 is the depth of its colour."""

    source: str
    target: str
    tickets: int = 0
    share: float | None = None
    value: float | None = None
    level: int = 0
    is_worst: bool = False
    flow: Judgement = ""
    note: str = ""
    figures: Row = field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """'arrow:FROM→TO', with the names of the steps."""
        return f"arrow:{self.source.removeprefix('step:')}→{self.target.removeprefix('step:')}"

    @property
    def is_between_steps(self) -> bool:
        return self.source != START and self.target != END


@dataclass(frozen=True)
class Hidden:
    """What `keep` left out. A ticket can take several of those arrows, so `tickets` is an upper bound."""

    steps: int = 0
    arrows: int = 0
    tickets: int = 0


@dataclass(frozen=True)
class Chart:
    """What is drawn. `measure` is None for a plan that carries no figures. `tickets` began in the period."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    measure: Measure | None = None
    workflow: str = ""
    period: str = ""
    tickets: int = 0
    hidden: Hidden = Hidden()
    mark: str = ""
    """What the elements with `is_worst` are, in words."""

    def element(self, key: str) -> Node | Arrow | None:
        """The node or arrow of a `data-element`; None if it is not shown."""
        elements: list[Node | Arrow] = [*self.nodes, *self.arrows]
        return next((element for element in elements if key in {element.key, writable(element.key)}), None)


Element = TypeVar("Element", Node, Arrow)


def chart(
    steps: pl.DataFrame,
    edges: pl.DataFrame,
    measure: Measure = "time",
    keep: float = 1.0,
    *,
    intended: Sequence[tuple[str, str]] | None = None,
    worst: Collection[str] = (),
) -> Chart:
    """The chart of one workflow and period, from rows of `workflow_step` and `workflow_edge`.

    `keep`: the share of passages (0 to 1, a ticket counts once per arrow) that the shown arrows carry at least; rarer
    ones are hidden, but every shown step stays reachable from the start, and the end from it, over its best arrows.
    `intended`: pairs of step names; passages that are not among them are marked, and those nobody took are added.
    `worst`: keys of elements to mark (such as the first of the bottlenecks); without any, the step and the arrow with
    the most of `measure` in all.
    """
    nodes = [_node(row, measure) for row in steps.sort("step").iter_rows(named=True)]
    total = sum(int(node.figures["first_count"] or 0) for node in nodes)
    kinds = {node.key: str(node.figures.get("step_kind")) for node in nodes}
    arrows = [_arrow(row, measure, kinds) for row in edges.iter_rows(named=True)]
    arrows = sorted([*arrows, *_ends(nodes, total)], key=lambda arrow: (-arrow.tickets, arrow.source, arrow.target))
    numbers = kept([(arrow.source, arrow.target, arrow.tickets) for arrow in arrows], keep, START, END)
    shown = [arrows[number] for number in numbers]
    ends = {key for arrow in shown for key in (arrow.source, arrow.target)}
    whole = keep >= 1
    left = [node for node in nodes if whole or node.key in ends]
    hidden = [arrow for number, arrow in enumerate(arrows) if number not in set(numbers)]
    judged = shown if intended is None else _judged(shown, arrows, intended, {node.key for node in left})
    first = next(steps.iter_rows(named=True), {})
    chosen = set(worst) or _worst(left, measure, kinds) | _worst(shown, measure, kinds)
    return Chart(
        nodes=(Node(START, "Start", START, total), *_marked(left, chosen, measure), Node(END, "End", END, total)),
        arrows=tuple(_marked(judged, chosen, measure)),
        measure=measure,
        workflow=str(first.get("workflow", "")),
        period=str(first.get("period", "")),
        tickets=total,
        hidden=Hidden(len(nodes) - len(left), len(hidden), min(total, sum(arrow.tickets for arrow in hidden))),
        mark=("bottleneck" if worst else WORST[measure]) if chosen else "",
    )


def of_flow(flow: Flow) -> Chart:
    """The chart of a planned automation: its steps as boxes, with what each is, and its links with their branch."""
    nodes = tuple(Node(f"step:{step.key}", step.name, step.kind, note=step.note) for step in flow.steps)
    arrows = tuple(Arrow(f"step:{link.source}", f"step:{link.target}", note=link.label) for link in flow.links)
    return Chart(nodes, arrows, workflow=flow.name)


def _node(row: Row, measure: Measure) -> Node:
    columns = {"volume": "ticket_count", "cost": "handling_cost", "csat": "csat"}
    value = _time(row, row.get("step_kind")) if measure == "time" else row.get(columns[measure])
    return Node(
        f"step:{row['step']}", row["step"], "step", row["ticket_count"], row["ticket_share"], value, figures=row
    )


def _arrow(row: Row, measure: Measure, kinds: Mapping[str, str]) -> Arrow:
    columns = {"volume": "ticket_count", "cost": "mean_cost", "csat": "csat"}
    source, target = f"step:{row['from_step']}", f"step:{row['to_step']}"
    value = _time(row, kinds.get(target)) if measure == "time" else row.get(columns[measure])
    return Arrow(source, target, row["ticket_count"], row["ticket_share"], value, figures=row)


def _time(row: Row, step_kind: str | None) -> float | None:
    """The median wait, or where no start of work is known the whole time in the step; nobody waits once resolved."""
    if step_kind == "resolved":
        return None
    wait = row.get("wait_median_minutes")
    elapsed: float | None = row.get("elapsed_median_calendar_minutes")
    return elapsed if wait is None else float(wait)


def _ends(nodes: Iterable[Node], total: int) -> Iterable[Arrow]:
    for node in nodes:
        for column, source, target in (("first_count", START, node.key), ("last_count", node.key, END)):
            if count := int(node.figures[column] or 0):
                yield Arrow(source, target, count, count / total if total else None)


def _judged(
    shown: list[Arrow], arrows: list[Arrow], intended: Sequence[tuple[str, str]], nodes: set[str]
) -> list[Arrow]:
    """The arrows, marked where they are not in the plan, and the planned ones between shown steps that nobody took."""
    planned = dict.fromkeys((f"step:{source}", f"step:{target}") for source, target in intended)
    taken = {(arrow.source, arrow.target) for arrow in arrows}
    marked = [
        replace(arrow, flow="not intended")
        if arrow.is_between_steps and (arrow.source, arrow.target) not in planned
        else arrow
        for arrow in shown
    ]
    missing = (pair for pair in planned if pair not in taken and nodes.issuperset(pair))
    return marked + [Arrow(*pair, share=0.0, flow="never taken") for pair in missing]


def _marked(elements: Sequence[Element], chosen: Collection[str], measure: Measure) -> list[Element]:
    values = [element.value for element in elements if element.value is not None]
    return [
        replace(element, level=_level(element.value, values, measure), is_worst=element.key in chosen)
        for element in elements
    ]


def _level(value: float | None, values: Sequence[float], measure: Measure) -> int:
    if value is None or not values:
        return 0
    low, high = min(values), max(values)
    if high - low <= ALIKE * abs(high):
        return 0
    # A low CSAT is what to look at, a high figure of anything else.
    part = (high - value) / (high - low) if measure == "csat" else value / high
    return sum(part >= bound for bound in LEVELS)


def _worst(elements: Iterable[Node | Arrow], measure: Measure, kinds: Mapping[str, str]) -> set[str]:
    """The one with the most waiting or cost over all its tickets, or the lowest CSAT of enough answers.

    What the customer makes wait, and an arrow that leads there, is nobody's to mend.
    """
    amounts = {}
    for element in elements:
        step = element.key if isinstance(element, Node) else element.target
        amount = None if kinds.get(step) in _WAITS_OF_OTHERS else _amount(element, measure)
        if amount is not None:
            amounts[element.key] = amount
    return {max(amounts, key=lambda key: amounts[key])} if len(amounts) > 1 and max(amounts.values()) else set()


def _amount(element: Node | Arrow, measure: Measure) -> float | None:
    figures = element.figures
    if element.value is None or measure == "volume":
        return None
    if measure == "csat":
        return 1 - element.value if (figures.get("csat_n") or 0) >= ENOUGH_ANSWERS else None
    if isinstance(element, Node):
        if measure == "cost":
            return element.value
        mean = figures.get("wait_mean_minutes")
        return (element.value if mean is None else float(mean)) * int(figures["visit_count"])
    return element.value * int(figures["passage_count"])
