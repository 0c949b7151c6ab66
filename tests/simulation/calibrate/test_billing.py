"""What a minute of work is charged as."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.calibrate import fit, observe
from tests.simulation.calibrate.facts import Shop, steady


def factors(shop: Shop, **changes: object) -> dict[str, float]:
    return {step.name: step.billed for step in fit(observe(shop.facts(**changes), tune=False)).steps}  # type: ignore[arg-type]


def test_minutes_that_were_charged_are_charged() -> None:
    charged = sum(visit["work_minutes"] for visit in steady().visits)
    assert factors(steady(), handled={"returns": charged})["Assigned: Returns"] == pytest.approx(1.0, abs=0.03)
    assert factors(steady(), handled={"returns": 1.5 * charged})["Assigned: Returns"] == pytest.approx(1.5, rel=0.03)


def test_what_is_begun_after_idle_time_without_a_trace_is_charged_more() -> None:
    """Of 200 tickets in a row of 5 minutes each, every fourth is begun an hour later: charged 15 minutes, as nothing
    shows when it was taken up. Where an act does, nothing more is charged.
    """
    shop, at = Shop(), 0.0
    for n in range(200):
        rested = n % 4 == 0
        at += 60.0 if rested else 0.0
        shop.answered(at, wait=0.0, work=15.0 if rested else 5.0)
        shop.visits[-2] |= {"step_kind": "working", "step": "Working: Returns"}
        del shop.visits[-3]
        at += 15.0 if rested else 5.0
    steps = {step.name: step for step in fit(observe(shop.facts(), tune=False)).steps}
    assert steps["Working: Returns"].billed == pytest.approx(1.0, rel=0.03)
    assert steps["Working: Returns"].billed_idle == pytest.approx(10.0, rel=0.1)
    assert all(step.billed_idle == 0 for step in fit(observe(steady().facts(), tune=False)).steps)


def test_what_chance_alone_makes_dearer_after_idle_time_is_not_charged() -> None:
    for seed in range(6):
        minutes = np.random.default_rng(seed).exponential(5.0, 200) + 1
        shop, at = Shop(), 0.0
        for n, work in enumerate(minutes.tolist()):
            at += 60.0 if n % 4 == 0 else 0.0
            shop.answered(at, wait=0.0, work=work)
            at += work
        assert all(step.billed_idle == 0 for step in fit(observe(shop.facts(), tune=False)).steps)


def test_a_gap_at_its_cap_costs_what_it_was_charged_though_nobody_knows_how_long_it_took() -> None:
    """A quarter of the visits is charged 15 minutes, the others 5: 7.5 a visit, of which 5 are known to be work."""
    shop = Shop()
    for n in range(400):
        shop.answered(n * 180.0, work=15.0 if n % 4 == 0 else 5.0)
        if n % 4 == 0:  # taken at the moment of the answer: where the agent came from is unknown
            shop.visits[-2] |= {"step_kind": "working", "step": "Working: Returns"}
            del shop.visits[-3]
    told = factors(shop)
    assert told["Working: Returns"] == pytest.approx(15 / 5, rel=0.15)
    assert told["Assigned: Returns"] == pytest.approx(1.0, rel=0.15)
