"""Waits of logs that depend on how old the ticket is: totals by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.calibrate import fit, observe
from simulation.parameters import Floats, Parameters
from simulation.runs import one_run
from tests.simulation.calibrate.facts import Shop

HOUR = 60.0
TICKETS = 1200


def _shop() -> Shop:
    """Of three tickets one is checked in 10 hours and paid in 100, one the other way round, one ends after 50."""
    shop = Shop()
    for case in range(TICKETS):
        at = case * 40.0
        checked = at + (10, 100, 50)[case % 3] * HOUR
        key = shop.ticket(at, workflow="log", customer_id=f"case-{case}")
        shop.visit(key, "activity", "Check", at, checked, group_name=None)
        if case % 3 < 2:
            shop.visit(key, "activity", "Pay", checked, at + 110 * HOUR, group_name=None)
    return shop


def _hours(parameters: Parameters) -> Floats:
    """How long tickets took in a run, in hours."""
    _, came, run = one_run(parameters, 56 * 1440, 1)
    rows = run.records
    new = np.flatnonzero((came.arrived > 0) & (came.arrived < 40 * 1440))
    last: Floats = np.full(len(came.arrived), np.nan)
    here = np.isin(rows.ticket, new)
    np.fmax.at(last, rows.ticket[here], rows.left[here])
    result: Floats = (last[new] - came.arrived[new]) / HOUR
    return result


def test_a_ticket_that_waited_long_does_not_wait_long_again() -> None:
    found = _hours(fit(observe(_shop().facts())))
    assert len(found) > 500
    assert found.max() == pytest.approx(110, abs=0.1)  # drawn apart, one in six takes 200
    assert found.min() > 45  # and one in six takes 20


def test_ages_are_told_in_the_history_of_states() -> None:
    found = fit(observe(_shop().facts()))
    assert any(history.endswith("from 90 h to 110 h") for history in found.routes.history)


def test_few_tickets_tell_nothing_of_ages() -> None:
    shop = _shop()
    shop.tickets = shop.tickets[:300]
    shop.visits = [visit for visit in shop.visits if visit["ticket_key"] <= 300]
    states = fit(observe(shop.facts())).routes.history
    assert len([history for history in states if " h" in history and "from" in history]) == 0
