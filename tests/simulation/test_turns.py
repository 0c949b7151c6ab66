"""Who takes turns: one comes where the other does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.calibrate import fit, observe
from simulation.network import Duty
from simulation.parameters import Parameters
from simulation.roster import duty
from tests.simulation.calibrate.facts import Shop

WEEKS = 60


@pytest.fixture(scope="module")
def pair() -> Parameters:
    """Ann and Bob each have the queue every second Monday."""
    shop = Shop()
    for week in range(8):
        shop.answered(week * 10080.0 + 480, "ann" if week % 2 else "bob")
    return fit(observe(shop.facts(), tune=False))


def came(found: Duty) -> list[int]:
    """How many came on each Monday of the run."""
    days = [{int(at // 10080) for at in found.duty_from[low:high] if at >= 0} for low, high in
            zip(found.duty_start[:-1], found.duty_start[1:], strict=True)]  # fmt: skip
    return [sum(week in of for of in days) for week in range(WEEKS)]


def test_with_two_who_take_turns_one_comes_every_time(pair: Parameters) -> None:
    found = duty(pair, WEEKS * 10080, 1)
    assert came(found) == [1] * WEEKS
    assert 0.3 < np.diff(found.duty_start)[0] / WEEKS < 0.7


def test_those_who_come_more_often_than_turns_would_have_it_are_drawn_alone(pair: Parameters) -> None:
    often = replace(pair, staff=replace(pair.staff, shift_attendance=np.full(2, 0.7)))
    assert set(came(duty(often, WEEKS * 10080, 1))) == {0, 1, 2}
