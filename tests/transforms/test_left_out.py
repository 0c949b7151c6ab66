"""Spam, test, merged-away, deleted and outreach."""

from __future__ import annotations

from tests.transforms.published import Published
from tests.transforms.shop import HandmadeShop

WEEK = "2026-05-18"  # a Monday
CREATED = f"{WEEK} 10:00"
SOLVED = f"{WEEK} 12:00"
EXCLUDED = ("out_spam", "out_test", "out_merged", "out_deleted", "out_spam_test")


def tell(shop: HandmadeShop) -> None:
    """Write the cases."""
    agent = shop.agent()
    shop.simple("out_spam", CREATED, SOLVED, tags=["spam"])
    shop.simple("out_test", CREATED, SOLVED, tags=["test"])
    shop.simple("out_spam_test", CREATED, SOLVED, tags=["test", "spam"])
    shop.ticket("out_merged", CREATED).note(SOLVED, agent, status="closed", tags=["closed_by_merge"], rel="merge")
    shop.ticket("out_deleted", CREATED).update(SOLVED, agent, status="deleted")
    shop.simple("out_kept", CREATED, SOLVED)
    written_first = shop.ticket("outreach", CREATED, author=agent, channel="web")
    written_first.customer(f"{WEEK} 11:00").reply(SOLVED, agent, status="solved")
    phoned = shop.ticket("by_phone", CREATED, author=agent, channel="phone")
    phoned.reply(SOLVED, agent, status="solved")


def test_excluded_tickets_are_listed_with_the_first_reason_that_fits(published: Published) -> None:
    """Deleted before spam before merged-away before test."""
    found = {flow: published.ticket(flow) for flow in EXCLUDED}
    assert not any(ticket["is_counted"] or ticket["is_measured"] for ticket in found.values())
    reasons = {flow: ticket["exclusion_reason"].split("_")[0] for flow, ticket in found.items()}
    assert reasons == {
        "out_spam": "spam",
        "out_test": "test",
        "out_merged": "merged",
        "out_deleted": "deleted",
        "out_spam_test": "spam",
    }


def test_excluded_tickets_are_in_no_kpi_but_counted(published: Published) -> None:
    """A spam ticket, solved, is in nothing but the count of the excluded."""
    for metric in ("tickets_created", "tickets_resolved", "backlog"):
        assert published.kpi(metric, "out_spam", WEEK)[0] in (0, None)
    for metric in ("resolution_rate_cohort", "one_touch", "first_reply_median_calendar_hours", "cost_per_resolution"):
        assert published.kpi(metric, "out_spam", WEEK) == (None, 0)
    assert published.kpi("excluded_tickets", "out_spam", WEEK)[0] == 1
    assert published.kpi("excluded_tickets", "out_kept", WEEK)[0] in (0, None)
    assert published.kpi("tickets_created", "out_kept", WEEK) == (1, 1)


def test_outreach_is_counted_apart(published: Published) -> None:
    """The shop wrote first: no first reply, no touches, no rates."""
    ticket = published.ticket("outreach")
    assert (ticket["is_counted"], ticket["is_outreach"], ticket["is_measured"]) == (True, True, False)
    assert ticket["first_reply_calendar_minutes"] is None
    assert published.kpi("outreach_tickets", "outreach", WEEK)[0] == 1
    for metric in ("one_touch", "resolution_time_mean_calendar_hours", "resolution_rate_cohort"):
        assert published.kpi(metric, "outreach", WEEK) == (None, 0)


def test_a_ticket_opened_by_an_agent_on_the_phone_is_no_outreach(published: Published) -> None:
    """The customer called; the setting names the channel."""
    ticket = published.ticket("by_phone")
    assert (ticket["is_outreach"], ticket["is_measured"]) == (False, True)
    assert published.kpi("outreach_tickets", "by_phone", WEEK)[0] in (0, None)
