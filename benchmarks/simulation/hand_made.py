"""A shop by hand, as busy as asked, whose calibration differs from draw to draw in how many customers come."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from simulation.experiment import Calibration
from simulation.parameters import (
    Arrivals,
    Backlog,
    Distributions,
    Floats,
    Ints,
    Money,
    Parameters,
    Pools,
    Routes,
    Shape,
    Staff,
    Step,
    StepKind,
    Work,
)

DAYS = 182
AGENTS = 5
STEPS = (
    Step("returns", "First answer", StepKind.WORK, "desk"),
    Step("returns", "Customer", StepKind.DELAY, actor="customer"),
    Step("returns", "Refund", StepKind.WORK, "refunds"),
    Step("returns", "Resolved", StepKind.DELAY, actor="customer"),
    Step("returns", "End", StepKind.END),
)


def calibration(weekly: float) -> Calibration:
    """Of a shop with so many first contacts a week."""
    shop = _shop(weekly)
    came = np.random.default_rng(5).poisson(weekly / 7, DAYS)

    def fit(weights: Floats | None) -> Parameters:
        level = 1.0 if weights is None else float(came @ weights / weights.sum() / came.mean())
        return replace(shop, arrivals=replace(shop.arrivals, rate=shop.arrivals.rate * level))

    return Calibration(fit, DAYS)


def _shop(weekly: float) -> Parameters:
    return Parameters(
        "Europe/Berlin", dt.datetime(2026, 1, 4, 23), ("returns",), STEPS,  # noqa: DTZ001  naive UTC
        Routes(
            _ints(0, 1, 2, 3, 4), ("",) * 5, _ints(0, 3, 5, 7, 9, 9),
            np.array([0.5, 0.2, 0.3, 0.7, 0.3, 0.8, 0.2, 0.9, 0.1]), _ints(1, 2, 3, 0, 3, 3, 1, 4, 0),
            _ints(-1, -1, -1, 2, 3, -1, -1, 4, 2), np.array([1.0, 0, 1, 0, 0, 1, 1, 0, 0]),
            np.array([0, 1.0, 0, 0, 0, 0, 0, 0, 0]), np.array([False] * 8 + [True]),
        ),
        Work(
            _ints(0, -1, 1, -1, -1), _ints(-1, -1, -1, -1, -1), np.full(5, 0.5), _ints(*[-1] * 5), _ints(*[-1] * 5),
            _ints(*[1] * 5), np.zeros(5),
        ),
        Distributions(
            np.array([Shape.LOG_NORMAL, Shape.LOG_NORMAL, Shape.EXPONENTIAL, Shape.CONSTANT, Shape.CONSTANT], np.int8),
            np.array([2.1, 2.4, 1500.0, 4320.0, 0.0]), np.array([0.7, 0.5, 0, 0, 0]), _ints(*[0] * 6), np.empty(0),
        ),
        Pools(("desk", "refunds"), np.array([2.0, 1.0]), np.zeros(2, np.bool_), np.zeros((2, 4)), np.ones(2, np.bool_)),
        _staff(),
        Arrivals(
            ("returns", "returns"), ("email", "chat"), _ints(0, 0), np.outer([0.7, 0.3], _week() * weekly),
            np.zeros(2), np.ones(2), np.full(2, 0.02), np.tile([0.1, 0.7, 0.15, 0.05], (2, 1)), np.full((2, 2), 0.05),
            _ints(2, 2), np.zeros(2, np.bool_),
        ),
        _nothing_open(),
        Money("EUR", 0.1, 0.02, 0.5, 100.0), (), (),
    )  # fmt: skip


def _nothing_open() -> Backlog:
    no, none = _ints(), np.empty(0)
    return Backlog(
        (), no, no, none, no, none.astype(np.bool_), none.astype(np.int8), none, none, none, no, no, no, none
    )


def _staff() -> Staff:
    shifts = [(agent, weekday) for agent in range(AGENTS) for weekday in range(5)]
    agent, weekday = np.array(shifts, np.int32).T
    size = len(shifts)
    return Staff(
        tuple(f"agent {n}" for n in range(AGENTS)), np.ones(AGENTS), np.ones(AGENTS, np.int32), np.full(AGENTS, 30.0),
        _ints(*range(0, 2 * AGENTS + 1, 2)), _ints(*[0, 1] * AGENTS), _ints(*[0, 1] * AGENTS), agent.copy(),
        weekday.copy(), np.full(size, 540.0), np.full(size, 1020.0), np.full(size, 0.95), np.zeros(AGENTS, np.bool_),
    )  # fmt: skip


def _week() -> Floats:
    """Shares of the hours of a week: more by day than by night, fewer at weekends."""
    hour = np.arange(168)
    week = (1.2 + np.sin((hour % 24 - 9) * np.pi / 12)) * np.where(hour // 24 < 5, 1.0, 0.5)
    shares: Floats = week / week.sum()
    return shares


def _ints(*values: int) -> Ints:
    return np.array(values, np.int32)
