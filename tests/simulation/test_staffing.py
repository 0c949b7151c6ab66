"""Who would be needed for a target."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.experiment import Answer, Calibration, Settings
from simulation.forecast import forecast
from simulation.parameters import Floats, Parameters
from simulation.scenario.document import Staff
from simulation.scenario.people_levers import staff, weekly_hours
from simulation.staffing import MOST, Target, check, foretold_figure, read_target, staffing
from tests.simulation import parameter_shops as shops
from tests.simulation.scoring import score

SMALL = Settings(weeks=1, draws=10, replications=2, explained=0)
TIME = "resolution_time_mean_calendar_hours"
SOON = 7.0  # two people more; 11.4 today


def busy_shop() -> Parameters:
    return shops.helpdesk(agents=2, rate=4.0, repeat=0.1, repeat_delay=shops.exponential(2000.0))


def unsure(shop: Parameters) -> Calibration:
    """Contacts are a little more or fewer, by which days count."""

    def fit(weights: Floats | None) -> Parameters:
        level = 1.0 if weights is None else 1.0 + 0.05 * (float(weights[0]) - 1.0)
        return replace(shop, arrivals=replace(shop.arrivals, rate=shop.arrivals.rate * level))

    return Calibration(fit, 56)


def with_more(calibration: Calibration, agents: int) -> Calibration:
    """By the scenario's own lever: a route that does not go through the search."""
    lever = Staff(group="desk", agents=agents)
    return replace(calibration, fit=lambda weights: staff(calibration.fit(weights), lever))


def asked(target: Target, calibration: Calibration) -> Answer:
    today = foretold_figure(forecast(calibration, score, SMALL), target)
    return staffing(calibration, target, today, score, SMALL)


def test_people_are_added_until_what_is_foretold_with_them_meets_the_target() -> None:
    calibration, target = unsure(busy_shop()), Target(TIME, SOON)
    found = asked(target, calibration)
    many = found["added"]["desk"]
    assert found["met"]
    assert found["added"] == {"desk": len(found["steps"]) - 1}
    assert found["then"] == foretold_figure(forecast(with_more(calibration, many), score, SMALL), target)
    assert found["today"] == foretold_figure(forecast(calibration, score, SMALL), target)
    assert found["then"]["low"] < found["then"]["value"] <= SOON < found["today"]["value"] < found["today"]["high"]
    fewer = foretold_figure(forecast(with_more(calibration, many - 1), score, SMALL), target)
    assert fewer["value"] > SOON, "nobody is added in vain"
    values = [step["value"] for step in found["steps"]]
    assert values == sorted(values, reverse=True)
    assert (values[0], values[-1]) == (found["today"]["value"], pytest.approx(found["then"]["value"]))


def test_new_people_work_as_many_hours_as_the_typical_one_of_their_group() -> None:
    shop = busy_shop()
    found = asked(Target(TIME, SOON), unsure(shop))
    typical = float(np.median(weekly_hours(shop.staff)))
    assert found["hours"]["desk"] == pytest.approx(found["added"]["desk"] * typical)


def test_a_target_that_is_met_adds_nobody_and_needs_no_run() -> None:
    today = {"value": 5.0, "low": 4.0, "high": 6.0}
    found = staffing(unsure(busy_shop()), Target(TIME, 5.0), today, score, SMALL)
    assert (found["met"], found["added"], found["hours"]) == (True, {}, {})
    assert found["then"] == found["today"] == today


def test_where_more_people_help_no_further_the_search_ends_early() -> None:
    found = asked(Target(TIME, 0.001), unsure(busy_shop()))
    assert not found["met"]
    assert 1 <= sum(found["added"].values()) < MOST, "waits that no agent causes remain"
    cost = asked(Target("cost_per_resolution", 0.0), unsure(busy_shop()))
    assert (cost["met"], cost["added"]) == (False, {}), "more people make no ticket cheaper"


def test_at_least_is_the_other_way_round() -> None:
    assert Target(TIME, 2.0, at_least=True).met(2.0)
    assert not Target(TIME, 2.0, at_least=True).met(1.9)
    found = asked(Target(TIME, 1e6, at_least=True), unsure(busy_shop()))
    assert (found["met"], found["added"]) == (False, {}), "more people make nobody wait longer"


def test_it_tells_what_it_is_at_and_whoever_is_told_may_stop_it() -> None:
    calibration, target, told = unsure(busy_shop()), Target(TIME, SOON), []
    today = {"value": 50.0, "low": 40.0, "high": 60.0}

    def stop(what: str, done: int, total: int) -> None:
        told.append((what, done <= total))
        if what.startswith("Running"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        staffing(calibration, target, today, score, SMALL, stop)
    assert told[0] == ("Looking where person 1 would help most", True)
    assert told[-1][0] == "Running the next 1 weeks with the people added"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (Target("nps", 1.0), "'nps' cannot be simulated; there are resolution_time_mean_calendar_hours, "),
        (Target(TIME, 1.0, workflow="gifts"), "there is no workflow 'gifts'; there are all, orders, returns"),
    ],
)
def test_a_target_of_what_does_not_exist_is_refused_by_a_few_runs(target: Target, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check(busy_shop(), target, score, SMALL)
    check(busy_shop(), Target(TIME, 1.0, workflow="returns"), score, SMALL)


def test_a_target_is_read_as_it_is_written() -> None:
    for target in (Target(TIME, 6.0), Target("csat", 0.855, at_least=True)):
        assert read_target(str(target)) == target
    assert read_target(f" {TIME} <= 6 ", "returns") == Target(TIME, 6.0, workflow="returns")
    with pytest.raises(ValueError, match="'faster' is no target"):
        read_target("faster")


def test_a_figure_that_is_not_foretold_is_said() -> None:
    with pytest.raises(ValueError, match=f"'{TIME}' of returns is not foretold"):
        foretold_figure({"predictions": []}, Target(TIME, 6.0, workflow="returns"))
