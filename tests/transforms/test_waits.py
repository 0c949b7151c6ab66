"""Every second of a ticket has one name."""

from __future__ import annotations

import pytest

from tests.transforms.published import Published
from tests.transforms.shop import SUPPORT, HandmadeShop

WAITS = (
    "reopened_idle",
    "customer_wait",
    "on_hold",
    "out_of_hours",
    "unassigned",
    "assigned_untouched",
    "team_wait",
)
DAY = "2026-06-08"  # a Monday


def tell(shop: HandmadeShop) -> None:
    """Write the cases."""
    agent = shop.agent()
    ticket = shop.ticket("waits", f"{DAY} 08:00", group=SUPPORT)
    ticket.update(f"{DAY} 09:30", agent, assignee=agent, status="open")
    ticket.reply(f"{DAY} 10:00", agent, status="pending").customer(f"{DAY} 11:00", status="open")
    ticket.update(f"{DAY} 11:30", agent, status="hold").update(f"{DAY} 12:00", agent, status="open")
    ticket.reply(f"{DAY} 12:30", agent, status="solved")
    back = shop.ticket("waits_back", f"{DAY} 10:00", group=SUPPORT)
    back.update(f"{DAY} 10:10", agent, assignee=agent, status="open").reply(f"{DAY} 10:30", agent, status="solved")
    back.customer(f"{DAY} 11:30", status="open").reply(f"{DAY} 11:50", agent, status="solved")


def waits(published: Published, flow: str) -> dict[str, float]:
    """The waits of a ticket that are not zero, in minutes."""
    ticket = published.ticket(flow)
    return {name: ticket[f"{name}_minutes"] for name in WAITS if ticket[f"{name}_minutes"]}


def test_waits_by_hand(published: Published) -> None:
    """8-9 closed, 9-9:30 nobody's, 9:30-10 untouched, 10-11 customer, 11-11:30 team, 11:30-12 hold, 12-12:30 team."""
    assert waits(published, "waits") == {
        "out_of_hours": 60,
        "unassigned": 30,
        "assigned_untouched": 30,
        "customer_wait": 60,
        "team_wait": 60,
        "on_hold": 30,
    }


def test_time_between_a_solve_and_a_reopening_is_nobodys_wait(published: Published) -> None:
    """10 min nobody's, 20 untouched, 60 resolved, 20 the team's."""
    assert waits(published, "waits_back") == {
        "unassigned": 10,
        "assigned_untouched": 20,
        "reopened_idle": 60,
        "team_wait": 20,
    }


@pytest.mark.parametrize("shop", ["published", "demo"])
def test_waits_sum_to_elapsed_time(shop: str, request: pytest.FixtureRequest) -> None:
    """From creation to the last resolution, or the snapshot, for every ticket to the second.

    Without a schedule nobody knows what was out of hours, so that the waits are unknown.
    """
    con: Published = request.getfixturevalue(shop)
    total = " + ".join(f"{name}_minutes" for name in WAITS)
    wrong = con.rows(
        f"""
        select ticket_id, {total} as named,
            date_diff('second', created_at, coalesce(resolved_at, snapshot_at)) / 60 as elapsed
        from fct_ticket cross join snapshot
        where is_counted and source = 'zendesk' and group_name is distinct from 'Nowhere'
            and (named is null or abs(named - elapsed) > 0.02)
        """
    )
    assert wrong == []
