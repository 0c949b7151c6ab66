"""Answers to surveys after simulated tickets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.kpi_frame import Period, kpi_frame
from simulation.response import Curve, Response
from simulation.runs import one_run
from simulation.surveys import with_answers
from simulation.ticket_rows import rules, ticket_rows
from tests.simulation import parameter_shops as shops

WEEK = 10_080


def constant(level: float, limits: tuple[float, float] | None) -> Curve:
    """The same answer whatever a ticket went through; of workflow "orders" only."""
    beta = np.zeros((1, 7))
    beta[0, 0] = level
    return Curve(beta, np.full((1, 7), -1e9), np.full((1, 7), 1e9), limits)


def test_resolved_tickets_answer_with_their_probability() -> None:
    shop = shops.helpdesk(agents=4, rate=6.0)
    _, came, ran = one_run(shop, 4 * WEEK, 1)
    rows = ticket_rows(shop, rules(shop), came, ran, 1)
    share = constant(0.25, (0.0, 1.0))
    said = Response(("orders",), constant(np.log(0.8 / 0.2), None), constant(5.5, (1.0, 7.0)), share, share, ())
    frame = kpi_frame(shop, {0: with_answers(rows, shop, said, 1)}, Period(4 * WEEK))
    orders = frame.filter(frame["workflow"] == "orders")
    resolved, answers = int(orders["is_resolution"].sum()), orders["csat_satisfied"].drop_nulls()
    assert len(answers) / resolved == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / resolved))
    assert answers.mean() == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / len(answers)))
    assert set(orders["ces_score"].drop_nulls()) == {5.5}
    rough = replace(said, ces=replace(said.ces, spread=2.0))
    scores = kpi_frame(shop, {0: with_answers(rows, shop, rough, 1)}, Period(4 * WEEK))["ces_score"].drop_nulls()
    assert scores.is_between(1.0, 7.0).all()
    assert scores.mean() == pytest.approx(5.5, abs=4 * 2.0 / np.sqrt(len(scores)))
    assert scores.std() == pytest.approx(2.0, rel=0.1)
    assert (
        frame.filter(frame["workflow"] == "returns")["csat_satisfied"].null_count()
        == frame.filter(frame["workflow"] == "returns").height
    )
    unresolved = frame.filter(~frame["is_resolution"])
    assert unresolved["csat_satisfied"].null_count() == unresolved.height
