"""Which contacts are worth automating, and which worth answering before they are asked. The rules, plainly:

Worth a look at all is a reason that is at least 3% of the tickets and at least 30 of them.
Automate it when fewer than half of its tickets are resolved without a person so far, and its answer hardly varies: one
reply settles at least 60% of them, or one macro is the first answer to at least half, or the work on it takes about the
same time every time (standard deviation at most half of the mean).
Answer it before it is asked when at least half of its tickets are in a workflow of order status, or at least half come
within 7 days of the customer's order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analysis.wording import Speech

LEAST_SHARE = 0.03
LEAST_TICKETS = 30
MOSTLY = 0.5
FIRST_CONTACT = 0.6
STEADY = 0.5
LEAST_N = 10
SCHEMA = {
    "kind": pl.String,
    "reason": pl.String,
    "ticket_count": pl.Int64,
    "ticket_share": pl.Float64,
    "total_cost": pl.Float64,
    "sentence": pl.String,
}


def worth_sparing(reasons: pl.DataFrame, speech: Speech) -> pl.DataFrame:
    """The reasons that a rule picks, dearest first. `reasons`: as analysis.reasons returns them.

    Returns kind ('answer first', 'automate'), reason, ticket_count, ticket_share, total_cost, sentence.
    """
    found = []
    for row in reasons.filter(_is_large()).to_dicts():
        for kind, because in (("answer first", _before_asked(row)), ("automate", _automatable(row, speech))):
            if because:
                found.append({**row, "kind": kind, "sentence": _sentence(row, kind, because, speech)})
    rows = pl.DataFrame([{name: row[name] for name in SCHEMA} for row in found], schema=SCHEMA)
    return rows.sort("total_cost", "reason", "kind", descending=[True, False, False])


def _is_large() -> pl.Expr:
    return (pl.col("ticket_share") >= LEAST_SHARE) & (pl.col("ticket_count") >= LEAST_TICKETS)


def _before_asked(row: Mapping[str, Any]) -> list[str]:
    because = []
    if (row["order_status_share"] or 0) >= MOSTLY:
        because.append(f"{row['order_status_share']:.0%} are questions of order status")
    if (row["after_order_share"] or 0) >= MOSTLY:
        because.append(f"{row['after_order_share']:.0%} come within 7 days of an order")
    return because


def _automatable(row: Mapping[str, Any], speech: Speech) -> list[str]:
    if (row["automated_rate"] or 0) >= MOSTLY:
        return []
    because = []
    if (row["fcr_7d"] or 0) >= FIRST_CONTACT and row["fcr_7d_n"] >= LEAST_N:
        because.append(f"one reply settles {row['fcr_7d']:.0%}")
    if row["top_macro"] is not None and row["top_macro_count"] >= MOSTLY * row["ticket_count"]:
        because.append(
            f"the macro '{row['top_macro']}' is the first answer to {row['top_macro_count'] / row['ticket_count']:.0%}"
        )
    mean, deviation = row["handle_mean_minutes"], row["handle_deviation_minutes"]
    if mean and deviation <= STEADY * mean:
        because.append(f"the work takes about {speech.value(mean / 60, 'hours')} every time")
    return because


def _sentence(row: Mapping[str, Any], kind: str, because: list[str], speech: Speech) -> str:
    todo = "Tell customers before they ask" if kind == "answer first" else "Let a rule or the bot answer it"
    return (
        f"'{row['reason']}': {row['ticket_count']:,} tickets ({speech.value(row['ticket_share'], 'share')}) cost "
        f"{speech.money(row['total_cost'])}; {' and '.join(because)}. {todo}."
    )
