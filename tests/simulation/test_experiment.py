"""Effects of changes: their sign, their noise, and that neither threads nor order show in them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from simulation.drift import Drift
from simulation.experiment import Calibration, Change, Settings, answer_key, block_weights, experiment
from simulation.kpi_frame import Period, kpi_frame
from simulation.parameters import Floats, Parameters
from simulation.runs import CancelledError, one_run
from simulation.scenario.document import Staff
from simulation.scenario.people_levers import staff
from simulation.ticket_rows import TicketRows, rules, ticket_rows
from simulation.usage import day_counts, open_at_start, usage
from tests.simulation import parameter_shops as shops
from tests.simulation.scoring import score

WEEK = 10_080
SMALL = Settings(weeks=1, draws=10, replications=3, explained=2)
TIME = "resolution_time_mean_calendar_hours"


def busy_shop(rate: float = 2.0) -> Parameters:
    return shops.helpdesk(agents=2, rate=rate, repeat=0.1, repeat_delay=shops.exponential(2000.0))


def certain(parameters: Parameters, days: int = 56) -> Calibration:
    """A calibration that does not depend on its days."""
    return Calibration(lambda _weights: parameters, days)


def quicker(parameters: Parameters) -> Parameters:
    """All work takes four fifths of the time."""
    times = parameters.distributions
    served = np.isin(np.arange(len(times.a)), parameters.work.service)
    return replace(parameters, distributions=replace(times, a=np.where(served, 0.8 * times.a, times.a)))


def one_more(parameters: Parameters) -> Parameters:
    return staff(parameters, Staff(group="desk", agents=1))


def the(answer: dict[str, Any], metric: str, workflow: str = "all") -> dict[str, Any]:
    return next(row for row in answer["effects"] if (row["metric"], row["workflow"]) == (metric, workflow))


def followed_up(parameters: Parameters, seed: int, weeks: int = 1) -> TicketRows:
    _, came, ran = one_run(parameters, weeks * WEEK, seed)
    return ticket_rows(parameters, rules(parameters), came, ran, seed)


def test_a_level_that_drifts_is_in_predictions_and_never_in_effects() -> None:
    shop, none = busy_shop(), np.zeros(3)
    drift = Drift(np.array([0.09, 0.0, 0.0]), none, none, 1e6)
    change = [Change("one more", one_more)]
    plain, wide = (experiment(replace(certain(shop), drift=each), change, score, SMALL)[0] for each in (None, drift))
    assert wide["effects"] == plain["effects"]

    def created(answer: dict[str, Any]) -> float:
        rows = [row for row in answer["predictions"] if (row["metric"], row["workflow"]) == ("tickets_created", "all")]
        return float(rows[0]["scenario"]["high"] - rows[0]["scenario"]["low"])

    assert created(wide) > 1.5 * created(plain)


def test_each_draw_is_run_as_often_as_asked_and_once_more_where_the_level_may_differ() -> None:
    """With and without the change: 2 runs of the best calibration, then 10 draws of 3 or 4 runs."""
    drift = Drift(np.array([0.09, 0.0, 0.0]), np.zeros(3), np.zeros(3), 1e6)
    assert [runs_of(replace(certain(busy_shop()), drift=each)) for each in (None, drift)] == [2 * 32, 2 * 42]


def runs_of(calibration: Calibration) -> int:
    runs: list[int] = []

    def counted(tickets: pl.DataFrame) -> pl.DataFrame:
        runs.append(tickets["run"].n_unique())
        return score(tickets)

    experiment(calibration, [Change("quicker", quicker)], counted, replace(SMALL, explained=0))
    return sum(runs)


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    changes = [Change("nothing", lambda same: same), Change("quicker", quicker), Change("one more", one_more)]
    return experiment(certain(busy_shop()), changes, score, SMALL)


def test_a_change_of_nothing_has_no_effect_at_all(answers: list[dict[str, Any]]) -> None:
    rows = answers[0]["effects"]
    assert {row["workflow"] for row in rows} == {"all", "orders", "returns"}
    for row in rows:
        assert (row["difference"], row["low"], row["high"]) == (0.0, 0.0, 0.0)
        assert row["baseline"] == row["scenario"]
    assert answers[0]["money"]["saving_month"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    for prediction in answers[0]["predictions"]:
        assert prediction["baseline"] == prediction["scenario"]


def test_shorter_work_costs_less_and_the_same_customers_come(answers: list[dict[str, Any]]) -> None:
    cost = the(answers[1], "cost_per_resolution")
    assert cost["high"] < 0
    assert the(answers[1], "tickets_created")["difference"] == pytest.approx(0, abs=2)  # repeats follow resolutions
    assert answers[1]["money"]["counts"].startswith("time freed")
    assert answers[1]["money"]["handling_month"]["value"] > 0


def test_another_agent_shortens_the_wait_and_costs_pay(answers: list[dict[str, Any]]) -> None:
    effect = the(answers[2], TIME)
    assert effect["difference"] < 0
    pay = answers[2]["money"]["payroll_month"]["value"]
    assert pay == pytest.approx(-40 * 30 * 365.25 / 12 / 7)
    assert answers[2]["money"]["saving_month"]["value"] < 0
    assert answers[2]["money"]["payback_months"]["value"] is None
    people = [row for row in answers[2]["agents"] if row["when"] == "after"]
    assert [row["agent"] for row in people] == ["agent 0", "agent 1", "New in desk 1"]
    assert all(row["duty_hours_week"] == 40 for row in people)


def test_an_answer_is_a_plain_document(answers: list[dict[str, Any]]) -> None:
    json.dumps(answers, allow_nan=False)
    assert {"scenario", "seed", "effects", "predictions", "money", "queue", "agents", "width", "tornado", "method"} <= {
        *answers[0]
    }
    assert set(the(answers[0], TIME)) == {"workflow", "metric", "baseline", "scenario", "difference", "low", "high"}


def test_threads_do_not_show() -> None:
    changes = [Change("quicker", quicker)]
    settings = replace(SMALL, draws=9, explained=2)
    one, two = (experiment(certain(busy_shop()), changes, score, settings, workers=n) for n in (1, 2))
    assert json.dumps(one) == json.dumps(two)


def test_it_tells_how_far_it_is_and_stops_when_told() -> None:
    told: list[tuple[int, int]] = []
    settings = replace(SMALL, draws=9, explained=0)
    changes = [Change("quicker", quicker)]
    experiment(certain(busy_shop()), changes, score, settings, progress=lambda *at: told.append(at))
    assert told == [(n, 10) for n in range(1, 11)]
    with pytest.raises(CancelledError):
        experiment(certain(busy_shop()), changes, score, settings, cancel=lambda: len(told) == 10)


def test_what_goes_wrong_in_a_draw_comes_out() -> None:
    wrong = Change("wrong", lambda shop: replace(shop, zone="Mars/Olympus"))
    with pytest.raises(ValueError, match="'Mars/Olympus' is no time zone"):
        experiment(certain(busy_shop()), [wrong], score, SMALL)


def test_common_random_numbers_quieten_an_effect() -> None:
    """The variance of an effect over runs, with the same seeds and with others."""
    shop = busy_shop()
    faster = quicker(shop)
    before = np.array([mean_time(shop, seed) for seed in range(20)])
    after = np.array([mean_time(faster, seed) for seed in range(20)])
    apart = np.array([mean_time(faster, seed) for seed in range(100, 120)])
    assert (after - before).var(ddof=1) * 3 < (apart - before).var(ddof=1)


def mean_time(parameters: Parameters, seed: int) -> float:
    rows = followed_up(parameters, seed)
    return float(np.nanmean(rows.resolved - rows.created))


def test_the_inputs_share_the_width_and_the_one_that_varies_has_it() -> None:
    """Days differ in how many customers came and in nothing else."""
    shop = busy_shop()
    came = np.array([0.5, 1.5] * 28)

    def fit(weights: Floats | None) -> Parameters:
        level = came.mean() if weights is None else float(came @ weights / weights.sum()) ** 8
        return replace(shop, arrivals=replace(shop.arrivals, rate=shop.arrivals.rate * level))

    change = [Change("quicker", quicker)]
    answer = experiment(Calibration(fit, 56), change, score, replace(SMALL, explained=8))[0]
    shares = {row["input"]: row["share"] for row in answer["width"] if row["metric"] == "cost_per_resolution"}
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["work"] == shares["routes"] == shares["calendar"] == 0.0
    assert shares["arrivals"] > 0
    bars = {row["input"]: row for row in answer["tornado"] if row["metric"] == "cost_per_resolution"}
    assert bars["work"]["low"] == bars["work"]["high"]
    assert bars["arrivals"]["low"] < bars["arrivals"]["high"]


def test_an_input_that_no_day_changes_is_not_run_again() -> None:
    """Only arrivals differ from draw to draw: of six inputs one is run."""
    shop, told = busy_shop(), []

    def fit(weights: Floats | None) -> Parameters:
        level = 1.0 if weights is None else 1.0 + 0.01 * float(weights[0])
        return replace(shop, arrivals=replace(shop.arrivals, rate=shop.arrivals.rate * level))

    def tell(_done: int, total: int) -> None:
        told.append(total)

    draws = block_weights(56, 10, SMALL.seed)[:2]
    experiment(Calibration(fit, 56), [Change("quicker", quicker)], score, SMALL, progress=tell)
    assert told[0] == 1 + 10 + int((draws[:, 0] > 0).sum())


def test_every_ticket_is_accounted_for() -> None:
    shop = replace(busy_shop(), backlog=shops.open_tickets([(0, 1, -100.0), (1, 3, -50.0), (0, 4, -10.0)]))
    _, came, ran = one_run(shop, 2 * WEEK, 4)
    rows = ticket_rows(shop, rules(shop), came, ran, 4)
    assert len(rows.key) == len(came.key) + len(ran.repeats.key)
    assert len(set(rows.key.tolist())) == len(rows.key)
    created, resolved, reopened = day_counts(shop, rules(shop), came, ran, 2 * WEEK)
    opening = open_at_start(shop, rules(shop))
    assert opening.tolist() == [1, 1]  # the third is resolved and may come back
    still = opening + (created + reopened - resolved).sum(axis=1)
    flow = np.array([0, 1])[rows.stream]
    assert still.tolist() == np.bincount(flow[np.isnan(rows.resolved)], minlength=2).tolist()
    frame = kpi_frame(shop, {0: rows}, Period(2 * WEEK))
    assert frame["is_creation"].sum() == created.sum()
    assert frame["cost_amount"].sum() == pytest.approx(rows.spent.sum(), abs=1e-3)


def test_queues_by_hour_hold_all_waiting_and_agents_all_work() -> None:
    shop = shops.desk(agents=2, rate=6.0)
    net, came, ran = one_run(shop, WEEK, 2)
    seen = usage(shop, net, ran, WEEK)
    rows = ticket_rows(shop, rules(shop), came, ran, 2)
    ends = np.where(np.isnan(ran.records.started), WEEK, ran.records.started)
    assert seen.waiting.sum() * 60 == pytest.approx((ends - ran.records.entered).sum())
    assert seen.busy.sum() == pytest.approx(rows.work.sum())
    assert seen.duty.tolist() == [WEEK, WEEK]
    assert seen.busy.sum() / seen.duty.sum() == pytest.approx(6 * 12 / 60 / 2, rel=0.1)  # rho of M/M/2


def test_an_answer_has_a_name_that_stays() -> None:
    key = answer_key("warehouse-1", "name: quicker", SMALL)
    assert key == answer_key("warehouse-1", "name: quicker", replace(SMALL))
    others = {
        answer_key("warehouse-2", "name: quicker", SMALL), answer_key("warehouse-1", "name: slower", SMALL),
        answer_key("warehouse-1", "name: quicker", replace(SMALL, seed=8)),
    }  # fmt: skip
    assert len(others | {key}) == 4
