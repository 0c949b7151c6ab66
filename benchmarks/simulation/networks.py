"""What the engine is timed on: two pools of agents without an end, and a shop with all that slows an engine down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.network import Duty, Network, Tickets
from simulation.parameters import Distributions, Ints, Pools, Routes, Shape, StepKind, Work

RATE, SERVICE, AGENTS = 1.0, 8.0, 9  # cases a minute, mean minutes, agents of each of the two pools
DAY, WEEK = 1440.0, 10_080.0


def two_pools() -> Network:
    """Poisson arrivals, 9 agents, exponential service, then 9 others: each pool busy 89% of the time."""
    skills = [[(0, 0)]] * AGENTS + [[(1, 0)]] * AGENTS
    always = [[(0.0, np.inf)]] * (2 * AGENTS)
    return Network(
        kind=np.array([StepKind.WORK, StepKind.WORK, StepKind.END], np.int8),
        pool=_ints([0, 1, -1]),
        routes=_routes([[(1, 1.0, -1)], [(2, 1.0, -1)], []]),
        work=_work([0, 0, -1]),
        distributions=_amounts([(Shape.EXPONENTIAL, SERVICE, 0.0)]),
        pools=_pools(2, 0.0),
        duty=_duty(skills, always),
        repeat=np.zeros((1, 2)),
        repeat_delay=_ints([-1]),
        first_state=_ints([0]),
    )


def busy_shop(weeks: int) -> Network:
    """14 agents on shifts, 7 pools, helpers in a second tier, priorities, 60 states of which 24 are delays."""
    generator = np.random.default_rng(1)
    kinds = [StepKind.DELAY if state % 5 in (1, 3) else StepKind.WORK for state in range(60)] + [StepKind.END]
    edges = [[(to, chance, -1) for to, chance in _ways(state, generator)] for state in range(60)]
    for state in (state for state in range(60) if kinds[state] == StepKind.DELAY):
        edges[state] = [(to, chance, 1 + n) for n, (to, chance, _) in enumerate(edges[state])]
    skills = [[(a % 7, 0), ((a + 1) % 7, 1), ((a + 3) % 7, 1)] for a in range(14)]
    begins = [480.0 + 60.0 * (a % 5) for a in range(14)]
    days = [day * DAY for day in range(7 * weeks) if day % 7 < 6]
    return Network(
        kind=np.array(kinds, np.int8),
        pool=_ints([state % 7 if kinds[state] == StepKind.WORK else -1 for state in range(61)]),
        routes=_routes([*edges, []]),
        work=_work([0 if kind == StepKind.WORK else -1 for kind in kinds], keep=0.3),
        distributions=_amounts(
            [(Shape.LOG_NORMAL, 1.6, 0.8), (Shape.LOG_NORMAL, 5.5, 1.0), (Shape.CONSTANT, 60.0, 0.0)]
        ),
        pools=_pools(7, 240.0),
        duty=_duty(skills, [[(day + begin, day + begin + 480.0) for day in days] for begin in begins]),
        repeat=np.full((1, 2), 0.05),
        repeat_delay=_ints([1]),
        first_state=_ints([0]),
    )


def cases(size: int, rate: float, seed: int) -> Tickets:
    """Poisson arrivals at a rate a minute."""
    generator = np.random.default_rng(seed)
    arrived = np.cumsum(generator.exponential(1 / rate, size))
    return Tickets(
        key=np.arange(size, dtype=np.uint64),
        stream=np.zeros(size, np.int32),
        state=np.zeros(size, np.int32),
        arrived=arrived,
        entered=arrived,
        priority=generator.integers(0, 4, size).astype(np.int8),
        agent=np.full(size, -1, np.int32),
        in_work=np.zeros(size, np.bool_),
    )


def _ways(state: int, generator: np.random.Generator) -> list[tuple[int, float]]:
    """Mostly some states on, sometimes over."""
    return [(min(60, state + int(generator.integers(1, 12))), 0.8), (60, 0.2)]


def _ints(values: Sequence[int] | NDArray[np.int64]) -> Ints:
    return np.array(values, np.int32)


def _starts(groups: Sequence[Sequence[object]]) -> Ints:
    return _ints(np.cumsum([0, *map(len, groups)]))


def _routes(edges: Sequence[Sequence[tuple[int, float, int]]]) -> Routes:
    flat = [edge for leaving in edges for edge in leaving]
    none = np.zeros(len(flat))
    return Routes(
        step=_ints(range(len(edges))),
        history=("",) * len(edges),
        edge_start=_starts(edges),
        chance=np.array([chance for _, chance, _ in flat]),
        to=_ints([to for to, _, _ in flat]),
        delay=_ints([delay for _, _, delay in flat]),
        reply=none,
        handoff=none,
        reopens=np.zeros(len(flat), np.bool_),
    )


def _work(service: Sequence[int], keep: float = 0.0) -> Work:
    size, never = len(service), [-1] * len(service)
    return Work(
        service=_ints(service),
        before=_ints(never),
        keep=np.full(size, keep),
        patience=_ints(never),
        left_for=_ints(never),
        batch_size=np.ones(size, np.int32),
        batch_minutes=np.zeros(size),
    )


def _amounts(amounts: Sequence[tuple[Shape, float, float]]) -> Distributions:
    return Distributions(
        shape=np.array([shape for shape, _, _ in amounts], np.int8),
        a=np.array([a for _, a, _ in amounts]),
        b=np.array([b for _, _, b in amounts]),
        value_start=np.zeros(len(amounts) + 1, np.int32),
        values=np.zeros(0),
    )


def _pools(size: int, headstart: float) -> Pools:
    return Pools(
        names=("",) * size,
        after_work=np.full(size, headstart / 240.0),
        by_age=np.zeros(size, np.bool_),
        headstart=np.tile(headstart * np.arange(4.0), (size, 1)),
        finishes=np.arange(size) % 2 == 0,
    )


def _duty(skills: Sequence[Sequence[tuple[int, int]]], duty: Sequence[Sequence[tuple[float, float]]]) -> Duty:
    return Duty(
        speed=np.ones(len(skills)),
        capacity=np.ones(len(skills), np.int32),
        skill_start=_starts(skills),
        skill_pool=_ints([pool for mine in skills for pool, _ in mine]),
        skill_tier=_ints([tier for mine in skills for _, tier in mine]),
        duty_start=_starts(duty),
        duty_from=np.array([begin for mine in duty for begin, _ in mine]),
        duty_to=np.array([end for mine in duty for _, end in mine]),
    )
