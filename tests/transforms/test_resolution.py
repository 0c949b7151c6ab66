"""When a ticket counts as resolved, how long that took, and which share was."""

from __future__ import annotations

import pytest

from tests.transforms.published import Published, approx
from tests.transforms.shop import BOT, RULE, HandmadeShop

WEEK = "2026-05-04"  # a Monday
CREATED = f"{WEEK} 10:00"


def tell(shop: HandmadeShop) -> None:
    """Write the cases."""
    agent = shop.agent()
    reopened = shop.ticket("reopened", CREATED).reply(f"{WEEK} 12:00", agent, status="solved")
    reopened.customer(f"{WEEK} 13:00", status="open").reply("2026-05-05 10:00", agent, status="solved")
    open_again = shop.ticket("open_again", CREATED).reply(f"{WEEK} 12:00", agent, status="solved")
    open_again.customer("2026-05-13 13:00", status="open")
    _tell_automatic(shop, agent)
    shop.ticket("solved_closed", CREATED).reply(f"{WEEK} 12:00", agent, status="solved").update(
        "2026-05-08 12:00", RULE, status="closed"
    )
    for solved in ("2026-05-05 10:00", "2026-05-10 10:00", "2026-05-11 10:00", "2026-05-12 10:00"):
        shop.simple("cohort", CREATED, solved)
    shop.ticket("cohort", CREATED)
    for created in ("2026-06-15 10:00", "2026-06-22 10:00"):
        shop.simple("young", created, created.replace("10:00", "11:00"))
    for clock in ("15:00", "", "07:00", ""):
        ticket = shop.ticket("survival", "2026-06-29 05:00")
        if clock:
            ticket.reply(f"2026-06-29 {clock}", agent, status="solved")


def _tell_automatic(shop: HandmadeShop, agent: int) -> None:
    waiting = shop.ticket("timer", CREATED).reply(f"{WEEK} 11:00", agent, status="pending")
    waiting.update("2026-05-08 11:00", RULE, status="solved").update("2026-05-12 11:00", RULE, status="closed")
    twice = shop.ticket("timer_twice", CREATED).reply(f"{WEEK} 11:00", agent, status="pending")
    twice.customer(f"{WEEK} 12:00", status="open").reply(f"{WEEK} 13:00", agent, status="pending")
    twice.update("2026-05-08 13:00", RULE, status="solved")
    nudged = shop.ticket("timer_nudged", CREATED).reply(f"{WEEK} 11:00", agent, status="pending")
    nudged.reply("2026-05-05 11:00", agent).update("2026-05-08 11:00", RULE, status="closed")
    held = shop.ticket("timer_hold", CREATED).reply(f"{WEEK} 11:00", agent, status="pending")
    held.update(f"{WEEK} 12:00", agent, status="hold").update("2026-05-06 10:00", RULE, status="solved")
    shop.ticket("rule_open", CREATED).reply(f"{WEEK} 11:00", agent, status="open").update(
        "2026-05-06 10:00", RULE, status="solved"
    )
    shop.ticket("agent_pending", CREATED).reply(f"{WEEK} 11:00", agent, status="pending").update(
        "2026-05-06 10:00", agent, status="solved"
    )
    shop.ticket("bot_pending", CREATED).reply(f"{WEEK} 10:02", BOT, status="pending").update(
        f"{WEEK} 11:00", BOT, status="solved"
    )
    shop.ticket("bot_solve", CREATED).reply(f"{WEEK} 10:02", BOT, status="solved")


def test_a_reopened_ticket_keeps_its_first_and_its_last_resolution(published: Published) -> None:
    """Solved after 2 h, reopened, solved again after 24 h."""
    ticket = published.ticket("reopened")
    assert ticket["first_resolution_calendar_minutes"] == 120
    assert ticket["resolution_calendar_minutes"] == 1440
    assert (ticket["is_resolved"], ticket["reopen_count"], ticket["is_reopened"]) == (True, 1, True)
    assert published.kpi("reopen_rate", "reopened", WEEK) == (1, 1)
    assert published.kpi("first_resolution_time_median_calendar_hours", "reopened", WEEK) == (approx(2), 1)
    assert published.kpi("resolution_time_mean_calendar_hours", "reopened", WEEK) == (approx(24), 1)


def test_a_ticket_that_is_open_again_is_not_resolved(published: Published) -> None:
    """Its first resolution stays, dated when it was; the reopening counts in that week."""
    ticket = published.ticket("open_again")
    assert (ticket["is_resolved"], ticket["resolved_at"], ticket["resolution_calendar_minutes"]) == (False, None, None)
    assert ticket["first_resolution_calendar_minutes"] == 120
    assert published.kpi("reopen_rate", "open_again", WEEK) == (1, 1)
    assert published.kpi("resolution_rate_cohort", "open_again", WEEK) == (0, 1)
    assert published.kpi("tickets_resolved", "open_again", WEEK)[0] in (0, None)


@pytest.mark.parametrize(
    ("flow", "minutes"),
    [
        ("timer", 60),  # pending at 11:00, whenever the timer fires; the later close moves nothing
        ("timer_twice", 180),  # the pending that the timer ended began at 13:00
        ("timer_nudged", 60),  # a second reply while pending does not begin another pending
        ("timer_hold", 48 * 60),  # not directly out of pending: it counts when it happens
        ("rule_open", 48 * 60),  # a rule that solves an open ticket counts when it fires
        ("agent_pending", 48 * 60),  # a person's solve counts when it happens
        ("bot_pending", 60),  # a bot's solve too, even out of pending
        ("bot_solve", 2),
        ("solved_closed", 120),  # solved to closed never moves a resolution
    ],
)
def test_the_instant_that_counts(published: Published, flow: str, minutes: float) -> None:
    """Calendar minutes from creation to the resolution that counts."""
    ticket = published.ticket(flow)
    assert ticket["is_resolved"]
    assert ticket["resolution_calendar_minutes"] == approx(minutes)
    assert ticket["first_resolution_calendar_minutes"] == approx(minutes)
    assert ticket["reopen_count"] == 0


def test_cohort_and_flow(published: Published) -> None:
    """Five created on Monday: solved after 1, 6, 7 (exactly: in time) and 8 days, and never."""
    assert published.kpi("resolution_rate_cohort", "cohort", WEEK) == (approx(3 / 5), 5)
    assert published.kpi("resolution_rate_flow", "cohort", WEEK) == (approx(2 / 5), 5)
    assert published.kpi("tickets_resolved", "cohort", "2026-05-11")[0] == 2


def test_mean_median_and_ninetieth_percentile(published: Published) -> None:
    """In the first week 24 h and 144 h: mean and median 84; P90 = 24 + 0.9 x 120 = 132 (type 7)."""
    pattern = "resolution_time_{}_calendar_hours"
    assert published.kpi(pattern.format("mean"), "cohort", WEEK) == (approx(84), 2)
    assert published.kpi(pattern.format("median"), "cohort", WEEK) == (approx(84), 2)
    assert published.kpi(pattern.format("p90"), "cohort", WEEK) == (approx(132), 2)


def test_a_young_cohort_is_marked_incomplete(published: Published) -> None:
    """The week of 15 June ended 7 + 4 days before the snapshot of 5 July, that of 22 June did not."""
    assert [row["is_complete"] for row in published.cell("resolution_rate_cohort", "young", "2026-06-15")] == [True]
    assert [row["is_complete"] for row in published.cell("resolution_rate_cohort", "young", "2026-06-22")] == [False]
    assert [row["is_complete"] for row in published.cell("tickets_created", "young", "2026-06-22")] == [True]


def test_open_tickets_weigh_in_the_kaplan_meier_median(published: Published) -> None:
    """Done after 2 h and 10 h, two still open: 3/4, then 2/4 survive, so the median is 10 h and not 6 h."""
    found = published.kpi("resolution_time_km_median_calendar_hours", "survival", "2026-06-29")
    assert found == (approx(10), 4)
    assert published.kpi("resolution_time_median_calendar_hours", "survival", "2026-06-29") == (approx(6), 2)
