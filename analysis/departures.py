"""Where slow or unsatisfied tickets leave the happy path, as far as it is not chance.

At every step of a workflow's happy path, those who left it for another step are compared with those who went on: is the
share of slow tickets, or of unsatisfied answers, larger among them? Fisher's exact test, one-sided; over all tests of
one call the false discovery rate is held at 5% (Benjamini and Hochberg 1995, JRSS B 57).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analysis.wording import Speech

FALSE_DISCOVERY_RATE = 0.05
FEWEST = 5
"""Tickets (or answers) on either side: with fewer there is nothing to find, only another test to pay for."""

KEYS = ("workflow", "position")
OUTCOMES = {"slow": ("slow_count", "not_slow_count"), "unsatisfied": ("unsatisfied_count", "satisfied_count")}


def departures(counts: pl.DataFrame) -> pl.DataFrame:
    """Every departure that was tested, most certain first. `counts`: rows of path_departure of one period.

    Returns workflow, position, step, next_step, happy_next_step, slow_above_hours, outcome ('slow', 'unsatisfied'),
    left and stayed (how many tickets or answers), left_share and stayed_share (with the outcome), p, q, is_finding.
    """
    from scipy.stats import false_discovery_control

    happy = counts.filter("is_happy").select(
        *KEYS, pl.col("next_step").alias("happy_next_step"), *(_renamed(column) for column in _columns())
    )
    pairs = counts.filter(~pl.col("is_happy")).join(happy, on=list(KEYS))
    tested = pl.concat([_tested(pairs, outcome) for outcome in OUTCOMES])
    p = _more_often(tested)
    q = false_discovery_control(p) if len(p) else p
    return tested.with_columns(
        pl.Series("p", p, pl.Float64),
        pl.Series("q", q, pl.Float64),
        pl.Series(q <= FALSE_DISCOVERY_RATE).alias("is_finding"),
    ).sort("p", "workflow", "position", "outcome", "next_step")


def in_words(row: Mapping[str, Any], name: str, speech: Speech) -> str:
    """One finding as a sentence; `name` is the workflow's."""
    where = "begin with" if row["step"] is None else f"leave '{row['step']}' for"
    to = f"'{row['next_step']}'" if row["next_step"] is not None else "nothing more"
    usual = f"'{row['happy_next_step']}'" if row["happy_next_step"] is not None else "the end"
    what = f"are slow (over {speech.value(row['slow_above_hours'], 'hours')})"
    thing = "tickets"
    if row["outcome"] == "unsatisfied":
        what, thing = "leave the customer unsatisfied", "answered tickets"
    return (
        f"{name}: of {row['left']:,} {thing} that {where} {to}, {speech.value(row['left_share'], 'share')} {what}; "
        f"of {row['stayed']:,} that go on to {usual} as usual, {speech.value(row['stayed_share'], 'share')}."
    )


def _columns() -> list[str]:
    return [column for pair in OUTCOMES.values() for column in pair]


def _renamed(column: str) -> pl.Expr:
    return pl.col(column).alias(f"stayed_{column}")


def _tested(pairs: pl.DataFrame, outcome: str) -> pl.DataFrame:
    with_it, without_it = OUTCOMES[outcome]
    left = pl.col(with_it) + pl.col(without_it)
    stayed = pl.col(f"stayed_{with_it}") + pl.col(f"stayed_{without_it}")
    return pairs.filter(left >= FEWEST, stayed >= FEWEST).select(
        *KEYS,
        "step",
        "next_step",
        "happy_next_step",
        "slow_above_hours",
        pl.lit(outcome).alias("outcome"),
        left.alias("left"),
        (pl.col(with_it) / left).alias("left_share"),
        stayed.alias("stayed"),
        (pl.col(f"stayed_{with_it}") / stayed).alias("stayed_share"),
        pl.col(with_it).alias("left_with"),
        pl.col(f"stayed_{with_it}").alias("stayed_with"),
    )


def _more_often(tested: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Fisher's p that so many or more of those who left have the outcome: the tail of the hypergeometric."""
    from scipy.stats import hypergeom

    left, with_it = tested["left"].to_numpy(), tested["left_with"].to_numpy()
    everybody = left + tested["stayed"].to_numpy()
    everybody_with = with_it + tested["stayed_with"].to_numpy()
    p = hypergeom.sf(with_it - 1, everybody, everybody_with, left)
    # Its floating sums may overshoot by an ulp.
    bounded: np.ndarray[Any, np.dtype[np.float64]] = np.minimum(p, 1.0)
    return bounded
