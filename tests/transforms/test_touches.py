"""Replies, touches, first contact and automation."""

from __future__ import annotations

from tests.transforms.published import Published
from tests.transforms.shop import BOT, RULE, HandmadeShop

WEEK = "2026-05-11"  # a Monday
CREATED = f"{WEEK} 10:00"
SOLVED = f"{WEEK} 12:00"


def tell(shop: HandmadeShop) -> None:
    """Write the cases."""
    agent = shop.agent()
    shop.ticket("touch_none", CREATED).note(SOLVED, agent, status="solved")
    shop.ticket("touch_one", CREATED).note(f"{WEEK} 10:30", agent).reply(SOLVED, agent, status="solved")
    shop.ticket("touch_two", CREATED).reply(f"{WEEK} 11:00", agent).reply(SOLVED, agent, status="solved")
    shop.ticket("touch_after", CREATED).reply(SOLVED, agent, status="solved").reply(f"{WEEK} 13:00", agent)
    bot_first = shop.ticket("touch_bot_first", CREATED).reply(f"{WEEK} 10:01", BOT)
    bot_first.customer(f"{WEEK} 10:05").reply(SOLVED, agent, status="solved")
    _tell_first_contact(shop, agent)
    _tell_automated(shop, agent)


def _tell_first_contact(shop: HandmadeShop, agent: int) -> None:
    once_but = shop.ticket("fcr_reopened", CREATED).reply(SOLVED, agent, status="solved")
    once_but.customer(f"{WEEK} 13:00", status="open").update(f"{WEEK} 14:00", agent, status="solved")
    for flow, next_flow, created in (
        ("fcr_again", "fcr_again", "2026-05-18 11:59"),  # 7 x 24 h past noon of the 11th end at noon of the 18th
        ("fcr_later", "fcr_later", "2026-05-18 12:01"),
        ("fcr_other", "fcr_elsewhere", "2026-05-12 10:00"),
    ):
        customer = shop.customer()
        shop.simple(flow, CREATED, SOLVED, customer=customer)
        shop.simple(next_flow, created, "2026-05-19 10:00", customer=customer)


def _tell_automated(shop: HandmadeShop, agent: int) -> None:
    shop.ticket("auto_bot", CREATED).reply(f"{WEEK} 10:01", BOT, status="solved")
    shop.ticket("auto_rule", CREATED).update(f"{WEEK} 10:01", RULE, status="solved")
    done = shop.ticket("auto_customer", CREATED)
    done.update(f"{WEEK} 11:00", done.requester, status="solved")
    shop.ticket("auto_note", CREATED).note(f"{WEEK} 10:30", agent).update(SOLVED, RULE, status="solved")
    again = shop.ticket("auto_reopened", CREATED).reply(f"{WEEK} 10:01", BOT, status="solved")
    again.customer(f"{WEEK} 11:00", status="open").update(SOLVED, agent, status="solved")
    for flow, created in (("auto_lost", "2026-05-14 10:00"), ("auto_kept", "2026-05-14 10:02")):
        customer = shop.customer()
        shop.ticket(flow, CREATED, customer=customer).reply(f"{WEEK} 10:01", BOT, status="solved")
        shop.ticket("auto_next", created, customer=customer)


def touches(published: Published, flow: str) -> tuple[int, bool, bool]:
    """Replies counted, zero touch, one touch."""
    ticket = published.tickets(flow)[0]
    return ticket["public_reply_count"], ticket["is_zero_touch"], ticket["is_one_touch"]


def test_replies_and_touches(published: Published) -> None:
    """Public comments by people, after the opening one, up to the last resolution."""
    assert touches(published, "touch_none") == (0, True, False)
    assert touches(published, "touch_one") == (1, False, True)
    assert touches(published, "touch_two") == (2, False, False)
    assert touches(published, "touch_after") == (1, False, True)


def test_a_bots_reply_is_no_first_reply_and_no_touch(published: Published) -> None:
    """The bot answered after a minute, the person after two hours."""
    assert published.ticket("touch_bot_first")["first_reply_calendar_minutes"] == 120
    assert touches(published, "touch_bot_first") == (1, False, True)


def test_a_reopened_ticket_is_no_first_contact_resolution(published: Published) -> None:
    """One reply in all, but the customer had to come back."""
    ticket = published.ticket("fcr_reopened")
    assert (ticket["is_one_touch"], ticket["is_fcr_7d"]) == (True, False)


def test_first_contact_looks_seven_days_at_the_same_workflow(published: Published) -> None:
    """A ticket of the same customer a minute before the end of the 7 x 24 h counts, a minute after it does not."""
    assert published.tickets("fcr_again")[0]["is_fcr_7d"] is False
    assert published.tickets("fcr_later")[0]["is_fcr_7d"] is True
    assert published.tickets("fcr_other")[0]["is_fcr_7d"] is True
    assert published.kpi("fcr_7d", "fcr_again", WEEK) == (0, 1)
    assert published.kpi("fcr_7d", "fcr_later", WEEK) == (1, 1)


def test_repeat_contact_looks_as_far_and_at_nothing_else(published: Published) -> None:
    """How many replies there were, and whether the ticket was reopened, does not matter."""
    assert published.tickets("fcr_again")[0]["is_repeated_7d"] is True
    assert published.kpi("repeat_contact_7d", "fcr_again", WEEK) == (1, 1)
    for flow in ("fcr_later", "fcr_other", "fcr_reopened", "touch_two"):
        assert published.kpi("repeat_contact_7d", flow, WEEK) == (0, 1)


def test_automated_is_a_bots_a_rules_or_the_customers_resolution(published: Published) -> None:
    """And nobody of the team wrote anything, public or private."""
    found = {
        flow: published.tickets(flow)[0]["is_automated"]
        for flow in ("auto_bot", "auto_rule", "auto_customer", "auto_note", "auto_reopened", "touch_one")
    }
    assert found == {
        "auto_bot": True,
        "auto_rule": True,
        "auto_customer": True,
        "auto_note": False,
        "auto_reopened": False,
        "touch_one": False,
    }
    assert published.kpi("automated_rate", "auto_bot", WEEK) == (1, 1)
    assert published.kpi("automated_rate", "auto_note", WEEK) == (0, 1)


def test_automated_held_looks_72_hours_at_any_workflow(published: Published) -> None:
    """The customer wrote in another workflow a minute before 72 h were over, or a minute after."""
    assert published.ticket("auto_lost")["is_automated_held"] is False
    assert published.ticket("auto_kept")["is_automated_held"] is True
    assert published.kpi("automated_held", "auto_lost", WEEK) == (0, 1)
