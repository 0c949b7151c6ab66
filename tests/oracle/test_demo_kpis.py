"""The published KPIs of the demo shop against the second route, for every week, workflow and metric."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from flowmeter import warehouse
from tests.oracle.agents import hourly_costs
from tests.oracle.compare import differences, published_numbers
from tests.oracle.numbers import Numbers, World, all_numbers, build_world
from tests.oracle.shop import read_shop
from tests.oracle.truth import read_checkouts, read_orders, read_tickets


@pytest.fixture(scope="module")
def published(demo_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published snapshot, read-only."""
    with warehouse.read((demo_home / "data/warehouse/current").resolve()) as con:
        yield con


@pytest.fixture(scope="module")
def world(demo_home: Path, published: duckdb.DuckDBPyConnection) -> World:
    """The demo's truth as of the published snapshot's instant."""
    (snapshot,) = published.sql("select snapshot_at from snapshot").fetchall()[0]
    truth, shop = demo_home / "truth", read_shop(demo_home)
    return build_world(
        shop,
        snapshot.replace(tzinfo=UTC),
        read_tickets(truth),
        read_orders(truth),
        read_checkouts(truth),
        hourly_costs(demo_home, shop),
    )


@pytest.fixture(scope="module")
def expected(world: World) -> Numbers:
    """Every number by the second route."""
    return all_numbers(world)


@pytest.fixture(scope="module")
def actual(published: duckdb.DuckDBPyConnection) -> Numbers:
    """Every number as published, over all variants and channels."""
    return published_numbers(published)


def test_every_kpi_equals_the_second_route(expected: Numbers, actual: Numbers) -> None:
    """Same n and same value in every week and workflow, where either side has a number."""
    found = differences(actual, expected)
    assert not found, f"\n{found}"


def test_every_metric_has_published_numbers(expected: Numbers, actual: Numbers) -> None:
    """No metric passes by being absent."""
    known = {metric for (_, _, metric), (_, n) in expected.items() if n}
    assert known - {metric for (_, _, metric), (_, n) in actual.items() if n} == set()


def test_the_snapshot_is_the_largest_instant_of_the_exports(world: World) -> None:
    """No event of the truth lies after the snapshot."""
    last = max(event.at for story in world.stories for event in story.ticket.events)
    assert last <= world.snapshot


def test_the_ledger_balances(world: World) -> None:
    """By the second route itself: what was put in is counted, excluded or unallocated, to the cent."""
    ledger = world.ledger
    total = sum(ledger.by_ticket.values()) + sum(ledger.unallocated.values())
    assert round(total, 2) == round(ledger.put_in, 2)


def test_the_truth_covers_a_year(world: World) -> None:
    """The demo is long enough for both daylight-saving changes."""
    assert len(world.weeks) >= 52
    assert world.snapshot > datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("metric", ["tickets_created", "tickets_resolved", "outreach_tickets", "excluded_tickets"])
def test_slices_add_up(published: duckdb.DuckDBPyConnection, metric: str) -> None:
    """Counts by workflow, by channel, and by variant of a workflow sum to the total that they slice."""
    rows = published.execute(
        "select week, workflow, variant, channel, value from kpi_week where metric = ? and value > 0", [metric]
    ).fetchall()
    value = {(week, *key): found for week, *key, found in rows}
    sums: dict[tuple[object, ...], float] = defaultdict(float)
    for (week, workflow, variant, channel), found in value.items():
        if workflow != "all" and (variant, channel) == ("all", "all"):
            sums["by workflow", week, "all", "all", "all"] += found
        if channel != "all" and variant == "all":
            sums["by channel", week, workflow, "all", "all"] += found
        if workflow == "order_updates" and variant != "all" and channel != "all":
            sums["by variant", week, workflow, "all", channel] += found
    assert {key[0] for key in sums} >= {"by workflow", "by channel"}
    assert {key: found for key, found in sums.items() if value[key[1:]] != found} == {}
