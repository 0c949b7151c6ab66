"""The flowchart as a document: every step and arrow with all its figures, ready for JSON."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from analysis.flowchart.captions import arrow_spoken, node_spoken
from analysis.flowchart.graph import Arrow, Chart, Node
from analysis.wording import Speech

_KEYS = {"period", "workflow", "step", "from_step", "to_step"}


def document(chart: Chart, speech: Speech) -> dict[str, Any]:
    """`nodes` and `edges` with the marts' columns as `figures`, and what the drawing says and marks."""
    return {
        "workflow": chart.workflow,
        "period": chart.period,
        "measure": chart.measure,
        "tickets": chart.tickets,
        "hidden": {
            "steps": chart.hidden.steps,
            "arrows": chart.hidden.arrows,
            "tickets_at_most": chart.hidden.tickets,
        },
        "nodes": [_node(node, chart, speech) for node in chart.nodes],
        "edges": [_edge(arrow, chart, speech) for arrow in chart.arrows],
    }


def _node(node: Node, chart: Chart, speech: Speech) -> dict[str, Any]:
    return {
        "key": node.key,
        "name": node.name,
        "kind": node.kind,
        "sentence": node_spoken(node, chart, speech),
        **_shared(node),
    }


def _edge(arrow: Arrow, chart: Chart, speech: Speech) -> dict[str, Any]:
    return {
        "key": arrow.key,
        "from": arrow.source,
        "to": arrow.target,
        "flow": arrow.flow or None,
        "note": arrow.note or None,
        "sentence": arrow_spoken(arrow, chart, speech),
        **_shared(arrow),
    }


def _shared(element: Node | Arrow) -> dict[str, Any]:
    return {
        "tickets": element.tickets,
        "share": _plain(element.share),
        "value": _plain(element.value),
        "is_worst": element.is_worst,
        "figures": {key: _plain(value) for key, value in element.figures.items() if key not in _KEYS},
    }


def _plain(value: Any) -> Any:
    """JSON knows neither nan nor dates."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
