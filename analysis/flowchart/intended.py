"""What a workflow does against what somebody intended."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl


@dataclass(frozen=True)
class Deviation:
    """A passage that is only in the data or only in the plan, with the share of tickets that took it."""

    from_step: str
    to_step: str
    kind: Literal["not_intended", "never_taken"]
    tickets: int
    share: float


def links(paths: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    """The passages of the intended paths, each once, in the order in which they are written."""
    return list(dict.fromkeys(pair for path in paths for pair in itertools.pairwise(path)))


def compare(edges: pl.DataFrame, intended: Iterable[tuple[str, str]]) -> list[Deviation]:
    """Where `workflow_edge` rows of one workflow and period leave the plan: most tickets first, unused links last."""
    planned = dict.fromkeys(intended)
    columns = edges.select("from_step", "to_step", "ticket_count", "ticket_share").rows()
    taken = {(source, target) for source, target, *_ in columns}
    found = [
        Deviation(source, target, "not_intended", tickets, share)
        for source, target, tickets, share in columns
        if (source, target) not in planned
    ]
    found.sort(key=lambda deviation: (-deviation.tickets, deviation.from_step, deviation.to_step))
    return found + [Deviation(*pair, "never_taken", 0, 0.0) for pair in planned if pair not in taken]
