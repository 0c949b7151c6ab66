"""The bridge of the backlog: opening + created + reopened - resolved = closing, every day, exactly."""

from __future__ import annotations

import pytest

from tests.transforms.published import Published
from tests.transforms.shop import RULE, HandmadeShop

SHOPS = ["published", "demo"]


def tell(shop: HandmadeShop) -> None:
    """Write the cases; 1 June 2026 is a Monday."""
    agent = shop.agent()
    back = shop.ticket("bridge", "2026-06-01 10:00").reply("2026-06-03 10:00", agent, status="solved")
    back.customer("2026-06-04 10:00", status="open").reply("2026-06-05 10:00", agent, status="solved")
    back.update("2026-06-09 10:00", RULE, status="closed")
    shop.ticket("bridge", "2026-06-02 10:00")
    late = shop.ticket("bridge_late", "2026-06-01 23:30").reply("2026-06-02T00:10+02:00", agent, status="solved")
    assert late.status == "solved"
    timer = shop.ticket("bridge_timer", "2026-06-01 10:00").reply("2026-06-01 11:00", agent, status="pending")
    timer.update("2026-06-05 11:00", RULE, status="solved")


def test_a_ticket_that_comes_back(published: Published) -> None:
    """Opening, created, reopened, resolved, closing; the close on the 9th moves nothing."""
    days = [published.backlog("bridge", f"2026-06-{day:02}") for day in (1, 2, 3, 4, 5, 9)]
    assert days == [
        (0, 1, 0, 0, 1),
        (1, 1, 0, 0, 2),
        (2, 0, 0, 1, 1),
        (1, 0, 1, 0, 2),
        (2, 0, 0, 1, 1),
        (1, 0, 0, 0, 1),
    ]
    assert published.kpi("backlog", "bridge", "2026-06-01") == (1, 1)


def test_a_day_is_a_local_day(published: Published) -> None:
    """Created at 23:30 in Berlin, solved at 00:10: open at the end of the day, though it is one day in UTC."""
    assert published.backlog("bridge_late", "2026-06-01") == (0, 1, 0, 0, 1)
    assert published.backlog("bridge_late", "2026-06-02") == (1, 0, 0, 1, 0)


def test_the_bridge_goes_by_the_events_own_instants(published: Published) -> None:
    """The timer fired on the 5th: until then the ticket was open, though its resolution counts from the 1st."""
    assert published.backlog("bridge_timer", "2026-06-01") == (0, 1, 0, 0, 1)
    assert published.backlog("bridge_timer", "2026-06-05") == (1, 0, 0, 1, 0)


@pytest.mark.parametrize("shop", SHOPS)
def test_every_day_closes_exactly(shop: str, request: pytest.FixtureRequest) -> None:
    """Within the day, from day to day, and workflows against all."""
    con: Published = request.getfixturevalue(shop)
    assert con.rows("select count(*) as n from backlog_day")[0]["n"] > 0
    assert con.rows("select * from backlog_day where opening + created + reopened - resolved <> closing") == []
    gaps = """
        select * from (
            select *, lag(closing, 1, 0) over (partition by workflow order by day) as before from backlog_day
        ) where opening <> before
    """
    assert con.rows(gaps) == []
    sums = """
        select day from backlog_day group by day
        having sum(closing) filter (where workflow = 'all') <> sum(closing) filter (where workflow <> 'all')
    """
    assert con.rows(sums) == []


@pytest.mark.parametrize("shop", SHOPS)
def test_the_last_closing_is_the_open_tickets(shop: str, request: pytest.FixtureRequest) -> None:
    """Counted tickets that are not resolved as of the snapshot; the age buckets add up to them."""
    con: Published = request.getfixturevalue(shop)
    (still_open,) = con.rows("select count(*) as n from fct_ticket where is_counted and not is_resolved")
    (last,) = con.rows("select * from backlog_day where workflow = 'all' order by day desc limit 1")
    assert last["closing"] == still_open["n"]
    buckets = "open_0_1d + open_1_3d + open_3_7d + open_over_7d"
    assert con.rows(f"select * from backlog_day where {buckets} <> closing") == []
