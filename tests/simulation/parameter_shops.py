"""Small shops as Parameters, made by hand, of which the true answers are known. For all tests of the simulator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.parameters import (
    Arrivals,
    Backlog,
    Distributions,
    Ints,
    Money,
    Opening,
    Parameters,
    Pools,
    Routes,
    Shape,
    Staff,
    Step,
    StepKind,
    Work,
)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> dt.datetime:
    """An instant in UTC, naive as everywhere in the simulator."""
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC).replace(tzinfo=None)


START = at(2026, 1, 4, 23)  # Monday 00:00 in Berlin
ALWAYS = tuple((weekday, 0.0, 1440.0, 1.0) for weekday in range(7))
OFFICE = tuple((weekday, 540.0, 1020.0, 1.0) for weekday in range(5))

Dist = tuple[Shape, float, float] | tuple[Shape, Sequence[float]]


Rate = float | Sequence[float] | NDArray[Any]


def exponential(mean: float) -> Dist:
    return (Shape.EXPONENTIAL, mean, 0.0)


def constant(value: float) -> Dist:
    return (Shape.CONSTANT, value, 0.0)


@dataclass
class Edge:
    to: str
    chance: float = 1.0
    delay: Dist | None = None
    reply: float = 0.0
    handoff: float = 0.0
    reopens: bool = False


@dataclass
class State:
    """A step and its edges; a pool makes it work, no edges the end."""

    name: str
    edges: list[Edge] = field(default_factory=list)
    pool: str | None = None
    service: Dist | None = None
    actor: str = "human"
    workflow: str = "orders"
    fee: float = 0.0
    patience: Dist | None = None
    left_for: str = ""

    @property
    def kind(self) -> StepKind:
        return StepKind.WORK if self.pool else StepKind.DELAY if self.edges else StepKind.END


@dataclass
class Agent:
    name: str
    pools: Sequence[str]
    shifts: Sequence[tuple[int, float, float, float]] = ALWAYS
    wage: float = 30.0
    speed: float = 1.0
    capacity: int = 1
    works_holidays: bool = False


def shop(
    states: Sequence[State],
    agents: Sequence[Agent],
    rates: Sequence[tuple[str, Rate]],
    **changes: Any,
) -> Parameters:
    """A shop of one chain. `rates`: per stream its first state and tickets an hour (one, or 168).

    `changes`: zone, start, holidays, trend, dispersion, holiday, repeat, repeat_delay, priority, money, backlog,
    opening.
    """
    times = _Times()
    place = {state.name: n for n, state in enumerate(states)}
    edges = [edge for state in states for edge in state.edges]
    pools = tuple(dict.fromkeys(state.pool for state in states if state.pool))
    workflows = tuple(dict.fromkeys(state.workflow for state in states))
    delay = times.add(changes["repeat_delay"]) if "repeat_delay" in changes else -1
    routes = Routes(
        np.arange(len(states), dtype=np.int32),
        tuple("" for _ in states),
        _starts([len(state.edges) for state in states]),
        np.array([edge.chance for edge in edges], dtype=np.float64),
        np.array([place[edge.to] for edge in edges], dtype=np.int32),
        np.array([times.add(edge.delay) for edge in edges], dtype=np.int32),
        np.array([edge.reply for edge in edges], dtype=np.float64),
        np.array([edge.handoff for edge in edges], dtype=np.float64),
        np.array([edge.reopens for edge in edges], dtype=np.bool_),
    )
    work = Work(
        np.array([times.add(state.service) for state in states], dtype=np.int32),
        np.full(len(states), -1, dtype=np.int32),
        np.zeros(len(states)),
        np.array([times.add(state.patience) for state in states], dtype=np.int32),
        np.array([place[state.left_for] if state.left_for else -1 for state in states], dtype=np.int32),
        np.ones(len(states), dtype=np.int32),
        np.zeros(len(states)),
    )
    return Parameters(
        changes.get("zone", "Europe/Berlin"), changes.get("start", START), workflows,
        tuple(Step(s.workflow, s.name, s.kind, s.pool, s.actor, s.fee) for s in states),
        routes, work, times.distributions(), _pools(pools), _staff(agents, pools),
        _arrivals(states, rates, place, delay, changes), changes.get("backlog", no_backlog()),
        changes.get("money", Money("EUR", 0.0, 0.0, 0.0, 0.0)), tuple(changes.get("holidays", ())), (),
        changes.get("opening", Opening()),
    )  # fmt: skip


def desk(  # one queue, one step: M/M/c when the agents are always there
    agents: int = 2,
    rate: Rate = 8.0,
    service: Dist = (Shape.EXPONENTIAL, 12.0, 0.0),
    shifts: Sequence[tuple[int, float, float, float]] = ALWAYS,
    **changes: Any,
) -> Parameters:
    states = [State("answer", [Edge("end", reply=1.0)], "desk", service), State("end")]
    people = [Agent(f"agent {n}", ["desk"], shifts) for n in range(agents)]
    return shop(states, people, [("answer", rate)], **changes)


def helpdesk(agents: int = 3, rate: float = 3.0, reopen: float = 0.1, **changes: Any) -> Parameters:
    """Two workflows, one team in office hours: answer, perhaps wait for the customer, resolved, perhaps reopened."""
    states = [
        State("bot", [Edge("answer", 0.6, constant(1.0)), Edge("resolved", 0.4, constant(1.0))], actor="bot", fee=0.5),
        State("answer", [Edge("customer", 0.3, reply=1.0), Edge("resolved", 0.7, reply=0.9, handoff=0.1)], "desk",
              exponential(10.0)),
        State("customer", [Edge("answer", 0.8, exponential(600.0)), Edge("resolved", 0.2, constant(4320.0))],
              actor="customer"),
        State("refund", [Edge("resolved", reply=1.0)], "desk", exponential(15.0), workflow="returns"),
        State("resolved", [Edge("end", 1 - reopen, constant(0.0)),
                           Edge("answer", reopen, exponential(1440.0), reopens=True)], actor="customer"),
        State("end"),
    ]  # fmt: skip
    people = [Agent(f"agent {n}", ["desk"], OFFICE) for n in range(agents)]
    return shop(states, people, [("bot", rate), ("refund", rate / 3)], **changes)


def no_backlog() -> Backlog:
    return open_tickets([])


def open_tickets(rows: Sequence[tuple[int, int, float]]) -> Backlog:
    """Open tickets of (stream, state, entered), created when they entered their state."""
    count = len(rows)
    entered = np.array([row[2] for row in rows], dtype=np.float64)
    none, never = np.zeros(count, dtype=np.int32), np.full(count, np.nan)
    return Backlog(
        tuple(f"open {n}" for n in range(count)),
        np.array([row[0] for row in rows], dtype=np.int32),
        np.array([row[1] for row in rows], dtype=np.int32),
        entered, np.full(count, -1, dtype=np.int32), np.zeros(count, dtype=np.bool_), np.ones(count, dtype=np.int8),
        entered.copy(), never, never.copy(), none, none.copy(), none.copy(), np.zeros(count),
    )  # fmt: skip


class _Times:
    def __init__(self) -> None:
        self._rows: list[tuple[Shape, float, float, list[float]]] = []

    def add(self, dist: Dist | None) -> int:
        if dist is None:
            return -1
        if len(dist) == 2:
            self._rows.append((dist[0], 0.0, 0.0, sorted(dist[1])))
        else:
            self._rows.append((dist[0], dist[1], dist[2], []))
        return len(self._rows) - 1

    def distributions(self) -> Distributions:
        return Distributions(
            np.array([row[0] for row in self._rows], dtype=np.int8),
            np.array([row[1] for row in self._rows], dtype=np.float64),
            np.array([row[2] for row in self._rows], dtype=np.float64),
            _starts([len(row[3]) for row in self._rows]),
            np.array([value for row in self._rows for value in row[3]], dtype=np.float64),
        )


def _starts(counts: Sequence[int]) -> Ints:
    starts: Ints = np.r_[0, np.cumsum(counts)].astype(np.int32)
    return starts


def _pools(names: tuple[str, ...]) -> Pools:
    count = len(names)
    return Pools(
        names, np.zeros(count), np.zeros(count, dtype=np.bool_), np.zeros((count, 4)), np.ones(count, dtype=np.bool_)
    )


def _staff(agents: Sequence[Agent], pools: tuple[str, ...]) -> Staff:
    rows = [(n, *shift) for n, agent in enumerate(agents) for shift in agent.shifts]
    column = [np.array([row[n] for row in rows], dtype=np.float64) for n in range(5)]
    skills = [pools.index(pool) for agent in agents for pool in agent.pools]
    return Staff(
        tuple(agent.name for agent in agents),
        np.array([agent.speed for agent in agents]),
        np.array([agent.capacity for agent in agents], dtype=np.int32),
        np.array([agent.wage for agent in agents]),
        _starts([len(agent.pools) for agent in agents]),
        np.array(skills, dtype=np.int32),
        np.array([tier for agent in agents for tier in range(len(agent.pools))], dtype=np.int32),
        column[0].astype(np.int32), column[1].astype(np.int32), column[2], column[3], column[4],
        np.array([agent.works_holidays for agent in agents], dtype=np.bool_),
    )  # fmt: skip


def _arrivals(
    states: Sequence[State], rates: Sequence[tuple[str, Rate]], place: dict[str, int], delay: int,
    changes: dict[str, Any],
) -> Arrivals:  # fmt: skip
    count = len(rates)
    return Arrivals(
        tuple(states[place[name]].workflow for name, _ in rates),
        tuple("email" for _ in rates),
        np.array([place[name] for name, _ in rates], dtype=np.int32),
        np.array([np.broadcast_to(rate, 168) for _, rate in rates], dtype=np.float64),
        np.full(count, changes.get("trend", 0.0)),
        np.full(count, changes.get("holiday", 1.0)),
        np.full(count, changes.get("dispersion", 0.0)),
        np.tile(np.array(changes.get("priority", (0.0, 1.0, 0.0, 0.0)), dtype=np.float64), (count, 1)),
        np.full((count, 2), changes.get("repeat", 0.0)),
        np.full(count, delay, dtype=np.int32),
        np.full(count, changes.get("outreach", False)),
    )
