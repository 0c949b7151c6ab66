"""Frames with the columns of workflow_step and workflow_edge, counted from made-up traces."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import polars as pl

KINDS = {"Waiting on customer": "customer", "Resolved": "resolved"}


def frames(traces: Sequence[Sequence[str]], waits: dict[str, float] | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The steps and edges of the traces. `waits`: minutes of median and mean wait by step, 60 where not said."""
    waits = waits or {}
    visits = Counter(step for trace in traces for step in trace)
    tickets = Counter(step for trace in traces for step in set(trace))
    passages = Counter(pair for trace in traces for pair in itertools.pairwise(trace))
    taken_by = Counter(pair for trace in traces for pair in set(itertools.pairwise(trace)))
    firsts, lasts = Counter(trace[0] for trace in traces), Counter(trace[-1] for trace in traces)
    steps = [
        {
            "period": "all", "workflow": "returns", "step": step, "step_kind": KINDS.get(step, "working"),
            "visit_count": visits[step], "ticket_count": tickets[step], "ticket_share": tickets[step] / len(traces),
            "first_count": firsts[step], "last_count": lasts[step], "open_count": 0,
            "rework_count": visits[step] - tickets[step], "wait_mean_minutes": waits.get(step, 60.0),
            "wait_median_minutes": waits.get(step, 60.0), "elapsed_median_calendar_minutes": 90.0,
            "handling_cost": 2.0 * visits[step], "csat": 0.8, "csat_n": 12,
        }
        for step in sorted(visits)
    ]  # fmt: skip
    edges = [
        {
            "period": "all", "workflow": "returns", "from_step": source, "to_step": target,
            "passage_count": count, "ticket_count": taken_by[source, target],
            "ticket_share": taken_by[source, target] / len(traces), "wait_median_minutes": waits.get(target, 60.0),
            "csat": 0.8, "csat_n": 12, "mean_cost": 3.5,
        }
        for (source, target), count in sorted(passages.items())
    ]  # fmt: skip
    return pl.DataFrame(steps), pl.DataFrame(edges)


MAIN = ["Queue", "Working", "Waiting on customer", "Resolved"]
SHOP = [*[MAIN] * 90, *[["Queue", "Working", "Approval", "Working", "Resolved"]] * 9, ["Queue", "Odd", "Resolved"]]
"""100 tickets: the usual way, 9 by a loop over the approval, 1 by an odd step."""
