"""Contacts by stream: level, week, trend, holidays, repeats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from simulation.calibrate.streams import Contacts, daily, links, priorities, rates, recency, repeats, trend
from simulation.parameters import Floats
from tests.simulation.calibrate.facts import TICKETS, after

DAYS = 56
MONDAYS = np.arange(DAYS) % 7


def contacts(day: list[int], hour: list[int], **changes: object) -> Contacts:
    """Contacts of one stream: the day of the window, and the hour of that day."""
    n = len(day)
    days = np.array(day, np.int32)
    usual = Contacts(
        stream=np.zeros(n, np.int32),
        hour=(MONDAYS[days] * 24 + np.array(hour)).astype(np.int32),
        day=days,
        priority=np.ones(n, np.int32),
        is_first=np.ones(n, np.bool_),
        family=np.zeros(1, np.int32),
        workflow=np.zeros(1, np.int32),
        weekday=MONDAYS.astype(np.int32),
        is_holiday=np.zeros(DAYS, np.bool_),
        parent_stream=np.empty(0, np.int32),
        parent_day=np.empty(0, np.int32),
        is_worked=np.empty(0, np.bool_),
        has_repeat=np.empty(0, np.bool_),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def usual(known: Contacts) -> Floats:
    """Contacts a week by stream without what the trend adds from the middle of the eight weeks to their end."""
    more = 1 + 4 * trend(known, np.ones(DAYS))[known.workflow]
    result: Floats = rates(known, np.ones(DAYS)).sum(axis=1) / more
    return result


def test_two_contacts_a_day_are_fourteen_a_week() -> None:
    known = contacts([*range(DAYS)] * 2, [9] * DAYS + [15] * DAYS)
    rate = rates(known, np.ones(DAYS))
    assert rate.sum() == pytest.approx(14.0)
    assert rate[0, 9] == pytest.approx(1.0)
    assert rate[0, 10] == 0.0


def test_repeat_contacts_are_not_drawn_as_arrivals() -> None:
    known = contacts([*range(DAYS)] * 2, [9] * DAYS + [15] * DAYS)
    first = np.array([True] * DAYS + [False] * DAYS)
    assert rates(replace(known, is_first=first), np.ones(DAYS)).sum() == pytest.approx(7.0)


def test_weeks_of_a_surge_do_not_set_the_level() -> None:
    """Seven weeks of 14 and one of 70: chance is sqrt(14) a week, so that week counts as 14 + 2.5 sqrt(14)."""
    surge = [day for day in range(14, 21) for _ in range(8)]
    day = [*range(DAYS), *range(DAYS), *surge]
    assert usual(contacts(day, [9] * len(day)))[0] == pytest.approx((7 * 14 + 14 + 2.5 * 14**0.5) / 8)


def test_every_eight_weeks_a_day_counts_half_as_much() -> None:
    weight = recency(113)
    assert weight[0] / weight[56] == pytest.approx(0.5)
    assert weight[56] / weight[112] == pytest.approx(0.5)
    assert weight.sum() == pytest.approx(weight.sum() ** 2 / (weight**2).sum())  # Kish's effective number of days


def test_a_thin_stream_takes_its_workflows_week() -> None:
    day, hour = [*range(DAYS), 3, 10], [9] * DAYS + [22, 22]
    known = contacts(day, hour, stream=np.array([0] * DAYS + [1, 1], np.int32),
                     family=np.array([0, 1], np.int32), workflow=np.zeros(2, np.int32))  # fmt: skip
    rate = rates(known, np.ones(DAYS))
    assert usual(known)[1] == pytest.approx(2 / 8)
    assert rate[1].reshape(7, 24)[:, 9].sum() > rate[1].reshape(7, 24)[:, 22].sum() > 0


def test_the_level_is_of_days_that_are_no_holidays() -> None:
    off = np.zeros(DAYS, np.bool_)
    off[7] = True
    day = [n for n in range(DAYS) if n != 7]
    known = contacts(day, [9] * len(day), is_holiday=off)
    assert usual(known)[0] == pytest.approx(7.0)
    # None came where one was expected, with ten of each added: 10 of 11.
    assert daily(known, np.ones(DAYS))[0][0] == pytest.approx(10 / 11, abs=0.01)


def test_a_trend_is_drawn_to_none_by_as_much_as_chance_may_be_in_it() -> None:
    """Eight weeks of 140, 154, ... 238: 14 of 189 more a week, of which a Poisson's chance is 1 / sqrt(189 x 42)."""
    rising = contacts([day for day in range(DAYS) for _ in range(20 + day // 7 * 2)], [9] * 1512)
    assert trend(rising, np.ones(DAYS))[0] == pytest.approx(14 / 189 * 1e-4 / (1e-4 + 1 / (189 * 42)))
    rng = np.random.default_rng(3)
    steady = [day for day in range(DAYS) for _ in range(rng.poisson(20))]
    assert abs(trend(contacts(steady, [9] * len(steady)), np.ones(DAYS))[0]) < 0.01


def test_days_that_vary_more_than_chance_are_dispersed() -> None:
    rng = np.random.default_rng(5)
    factor = rng.gamma(4.0, 0.25, DAYS)
    uneven = [day for day in range(DAYS) for _ in range(rng.poisson(40 * factor[day]))]
    even = [day for day in range(DAYS) for _ in range(rng.poisson(40))]
    assert daily(contacts(uneven, [9] * len(uneven)), np.ones(DAYS))[1][0] == pytest.approx(0.25, abs=0.12)
    assert daily(contacts(even, [9] * len(even)), np.ones(DAYS))[1][0] < 0.02


def test_shares_are_drawn_to_the_workflows() -> None:
    known = contacts([0] * 80, [9] * 80, priority=np.array([3] * 20 + [1] * 60, np.int32))
    assert priorities(known, np.ones(DAYS))[0] == pytest.approx([0, 0.75, 0, 0.25], abs=1e-9)


def test_repeats_are_those_of_tickets_with_or_without_an_agents_work() -> None:
    """Of 40 that nobody worked on 20 were repeated, of 60 others 10; 60 of the workflow's 30% count with each."""
    is_worked = np.arange(100) >= 40
    known = replace(
        contacts([0] * 80, [9] * 80), parent_stream=np.zeros(100, np.int32), parent_day=np.zeros(100, np.int32),
        is_worked=is_worked, has_repeat=np.arange(100) % np.where(is_worked, 6, 2) == 0,
    )  # fmt: skip
    none, agent = (20 + 60 * 0.3) / 100, (10 + 60 * 0.3) / 120
    assert repeats(known, np.ones(DAYS))[0] == pytest.approx([(20 + 60 * none) / 100, (10 + 60 * agent) / 120])


def ticket(key: int, customer: str, at: float, resolved: float | None, **changes: object) -> dict[str, object]:
    return {"ticket_key": key, "ticket_id": str(key), "workflow": "returns", "channel": "email", "priority": "normal",
            "customer_id": customer, "created_at": after(at), "is_outreach": False, "is_measured": True,
            "resolved_at": None if resolved is None else after(resolved)} | changes  # fmt: skip


def test_a_repeat_is_the_same_customers_next_ticket_of_the_workflow_within_a_fortnight() -> None:
    day = 1440.0
    tickets = pl.DataFrame(
        [
            ticket(1, "ann", 0, day), ticket(2, "ann", 3 * day, 4 * day), ticket(3, "ann", 30 * day, None),
            ticket(4, "bob", 0, day), ticket(5, "bob", 2 * day, None, workflow="chat"),
            ticket(6, "eve", 0, day), ticket(7, "eve", 2 * day, None, is_measured=False),
        ],
        TICKETS,
    )  # fmt: skip
    assert links(tickets).rows() == [(1, 2, 2 * day)]
