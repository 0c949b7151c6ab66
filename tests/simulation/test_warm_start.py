"""Tickets resolved before the start may come back, the less likely the longer ago it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.runs import one_run
from simulation.ticket_rows import rules
from simulation.usage import day_counts, open_at_start
from tests.simulation import parameter_shops as shops
from tests.simulation.calibrate.facts import DAY, Shop, after
from tests.simulation.calibrate.test_observe import known_at

WEEK = 10_080
COUNT = 4000


def test_a_ticket_resolved_a_day_ago_comes_back_as_bayes_rule_says() -> None:
    """Half of all come back, after a day on average. After a day: 0.5 / e of 0.5 / e + 0.5."""
    shop = shops.helpdesk(agents=30, rate=1e-6, reopen=0.5)
    resolved = [n for n, step in enumerate(shop.steps) if step.name == "resolved"]
    shop = replace(shop, backlog=shops.open_tickets([(0, resolved[0], -1440.0)] * COUNT))
    _, came, ran = one_run(shop, 2 * WEEK, 1)
    meaning = rules(shop)
    first = np.flatnonzero(np.r_[True, np.diff(ran.records.ticket) != 0])
    back = meaning.reopens[ran.records.edge[first]].mean()
    wanted = 0.5 / np.e / (0.5 / np.e + 0.5)
    assert back == pytest.approx(wanted, abs=4 * np.sqrt(wanted * (1 - wanted) / COUNT))
    assert open_at_start(shop, meaning).sum() == 0
    assert day_counts(shop, meaning, came, ran, 2 * WEEK)[0].sum() == 0


def test_tickets_resolved_lately_are_known_at_the_start() -> None:
    """Reopenings come after two days: one resolved yesterday may still, one resolved last week may not."""
    shop = Shop()
    for day in range(0, 49, 7):
        key = shop.answered(day * DAY)
        shop.visits[-1]["left_at"] = after(day * DAY + 15 + 2 * DAY)
        shop.visit(key, "reopened", "Reopened", day * DAY + 15 + 2 * DAY, day * DAY + 25 + 2 * DAY, agent_id="ann",
                   work=5.0)  # fmt: skip
        shop.visit(key, "resolved", "Resolved", day * DAY + 25 + 2 * DAY, None, agent_id="ann", ended_by=None)
    old, young = shop.answered(42 * DAY), shop.answered(48 * DAY)
    backlog = known_at(shop, after(49 * DAY)).backlog
    assert backlog.ticket == (f"t-{young}",)
    assert f"t-{old}" not in backlog.ticket
    assert backlog.entered[0] == pytest.approx(48 * DAY + 15 - 49 * DAY)
