"""One test for every fault of others' code that METRICS.md lists."""

from __future__ import annotations

import pytest

from tests.transforms.published import Published, approx
from tests.transforms.shop import NIGHT, NOWHERE, SECOND, SPLIT, HandmadeShop

WEEK = "2026-05-25"  # a Monday
CREATED = f"{WEEK} 10:00"
SOLVED = f"{WEEK} 12:00"


def tell(shop: HandmadeShop) -> None:
    """Write the cases."""
    agent, gone = shop.agent(), shop.agent(active=False)
    shop.ticket("fault_unreplied", CREATED).update(SOLVED, agent, status="solved")
    shop.simple("fault_unreplied", CREATED, SOLVED)
    for flow, first, last in (("fault_to_bad", "good", "bad"), ("fault_to_good", "bad", "good")):
        shop.rate(
            shop.simple(flow, CREATED, SOLVED), f"{WEEK} 13:00", (f"{WEEK} 14:00", first), (f"{WEEK} 15:00", last)
        )
    _tell_count(shop, agent)
    shop.ticket("fault_no_reply", CREATED).note(SOLVED, agent, status="solved")
    shop.simple("fault_closed", CREATED, SOLVED).update("2026-05-29 12:00", agent, status="closed")
    shop.ticket("fault_closed_only", CREATED).reply(SOLVED, agent, status="closed")
    tiles = shop.simple("fault_tiles", CREATED, "2026-06-02 10:00")
    shop.rate(tiles, "2026-06-02 11:00", ("2026-06-09 10:00", "good"))
    shop.simple("fault_missing", CREATED, SOLVED, group=NOWHERE)
    shop.simple("fault_long", "2025-11-03 10:00", SOLVED)
    back = shop.simple("fault_bridge", CREATED, SOLVED).customer("2026-05-26 10:00", status="open")
    assert back.status == "open"
    shop.simple("fault_spring", "2026-03-28 22:00", "2026-03-29 06:00", group=NIGHT)
    shop.simple("fault_autumn", "2025-10-25 22:00", "2025-10-26 06:00", group=NIGHT)
    shop.simple("fault_overlap", CREATED, f"{WEEK} 16:00", group=SPLIT)
    shop.ticket("fault_gone", CREATED).reply(SOLVED, gone, status="solved")


def _tell_count(shop: HandmadeShop, agent: int) -> None:
    for groups in ([], [SECOND, NIGHT], []):
        ticket = shop.ticket("fault_count", CREATED)
        for minute, group in enumerate(groups, start=10):
            ticket.update(f"{WEEK} 10:{minute}", agent, group=group)
        ticket.reply(SOLVED, agent, status="solved")
    ticket.customer(f"{WEEK} 13:00", status="open").update(f"{WEEK} 14:00", agent, status="solved")


def test_unreplied_counted_as_replies_below_zero(published: Published) -> None:
    """One of two tickets was solved without a reply: half, not always nothing."""
    assert published.kpi("zero_touch", "fault_unreplied", WEEK) == (0.5, 2)


def test_good_to_bad_and_bad_to_good_swapped_by_a_descending_window(published: Published) -> None:
    """The last answer counts, in both directions."""
    assert published.kpi("csat", "fault_to_bad", WEEK) == (0, 1)
    assert published.kpi("csat", "fault_to_good", WEEK) == (1, 1)


def test_count_where_sum_was_meant(published: Published) -> None:
    """Handoffs 0, 2, 0 and reopenings 0, 0, 1: counting values that are there would say 3 of each."""
    assert [ticket["handoff_count"] for ticket in published.tickets("fault_count")] == [0, 2, 0]
    assert published.kpi("handoffs", "fault_count", WEEK) == (approx(2 / 3), 3)
    assert published.kpi("reopen_rate", "fault_count", WEEK) == (approx(1 / 3), 3)
    assert published.kpi("tickets_reopened", "fault_count", WEEK)[0] == 1


def test_solved_without_public_reply_counted_as_multi_touch(published: Published) -> None:
    """Zero touch: neither one touch nor more."""
    assert published.kpi("zero_touch", "fault_no_reply", WEEK) == (1, 1)
    assert published.kpi("one_touch", "fault_no_reply", WEEK) == (0, 1)


@pytest.mark.parametrize("flow", ["fault_closed", "fault_closed_only"])
def test_closed_counted_as_unsolved(published: Published, flow: str) -> None:
    """A closed ticket is resolved, since it was first solved or closed, and in no backlog."""
    assert published.ticket(flow)["is_resolved"]
    assert published.ticket(flow)["resolution_calendar_minutes"] == 120
    assert published.kpi("backlog", flow, WEEK)[0] == 0


def test_every_tile_filtered_by_created_date(published: Published) -> None:
    """Created in one week, resolved in the next, answered in the third: each in its own."""
    assert published.kpi("tickets_created", "fault_tiles", WEEK) == (1, 1)
    assert published.kpi("resolution_time_mean_calendar_hours", "fault_tiles", WEEK) == (None, 0)
    assert published.kpi("resolution_time_mean_calendar_hours", "fault_tiles", "2026-06-02") == (192, 1)
    assert published.kpi("csat", "fault_tiles", "2026-06-02") == (None, 0)
    assert published.kpi("csat", "fault_tiles", "2026-06-09") == (1, 1)


def test_missing_business_minutes_turned_into_zero(published: Published) -> None:
    """No schedule: unknown."""
    assert published.ticket("fault_missing")["resolution_business_minutes"] is None
    assert published.kpi("resolution_time_median_business_hours", "fault_missing", WEEK) == (None, 0)


def test_both_dates_forced_into_the_window_so_that_long_tickets_vanish(published: Published) -> None:
    """Created in November, resolved in May: there, with all of its 203 days (one of them an hour short) and 2 h."""
    expected = 203 * 24 - 1 + 2
    assert published.kpi("resolution_time_mean_calendar_hours", "fault_long", WEEK) == (approx(expected), 1)


def test_received_less_resolved_is_not_the_change_of_backlog(published: Published) -> None:
    """One received, one resolved, one reopened: the backlog grew by one."""
    assert published.backlog("fault_bridge", WEEK) == (0, 1, 0, 1, 0)
    assert published.backlog("fault_bridge", "2026-05-26") == (0, 0, 1, 0, 1)
    assert published.kpi("backlog", "fault_bridge", WEEK) == (1, 1)


def test_daylight_saving_hours_lost_or_doubled(published: Published) -> None:
    """The same shift on the wall has seven hours in spring and nine in autumn, calendar and business alike."""
    for flow, minutes in (("fault_spring", 420), ("fault_autumn", 540)):
        ticket = published.ticket(flow)
        assert ticket["resolution_calendar_minutes"] == minutes
        assert ticket["resolution_business_minutes"] == minutes


def test_overlapping_schedules_counted_twice(published: Published) -> None:
    """10-16 under 09-17 and 12-20: six hours, not ten. Pentecost Monday is no holiday of that schedule."""
    assert published.ticket("fault_overlap")["resolution_business_minutes"] == 360


def test_deactivated_agents_losing_their_replies(published: Published) -> None:
    """The agent has left, the reply stays."""
    ticket = published.ticket("fault_gone")
    assert (ticket["public_reply_count"], ticket["first_reply_calendar_minutes"]) == (1, 120)
