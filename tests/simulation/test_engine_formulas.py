"""Long runs against closed forms: each within the 99.9% interval of independent replications (fixed seeds)."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import t as student

from simulation.engine import run
from simulation.network import Run
from tests.simulation.shops import (
    END,
    Agent,
    Amount,
    Edge,
    Pool,
    Shop,
    constant,
    exponential,
    log_normal,
    poisson,
    tickets,
    work,
)

RUNS, SIZE = 20, 40_000
URGENT = np.random.default_rng(5).integers(0, 2, SIZE).tolist()  # by ticket: priority 0 or 1


def replicate(shop: Shop, rate: float, figure: Callable[[Run], float]) -> tuple[float, float]:
    """Mean of a figure over independent runs, and half the width of its 99.9% interval."""
    network = shop.network()
    came = [tickets(poisson(rate, SIZE, seed), priority=URGENT) for seed in range(RUNS)]
    found = [figure(run(network, came[seed], math.inf, seed)) for seed in range(RUNS)]
    return float(np.mean(found)), float(student.ppf(0.9995, RUNS - 1) * np.std(found, ddof=1) / math.sqrt(RUNS))


def waits(result: Run) -> NDArray[np.float64]:
    rows = result.records
    return np.where(np.isnan(rows.started), rows.left, rows.started) - rows.entered


def after_warming_up(values: NDArray[np.float64]) -> float:
    return float(values[SIZE // 10 :].mean())


def erlang_c(agents: int, load: float) -> float:
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1.0 - load / agents * (1.0 - blocked))


@pytest.mark.parametrize(("agents", "load"), [(1, 0.7), (4, 3.4), (12, 10.5)])
def test_erlang_c(agents: int, load: float) -> None:
    shop = Shop((work(Edge(1), service=exponential(10.0)), END), (Agent(),) * agents)
    expected = erlang_c(agents, load) * 10.0 / (agents - load)
    mean, half = replicate(shop, load / 10.0, lambda result: after_warming_up(waits(result)))
    assert abs(mean - expected) < half < 0.2 * expected


def erlang_a(agents: int, arrival: float, service: float, leave: float) -> tuple[float, float]:
    """Mean wait of all and share that gives up, from the stationary chain of the number in the system."""
    weight = [1.0]
    for n in range(1, 400):
        weight.append(weight[-1] * arrival / (min(n, agents) * service + max(n - agents, 0) * leave))
    chance = np.array(weight) / sum(weight)
    waiting = float(chance @ np.maximum(np.arange(400) - agents, 0))
    return waiting / arrival, waiting * leave / arrival


def test_erlang_a() -> None:
    state = work(Edge(1), service=exponential(10.0), patience=exponential(15.0), left_for=1)
    shop = Shop((state, END), (Agent(),) * 5)
    wait, share = erlang_a(5, 0.6, 0.1, 1 / 15)
    mean, half = replicate(shop, 0.6, lambda result: after_warming_up(waits(result)))
    assert abs(mean - wait) < half < 0.1 * wait
    mean, half = replicate(shop, 0.6, lambda result: after_warming_up(result.records.edge == -2))
    assert abs(mean - share) < half < 0.1 * share


@pytest.mark.parametrize(
    ("service", "variation"), [(constant(10.0), 0.0), (log_normal(10.0, 0.9), math.exp(0.81) - 1.0)]
)
def test_pollaczek_and_khinchine(service: Amount, variation: float) -> None:
    shop = Shop((work(Edge(1), service=service), END))
    expected = 0.7 * 10.0 * (1.0 + variation) / (2.0 * 0.3)
    mean, half = replicate(shop, 0.07, lambda result: after_warming_up(waits(result)))
    assert abs(mean - expected) < half < 0.2 * expected


@pytest.mark.parametrize("urgent", [False, True])
def test_cobham(urgent: bool) -> None:
    """Two classes, rates alike, no pre-emption: W1 = R / (1 - r1), W2 = R / ((1 - r1)(1 - r)), R = r x mean service."""
    shop = Shop((work(Edge(1), service=exponential(10.0)), END), pools=(Pool(headstart=(0.0, 1e12, 1e12, 1e12)),))
    expected = 0.8 * 10.0 / (1 - 0.4) / (1.0 if urgent else 1 - 0.8)

    chosen = (np.array(URGENT) == urgent)[SIZE // 10 :]
    mean, half = replicate(shop, 0.08, lambda result: float(waits(result)[SIZE // 10 :][chosen].mean()))
    assert abs(mean - expected) < half < 0.2 * expected


def test_littles_law() -> None:
    """Mean number in the shop, seen at regular instants, is the rate of coming times the mean time in the shop."""
    states = (work(Edge(1), service=log_normal(10.0, 0.6)), work(Edge(2), service=5.0, pool=1), END)
    shop = Shop(states, (*(Agent(),) * 3, *(Agent(((1, 0),)),) * 2), (Pool(),) * 2)
    result = run(shop.network(), tickets(poisson(0.25, SIZE, 1)), math.inf, 1)
    came, gone = result.records.entered[::2], result.records.left[1::2]
    instants = np.linspace(came[0], gone.max(), 200_000)
    inside = np.searchsorted(came, instants, "right") - np.searchsorted(np.sort(gone), instants, "right")
    expected = SIZE / (gone.max() - came[0]) * (gone - came).mean()
    assert inside.mean() == pytest.approx(expected, rel=2e-3)


def test_another_agent_never_lengthens_the_mean_wait() -> None:
    came = [tickets(poisson(0.27, 4000, seed)) for seed in range(10)]
    for seed in range(10):
        means = []
        for agents in (3, 4, 5):
            shop = Shop((work(Edge(0, 0.2), Edge(1, 0.8), service=exponential(8.0)), END), (Agent(),) * agents)
            means.append(waits(run(shop.network(), came[seed], math.inf, seed)).mean())
        assert means[0] > means[1] > means[2]
