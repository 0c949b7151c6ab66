"""What a flowchart says in words: the figure of a box, the label of an arrow, and both in full for a reader."""

from __future__ import annotations

from analysis.flowchart.graph import END, START, Arrow, Chart, Hidden, Measure, Node
from analysis.wording import DASH, Speech, duration

_WAITS = {"customer": "customer takes", "hold": "on hold"}
SCALES = {
    "time": "longer median wait",
    "volume": "more tickets",
    "cost": "more cost (of a step in all, on an arrow per ticket)",
    "csat": "lower CSAT",
}


def node_line(node: Node, chart: Chart, speech: Speech) -> str:
    """The one line of figures in a box: `wait 2 d 4 h, 31% of tickets`."""
    if chart.measure is None:
        return node.note
    if node.key in {START, END}:
        return _tickets(node.tickets) if node.key == START else ""
    reach = f"{share(node.share)} of tickets"
    if chart.measure == "volume":
        return f"{_tickets(node.tickets)}, {share(node.share)}"
    if node.value is None:
        return reach
    shown = _value(node.value, chart.measure, speech)
    if chart.measure == "time":
        return f"{_time_word(node)} {shown}, {reach}"
    return f"{'CSAT ' if chart.measure == 'csat' else 'cost '}{shown}, {reach}"


def arrow_lines(arrow: Arrow, chart: Chart, speech: Speech, *, goes_back: bool = False) -> tuple[str, ...]:
    """The label of an arrow: its figure, and what is remarkable about it in words of its own lines."""
    if chart.measure is None:
        return (arrow.note,) if arrow.note else ()
    if arrow.flow == "never taken":
        return ("never taken",)
    figure = share(arrow.share)
    if arrow.is_between_steps:
        figure = "" if arrow.value is None else _value(arrow.value, chart.measure, speech)
    words = [word for word in (f"\u21bb {figure}".strip() if goes_back else figure,) if word]
    if arrow.is_worst:
        words.append(chart.mark)
    return (*words, arrow.flow) if arrow.flow else tuple(words)


def node_spoken(node: Node, chart: Chart, speech: Speech) -> str:
    """The box in one sentence, for a tooltip and a screen reader."""
    parts = [node.name, node_line(node, chart, speech)]
    if chart.measure and chart.measure != "volume" and node.key not in {START, END}:
        parts.append(_tickets(node.tickets))
    again = node.figures.get("rework_count")
    if again:
        parts.append(f"{int(again):,} visits by tickets that had been there before")
    if node.is_worst:
        parts.append(chart.mark)
    return ". ".join(part for part in parts if part)


def arrow_spoken(arrow: Arrow, chart: Chart, speech: Speech) -> str:
    """The arrow in one sentence, for a tooltip and a screen reader."""
    names = {node.key: node.name for node in chart.nodes}
    way = f"{names[arrow.source]} to {names[arrow.target]}"
    if chart.measure is None:
        return f"{way}: {arrow.note}" if arrow.note else way
    if arrow.flow == "never taken":
        return f"{way}: intended, never taken"
    parts = [f"{_tickets(arrow.tickets)} ({share(arrow.share)})"]
    if chart.measure != "volume" and arrow.value is not None:
        words = {"time": "median wait", "cost": "cost per ticket", "csat": "CSAT"}[chart.measure]
        parts.append(f"{words} {_value(arrow.value, chart.measure, speech)}")
    if arrow.is_worst:
        parts.append(chart.mark)
    return f"{way}: {', '.join([*parts, arrow.flow] if arrow.flow else parts)}"


def hidden_sentence(hidden: Hidden) -> str:
    """What is not shown; empty when everything is."""
    if not hidden.arrows:
        return ""
    arrows = f"{hidden.arrows:,} rare arrow{'' if hidden.arrows == 1 else 's'}"
    steps = f" and {hidden.steps:,} step{'' if hidden.steps == 1 else 's'}" if hidden.steps else ""
    verb = "is" if hidden.arrows == 1 and not hidden.steps else "are"
    return f"{arrows}{steps} {verb} hidden, on the way of at most {_tickets(hidden.tickets)}"


def share(value: float | None) -> str:
    """A share with as many digits as it bears: 31%, 4.2%, below 0.1%."""
    if value is None:
        return DASH
    if 0 < value < 0.001:
        return "<0.1%"
    return f"{value:.0%}" if value >= 0.0995 or not value else f"{value * 100:.1f}%"


def _value(value: float, measure: Measure, speech: Speech) -> str:
    if measure == "time":
        return duration(value / 60)
    if measure == "volume":
        return f"{value:,.0f}"
    return speech.money(value) if measure == "cost" else speech.value(value, "share")


def _time_word(node: Node) -> str:
    """`wait`, unless somebody else makes the ticket wait or no start of work is known."""
    if node.figures.get("wait_median_minutes") is None:
        return "takes"
    return _WAITS.get(str(node.figures.get("step_kind")), "wait")


def _tickets(count: int) -> str:
    return f"{count:,} ticket{'' if count == 1 else 's'}"
