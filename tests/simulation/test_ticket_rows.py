"""Visits as tickets in METRICS' terms, on records written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulation.kpi_frame import Period, kpi_frame
from simulation.network import Records, Run, Tickets
from simulation.parameters import Money, Parameters
from simulation.ticket_rows import TicketRows, rules, ticket_rows
from tests.simulation import parameter_shops as shops

NAN = np.nan
BOT, ANSWER, CUSTOMER, REFUND, RESOLVED = range(5)
EDGES = {"bot>answer": 0, "bot>resolved": 1, "answer>customer": 2, "answer>resolved": 3, "customer>answer": 4,
         "customer>resolved": 5, "refund>resolved": 6, "resolved>end": 7, "resolved>answer": 8}  # fmt: skip
Visit = tuple[int, int, str | None, float, float, float, float]  # ticket, state, edge, entered, started, left, work

SURE = shops.helpdesk()


def sure(chance: Any) -> Any:
    return np.where(chance > 0, 1.0, 0.0)


SURE = replace(SURE, routes=replace(SURE.routes, reply=sure(SURE.routes.reply), handoff=sure(SURE.routes.handoff)))
"""The helpdesk whose answers always reach the customer, and which always hands a resolved ticket on."""


def told(
    visits: Sequence[Visit],
    created: Sequence[float],
    parameters: Parameters = SURE,
    idle: Sequence[float] | None = None,
) -> TicketRows:
    """What became of tickets created then; agent 0 does all work."""
    rows: list[list[Any]] = [[row[n] for row in visits] for n in range(7)]
    edge = np.array([EDGES[name] if name else -1 for name in rows[2]], dtype=np.int32)
    state = np.array(rows[1], dtype=np.int32)
    agent = np.where(np.isin(state, [ANSWER, REFUND]), 0, -1).astype(np.int32)
    times = [np.array(row, dtype=np.float64) for row in (*rows[3:], np.zeros(len(state)) if idle is None else idle)]
    records = Records(np.array(rows[0], dtype=np.int32), state, agent, edge, *times)
    tickets = some_tickets(created)
    run = Run(records, some_tickets([]), np.zeros(0, dtype=np.int32), len(created), 0, len(created), 0)
    return ticket_rows(parameters, rules(parameters), tickets, run, 1)


def some_tickets(created: Sequence[float]) -> Tickets:
    count = len(created)
    none = np.zeros(count, dtype=np.int32)
    at = np.array(created, dtype=np.float64)
    flags, small = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.int8)
    return Tickets(np.arange(count, dtype=np.uint64), none, none, at, at, small, none - 1, flags)


def framed(rows: TicketRows, minutes: int = 20_000, **period: Any) -> dict[str, Any]:
    row: dict[str, Any] = kpi_frame(SURE, {0: rows}, Period(minutes, **period)).row(0, named=True)
    return row


def test_answered_at_once_and_resolved() -> None:
    visits: list[Visit] = [
        (0, BOT, "bot>answer", 10, NAN, 11, 0),
        (0, ANSWER, "answer>resolved", 11, 40, 52, 12),
        (0, RESOLVED, "resolved>end", 52, NAN, 52, 0),
    ]
    rows = told(visits, [10])
    assert (rows.first_reply[0], rows.first_resolved[0], rows.resolved[0]) == (52, 52, 52)
    assert (rows.replies[0], rows.reopens[0], rows.handoffs[0]) == (1, 0, 1)
    assert (rows.work[0], rows.waited[0]) == (12, 29)
    assert rows.spent[0] == pytest.approx(12 / 60 * 30 + 0.5)  # wage and the bot's fee
    frame = framed(rows)
    assert frame["resolution_calendar_minutes"] == frame["first_reply_calendar_minutes"] == 42
    assert all(frame[name] for name in ("is_one_touch", "is_fcr_7d", "resolved_in_cohort"))
    assert not any(frame[name] for name in ("is_zero_touch", "is_automated", "is_reopened"))
    assert frame["handoff_count"] == 1


def test_resolved_by_the_bot_alone() -> None:
    rows = told([(0, BOT, "bot>resolved", 5, NAN, 6, 0), (0, RESOLVED, "resolved>end", 6, NAN, 6, 0)], [5])
    frame = framed(rows)
    assert all(frame[name] for name in ("is_automated", "is_automated_held", "is_zero_touch"))
    assert frame["first_reply_calendar_minutes"] is None
    assert rows.released[0] == 1


def test_a_timer_counts_from_when_the_customer_had_the_ball() -> None:
    visits: list[Visit] = [
        (0, ANSWER, "answer>customer", 0, 20, 30, 10),
        (0, CUSTOMER, "customer>resolved", 30, NAN, 4350, 0),
        (0, RESOLVED, "resolved>end", 4350, NAN, 4350, 0),
    ]
    rows = told(visits, [0])
    assert rows.resolved[0] == rows.first_resolved[0] == 30
    assert not rows.is_automated[0]  # somebody wrote


def test_reopened_and_resolved_again() -> None:
    visits: list[Visit] = [
        (0, REFUND, "refund>resolved", 0, 0, 15, 15),
        (0, RESOLVED, "resolved>answer", 15, NAN, 1000, 0),
        (0, ANSWER, "answer>resolved", 1000, 1100, 1110, 10),
        (0, RESOLVED, "resolved>end", 1110, NAN, 1110, 0),
    ]
    rows = told(visits, [0])
    assert (rows.first_resolved[0], rows.resolved[0], rows.reopens[0], rows.replies[0]) == (15, 1110, 1, 2)
    frame = framed(rows)
    assert (frame["is_reopened"], frame["is_fcr_7d"]) == (True, False)
    assert frame["resolution_calendar_minutes"] == 1110
    assert frame["first_resolution_calendar_minutes"] == 15


def test_reopened_and_still_open() -> None:
    visits: list[Visit] = [
        (0, REFUND, "refund>resolved", 0, 0, 15, 15),
        (0, RESOLVED, "resolved>answer", 15, NAN, 1000, 0),
        (0, ANSWER, None, 1000, NAN, NAN, 0),
    ]
    frame = framed(told(visits, [0]))
    assert frame["resolution_calendar_minutes"] is None
    assert frame["is_reopened"]
    assert frame["resolved_in_cohort"] is False


def test_resolved_at_the_end_though_it_may_come_back() -> None:
    visits: list[Visit] = [(0, REFUND, "refund>resolved", 0, 0, 15, 15), (0, RESOLVED, None, 15, NAN, NAN, 0)]
    assert told(visits, [0]).resolved[0] == 15


def test_what_was_before_the_start_counts_for_the_ticket_but_not_for_the_period() -> None:
    known = replace(
        shops.open_tickets([(0, ANSWER, -300.0)]), created=np.array([-2000.0]), first_reply=np.array([-1900.0]),
        replies=np.array([2], dtype=np.int32), work=np.array([9.0]),
    )  # fmt: skip
    parameters = replace(SURE, backlog=known)
    visits: list[Visit] = [
        (0, ANSWER, "answer>resolved", -300, 10, 14, 4),
        (0, RESOLVED, "resolved>end", 14, NAN, 14, 0),
    ]
    rows = told(visits, [-2000], parameters)
    assert (rows.first_reply[0], rows.replies[0], rows.answered[0]) == (-1900, 3, 1)
    assert (rows.work[0], rows.minutes[0]) == (13, 4)
    frame = framed(rows)
    assert frame["resolution_calendar_minutes"] == 2014
    assert frame["first_reply_calendar_minutes"] is None  # created in another period
    assert (frame["is_creation"], frame["is_resolution"]) == (False, True)


def test_who_comes_again_was_not_done_with_at_first_contact() -> None:
    done: list[Visit] = [
        (0, REFUND, "refund>resolved", 0, 0, 15, 15), (0, RESOLVED, "resolved>end", 15, NAN, 15, 0),
    ]  # fmt: skip
    rows = told(done, [0])
    for days, first_contact in ((6.9, False), (7.1, True)):
        again = replace(rows, followed=np.array([15 + days * 1440]))
        assert framed(again)["is_fcr_7d"] is first_contact


def test_what_needs_days_to_be_final_is_unknown_until_then() -> None:
    visits: list[Visit] = [
        (0, REFUND, "refund>resolved", 0, 0, 15, 15), (0, RESOLVED, "resolved>end", 15, NAN, 15, 0),
    ]  # fmt: skip
    settled = {"is_fcr_7d": 7.0, "resolved_in_cohort": 11.0, "first_reply_calendar_minutes": 7.0}
    young = framed(told(visits, [0]), minutes=8 * 1440, settled=settled)
    assert young["is_fcr_7d"] is True
    assert young["resolved_in_cohort"] is None
    younger = framed(told(visits, [0]), minutes=6 * 1440, settled=settled)
    assert younger["is_fcr_7d"] is younger["first_reply_calendar_minutes"] is None


def test_cost_is_work_fees_and_fixed_cost_and_nothing_is_lost() -> None:
    money = Money("EUR", 0.2, 0.3, 0.9, 70.0)
    parameters = replace(SURE, money=money)
    visits: list[Visit] = [
        (0, REFUND, "refund>resolved", 0, 0, 15, 15), (0, RESOLVED, "resolved>end", 15, NAN, 15, 0),
        (1, BOT, "bot>resolved", 5, NAN, 6, 0), (1, RESOLVED, "resolved>end", 6, NAN, 6, 0),
        (2, REFUND, None, 9, 9, NAN, 5),
    ]  # fmt: skip
    frame = kpi_frame(parameters, {0: told(visits, [0, 5, 9], parameters)}, Period(7 * 1440))
    cost = frame["cost_amount"].to_list()
    assert cost[0] == pytest.approx(0.2 + 0.3 + 15 / 60 * 30 + 70 * 15 / 20, abs=1e-5)
    assert cost[1] == pytest.approx(0.2 + 0.9 + 0.5, abs=1e-5)
    assert cost[2] == pytest.approx(0.2 + 5 / 60 * 30 + 70 * 5 / 20, abs=1e-5)


def test_a_visit_after_idle_time_costs_what_the_gap_before_it_is_charged() -> None:
    steps = tuple(replace(step, billed=1.5, billed_idle=12.0) for step in SURE.steps)
    visits: list[Visit] = [(n, REFUND, "refund>resolved", n, n, n + 10, 10) for n in range(2)]
    rows = told(visits, [0, 1], replace(SURE, steps=steps), idle=[4.9, 5.0])
    assert rows.spent.tolist() == pytest.approx([1.5 * 10 / 60 * 30, (1.5 * 10 + 12) / 60 * 30])


def test_replies_come_with_their_probability_and_are_the_same_in_every_run_of_a_seed() -> None:
    half = replace(SURE, routes=replace(SURE.routes, reply=np.full_like(SURE.routes.reply, 0.5)))
    count = 2000
    visits: list[Visit] = [(n, REFUND, "refund>resolved", n, n, n + 1, 1) for n in range(count)]
    rows = told(visits, list(range(count)), half)
    assert rows.replies.mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(count))
    assert rows.replies.tolist() == told(visits, list(range(count)), half).replies.tolist()


def test_what_the_team_opened_itself_costs_and_is_in_no_other_figure() -> None:
    parameters = replace(SURE, arrivals=replace(SURE.arrivals, outreach=np.array([True, False])))
    rows = told([(0, ANSWER, "answer>resolved", 0, 5, 10, 5), (0, RESOLVED, "resolved>end", 10, NAN, 20, 0)], [0.0])
    row, usual = (kpi_frame(shop, {0: rows}, Period(20_000)).row(0, named=True) for shop in (parameters, SURE))
    assert usual["is_creation"]
    assert usual["resolution_calendar_minutes"] == 10.0
    assert not any(row[name] for name in ("is_measured", "is_creation", "is_resolution", "is_created_here"))
    assert row["resolution_calendar_minutes"] is row["first_reply_calendar_minutes"] is row["is_automated"] is None
    assert row["cost_amount"] == usual["cost_amount"] > 0


def test_who_comes_again_within_a_week_is_a_repeat_contact() -> None:
    rows = told([(0, ANSWER, "answer>resolved", 0, 5, 10, 5), (0, RESOLVED, None, 10, NAN, NAN, 0)], [0.0])
    week = 7 * 1440.0
    for followed, repeated in ((10 + week, True), (10 + week + 1, False), (NAN, False)):
        came = replace(rows, followed=np.array([followed]))
        assert framed(came)["is_repeated_7d"] is repeated
        assert framed(came)["is_fcr_7d"] is not repeated
    assert framed(rows, minutes=5_000, settled={"is_repeated_7d": 7.0})["is_repeated_7d"] is None


def test_an_open_ticket_is_in_its_agents_queue_until_it_comes_to_another() -> None:
    """Agent 0 answers first; a refund is what the ticket comes to."""
    known = replace(shops.no_backlog(), **{
        name: np.array([value]).astype(getattr(shops.no_backlog(), name).dtype) for name, value in (
            ("stream", 0), ("state", CUSTOMER), ("entered", -5.0), ("agent", 0), ("in_work", False), ("priority", 1),
            ("created", -9.0), ("first_reply", NAN), ("first_resolved", NAN), ("replies", 0), ("reopens", 0),
            ("handoffs", 0), ("work", 0.0))}, ticket=("t",))  # fmt: skip
    shop = replace(SURE, backlog=known)
    waits: Visit = (0, CUSTOMER, None, -5, NAN, NAN, 0)
    refund: Visit = (0, REFUND, None, 3, NAN, NAN, 0)
    own, queues = int(shop.staff.skill_pool[0]), shop.pools.names
    assert told([waits], [-9.0], shop).queue.tolist() == [own]
    pool = shop.steps[shop.routes.step[REFUND]].pool
    assert pool
    assert told([waits, refund], [-9.0], shop).queue.tolist() == [queues.index(pool)]
