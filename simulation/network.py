"""What the engine takes and gives: arrays only. Minutes from the start of the run throughout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.parameters import Distributions, Floats, Ints, Pools, Routes, Work

Keys = NDArray[np.uint64]


@dataclass(frozen=True)
class Duty:
    """Agents as the engine needs them: absolute intervals on duty, sorted, none overlapping within an agent."""

    speed: Floats  # [A]
    capacity: Ints  # [A]
    skill_start: Ints  # [A + 1]
    skill_pool: Ints
    skill_tier: Ints  # ascending within an agent
    duty_start: Ints  # [A + 1]
    duty_from: Floats
    duty_to: Floats


@dataclass(frozen=True)
class Network:
    """What stays the same while a run goes on. `kind` [S]: the StepKind of a state, `pool` [S]: its queue or -1."""

    kind: NDArray[np.int8]
    pool: Ints
    routes: Routes
    work: Work
    distributions: Distributions
    pools: Pools
    duty: Duty
    repeat: Floats  # [N, 2] by stream, and whether an agent had worked on the ticket
    repeat_delay: Ints  # [N]
    first_state: Ints  # [N] where a repeat contact begins


@dataclass(frozen=True)
class Tickets:
    """Tickets by the instant they come; arrays [T]. `key` numbers a ticket for its random draws, whatever else comes.

    Tickets open at the start come first, with `arrived` <= 0, in `state` since `entered`.
    """

    key: Keys
    stream: Ints
    state: Ints
    arrived: Floats
    entered: Floats  # = arrived, but of tickets open at the start
    priority: NDArray[np.int8]
    agent: Ints  # own agent, -1 none
    in_work: NDArray[np.bool_]


@dataclass(frozen=True)
class Records:
    """One row per visit, ordered by ticket and by entry; arrays [R].

    A visit that goes on at the end of the run has left = NaN and edge = -1; one not yet begun has started = NaN.
    """

    ticket: Ints  # position in Tickets, or among `repeats` after them
    state: Ints
    agent: Ints  # -1: nobody
    edge: Ints  # taken at the end; -1 goes on, -2 given up waiting
    entered: Floats
    started: Floats
    left: Floats
    work: Floats  # minutes of work done (until the end of the run)
    idle: Floats  # minutes since its agent's visit before; infinite for the first one, 0 of nobody's


@dataclass(frozen=True)
class Run:
    """What a run gave. `repeats`: contacts that followed from tickets, numbered after those that came in."""

    records: Records
    repeats: Tickets
    parent: Ints  # [len(repeats)] the ticket that each followed from
    arrived: int
    ended: int
    open: int
    activities: int  # visits to WORK states that were begun
