"""A shop with all that the engine can do switched on, and tickets for it, some open at the start."""

import numpy as np

from simulation.network import Tickets
from simulation.parameters import StepKind
from simulation.random import children
from tests.simulation.shops import (
    END,
    Agent,
    Edge,
    Pool,
    Shop,
    State,
    Stream,
    constant,
    delay,
    exponential,
    log_normal,
    steps,
    table,
    work,
)

DAY = 1440.0


def shifts(first: float, last: float, days: int) -> tuple[tuple[float, float], ...]:
    return tuple((day * DAY + first, day * DAY + last) for day in range(-1, days) if day % 7 < 5)


def whole_shop(days: int = 28) -> Shop:
    early, late = shifts(480, 960, days), shifts(720, 1200, days)
    states = (
        work(Edge(1, 0.5), Edge(2, 0.2), Edge(4, 0.3), service=log_normal(9.0, 0.8), keep=0.5),
        delay(Edge(0, 0.6, log_normal(500.0, 1.2)), Edge(6, 0.4, constant(2880.0))),
        work(
            Edge(3, 0.8), Edge(6, 0.2), service=table(2.0, 5.0, 9.0, 40.0), pool=1, keep=0.9, before=exponential(30.0)
        ),
        delay(Edge(6, 0.9, constant(0.0)), Edge(2, 0.1, table(10.0, 100.0, 3000.0))),
        work(Edge(5), service=exponential(4.0), pool=2, batch=(4, 600.0), before=steps(0.0, 15.0)),
        State(
            StepKind.WORK,
            (Edge(6, 0.7), Edge(1, 0.3)),
            pool=0,
            service=exponential(12.0),
            patience=log_normal(300.0, 1.0),
            left_for=6,
        ),
        END,
    )
    agents = (
        Agent(((0, 0), (1, 1)), early, 0.9),
        Agent(((0, 0), (2, 1)), late, 1.1, capacity=3),
        Agent(((1, 0), (0, 1)), early, 1.3, capacity=2),
        Agent(((2, 0), (0, 1), (1, 2)), late),
    )
    pools = (
        Pool(after_work=1.5, headstart=(0.0, 0.0, 240.0, 1e6)),
        Pool(by_age=True, finishes=False, after_work=3.0, headstart=(0.0, 0.0, 500.0, 500.0)),
        Pool(finishes=False),
    )
    streams = (Stream(0, 0.2, exponential(2000.0)), Stream(4))
    return Shop(states, agents, pools, streams)


def whole_tickets(size: int, days: int = 28, seed: int = 3) -> Tickets:
    rng = np.random.default_rng(seed)
    opened = size // 10
    arrived = np.sort(np.concatenate([-rng.exponential(900.0, opened), rng.uniform(0, days * DAY, size - opened)]))
    state = np.zeros(size, np.int32)
    stream = rng.integers(0, 2, size).astype(np.int32)
    state[opened:] = np.where(stream[opened:] == 0, 0, 4)
    state[:opened] = rng.integers(0, 6, opened)
    entered = arrived.copy()
    entered[:opened] *= rng.uniform(0, 1, opened)
    in_work = np.zeros(size, np.bool_)
    in_work[:opened] = rng.random(opened) < 0.5
    agent = np.full(size, -1, np.int32)
    agent[:opened] = rng.integers(-1, 4, opened)
    return Tickets(
        key=children(np.arange(size, dtype=np.uint64), 5),
        stream=stream,
        state=state,
        arrived=arrived,
        entered=entered,
        priority=rng.integers(0, 4, size).astype(np.int8),
        agent=agent,
        in_work=in_work,
    )
