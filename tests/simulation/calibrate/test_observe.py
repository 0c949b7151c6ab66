"""Whole calibrations of small shops: chances, weights, the instant after which nothing is seen, fallbacks."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from simulation.calibrate import Observed, fit, observe
from simulation.compile import check
from simulation.parameters import Parameters, StepKind, same
from tests.simulation.calibrate.facts import AS_OF, DAY, Shop, after, steady


def branching() -> Shop:
    """Besides, a ticket on each of 50 days goes back to the customer, who answers after a day."""
    shop = steady()
    for day in range(50):
        base = day * DAY + 600
        key = shop.ticket(base)
        shop.visit(key, "queue", "Queue: Returns", base, base + 5)
        shop.visit(key, "assigned", "Assigned: Returns", base + 5, base + 10, agent_id="ann", work=5.0)
        shop.visit(key, "customer", "Waiting on customer", base + 10, base + 10 + DAY, ended_by="customer")
        if base + 40 + DAY < 55 * DAY:
            shop.visit(key, "working", "Working: Returns", base + 10 + DAY, base + 20 + DAY, agent_id="ann", work=5.0)
            shop.visit(key, "resolved", "Resolved", base + 20 + DAY, None, ended_by=None)
    return shop


def chance(parameters: Parameters, name: str, following: str) -> float:
    """Over all states of a step, the chance of the step after it, each state counting alike."""
    routes, total, n = parameters.routes, 0.0, 0
    for state, step in enumerate(routes.step):
        if parameters.steps[step].name == name:
            n += 1
            for edge in range(routes.edge_start[state], routes.edge_start[state + 1]):
                if parameters.steps[routes.step[routes.to[edge]]].name == following:
                    total += float(routes.chance[edge])
    return total / max(n, 1)


def test_parameters_are_whole() -> None:
    found = fit(observe(branching().facts(), tune=False))
    check(found)
    source = np.repeat(np.arange(len(found.routes.step)), np.diff(found.routes.edge_start))
    ends = np.array([found.steps[n].kind is StepKind.END for n in found.routes.step])
    assert np.bincount(source, found.routes.chance, len(ends))[~ends] == pytest.approx(1.0)


def test_chances_are_the_shares_seen() -> None:
    found = fit(observe(branching().facts(), tune=False))
    # 50 days on which one goes back, 40 weekdays on which two are solved; half as much counts what is eight weeks old.
    counts = 0.5 ** (np.arange(56)[::-1] / 56)
    back, solved = counts[:50].sum(), 2 * counts[np.arange(56) % 7 < 5].sum()
    assert chance(found, "Assigned: Returns", "Waiting on customer") == pytest.approx(back / (back + solved), rel=1e-4)
    assert chance(found, "Waiting on customer", "Working: Returns") == 1.0
    delay = found.routes.delay[found.routes.delay >= 0]
    assert DAY in found.distributions.a[delay]


def test_a_day_that_counts_once_is_as_no_weights() -> None:
    observed = observe(branching().facts(), tune=False)
    assert same(fit(observed), fit(observed, np.ones(len(observed.days))))
    twice = fit(observed, np.full(len(observed.days), 2.0))
    assert twice.routes.chance == pytest.approx(fit(observed).routes.chance)
    assert twice.arrivals.rate.sum() == pytest.approx(fit(observed).arrivals.rate.sum())


def test_days_without_weight_leave_hardly_a_trace() -> None:
    observed = observe(branching().facts(), tune=False)
    weights = np.array([1.0 if day.weekday() >= 5 else 0.0 for day in observed.days])
    found = fit(observed, weights)
    # On weekends all come back to the customer; what was seen on other days stays possible.
    assert 0.99 < chance(found, "Assigned: Returns", "Waiting on customer") < 1.0
    assert (found.routes.chance[observed.chain.passage_edge] > 0).all()
    assert len(found.routes.chance) == len(fit(observed).routes.chance)


def test_every_route_that_counts_is_possible() -> None:
    observed = observe(branching().facts(), tune=False)
    assert (fit(observed).routes.chance[observed.chain.passage_edge] > 0).all()


def known_at(shop: Shop, as_of: dt.datetime) -> Observed:
    """The shop as known at an instant, whatever became of it later."""
    facts = shop.facts(as_of)
    open_then = pl.col("left_at").is_null() | (pl.col("left_at") > as_of)
    visits = facts.visits.filter(pl.col("entered_at") <= as_of).with_columns(
        left_at=pl.when(open_then).then(None).otherwise("left_at"),
        started_at=pl.when(open_then).then(None).otherwise("started_at"),
        work_minutes=pl.when(open_then).then(0.0).otherwise("work_minutes"),
        ended_by=pl.when(open_then).then(None).otherwise("ended_by"),
    )
    tickets = facts.tickets.filter(pl.col("created_at") <= as_of).with_columns(
        resolved_at=pl.when(pl.col("resolved_at") <= as_of).then("resolved_at")
    )
    replies = facts.replies.filter(pl.col("happened_at") <= as_of)
    return observe(shop.facts(as_of, visits=visits, tickets=tickets, replies=replies), tune=False)


def test_tickets_open_then_are_the_backlog() -> None:
    as_of = after(20 * DAY + 700)
    found = fit(known_at(branching(), as_of))
    # The ticket of day 20 waits for its customer; that of day 19 was over 80 minutes ago.
    assert len(found.backlog.ticket) == 1
    state = found.routes.step[found.backlog.state[0]]
    assert found.steps[state].name == "Waiting on customer"
    assert found.backlog.created[0] == pytest.approx(-100.0)
    assert found.backlog.entered[0] == pytest.approx(-90.0)
    assert found.backlog.work[0] == pytest.approx(5.0)


def test_thin_steps_take_the_queues_minutes() -> None:
    shop = steady()
    key = shop.ticket(50 * DAY)
    shop.visit(key, "queue", "Queue: Returns", 50 * DAY, 50 * DAY + 5)
    shop.visit(key, "escalated", "Rare", 50 * DAY + 5, 50 * DAY + 105, agent_id="ann", work=100.0)
    shop.visit(key, "resolved", "Resolved", 50 * DAY + 105, None, ended_by=None)
    found = fit(observe(shop.facts(), tune=False))
    place = {found.steps[step].name: state for state, step in enumerate(found.routes.step)}
    assert found.work.service[place["Rare"]] != found.work.service[place["Assigned: Returns"]]


def test_a_log_without_people_becomes_delays_of_its_own_times() -> None:
    shop = Shop()
    for case in range(60):
        base = case * 300.0
        key = shop.ticket(base, workflow="log", customer_id=f"case-{case}")
        shop.visit(key, "activity", "Check", base, base + 30, group_name=None, ended_by="human")
        shop.visit(key, "activity", "Pay", base + 30, base + 90 + case % 3, group_name=None, ended_by="human")
    found = fit(observe(shop.facts(), tune=False))
    check(found)
    assert {step.kind for step in found.steps} == {StepKind.DELAY, StepKind.END}
    assert chance(found, "Check", "Pay") == 1.0
    assert chance(found, "Pay", "End") == 1.0
    assert found.staff.agents == ()
    pay = next(n for n, step in enumerate(found.routes.step) if found.steps[step].name == "Pay")
    delay = int(found.routes.delay[found.routes.edge_start[pay]])
    low, high = found.distributions.value_start[delay : delay + 2]
    assert (found.distributions.values[low:high].min(), found.distributions.values[low:high].max()) == (60, 62)


def test_what_has_no_log_cannot_be_simulated() -> None:
    with pytest.raises(ValueError, match="log of what happened"):
        observe(Shop().facts())


def test_queues_that_wait_longer_than_a_run_get_minutes_after_work() -> None:
    shop = Shop()
    # 12 come at 10:00 together, each takes five minutes of work and five that no log shows.
    for day in range(56):
        for place in range(12):
            base = day * DAY + 480
            shop.answered(base, "ann", wait=place * 10.0, work=5.0)
    observed = observe(shop.facts())
    after_work = float(observed.pools.after_work[0])
    assert after_work == pytest.approx(5.0, abs=1.0)
    assert any("after each visit" in row.value for row in observed.evidence)
    assert observed.start == AS_OF
