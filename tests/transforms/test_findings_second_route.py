"""Paths and automations of the demo shop, counted again in plain Python from the rows of tickets, steps and runs."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from tests.oracle.stats import quantile
from tests.transforms.published import Published, approx

Row = dict[str, Any]
Values = dict[int, float]
METRICS = ("csat", "reopen_rate", "resolution_time_mean_calendar_hours", "one_touch", "mean_cost_per_ticket")
SHARES = frozenset({"csat", "reopen_rate", "one_touch"})
Z95 = 1.959963984540054


@pytest.fixture(scope="module")
def tickets(demo: Published) -> dict[int, Row]:
    """The counted tickets."""
    return {row["ticket_key"]: row for row in demo.rows("select * from fct_ticket where is_counted")}


@pytest.fixture(scope="module")
def paths(demo: Published) -> dict[int, tuple[str, ...]]:
    """The steps of every ticket, in order."""
    steps: dict[int, list[str]] = defaultdict(list)
    for row in demo.rows("select ticket_key, step from fct_ticket_step order by ticket_key, visit_no"):
        steps[row["ticket_key"]].append(row["step"])
    return {key: tuple(found) for key, found in steps.items()}


def measure(ticket: Row, metric: str) -> float | None:
    """A ticket's part in a figure; nothing where it has none."""
    if metric == "csat":
        return None if ticket["csat_satisfied"] is None else float(ticket["csat_satisfied"])
    if not ticket["is_measured"]:
        return None
    if metric == "mean_cost_per_ticket":
        return float(ticket["cost"])
    if metric == "reopen_rate":
        return None if ticket["first_resolved_at"] is None else float(ticket["is_reopened"])
    if ticket["resolved_at"] is None:
        return None
    return float(ticket["is_one_touch"]) if metric == "one_touch" else ticket["resolution_calendar_minutes"] / 60


def mean(values: Iterable[float | None]) -> float | None:
    """Of what is known."""
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def test_every_path_equals_the_count_from_its_tickets(
    demo: Published, tickets: dict[int, Row], paths: dict[int, tuple[str, ...]]
) -> None:
    members: dict[tuple[str, tuple[str, ...]], list[Row]] = defaultdict(list)
    for key, path in paths.items():
        members[tickets[key]["workflow"], path].append(tickets[key])
    totals = Counter(workflow for (workflow, _), found in members.items() for _ in found)
    shown = demo.rows("select * from ticket_path where period = 'all' and not is_other")
    assert len(shown) > 300
    for row in shown:
        own = members[row["workflow"], tuple(row["path"])]
        times = [measure(ticket, "resolution_time_mean_calendar_hours") for ticket in own]
        known = sorted(time for time in times if time is not None)
        assert (row["ticket_count"], row["resolved_count"]) == (len(own), len(known))
        assert row["ticket_share"] == approx(len(own) / totals[row["workflow"]])
        for column, value in (
            ("csat", mean(measure(ticket, "csat") for ticket in own)),
            ("resolution_time_mean_calendar_hours", mean(times)),
            ("resolution_time_median_calendar_hours", quantile(known, 0.5) if known else None),
            ("mean_cost_per_ticket", mean(ticket["cost"] for ticket in own)),
        ):
            assert row[column] == (None if value is None else approx(value))
    rest = demo.rows("select * from ticket_path where period = 'all' and is_other")
    per_workflow = Counter(workflow for workflow, _ in members)
    assert {row["workflow"]: row["path_count"] for row in rest} == {
        workflow: count - 200 for workflow, count in per_workflow.items() if count > 200
    }
    assert sum(row["ticket_count"] for row in (*shown, *rest)) == len(paths)


def test_departures_equal_a_walk_along_the_happy_path(
    demo: Published, tickets: dict[int, Row], paths: dict[int, tuple[str, ...]]
) -> None:
    happy = {
        row["workflow"]: tuple(row["path"])
        for row in demo.rows("select workflow, path from ticket_path where period = 'all' and is_happy")
    }
    counted: Counter[tuple[str, int, str | None]] = Counter()
    for key, path in paths.items():
        workflow = tickets[key]["workflow"]
        if measure(tickets[key], "resolution_time_mean_calendar_hours") is None:
            continue
        for place, usual in enumerate((*happy[workflow], None)):
            following = path[place] if place < len(path) else None
            counted[workflow, place, following] += 1
            if following != usual:
                break
    rows = demo.rows("select * from path_departure where period = 'all'")
    assert {(r["workflow"], r["position"], r["next_step"]): r["ticket_count"] for r in rows} == counted
    assert sum(row["slow_count"] for row in rows if row["position"] == 0) == approx(0.25 * counted_tickets(rows), abs=6)


def counted_tickets(rows: list[Row]) -> int:
    """Every ticket is at the place before the first step, once."""
    return sum(row["ticket_count"] for row in rows if row["position"] == 0)


@dataclass(frozen=True)
class Compared:
    """An automation's figure beside that of comparable others."""

    n: int
    others_n: int
    value: float | None = None
    others: float | None = None
    half: float | None = None


def standardised(own: Mapping[Any, list[float]], others: Mapping[Any, list[float]], *, is_share: bool) -> Compared:
    """Values by stratum, with the automation and without: the others weighted to its own mix."""
    strata = [stratum for stratum, values in own.items() if values and len(others.get(stratum, ())) >= 5]
    n = sum(len(own[stratum]) for stratum in strata)
    if not n:
        return Compared(0, 0)
    expected = error = deviations = 0.0
    for stratum in strata:
        weight, beside = len(own[stratum]) / n, others[stratum]
        expected += weight * statistics.fmean(beside)
        smoothed = (sum(beside) + 2) / (len(beside) + 4)
        variance = smoothed * (1 - smoothed) if is_share else statistics.variance(beside)
        error += weight**2 * variance / len(beside)
        deviations += statistics.pvariance(own[stratum]) * len(own[stratum])
    freedom = n - len(strata) + 4 * is_share
    value = statistics.fmean(value for stratum in strata for value in own[stratum])
    half = Z95 * math.sqrt((deviations + is_share) / freedom / n + error) if freedom else None
    return Compared(n, sum(len(others[stratum]) for stratum in strata), value, expected, half)


def split(tickets: dict[int, Row], own: set[int], seen: set[int], metric: str, *, fine: bool) -> Compared:
    """`own` beside the tickets that are not in `seen`."""
    sides: tuple[dict[Any, list[float]], dict[Any, list[float]]] = (defaultdict(list), defaultdict(list))
    for key, ticket in tickets.items():
        value = measure(ticket, metric)
        if value is not None and (key in own or key not in seen):
            channel = (ticket["channel"],) if fine else ()
            sides[key not in own][ticket["workflow"], ticket["priority"] or "normal", *channel].append(value)
    return standardised(*sides, is_share=metric in SHARES)


def test_effects_equal_a_standardisation_from_the_tickets(demo: Published, tickets: dict[int, Row]) -> None:
    runs: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for row in demo.rows("select * from fct_automation_run"):
        if row["ticket_key"] in tickets:
            runs[row["kind"], row["name"], "all"].add(row["ticket_key"])
            if row["is_handed_over"]:
                runs[row["kind"], row["name"], "handed over"].add(row["ticket_key"])
    published = {
        (row["kind"], row["name"], row["part"], row["metric"]): row
        for row in demo.rows("select * from automation_effect where period = 'all' and kind <> 'step'")
    }
    assert len(published) > 100
    seen_levels = set()
    for (kind, name, part, metric), row in published.items():
        own, seen = runs[kind, name, part], runs[kind, name, "all"]
        known = [value for key in own if (value := measure(tickets[key], metric)) is not None]
        assert (row["n"], row["value"]) == (len(known), approx(statistics.fmean(known)))
        fine = split(tickets, own, seen, metric, fine=True)
        serves = 2 * fine.n >= len(known)
        expected = fine if serves else split(tickets, own, seen, metric, fine=False)
        seen_levels.add(serves)
        assert (row["compared_n"], row["others_n"]) == (expected.n, expected.others_n), (kind, name, metric)
        if expected.value is None or expected.others is None:
            assert row["difference"] is None
            continue
        difference = expected.value - expected.others
        assert (row["compared_value"], row["others_value"]) == (approx(expected.value), approx(expected.others))
        if expected.half is not None:
            ends = (difference - expected.half, difference + expected.half)
            assert (row["low"], row["high"]) == (approx(ends[0], 1e-6), approx(ends[1], 1e-6)), (kind, name, metric)
    assert seen_levels == {True, False}


def test_the_cost_saved_is_the_difference_times_the_compared(demo: Published) -> None:
    rows = demo.rows(
        "select * from automation_reach join automation_effect using (period, kind, name, part, workflow)"
        " where metric = 'mean_cost_per_ticket' and low is not null"
    )
    assert rows
    for row in rows:
        assert row["cost_saved"] == approx(-row["difference"] * row["compared_n"])
        assert row["cost_saved_low"] <= row["cost_saved"] <= row["cost_saved_high"]


@pytest.mark.parametrize("share", [True, False])
def test_the_interval_holds_nothing_in_nineteen_of_twenty_shops_without_an_effect(*, share: bool) -> None:
    """400 shops of five unequal strata, labels at random: 5% of 400 are 20, give or take three times 4.4."""
    random, missed = Random(7), 0
    for _ in range(400):
        own: dict[int, list[float]] = defaultdict(list)
        others: dict[int, list[float]] = defaultdict(list)
        for stratum in range(5):
            for _ in range(40 * (stratum + 1)):
                value = float(random.random() < 0.5 + 0.1 * stratum) if share else random.expovariate(1 / (1 + stratum))
                (own if random.random() < 0.1 + 0.1 * stratum else others)[stratum].append(value)
        found = standardised(own, others, is_share=share)
        assert found.value is not None
        assert found.others is not None
        assert found.half is not None
        missed += abs(found.value - found.others) > found.half
    assert 7 <= missed <= 33


def test_the_bots_hand_over_equals_the_demos_own_mark(demo: Published, tickets: dict[int, Row]) -> None:
    """What the bot tagged as handed over is so; beside it stand tickets that came back to a person."""
    rows = demo.rows("select ticket_key, is_handed_over from fct_automation_run where kind = 'bot'")
    handed = {row["ticket_key"] for row in rows if row["is_handed_over"]}
    marked = {key for key, ticket in tickets.items() if "bot_handover" in ticket["tags"]}
    wrote = {
        row["ticket_key"]
        for row in demo.rows(
            "select distinct ticket_key from fct_ticket_event where kind = 'comment' and actor_kind = 'human'"
        )
    }
    assert len(marked) > 100
    assert marked <= handed
    assert handed - marked <= wrote
