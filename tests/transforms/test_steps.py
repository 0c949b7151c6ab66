"""Which steps a ticket was in, from when to when, what was worked and waited for there; worked out by hand."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.transforms.published import Published, Row, approx
from tests.transforms.shop import BOT, SECOND, SUPPORT, HandmadeShop
from tests.transforms.zendesk import RULE

DAY = "2026-06-08"  # a Monday; the schedule of Support is open from 9 to 18
HOUR = 60.0
CAUSES = ("customer", "hold", "timer", "out_of_hours", "unassigned", "contention", "prioritisation", "batching", "extraneous")


def tell(shop: HandmadeShop) -> None:
    """Write the cases."""
    shop.steps.append({"name": "Approval", "state": "escalated", "tag": "needs_approval"})
    agent, lead, other = shop.agent(), shop.agent(), shop.agent(SECOND)

    plain = shop.ticket("steps", f"{DAY} 09:00", group=SUPPORT)
    plain.update(f"{DAY} 10:00", agent, assignee=agent, status="open").reply(f"{DAY} 10:08", agent, status="pending")
    plain.customer(f"{DAY} 12:08", status="open").reply(f"{DAY} 13:00", agent, status="hold")
    plain.update(f"{DAY} 14:00", RULE, status="open").reply(f"{DAY} 14:30", agent, status="solved")
    plain.update("2026-06-12 14:30", RULE, status="closed")

    asked = shop.ticket("approved", f"{DAY} 09:00", group=SUPPORT, tags=["needs_approval"])
    asked.update(f"{DAY} 09:10", agent, assignee=agent, status="open").note(f"{DAY} 09:15", agent, assignee=lead)
    asked.note(f"{DAY} 15:15", lead, assignee=agent).reply(f"{DAY} 15:30", agent, status="solved")

    again = shop.ticket("steps_again", f"{DAY} 09:00", group=SUPPORT)
    again.update(f"{DAY} 09:10", agent, assignee=agent, status="open").reply(f"{DAY} 09:20", agent, status="solved")
    again.customer(f"{DAY} 11:20", status="open").reply(f"{DAY} 11:50", agent, status="pending")
    again.customer(f"{DAY} 12:00", status="open").reply(f"{DAY} 12:10", agent, status="solved")

    bot = shop.ticket("steps_bot", f"{DAY} 09:00", group=None, channel="native_messaging")
    bot.reply(f"{DAY} 09:01", BOT).reply(f"{DAY} 09:05", BOT, group=SUPPORT)
    bot.update(f"{DAY} 09:30", agent, assignee=agent, status="open").reply(f"{DAY} 09:40", agent, status="solved")

    moved = shop.ticket("steps_moved", f"{DAY} 09:00", group=SUPPORT)
    moved.update(f"{DAY} 09:10", agent, assignee=agent, status="open")
    moved.update(f"{DAY} 09:20", agent, group=SECOND, assignee=other)
    moved.reply(f"{DAY} 09:50", other, status="solved")

    shop.ticket("steps_open", "2026-07-05 12:00", group=SUPPORT)


def visits(published: Published, flow: str) -> list[Row]:
    """The visits of a workflow's one ticket."""
    return published.rows("select * from fct_ticket_step where workflow = ? order by visit_no", flow)


def told(published: Published, flow: str) -> list[tuple[str, str, str]]:
    """Step, and when it was entered and left, in Berlin: two hours ahead of what is stored."""
    return [(row["step"], clock(row["entered_at"]), clock(row["left_at"])) for row in visits(published, flow)]


def clock(instant: datetime | None) -> str:
    return f"{instant.hour + 2:02}:{instant.minute:02}" if instant else ""


def test_states_are_steps_by_who_has_the_ball(published: Published) -> None:
    assert told(published, "steps") == [
        ("Queue: Support", "09:00", "10:00"),
        ("Assigned: Support", "10:00", "10:08"),
        ("Waiting on customer", "10:08", "12:08"),
        ("Working: Support", "12:08", "13:00"),
        ("On hold", "13:00", "14:00"),
        ("Working: Support", "14:00", "14:30"),
        ("Resolved", "14:30", ""),
    ]


def test_work_ends_with_the_act_and_the_rest_is_waiting(published: Published) -> None:
    """A reply 8 minutes after the pick-up took 8; one after a pause takes the cap of 15, the rest of the visit waited."""
    rows = visits(published, "steps")
    assert [(row["work_minutes"], row["wait_minutes"]) for row in rows[:6]] == [
        (0, 60),
        (8, 0),
        (0, 120),
        (15, 37),
        (0, 60),
        (15, 15),
    ]
    assert [clock(row["started_at"]) for row in rows] == ["", "10:00", "", "12:45", "", "14:15", ""]
    assert {row["start_source"] for row in rows} == {None, "estimated"}


def test_what_is_resolved_and_stays_so_waits_for_nothing(published: Published) -> None:
    last = visits(published, "steps")[-1]
    assert (last["left_at"], last["elapsed_calendar_minutes"], last["wait_minutes"]) == (None, None, None)


def test_each_wait_has_its_cause(published: Published) -> None:
    rows = visits(published, "steps")
    assert (rows[0]["unassigned_minutes"], rows[2]["customer_minutes"], rows[4]["hold_minutes"]) == (60, 120, 60)


def test_given_to_a_colleague_and_back_is_a_step_of_its_own(published: Published) -> None:
    """The one who has it asks the lead; that the lead gives it back is none again. The rule in the file names it."""
    assert told(published, "approved") == [
        ("Queue: Support", "09:00", "09:10"),
        ("Assigned: Support", "09:10", "09:15"),
        ("Approval", "09:15", "15:15"),
        ("Working: Support", "15:15", "15:30"),
        ("Resolved", "15:30", ""),
    ]
    assert [row["is_handoff"] for row in visits(published, "approved")][2:4] == [True, True]


def test_a_ticket_given_to_another_group_is_not_escalated(published: Published) -> None:
    assert [row["step"] for row in visits(published, "steps_moved")] == [
        "Queue: Support",
        "Assigned: Support",
        "Assigned: Second",
        "Resolved",
    ]


def test_reopened_until_somebody_works_on_it(published: Published) -> None:
    rows = visits(published, "steps_again")
    assert [row["step"] for row in rows][2:5] == ["Resolved", "Reopened", "Waiting on customer"]
    assert [(row["step"], row["is_rework"]) for row in rows if row["is_rework"]] == [("Resolved", True)]
    assert (rows[2]["wait_minutes"], rows[2]["customer_minutes"]) == (120, 120)
    assert rows[3]["wait_minutes"] + rows[3]["work_minutes"] == 30


def test_a_bot_has_the_ticket_until_it_hands_over(published: Published) -> None:
    rows = visits(published, "steps_bot")
    assert [row["step"] for row in rows] == ["Bot", "Queue: Support", "Assigned: Support", "Resolved"]
    assert [row["is_handoff"] for row in rows] == [False, True, False, False]


def test_a_visit_goes_on_until_the_snapshot(published: Published) -> None:
    (row,) = visits(published, "steps_open")
    assert (row["step"], row["left_at"], row["next_step"]) == ("Queue: Support", None, None)
    assert row["elapsed_calendar_minutes"] == approx(12 * HOUR - 1 / 60)


@pytest.mark.parametrize("shop", ["published", "demo"])
def test_time_and_cost_are_conserved(shop: str, request: pytest.FixtureRequest) -> None:
    """Visits follow each other without a gap; work and wait make up each, causes the wait; cost is shared out whole."""
    con: Published = request.getfixturevalue(shop)
    causes = " + ".join(f"{cause}_minutes" for cause in CAUSES)
    assert not con.rows(
        f"""
        select ticket_key, visit_no
        from fct_ticket_step
        where abs(work_minutes + wait_minutes - elapsed_calendar_minutes) > 1e-6
            or abs({causes} - wait_minutes) > 1e-6
            or least(work_minutes, wait_minutes) < 0
        """
    )
    assert not con.rows(
        """
        select ticket_key, visit_no
        from fct_ticket_step
        qualify next_step is not null
            and left_at is distinct from lead(entered_at) over (partition by ticket_key order by visit_no)
        """
    )
    unequal = con.rows(
        """
        select ticket_key from fct_ticket_step
        inner join (select ticket_key, sum(amount) as amount from fct_cost where kind = 'handling' group by all)
            using (ticket_key)
        group by ticket_key having abs(sum(handling_cost) - any_value(amount)) > 1e-9
        """
    )
    assert unequal == []
