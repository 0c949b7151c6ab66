"""The machinery of the coverage study: benchmarks/simulation/coverage.py measures more."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.simulation.coverage import CHANGES, measured, one_log, section
from benchmarks.simulation.known_shop import A_WEEK, WEEK, facts_of, known_shop, later
from simulation.calibrate import fit, observe
from simulation.experiment import Settings
from simulation.runs import one_run

SMALL = Settings(weeks=2, draws=8, replications=3, explained=0)


def test_the_known_shop_is_found_again_in_its_log() -> None:
    truth, minutes = known_shop(), 40 * WEEK
    _, came, run = one_run(truth, minutes, 1)
    found = fit(observe(facts_of(truth, came, run, minutes), 40))
    usual = found.arrivals.rate.sum(axis=1) / (1 + 4 * found.arrivals.trend)  # in the middle of the last eight weeks
    assert usual.sum() == pytest.approx(A_WEEK, rel=0.12)
    assert found.pools.names == ("back", "front")
    front = np.flatnonzero(np.array([found.staff.agents[n] for n in found.staff.shift_agent]) == "front 0")
    assert found.staff.shift_from[front] == pytest.approx(540.0, abs=1)
    assert found.staff.shift_to[front] == pytest.approx(1020.0, abs=20)
    open_then = later(truth, came, run, minutes).backlog
    assert len(open_then.ticket) == run.open
    assert {int(ticket) for ticket in open_then.ticket} >= {int(ticket) for ticket in found.backlog.ticket}


def test_most_intervals_hold_the_truth() -> None:
    """Three logs of 16 figures each: fewer than two thirds held would be less than one in a thousand of 0.9."""
    rows = [row for seed in (1, 2, 3) for row in one_log(1000, seed, SMALL, true_runs=30)]
    assert {row["change"] for row in rows} == set(CHANGES)
    assert np.mean([row["held"] for row in rows]) > 0.6
    assert np.mean([row["came"] for row in rows]) > 0.6


def test_what_is_kept_is_not_done_again(tmp_path: Path) -> None:
    row = {"change": "one more agent", "metric": "resolution_hours", "true": -2.0, "effect": -1.5, "held": True,
           "came": [True, False]}  # fmt: skip
    (tmp_path / "500-1.json").write_text(json.dumps([row]))
    found = measured(tmp_path, (500,), 2, minutes=0.0, workers=1)
    assert found == {500: [row]}
    assert "| 500 cases | one more agent | resolution_hours | 1 | 100% | -2.00 | -1.50 | 50% |" in section(found)
