"""Small shops for the engine, written as people think of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from simulation.network import Duty, Network, Records, Run, Tickets
from simulation.parameters import Distributions, Ints, Pools, Routes, Shape, StepKind, Work

ALWAYS = ((0.0, np.inf),)


@dataclass(frozen=True)
class Amount:
    shape: Shape
    a: float = 0.0
    b: float = 0.0
    values: tuple[float, ...] = ()


def constant(minutes: float) -> Amount:
    return Amount(Shape.CONSTANT, minutes)


def exponential(mean: float) -> Amount:
    return Amount(Shape.EXPONENTIAL, mean)


def log_normal(mean: float, spread: float) -> Amount:
    return Amount(Shape.LOG_NORMAL, float(np.log(mean)) - spread**2 / 2, spread)


def steps(*values: float) -> Amount:
    return Amount(Shape.STEPS, values=values)


def table(*values: float) -> Amount:
    return Amount(Shape.EMPIRICAL, values=values)


@dataclass(frozen=True)
class Edge:
    to: int
    chance: float = 1.0
    delay: Amount | None = None


@dataclass(frozen=True)
class State:
    kind: StepKind
    edges: tuple[Edge, ...] = ()
    pool: int = -1
    service: Amount | None = None
    before: Amount | None = None
    keep: float = 0.0
    patience: Amount | None = None
    left_for: int = -1
    batch: tuple[int, float] = (1, 0.0)


@dataclass(frozen=True)
class Agent:
    skills: tuple[tuple[int, int], ...] = ((0, 0),)  # pool, tier
    duty: tuple[tuple[float, float], ...] = ALWAYS
    speed: float = 1.0
    capacity: int = 1


@dataclass(frozen=True)
class Pool:
    after_work: float = 0.0
    by_age: bool = False
    headstart: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    finishes: bool = True


@dataclass(frozen=True)
class Stream:
    first_state: int = 0
    repeat: float = 0.0
    repeat_delay: Amount | None = None
    untouched: float | None = None  # the same, after a ticket that no agent had worked on


@dataclass(frozen=True)
class Shop:
    states: tuple[State, ...]
    agents: tuple[Agent, ...] = (Agent(),)
    pools: tuple[Pool, ...] = (Pool(),)
    streams: tuple[Stream, ...] = (Stream(),)
    amounts: dict[Amount, int] = field(default_factory=dict, compare=False)

    def network(self) -> Network:
        edges = [edge for state in self.states for edge in state.edges]
        return Network(
            kind=np.array([state.kind for state in self.states], np.int8),
            pool=ints(state.pool for state in self.states),
            routes=Routes(
                step=np.arange(len(self.states), dtype=np.int32),
                history=("",) * len(self.states),
                edge_start=starts(state.edges for state in self.states),
                chance=np.array([edge.chance for edge in edges]),
                to=ints(edge.to for edge in edges),
                delay=ints(self._number(edge.delay) for edge in edges),
                reply=np.zeros(len(edges)),
                handoff=np.zeros(len(edges)),
                reopens=np.zeros(len(edges), np.bool_),
            ),
            work=self._work(),
            pools=Pools(
                names=("",) * len(self.pools),
                after_work=np.array([pool.after_work for pool in self.pools]),
                by_age=np.array([pool.by_age for pool in self.pools]),
                headstart=np.array([pool.headstart for pool in self.pools]),
                finishes=np.array([pool.finishes for pool in self.pools]),
            ),
            duty=self._duty(),
            repeat=np.array(
                [
                    (stream.repeat if stream.untouched is None else stream.untouched, stream.repeat)
                    for stream in self.streams
                ]
            ),
            repeat_delay=ints(self._number(stream.repeat_delay) for stream in self.streams),
            first_state=ints(stream.first_state for stream in self.streams),
            distributions=self._distributions(),  # last: all amounts are numbered by then
        )

    def _number(self, amount: Amount | None) -> int:
        return -1 if amount is None else self.amounts.setdefault(amount, len(self.amounts))

    def _distributions(self) -> Distributions:
        return Distributions(
            shape=np.array([amount.shape for amount in self.amounts], np.int8),
            a=np.array([amount.a for amount in self.amounts]),
            b=np.array([amount.b for amount in self.amounts]),
            value_start=starts(amount.values for amount in self.amounts),
            values=np.array([value for amount in self.amounts for value in amount.values], np.float64),
        )

    def _work(self) -> Work:
        return Work(
            service=ints(self._number(state.service) for state in self.states),
            before=ints(self._number(state.before) for state in self.states),
            keep=np.array([state.keep for state in self.states]),
            patience=ints(self._number(state.patience) for state in self.states),
            left_for=ints(state.left_for for state in self.states),
            batch_size=ints(state.batch[0] for state in self.states),
            batch_minutes=np.array([state.batch[1] for state in self.states]),
        )

    def _duty(self) -> Duty:
        skills = [skill for agent in self.agents for skill in agent.skills]
        duty = [interval for agent in self.agents for interval in agent.duty]
        return Duty(
            speed=np.array([agent.speed for agent in self.agents]),
            capacity=ints(agent.capacity for agent in self.agents),
            skill_start=starts(agent.skills for agent in self.agents),
            skill_pool=ints(pool for pool, _ in skills),
            skill_tier=ints(tier for _, tier in skills),
            duty_start=starts(agent.duty for agent in self.agents),
            duty_from=np.array([begin for begin, _ in duty]),
            duty_to=np.array([end for _, end in duty]),
        )


def ints(values: object) -> Ints:
    return np.array(list(values), np.int32)  # type: ignore[call-overload]


def starts(groups: object) -> Ints:
    return ints(np.cumsum([0, *(len(group) for group in groups)]))  # type: ignore[attr-defined]


def tickets(
    arrived: Sequence[float],
    *,
    entered: Sequence[float] | None = None,
    state: Sequence[int] | int = 0,
    priority: Sequence[int] | int = 1,
    agent: Sequence[int] | int = -1,
    in_work: Sequence[bool] | bool = False,
) -> Tickets:
    size = len(arrived)
    return Tickets(
        key=np.arange(size, dtype=np.uint64),
        stream=np.zeros(size, np.int32),
        state=np.array(np.broadcast_to(state, size), np.int32),
        arrived=np.array(arrived, np.float64),
        entered=np.array(arrived if entered is None else entered, np.float64),
        priority=np.array(np.broadcast_to(priority, size), np.int8),
        agent=np.array(np.broadcast_to(agent, size), np.int32),
        in_work=np.array(np.broadcast_to(in_work, size), np.bool_),
    )


def poisson(rate: float, size: int, seed: int) -> list[float]:
    return list(np.cumsum(np.random.default_rng(seed).exponential(1 / rate, size)))


END = State(StepKind.END)


def work(*edges: Edge, service: Amount | float = 10.0, pool: int = 0, **more: object) -> State:
    amount = service if isinstance(service, Amount) else constant(service)
    return State(StepKind.WORK, edges, pool=pool, service=amount, **more)  # type: ignore[arg-type]


def delay(*edges: Edge) -> State:
    return State(StepKind.DELAY, edges)


def served(records: Records) -> list[tuple[int, int, float, float, float]]:
    """Ticket, agent, started, left and work of visits that were begun, by ticket."""
    begun = ~np.isnan(records.started)
    columns = (records.ticket, records.agent, records.started, records.left, records.work)
    return list(zip(*(column[begun].tolist() for column in columns), strict=True))


def visits(records: Records) -> list[tuple[int, int, int, float, float]]:
    """Ticket, state, edge, entered and left of every visit."""
    columns = (records.ticket, records.state, records.edge, records.entered, records.left)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def bytes_of(run: Run) -> bytes:
    parts = [getattr(run.records, name) for name in run.records.__dataclass_fields__]
    parts += [run.repeats.key, run.repeats.arrived, run.parent]
    counts = np.array([run.arrived, run.ended, run.open, run.activities])
    return b"".join(part.tobytes() for part in [*parts, counts])
