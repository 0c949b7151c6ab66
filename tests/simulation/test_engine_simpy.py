"""A shop with calendars, priorities and reneging, in the engine and in SimPy: the same mean waits and shares."""

import math
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from simulation.engine import run
from tests.simulation.shops import END, Agent, Edge, Pool, Shop, exponential, log_normal, tickets, work

RUNS, DAYS, DAY = 60, 40, 1440.0
RATE = 0.017  # tickets a minute, day and night
SHIFTS = ((480.0, 960.0), (600.0, 1080.0), (480.0, 840.0))
URGENT = 0.25
MEAN, SPREAD, SECOND, PATIENCE, AGAIN = 18.0, 0.8, 9.0, 1000.0, 0.3
SHOP = Shop(
    (
        work(
            Edge(1, AGAIN),
            Edge(2, 1 - AGAIN),
            service=log_normal(MEAN, SPREAD),
            patience=exponential(PATIENCE),
            left_for=2,
        ),
        work(Edge(2), service=exponential(SECOND)),
        END,
    ),
    tuple(Agent(duty=tuple((day * DAY + a, day * DAY + b) for day in range(DAYS))) for a, b in SHIFTS),
    (Pool(headstart=(0.0, 0.0, 0.0, 1e9)),),
)


def arrivals(seed: int) -> tuple[list[float], list[int]]:
    rng = np.random.default_rng(seed)
    came = np.cumsum(rng.exponential(1 / RATE, int(RATE * DAYS * DAY * 1.5)))
    came = came[came < (DAYS - 4) * DAY]
    return came.tolist(), np.where(rng.random(len(came)) < URGENT, 3, 1).tolist()


def ours(seed: int) -> list[float]:
    came, priority = arrivals(seed)
    rows = run(SHOP.network(), tickets(came, priority=priority), DAYS * DAY, seed).records
    wait = np.where(np.isnan(rows.started), rows.left, rows.started) - rows.entered
    first, urgent = rows.state == 0, np.array(priority)[rows.ticket] == 3
    given_up = (rows.edge == -2)[first].mean()
    return [wait[first & urgent].mean(), wait[first & ~urgent].mean(), wait[rows.state == 1].mean(), given_up]


class Theirs:
    """The same shop told to SimPy: agents take from one priority store while their shift lasts."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(10_000 + seed)
        self.env = simpy.Environment()
        self.queue = simpy.PriorityStore(self.env)
        self.waits: list[tuple[int, int, float, bool]] = []  # state, priority, wait, given up
        self.number = 0

    def figures(self, seed: int) -> list[float]:
        self.env.process(self.source(*arrivals(seed)))
        for shift in SHIFTS:
            self.env.process(self.agent(*shift))
        self.env.run(DAYS * DAY)
        state, priority, wait, given_up = (np.array(column) for column in zip(*self.waits, strict=True))
        first, urgent = state == 0, priority == 3
        means = [wait[first & urgent].mean(), wait[first & ~urgent].mean(), wait[state == 1].mean()]
        return [*means, given_up[first].mean()]

    def source(self, came: list[float], priorities: list[int]) -> Generator[Any, Any, None]:
        for instant, priority in zip(came, priorities, strict=True):
            yield self.env.timeout(instant - self.env.now)
            self.join(0, priority)

    def join(self, state: int, priority: int) -> None:
        self.number += 1
        patience = self.rng.exponential(PATIENCE) if state == 0 else math.inf
        item = (-priority, self.number, state, self.env.now, self.env.now + patience)
        self.queue.put(simpy.PriorityItem((0 if priority == 3 else 1, self.number), item))

    def agent(self, begin: float, end: float) -> Generator[Any, Any, None]:
        for day in range(DAYS):
            yield self.env.timeout(max(0.0, day * DAY + begin - self.env.now))
            while self.env.now < day * DAY + end:
                asked, over = self.queue.get(), self.env.timeout(day * DAY + end - self.env.now)
                yield asked | over
                if not asked.triggered:
                    asked.cancel()
                    break
                item: Any = asked.value
                yield from self.serve(*item.item)

    def serve(self, priority: int, _: int, state: int, joined: float, until: float) -> Generator[Any, Any, None]:
        if until < self.env.now:
            self.waits.append((state, -priority, until - joined, True))
            return
        self.waits.append((state, -priority, self.env.now - joined, False))
        log_mean = math.log(MEAN) - SPREAD**2 / 2
        service = self.rng.lognormal(log_mean, SPREAD) if state == 0 else self.rng.exponential(SECOND)
        yield self.env.timeout(service)
        if state == 0 and self.rng.random() < AGAIN:
            self.join(1, -priority)


def test_simpy_agrees() -> None:
    """The difference of each mean is within its 99.9% interval, and that is narrow enough to tell something."""
    found = np.array([ours(seed) for seed in range(RUNS)])
    theirs = np.array([Theirs(seed).figures(seed) for seed in range(RUNS)])
    difference = (found - theirs).mean(axis=0)
    half = 3.46 * (found - theirs).std(axis=0, ddof=1) / math.sqrt(RUNS)
    assert (np.abs(difference) < half).all(), (found.mean(axis=0), theirs.mean(axis=0), half)
    assert (half < 0.25 * found.mean(axis=0)).all(), (found.mean(axis=0), theirs.mean(axis=0), half)
