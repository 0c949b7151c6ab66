"""The next weeks by day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.drift import Drift
from simulation.experiment import Calibration, Settings
from simulation.forecast import forecast
from simulation.parameters import Floats, Parameters
from tests.simulation import parameter_shops as shops
from tests.simulation.scoring import score

SMALL = Settings(weeks=1, draws=10, replications=3, explained=0)


def test_days_add_up_to_the_weeks_and_begin_with_the_backlog() -> None:
    shop = shops.helpdesk(agents=2, rate=2.0, backlog=shops.open_tickets([(0, 1, -100.0 + n) for n in range(40)]))
    told = forecast(Calibration(lambda _weights: shop, 56), score, SMALL)
    days = [row for row in told["days"] if row["workflow"] == "all"]
    assert [row["day"] for row in days] == [f"2026-01-{day:02}" for day in range(5, 12)]
    assert days[0]["created"]["value"] == pytest.approx(2.0 * 4 / 3 * 24, rel=0.15)
    change = sum(row["created"]["value"] - row["resolved"]["value"] for row in days)
    assert 40 + change <= days[-1]["open"]["value"]  # what was reopened comes on top
    for row in days:
        assert row["open"]["low"] <= row["open"]["value"] <= row["open"]["high"]
    flows = [row for row in told["days"] if row["day"] == "2026-01-07" and row["workflow"] != "all"]
    assert sum(row["open"]["value"] for row in flows) == pytest.approx(days[2]["open"]["value"])
    assert {row["workflow"] for row in told["predictions"]} == {"all", "orders", "returns"}


def test_where_the_level_drifts_the_ranges_are_wider_and_the_middle_is_the_same() -> None:
    shop, none = shops.helpdesk(agents=3, rate=4.0), np.zeros(3)
    drift = Drift(np.array([0.04, 0.0, 0.0]), none, none, 1e6)
    plain, wide = (
        {row["workflow"]: row for row in told["predictions"] if row["metric"] == "tickets_created"}
        for told in (
            forecast(Calibration(lambda _weights: shop, 56, drift=each), score, replace(SMALL, draws=30))
            for each in (None, drift)
        )
    )
    created = plain["all"]["value"]
    assert wide["all"]["value"] == pytest.approx(created, rel=0.02)
    assert wide["all"]["high"] - wide["all"]["low"] > 0.5 * created  # 0.2 either way: 0.66 of it, and chance
    assert plain["all"]["high"] - plain["all"]["low"] < 0.3 * created


def test_the_coming_weeks_lie_in_the_range_in_90_of_100_cases() -> None:
    """Arrivals alone, calibrated on 8 weeks of Poisson counts: their error and the next week's luck both count."""
    shop = shops.desk(agents=3, rate=1.0)
    dice = np.random.default_rng(3)
    held = []
    for case in range(60):
        days = dice.poisson(12.0, 56).astype(np.float64)

        def fit(weights: Floats | None, days: Floats = days) -> Parameters:
            level = float(days.mean() if weights is None else days @ weights / weights.sum()) / 24
            return replace(shop, arrivals=replace(shop.arrivals, rate=np.full((1, 168), level)))

        told = forecast(Calibration(fit, 56), score, replace(SMALL, seed=1000 * case, draws=20, replications=2))
        row = next(row for row in told["predictions"] if (row["metric"], row["workflow"]) == ("tickets_created", "all"))
        held.append(row["low"] <= dice.poisson(84) <= row["high"])
    assert np.mean(held) >= 0.8
