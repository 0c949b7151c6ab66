"""What the simulator says of changes to the demo shop, against what the generator really does then.

All 20 shops and all KPIs are `benchmarks.simulation.truth`'s, whose table stands in docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import pytest
from scipy.special import stdtrit

from benchmarks.simulation.truth import Asked, asked, predicted, really
from flowmeter.settings import Home
from simulation.experiment import Settings
from tests.conftest import DEMO_SEED, DEMO_TICKETS

FUTURES = (None, *range(1, 6))  # four weeks of a shop so small are mostly luck: the effect is a mean over several
QUICK = Settings(draws=16, replications=4, explained=0)
CHANGES = {
    one.metric: one for one in asked(DEMO_TICKETS) if one.name in {"No refund approval", "Notice of late parcels"}
}


@pytest.fixture(scope="module")
def foretold(demo_home: Path) -> Mapping[str, Any]:
    effects: Mapping[str, Any] = predicted(Home.find(demo_home), QUICK, list(CHANGES.values()))["effects"]
    return effects


def true_effects(home: Path, change: Asked) -> list[float]:
    """On its workflow, by future."""
    found = []
    for future in FUTURES:
        before, after = (
            really(Home.find(home), DEMO_TICKETS, DEMO_SEED, flags, future)[change.workflow][change.metric]
            for flags in ({}, change.flags)
        )
        assert before is not None
        assert after is not None
        found.append(after - before)
    return found


@pytest.mark.parametrize("metric", CHANGES)
def test_the_interval_holds_what_really_happens(demo_home: Path, foretold: Mapping[str, Any], metric: str) -> None:
    change = CHANGES[metric]
    row = next(
        row for row in foretold[change.name] if (row["workflow"], row["metric"]) == (change.workflow, change.metric)
    )
    effects = true_effects(demo_home, change)
    assert mean(effects) + float(stdtrit(len(effects) - 1, 0.975)) * stdev(effects) / len(effects) ** 0.5 < 0
    assert row["high"] < 0  # it says that something happens
    assert row["low"] <= mean(effects) <= row["high"]
