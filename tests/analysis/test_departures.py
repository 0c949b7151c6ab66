"""Departures from the happy path: Fisher's p by hand, what is told, and nothing where labels are random."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from analysis.departures import departures, in_words
from analysis.wording import Speech
from tests.analysis.paths import Labelled, count_departures

Row = dict[str, Any]
SCHEMA = {
    "workflow": pl.String,
    "position": pl.Int32,
    "step": pl.String,
    "next_step": pl.String,
    "is_happy": pl.Boolean,
    "slow_count": pl.Int64,
    "not_slow_count": pl.Int64,
    "unsatisfied_count": pl.Int64,
    "satisfied_count": pl.Int64,
    "slow_above_hours": pl.Float64,
}


def counts(*rows: tuple[str | None, bool, int, int, int, int]) -> pl.DataFrame:
    """Passages out of one step: next step, whether usual, slow, not slow, unsatisfied, satisfied."""
    told = [("w", 1, "Queue", next_step, *rest, 8.0) for next_step, *rest in rows]
    return pl.DataFrame(told, schema=SCHEMA, orient="row")


def test_fishers_tail_by_hand() -> None:
    """Tea with milk (Fisher 1935), with one more cup on each side: 4 of 5 against 1 of 5: (25 + 1) / 252."""
    found = departures(counts(("Work", True, 1, 4, 0, 0), ("Wait", False, 4, 1, 0, 0)))
    (row,) = found.to_dicts()
    assert row["p"] == pytest.approx(26 / 252)
    assert (row["left"], row["left_share"], row["stayed"], row["stayed_share"]) == (5, 0.8, 5, 0.2)
    assert not row["is_finding"]


def test_both_outcomes_are_tested_and_told() -> None:
    found = departures(counts(("Work", True, 10, 90, 5, 45), ("Wait", False, 30, 10, 15, 5)))
    assert found["is_finding"].to_list() == [True, True]
    slow, unsatisfied = (
        in_words(row, "Returns", Speech()) for outcome in ("slow", "unsatisfied") for row in found.to_dicts()
        if row["outcome"] == outcome
    )  # fmt: skip
    assert slow == (
        "Returns: of 40 tickets that leave 'Queue' for 'Wait', 75.0% are slow (over 8 h); "
        "of 100 that go on to 'Work' as usual, 10.0%."
    )
    assert unsatisfied.startswith("Returns: of 20 answered tickets that leave 'Queue' for 'Wait', 75.0% leave the")


def test_leaving_for_the_better_is_no_finding() -> None:
    found = departures(counts(("Work", True, 90, 10, 45, 5), ("Wait", False, 1, 39, 1, 19)))
    assert found.filter("is_finding").is_empty()


def test_too_few_are_not_tested() -> None:
    assert departures(counts(("Work", True, 10, 90, 0, 0), ("Wait", False, 4, 0, 0, 0))).is_empty()
    assert departures(counts()).is_empty()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 60)] * 4), min_size=1, max_size=8))
def test_p_is_fishers_and_q_is_never_below_it(tables: list[tuple[int, int, int, int]]) -> None:
    frames = [
        counts(("Work", True, a, b, 0, 0), ("Wait", False, c, d, 0, 0)).with_columns(pl.lit(str(n)).alias("workflow"))
        for n, (a, b, c, d) in enumerate(tables)
    ]
    for row in departures(pl.concat(frames)).to_dicts():
        a, b, c, d = tables[int(row["workflow"])]
        assert row["p"] == pytest.approx(fisher_exact([[c, d], [a, b]], alternative="greater").pvalue)
        assert row["p"] <= row["q"] + 1e-12
        assert row["is_finding"] == (row["q"] <= 0.05)


def walks(random: Random, count: int) -> list[tuple[str, ...]]:
    """Paths of a shop with detours of every frequency."""
    found = []
    for _ in range(count):
        path = ["Queue"]
        while len(path) < 9 and path[-1] != "Done":
            path.append(random.choices(("Work", "Wait", "Hold", "Other", "Done"), (5, 2, 1, 0.3, 4))[0])
        found.append(tuple(path))
    return found


def test_random_labels_give_no_finding_in_nineteen_of_twenty_logs() -> None:
    """Two hundred logs in which neither time nor rating has to do with the path."""
    random, discovered = Random(3), 0
    paths = walks(random, 800)
    for _ in range(200):
        tickets = [
            Labelled("w", path, random.lognormvariate(1, 1), random.choice((True, True, False, None))) for path in paths
        ]
        discovered += not departures(count_departures(tickets)).filter("is_finding").is_empty()
    assert discovered <= 10


def test_a_detour_that_costs_time_is_found_among_them() -> None:
    random = Random(5)
    tickets = [Labelled("w", path, random.lognormvariate(1 + ("Hold" in path), 1), True) for path in walks(random, 800)]
    told = departures(count_departures(tickets)).filter("is_finding")
    assert Counter(told["next_step"]).most_common(1)[0][0] == "Hold"


def test_constant_times_have_no_slow_tickets() -> None:
    tickets = [Labelled("w", path, 4.0, None) for path in walks(Random(9), 300)]
    found = departures(count_departures(tickets))
    assert (found["left_share"].max(), found.filter("is_finding").height) == (0, 0)
