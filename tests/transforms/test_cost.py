"""Cost by hand. Support costs 30.00 an hour, Night 60.00; 0.10 per ticket, 0.05 per message, 0.90 per automated
resolution; 310.00 of licences in January 2026, which is 10.00 a day. No other case has work in January or February."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.oracle.shop import read_shop
from tests.transforms.published import Published, approx
from tests.transforms.shop import BOT, NIGHT, HandmadeShop

DAY = "2026-01-08"


def tell(shop: HandmadeShop) -> None:
    """Write the cases."""
    one = shop.agent()
    shop.ticket("cost_day", f"{DAY} 09:00").reply(f"{DAY} 10:00", one, status="solved")
    shop.ticket("cost_day", f"{DAY} 09:00").reply(f"{DAY} 10:06", one, status="solved")
    two = shop.agent()
    for minute, second in ((0, 0), (0, 20), (59, 0)):
        shop.ticket("cost_gaps", "2026-02-02 09:00").reply(f"2026-02-02 10:{minute:02}:{second:02}", two)
    three = shop.agent(NIGHT)
    picked = shop.ticket("cost_pick", "2026-02-03 09:00", group=NIGHT)
    picked.update("2026-02-03 10:00", three, assignee=three).reply("2026-02-03 10:04", three, status="solved")
    four = shop.agent()
    weeks = shop.ticket("cost_weeks", "2026-02-04 10:00").reply("2026-02-04 10:30", four)
    weeks.update("2026-02-10 10:00", four, status="solved")
    shop.ticket("cost_bot", "2026-02-04 10:00").update("2026-02-04 10:01", BOT, status="solved")
    back = shop.ticket("cost_bot_back", "2026-02-04 10:00").update("2026-02-04 10:01", BOT, status="solved")
    back.customer("2026-02-05 10:00", status="open")
    five = shop.agent()
    shop.ticket("cost_spam", "2026-02-05 10:00", tags=["spam"]).note("2026-02-05 11:00", five, status="solved")
    shop.ticket("cost_after_spam", "2026-02-05 10:00").note("2026-02-05 11:03", five, status="solved")


def cost(published: Published, flow: str) -> list[float]:
    """The cost of each ticket of a flow."""
    return [float(ticket["cost"]) for ticket in published.tickets(flow)]


def test_handle_time_fees_and_fixed_cost_of_a_day(published: Published) -> None:
    """First act ever: the cap of 15 min, 7.50; then a gap of 6 min, 3.00. Fees 0.15 each. The day's 10.00 by 15:6.

    14.79 = 7.50 + 0.15 + 10.00 x 15/21, 6.01 = 3.00 + 0.15 + 10.00 x 6/21; together 20.80 for two resolutions.
    """
    assert [ticket["handle_minutes"] for ticket in published.tickets("cost_day")] == [15, 6]
    assert cost(published, "cost_day") == approx([14.79, 6.01], abs=0.006)
    assert sum(cost(published, "cost_day")) == approx(20.80, abs=1e-6)
    assert published.kpi("cost_per_resolution", "cost_day", DAY) == (approx(10.40), 2)


def test_gaps_have_a_floor_and_a_cap(published: Published) -> None:
    """15 (first), 20 s become 1 min, 58 min 40 s become 15."""
    assert [ticket["handle_minutes"] for ticket in published.tickets("cost_gaps")] == [15, 1, 15]
    assert cost(published, "cost_gaps") == approx([7.65, 0.65, 7.65])


def test_a_pick_up_costs_nothing_but_ends_the_gap(published: Published) -> None:
    """Four minutes at 60.00 an hour, and the fees."""
    assert published.ticket("cost_pick")["handle_minutes"] == 4
    assert cost(published, "cost_pick") == approx([4.15])


def test_cost_is_dated_when_it_arose(published: Published) -> None:
    """7.65 in the week of the reply, with nothing resolved; 7.50 in the week of the solve."""
    assert published.kpi("cost_per_resolution", "cost_weeks", "2026-02-04") == (None, 0)
    assert published.kpi("cost_per_ticket", "cost_weeks", "2026-02-04") == (approx(7.65), 1)
    assert published.kpi("cost_per_resolution", "cost_weeks", "2026-02-10") == (approx(7.50), 1)


def test_unresolved_contacts_are_in_the_numerator(published: Published) -> None:
    """Three tickets cost 15.95, none was resolved: no cost per resolution, but a cost per ticket."""
    assert published.kpi("cost_per_resolution", "cost_gaps", "2026-02-02") == (None, 0)
    assert published.kpi("cost_per_ticket", "cost_gaps", "2026-02-02") == (approx(15.95 / 3), 3)


def test_the_fee_of_an_automated_resolution_stays_after_a_reopening(published: Published) -> None:
    """0.10 + 0.90, whether it held or not."""
    assert cost(published, "cost_bot") == approx([1.00])
    assert cost(published, "cost_bot_back") == approx([1.00])


def test_work_on_excluded_tickets_is_a_line_of_its_own(published: Published) -> None:
    """15 min on spam are no workflow's cost, but end the gap for the next ticket: 3 min, 1.50 + 0.10."""
    assert published.kpi("cost_per_ticket", "cost_spam", "2026-02-05") == (None, 0)
    assert cost(published, "cost_after_spam") == approx([1.60])


@pytest.mark.parametrize("shop", ["published", "demo"])
def test_the_fixed_cost_of_every_day_is_all_there(shop: str, request: pytest.FixtureRequest) -> None:
    """A month's amount over the days of the month: on tickets, or unallocated where nobody worked."""
    con: Published = request.getfixturevalue(shop)
    put_in = read_shop(con.root).fixed_cost_of
    days = con.rows("select day, sum(amount) as amount from fct_cost where kind = 'fixed' group by day order by day")
    assert [(row["day"], row["amount"]) for row in days] == [(row["day"], approx(put_in(row["day"]))) for row in days]
    (first, last), found = (days[0]["day"], days[-1]["day"]), {row["day"] for row in days}
    span = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    assert found == {day for day in span if put_in(day)}


def test_a_day_without_work_leaves_its_fixed_cost_unallocated(published: Published) -> None:
    """Only the 8th of January had work: 300.00 of 310.00 are nobody's, and shown."""
    (row,) = published.rows("select sum(amount) as amount from fct_cost where bearer = 'unallocated'")
    assert row["amount"] == approx(300)


@pytest.mark.parametrize("shop", ["published", "demo"])
def test_counted_excluded_and_unallocated_are_what_was_put_in(shop: str, request: pytest.FixtureRequest) -> None:
    """Every line of cost is borne by a counted ticket, by an excluded one, or by none; and by the right one."""
    con: Published = request.getfixturevalue(shop)
    wrong = con.rows(
        """
        select * from fct_cost left join fct_ticket using (ticket_key)
        where bearer <> case when is_counted then 'counted' when ticket_key is null then 'unallocated'
            else 'excluded' end
        """
    )
    assert wrong == []
    (row,) = con.rows("select sum(amount) as amount from fct_cost where bearer in ('counted', 'excluded')")
    (tickets,) = con.rows("select sum(cost) as cost from fct_ticket")
    assert round(tickets["cost"], 2) == round(row["amount"], 2)
