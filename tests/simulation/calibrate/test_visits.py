"""Visits of the process pages as visits of a simulation."""

from __future__ import annotations

from typing import Any

import polars as pl

from simulation.calibrate.visits import simulated_visits
from tests.simulation.calibrate.facts import Shop, after


def rows(shop: Shop) -> list[dict[str, Any]]:
    return simulated_visits(shop.facts()).to_dicts()


def test_being_taken_from_a_queue_is_where_the_wait_of_the_work_ends() -> None:
    shop = Shop()
    shop.answered(0, wait=10, work=5)
    work, solved = rows(shop)
    assert (work["name"], work["pool"], work["is_work"]) == ("Assigned: Returns", "Returns", True)
    assert (work["entered"], work["started"], work["left"], work["work"]) == (after(0), after(10), after(15), 5.0)
    assert (work["replies"], solved["replies"]) == (1, 0)
    assert (solved["is_work"], solved["is_resolved"], solved["actor"]) == (False, True, "customer")


def test_a_queue_that_a_rule_ends_is_a_delay() -> None:
    shop = Shop()
    key = shop.ticket(0)
    shop.visit(key, "queue", "Queue: Night", 0, 60, group_name="Night", ended_by="rule")
    shop.visit(key, "queue", "Queue: Returns", 60, 90)
    shop.visit(key, "assigned", "Assigned: Returns", 90, 95, agent_id="ann", work=5.0)
    first, second = rows(shop)
    assert (first["is_work"], first["pool"], first["actor"]) == (False, None, "timer")
    assert (second["entered"], second["started"]) == (after(60), after(90))


def test_what_is_left_unworked_where_others_are_worked_on_is_given_up() -> None:
    shop = Shop()
    for n in range(3):
        shop.answered(n * 100.0)
    key = shop.ticket(400)
    shop.visit(key, "assigned", "Assigned: Returns", 400, 460, agent_id="ann", ended_by="customer")
    shop.visit(key, "resolved", "Resolved", 460, None, ended_by=None)
    assert [row["is_given_up"] for row in rows(shop)][-2:] == [True, False]


def test_a_ticket_still_in_the_queue_is_called_as_those_taken_from_it() -> None:
    shop = Shop()
    shop.answered(0)
    key = shop.ticket(50)
    shop.visit(key, "queue", "Queue: Returns", 50, None, ended_by=None)
    last = rows(shop)[-1]
    assert (last["name"], last["pool"], last["started"], last["left"]) == ("Assigned: Returns", "Returns", None, None)


def test_an_agents_own_ticket_and_a_call_wait_in_no_queue() -> None:
    shop = Shop()
    outreach = shop.ticket(0, is_outreach=True)
    shop.visit(outreach, "customer", "Waiting on customer", 0, 500, work=4.0, agent_id="ann", ended_by="customer",
               started_at=after(0), work_minutes=4.0)  # fmt: skip
    call = shop.ticket(10, channel="voice")
    shop.visit(call, "working", "Working: Returns", 10, 18, agent_id="ann", work=8.0)
    written, waiting, called = rows(shop)
    assert (written["name"], written["pool"], written["work"]) == ("Outreach", "Returns, at once", 4.0)
    assert (waiting["is_work"], waiting["actor"]) == (False, "customer")
    assert (called["pool"], called["is_first"]) == ("Returns, at once", True)


def test_hands_change_when_another_agent_or_group_has_the_ticket() -> None:
    shop = Shop()
    key = shop.answered(0, "ann")
    shop.visit(key, "reopened", "Reopened", 100, 110, agent_id="bob", work=5.0)
    shop.visit(key, "working", "Working: Night", 110, 120, agent_id="bob", group_name="Night", work=5.0)
    assert [row["hands"] for row in rows(shop)] == [0, 0, 1, 1]
    assert [row["own"] for row in rows(shop)] == [None, "ann", "ann", "bob"]


def test_from_who_does_not_do_its_work_a_ticket_comes_back_to_who_did_before() -> None:
    """Ann and Bob answer Returns; Lea approves, and answered one ticket only."""
    shop = Shop()
    for n in range(5):
        shop.answered(n * 100.0, "ann")
        shop.answered(n * 100.0, "bob")
    shop.answered(500.0, "lea")
    for before, after_it in (("ann", "ann"), ("bob", "ann")):
        key = shop.ticket(600)
        shop.visit(key, "assigned", "Assigned: Returns", 600, 610, agent_id=before, work=5.0)
        shop.visit(key, "escalated", "Approval", 610, 620, agent_id="lea", group_name="Leads", work=2.0)
        shop.visit(key, "working", "Working: Returns", 620, 630, agent_id=after_it, work=5.0)
    assert [row["own"] for row in rows(shop)][-6:] == [None, "ann", "ann", None, "bob", "bob"]


def test_hands_change_twice_where_a_ticket_joins_another_groups_queue_and_is_taken_from_it() -> None:
    shop = Shop()
    key = shop.ticket(0)
    shop.visit(key, "queue", "Queue: Night", 0, 5, group_name="Night")
    shop.visit(key, "assigned", "Assigned: Night", 5, 10, agent_id="ann", group_name="Night", work=5.0)
    shop.visit(key, "queue", "Queue: Returns", 10, 30)
    shop.visit(key, "assigned", "Assigned: Returns", 30, 40, agent_id="bob", work=5.0)
    assert [row["hands"] for row in rows(shop)] == [0, 2]


def test_a_gap_at_its_cap_says_nothing_of_the_minutes() -> None:
    shop = Shop()
    for n in range(40):
        key = shop.ticket(n * 100.0)
        work = 15.0 if n % 4 == 0 else 5.0
        shop.visit(key, "working", "Working: Returns", n * 100.0, n * 100.0 + 60, agent_id="ann", work=work)
    found = simulated_visits(shop.facts())
    assert found["work"].drop_nulls().unique().to_list() == [5.0]
    assert found["work"].null_count() == 10
    # It is taken to have begun the usual five minutes before its end.
    assert set((found["left"] - found["started"]).dt.total_minutes()) == {5}


def test_a_step_that_others_do_is_a_queue_of_its_own() -> None:
    shop = Shop()
    for n in range(30):
        key = shop.answered(n * 100.0, "ann" if n % 2 else "bob")
        shop.visit(key, "escalated", "Refund approval", n * 100.0 + 20, n * 100.0 + 60, agent_id="lead", work=2.0)
    pools = simulated_visits(shop.facts()).filter(pl.col("is_work")).select("name", "pool").unique().sort("name")
    assert pools.rows() == [("Assigned: Returns", "Returns"), ("Refund approval", "Refund approval")]


def test_a_log_without_people_has_delays_only_and_one_with_people_has_queues() -> None:
    shop = Shop()
    key = shop.ticket(0, workflow="log")
    shop.visit(key, "activity", "Check", 0, 30, group_name=None)
    shop.visit(key, "activity", "Pay", 30, 90, group_name=None, agent_id="ann", work=20.0, start_source="measured",
               delay_minutes=7.0)  # fmt: skip
    check, pay = rows(shop)
    assert (check["is_work"], check["pool"], check["actor"]) == (False, None, "timer")
    assert (pay["is_work"], pay["pool"], pay["delay"]) == (True, "Pay", 7.0)
