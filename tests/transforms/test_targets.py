"""Service targets: met, missed, still running."""

from __future__ import annotations

from tests.transforms.published import Published
from tests.transforms.shop import HandmadeShop

WEEK = "2026-06-15"  # a Monday
CREATED = f"{WEEK} 10:00"


def tell(shop: HandmadeShop) -> None:
    """Write the cases: an hour for the first reply, half of it if urgent; and one flow with a day to resolve."""
    for flow, solved in (("sla_reply", ("10:59", "11:00", "11:01")), ("sla_none", ("10:30",))):
        for minute in solved:
            shop.simple(flow, CREATED, f"{WEEK} {minute}")
    shop.ticket("sla_reply", CREATED)
    shop.ticket("sla_reply", "2026-07-05 23:30")
    shop.simple("sla_urgent", CREATED, f"{WEEK} 10:45", priority="urgent")
    shop.simple("sla_urgent", CREATED, f"{WEEK} 10:45", priority="normal")
    shop.simple("sla_solve", CREATED, "2026-06-16 10:00")
    shop.simple("sla_solve", CREATED, "2026-06-16 10:01")
    for unreplied in ("10:30", "11:30"):
        shop.ticket("sla_unreplied", CREATED).update(f"{WEEK} {unreplied}", shop.agent(), status="solved")
    reply = {"metric": "first_reply_minutes"}
    shop.targets += [
        {**reply, "value": 60, "workflow": "sla_reply"},
        {**reply, "value": 60, "workflow": "sla_unreplied"},
        {**reply, "value": 60, "workflow": "sla_urgent"},
        {**reply, "value": 30, "workflow": "sla_urgent", "priority": "urgent"},
        {"metric": "resolution_minutes", "value": 1440, "workflow": "sla_solve"},
    ]


def test_met_over_met_and_missed(published: Published) -> None:
    """59 and 60 minutes met, 61 missed, never answered missed; the one of half an hour ago still runs."""
    met = [ticket["sla_met"] for ticket in published.tickets("sla_reply")]
    assert met == [True, True, False, False, None]
    assert published.kpi("sla_hit", "sla_reply", WEEK) == (0.5, 4)


def test_without_a_target_nothing_is_judged(published: Published) -> None:
    """Unknown, not met."""
    assert published.ticket("sla_none")["sla_met"] is None
    assert published.kpi("sla_hit", "sla_none", WEEK) == (None, 0)


def test_a_ticket_solved_without_a_reply(published: Published) -> None:
    """Solved within the hour, nobody waits for a reply any more; solved after it, the hour had been missed."""
    assert [ticket["sla_met"] for ticket in published.tickets("sla_unreplied")] == [None, False]


def test_the_most_particular_target_holds(published: Published) -> None:
    """45 minutes are too long for the urgent ticket only."""
    assert [ticket["sla_met"] for ticket in published.tickets("sla_urgent")] == [False, True]


def test_a_target_for_the_resolution(published: Published) -> None:
    """A day to the minute, and a minute more."""
    assert [ticket["sla_met"] for ticket in published.tickets("sla_solve")] == [True, False]
