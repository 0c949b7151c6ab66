"""Handoffs between groups and people, and ping-pong."""

from __future__ import annotations

from tests.transforms.published import Published
from tests.transforms.shop import BOT, NIGHT, SECOND, SUPPORT, HandmadeShop

WEEK = "2026-05-11"  # a Monday
CREATED = f"{WEEK} 10:00"


def tell(shop: HandmadeShop) -> None:
    """Write the cases; every ticket begins in Support without an assignee."""
    one, two, three = shop.agent(), shop.agent(SECOND), shop.agent()
    shop.ticket("hand_none", CREATED).update(f"{WEEK} 10:10", one, assignee=one)
    both = shop.ticket("hand_both", CREATED).update(f"{WEEK} 10:10", one, assignee=one)
    both.update(f"{WEEK} 10:20", one, group=SECOND, assignee=two)
    cleared = shop.ticket("hand_cleared", CREATED).update(f"{WEEK} 10:10", one, assignee=one)
    cleared.update(f"{WEEK} 10:20", one, clear=["assignee"]).update(f"{WEEK} 10:30", one, assignee=one)
    other = shop.ticket("hand_cleared_other", CREATED).update(f"{WEEK} 10:10", one, assignee=one)
    other.update(f"{WEEK} 10:20", one, clear=["assignee"]).update(f"{WEEK} 10:30", three, assignee=three)
    shop.ticket("hand_bot", CREATED).update(f"{WEEK} 10:00:30", BOT, assignee=BOT).update(
        f"{WEEK} 10:20", BOT, assignee=one
    )
    shop.ticket("hand_groups", CREATED).update(f"{WEEK} 10:10", one, group=SECOND).update(
        f"{WEEK} 10:20", two, group=SUPPORT
    )
    shop.ticket("hand_onward", CREATED).update(f"{WEEK} 10:10", one, group=SECOND).update(
        f"{WEEK} 10:20", two, group=NIGHT
    )
    people = shop.ticket("hand_people", CREATED).update(f"{WEEK} 10:10", one, assignee=one)
    people.update(f"{WEEK} 10:20", one, assignee=three).update(f"{WEEK} 10:30", three, assignee=one)
    shop.ticket("hand_comments", CREATED).reply(f"{WEEK} 10:10", one).reply(f"{WEEK} 10:20", two)
    _tell_mean(shop)


def _tell_mean(shop: HandmadeShop) -> None:
    agent = shop.agent()
    for groups in ([], [], [SECOND, NIGHT]):
        ticket = shop.ticket("hand_mean", CREATED)
        for minute, group in enumerate(groups, start=10):
            ticket.update(f"{WEEK} 10:{minute}", agent, group=group)
        ticket.reply(f"{WEEK} 12:00", agent, status="solved")


def found(published: Published, flow: str) -> tuple[int, bool]:
    """Handoffs and ping-pong of a flow's ticket."""
    ticket = published.ticket(flow)
    return ticket["handoff_count"], ticket["has_ping_pong"]


def test_handoffs(published: Published) -> None:
    """The first assignment is none; group and assignee in one update are one; clearing is none."""
    assert found(published, "hand_none") == (0, False)
    assert found(published, "hand_both") == (1, False)
    assert found(published, "hand_cleared") == (0, False)
    assert found(published, "hand_cleared_other") == (1, False)


def test_bot_to_person_is_no_handoff(published: Published) -> None:
    """It is a bot_handover."""
    assert found(published, "hand_bot") == (0, False)


def test_ping_pong_is_of_groups(published: Published) -> None:
    """A to B to A; not A to B to C, and not between people."""
    assert found(published, "hand_groups") == (2, True)
    assert found(published, "hand_onward") == (2, False)
    assert found(published, "hand_people") == (2, False)


def test_another_commenter_is_no_handoff(published: Published) -> None:
    """Distinct commenters are not counted."""
    assert found(published, "hand_comments") == (0, False)


def test_handoffs_are_averaged_over_resolved_tickets(published: Published) -> None:
    """0, 0 and 2 handoffs: two thirds."""
    value, n = published.kpi("handoffs", "hand_mean", WEEK)
    assert (round(value or 0, 9), n) == (round(2 / 3, 9), 3)
