"""What calibration finds out about a shop and what a scenario changes: all that a run needs, in names and arrays.

Routes are a chain over states. A state is a step of a workflow seen with a history (what the ticket did before), so
that a chain of states is a route whose next step depends on several steps before; where data are thin, a state stands
for a shorter history. Steps are what people know; states are how the chain remembers.

Arrays are C-contiguous. S states, E edges (grouped by the state they leave), D distributions, P pools, A agents,
N arrival streams. Durations are minutes, probabilities 0 to 1, money the shop's currency; -1 in an index is "none".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int32]

AT_ONCE = ", at once"
"""Ends the name of the queue in which a group takes what begins as its work begins: calls, outreach."""
IDLE = 5.0
"""Minutes since an agent's last visit from which on the next one is charged `Step.billed_idle` more."""
OUTREACH = "Outreach"
"""The step by which tickets begin in which the shop writes first."""

PRIORITIES = ("low", "normal", "high", "urgent")


class StepKind(IntEnum):
    """Who has the ball: an agent works on it, nobody of ours (customer, third party, timer, bot), or it is over."""

    WORK = 0
    DELAY = 1
    END = 2


class Shape(IntEnum):
    """Kinds of distributions and what `a` and `b` are."""

    CONSTANT = 0  # a: the value
    EXPONENTIAL = 1  # a: mean
    LOG_NORMAL = 2  # a, b: mean and standard deviation of the logarithm
    EMPIRICAL = 3  # sorted values, drawn by linear interpolation between equally likely quantiles
    STEPS = 4  # sorted values, each equally likely, none in between: for timers and zeros


@dataclass(frozen=True)
class Step:
    """A step of a workflow, as the process pages name it."""

    workflow: str
    name: str
    kind: StepKind
    pool: str | None = None  # whose queue it waits in, of WORK
    actor: str = "human"  # human, bot, customer, hold, timer: who or what the ticket is with
    fee: float = 0.0  # money a visit, e.g. of a bot
    # What work costs is estimated from gaps between acts: minutes charged for a minute of work, and more for a visit
    # whose agent had been without work for IDLE minutes, where nothing shows when he took it up.
    billed: float = 1.0
    billed_idle: float = 0.0


@dataclass(frozen=True)
class Routes:
    """The chain: what comes after what."""

    step: Ints  # [S] position in Parameters.steps
    history: tuple[str, ...]  # [S] steps before, " > " between, "" for any
    edge_start: Ints  # [S + 1]
    chance: Floats  # [E] sums to 1 within a state; a state of END has no edges
    to: Ints  # [E] state
    delay: Ints  # [E] distribution of the time in a DELAY state that ends by this edge; -1 from a WORK state
    reply: Floats  # [E] probability that a visit that ends so gave the customer an answer by a person
    handoff: Floats  # [E] changes of group or agent that come with it, on average (METRICS: handoffs)
    reopens: NDArray[np.bool_]  # [E] a resolved ticket opens again


@dataclass(frozen=True)
class Work:
    """How visits to WORK states wait and are worked on; arrays [S], neutral values for other states."""

    service: Ints  # distribution of minutes of work at an agent's speed of 1; -1 for other states
    before: Ints  # distribution of the wait that no agent causes, before the visit joins the queue; -1 none
    keep: Floats  # probability that the visit waits for the ticket's own agent, if it has one
    patience: Ints  # distribution of the time in the queue after which the visit is given up; -1 never
    left_for: Ints  # state entered then
    batch_size: Ints  # visits join the queue together when so many are there; 1: at once
    batch_minutes: Floats  # or when the first of them has waited so long


@dataclass(frozen=True)
class Distributions:
    """Amounts of time, by number."""

    shape: NDArray[np.int8]  # [D] Shape
    a: Floats  # [D]
    b: Floats  # [D]
    value_start: Ints  # [D + 1]
    values: Floats  # sorted within a distribution


@dataclass(frozen=True)
class Staff:
    """Who works, when, on what, at which cost."""

    agents: tuple[str, ...]
    speed: Floats  # [A] multiplies minutes of work (1.2: a fifth slower than usual)
    capacity: Ints  # [A] tickets that an agent works on at a time
    wage: Floats  # [A] money an hour
    skill_start: Ints  # [A + 1]
    skill_pool: Ints  # position in Parameters.pools
    skill_tier: Ints  # 0: own work, taken first; 1 and up: helps there when nothing waits in lower tiers
    shift_agent: Ints  # one row per usual shift
    shift_weekday: Ints  # 0 Monday, of its beginning
    shift_from: Floats  # minutes after local midnight
    shift_to: Floats  # over 1,440 after midnight of the next day
    shift_attendance: Floats  # probability that it is worked in a week
    works_holidays: NDArray[np.bool_]  # [A]


@dataclass(frozen=True)
class Pools:
    """Queues: one per group of agents who take the same work; arrays [P]."""

    names: tuple[str, ...]
    after_work: Floats  # minutes that an agent is busy after each visit with what no log shows
    by_age: NDArray[np.bool_]  # order by the ticket's age instead of the visit's
    headstart: Floats  # [P, 4] minutes that a ticket of a priority counts as having waited already (PRIORITIES)
    finishes: NDArray[np.bool_]  # work once begun is finished after the shift's end; else it pauses till the next


@dataclass(frozen=True)
class Arrivals:
    """First contacts, one stream per workflow, channel and first state. Repeat contacts follow from tickets."""

    workflow: tuple[str, ...]
    channel: tuple[str, ...]
    state: Ints  # [N]
    rate: Floats  # [N, 168] tickets an hour by local hour of the week, Monday 00:00 first, at the snapshot's level
    trend: Floats  # [N] relative change of the rate a week, 0.01: a percent more every week
    holiday: Floats  # [N] the rate's factor on holidays
    dispersion: Floats  # [N] variance of the gamma factor around 1 of a day, one draw per workflow; 0: Poisson
    priority: Floats  # [N, 4] shares of PRIORITIES
    repeat: Floats  # [N, 2] probability that a new ticket of the same stream follows an ended one that no agent of
    # ours had worked on, and one that an agent had
    repeat_delay: Ints  # [N] distribution of the time from the resolution to it
    outreach: NDArray[np.bool_]  # [N] opened by the team for customers who did not ask: work, but not measured
    # Times of more or fewer tickets, of scenarios only, each of one stream: [K] from and to, in minutes from the start.
    surge_stream: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    surge_from: Floats = field(default_factory=lambda: np.empty(0))
    surge_to: Floats = field(default_factory=lambda: np.empty(0))
    surge_factor: Floats = field(default_factory=lambda: np.empty(0))  # of the rate meanwhile


@dataclass(frozen=True)
class Backlog:
    """The tickets open at the start, oldest first; arrays of equal length. Instants in minutes from the start, <= 0."""

    ticket: tuple[str, ...]
    stream: Ints  # arrival stream it would have come by
    state: Ints
    entered: Floats  # when it entered the state
    agent: Ints  # its own agent, -1 none
    in_work: NDArray[np.bool_]  # an agent had it in hand at the start
    priority: NDArray[np.int8]
    created: Floats
    first_reply: Floats  # NaN: none yet
    first_resolved: Floats  # NaN: never
    replies: Ints
    reopens: Ints
    handoffs: Ints
    work: Floats  # minutes worked on it before the start


@dataclass(frozen=True)
class Money:
    """What service costs besides wages."""

    currency: str
    fee_per_ticket: float
    fee_per_reply: float
    fee_per_automated_resolution: float
    fixed_per_week: float


@dataclass(frozen=True)
class Open:
    """A time of a weekday, within one local day, on which a shop is open."""

    weekday: int  # 0 Monday
    opens: float  # minutes after local midnight
    closes: float
    first: dt.date = dt.date.min  # the days on which it holds
    last: dt.date = dt.date.max


@dataclass(frozen=True)
class Schedule:
    """Opening hours, by the wall clock of a zone."""

    zone: str
    hours: tuple[Open, ...]
    holidays: tuple[dt.date, ...] = ()  # closed


@dataclass(frozen=True)
class Opening:
    """By whose hours open minutes of a ticket are counted. Shifts have no part in it."""

    default: Schedule | None = None
    queues: tuple[tuple[str, Schedule], ...] = ()  # of pools, by name, that have hours of their own


class Level(StrEnum):
    """How well an input is known."""

    MEASURED = "measured"
    POOLED = "pooled"  # from a wider group, where its own data are thin
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Evidence:
    """What an input rests on, for people."""

    input: str  # arrivals, routes, work, calendar, skills, queue, waits, repeat, bot, costs, start times
    subject: str  # workflow, step, agent or pool
    value: str  # in words and units
    n: int  # observations
    level: Level
    method: str  # one sentence


@dataclass(frozen=True)
class Parameters:
    """A calibrated shop. Compare with `==` is not defined: use `same`."""

    zone: str  # IANA
    start: dt.datetime  # naive UTC: minute 0 of a run
    workflows: tuple[str, ...]
    steps: tuple[Step, ...]
    routes: Routes
    work: Work
    distributions: Distributions
    pools: Pools
    staff: Staff
    arrivals: Arrivals
    backlog: Backlog
    money: Money
    holidays: tuple[dt.date, ...]
    evidence: tuple[Evidence, ...]
    opening: Opening = Opening()  # without: open minutes are unknown


def queue_by_step(steps: Sequence[Step], names: Sequence[str]) -> Ints:
    """[len(steps)] The position of each step's queue among `names`, -1: it waits in none."""
    place = {name: number for number, name in enumerate(names)}
    return np.array([place[step.pool] if step.pool else -1 for step in steps], dtype=np.int32)


def same(one: Any, other: Any) -> bool:
    """Whether two values made of frozen dataclasses, tuples and arrays are equal bit for bit."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return type(one) is type(other) and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    if hasattr(one, "__dataclass_fields__"):
        return type(one) is type(other) and all(
            same(getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__
        )
    return bool(one == other)
