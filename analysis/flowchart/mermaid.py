"""The flowchart as Mermaid text, for a wiki or a README that draws it itself."""

from __future__ import annotations

from analysis.flowchart.captions import arrow_lines, node_line
from analysis.flowchart.graph import END, START, Arrow, Chart, Node
from analysis.flowchart.text import clean
from analysis.wording import Speech

_UNSAFE = frozenset("\"'`<>[](){}|&;#\\:%-=~/*_@^$")
"""Signs that mean something to Mermaid, Markdown or HTML: written by their number."""


def mermaid(chart: Chart, speech: Speech) -> str:
    """The chart as a Mermaid flowchart. Names appear in quoted labels only; the ids are n0, n1, ..."""
    ids = {node.key: f"n{number}" for number, node in enumerate(chart.nodes)}
    lines = ["flowchart TD"]
    lines += [f"    {ids[node.key]}{_shape(node, chart, speech)}" for node in chart.nodes]
    lines += [_link(arrow, chart, speech, ids) for arrow in chart.arrows]
    worst = [ids[node.key] for node in chart.nodes if node.is_worst]
    if worst:
        lines += ["    classDef worst stroke:#b04a00,stroke-width:4px", f"    class {','.join(worst)} worst"]
    return "\n".join(lines) + "\n"


def _shape(node: Node, chart: Chart, speech: Speech) -> str:
    words = [node.name or "(no name)", node_line(node, chart, speech)]
    if node.is_worst:
        words.append(chart.mark)
    label = _label(words)
    if node.kind in {START, END}:
        return f"([{label}])"
    return f"{{{label}}}" if node.kind == "condition" else f"({label})"


def _link(arrow: Arrow, chart: Chart, speech: Speech, ids: dict[str, str]) -> str:
    stroke = "-.->" if arrow.flow else "==>" if arrow.is_worst else "-->"
    words = arrow_lines(arrow, chart, speech)
    label = f"|{_label(list(words))}|" if words else ""
    return f"    {ids[arrow.source]} {stroke}{label} {ids[arrow.target]}"


def _label(words: list[str]) -> str:
    return '"' + "<br/>".join(escaped(word) for word in words if word) + '"'


def escaped(text: str) -> str:
    """The text for a quoted label: anything that could end it or be read as markup stands as #number;."""
    return "".join(f"#{ord(sign)};" if sign in _UNSAFE else sign for sign in clean(text))
