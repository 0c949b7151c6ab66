"""Parameters as the engine's network, refused in one sentence where they make no sense."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from simulation.clock import zone_of
from simulation.network import Network
from simulation.parameters import (
    PRIORITIES,
    Distributions,
    Floats,
    Ints,
    Parameters,
    Shape,
    StepKind,
    queue_by_step,
)
from simulation.roster import Roster, roster

SLACK = 1e-9
"""How far from 1 chances may add up."""

Problems = Iterator[str]


@dataclass(frozen=True)
class Plan:
    """A network but for what a seed decides: who comes to work."""

    base: Network
    roster: Roster

    def network(self, seed: int) -> Network:
        """What the engine runs on."""
        return replace(self.base, duty=self.roster.duty(seed))


def plan(parameters: Parameters, minutes: int) -> Plan:
    """Of runs for `minutes` from the start. Raises ValueError with one sentence for Parameters that contradict
    themselves.
    """
    check(parameters)
    kinds = np.array([step.kind for step in parameters.steps], dtype=np.int8)
    queues = queue_by_step(parameters.steps, parameters.pools.names)
    step, arrivals = parameters.routes.step, parameters.arrivals
    shifts = roster(parameters, minutes)
    base = Network(
        kinds[step], queues[step], parameters.routes, parameters.work, parameters.distributions, parameters.pools,
        shifts.skills, arrivals.repeat, arrivals.repeat_delay, arrivals.state,
    )  # fmt: skip
    return Plan(base, shifts)


def network(parameters: Parameters, minutes: int, seed: int) -> Network:
    """What the engine runs on for `minutes` from the start. `seed` decides who comes to work.

    Raises ValueError with one sentence for Parameters that contradict themselves.
    """
    return plan(parameters, minutes).network(seed)


def check(parameters: Parameters) -> None:
    """Raises ValueError with the first contradiction found."""
    checks: tuple[Callable[[Parameters], Problems], ...] = (
        _names, _distributions, _routes, _work, _pools, _staff, _shifts, _arrivals, _backlog,
    )  # fmt: skip
    for problems in checks:
        for problem in problems(parameters):
            raise ValueError(problem)


def _names(parameters: Parameters) -> Problems:
    zone_of(parameters.zone)
    if parameters.start.tzinfo is not None:
        yield "the start must be in UTC without a time zone of its own"
    for step in parameters.steps:
        if step.kind == StepKind.WORK and step.pool not in parameters.pools.names:
            yield f"nobody works on the step '{step.name}': '{step.pool}' is no pool"
        if step.kind != StepKind.WORK and step.pool is not None:
            yield f"the step '{step.name}' needs no agent, yet waits in the queue of '{step.pool}'"
        if step.workflow not in parameters.workflows:
            yield f"the step '{step.name}' belongs to an unknown workflow, '{step.workflow}'"


def _distributions(parameters: Parameters) -> Problems:
    times: Distributions = parameters.distributions
    count = len(times.shape)
    yield from _rows(times.value_start, len(times.values), count, "values of distributions")
    yield from _finite("distributions", a=times.a, b=times.b, values=times.values)
    if not np.isin(times.shape, list(Shape)).all():
        yield "a distribution has an unknown shape"
        return
    listed = (times.shape == Shape.EMPIRICAL) | (times.shape == Shape.STEPS)
    if (np.diff(times.value_start)[listed] < 1).any():
        yield "a distribution by values has none"
    inside = np.ones(max(len(times.values) - 1, 0), dtype=bool)
    heads = times.value_start[(times.value_start > 0) & (times.value_start < len(times.values))]
    inside[heads - 1] = False
    if (np.diff(times.values)[inside] < 0).any():
        yield "the values of a distribution are not sorted"
    if (times.values < 0).any() or (times.a[times.shape <= Shape.EXPONENTIAL] < 0).any():
        yield "a distribution has a negative duration"
    if (times.b < 0).any():
        yield "a log-normal distribution has a negative spread"


def _routes(parameters: Parameters) -> Problems:
    routes, times = parameters.routes, len(parameters.distributions.shape)
    states, edges = len(routes.step), len(routes.to)
    yield from _rows(routes.edge_start, edges, states, "edges")
    yield from _range(routes.step, len(parameters.steps), "a state's step")
    yield from _range(routes.to, states, "the state that an edge leads to")
    yield from _range(routes.delay, times, "an edge's delay", none=True)
    yield from _shares("routes", chance=routes.chance, reply=routes.reply)
    yield from _finite("routes", handoff=routes.handoff)
    if (routes.handoff < 0).any():
        yield "hands change less often than never"
    kinds = np.array([step.kind for step in parameters.steps])[routes.step]
    leaves = np.diff(routes.edge_start)
    if (leaves[kinds == StepKind.END] > 0).any() or (leaves[kinds != StepKind.END] < 1).any():
        yield "an ended ticket goes on, or a state has no way out"
        return
    source = np.repeat(np.arange(states), leaves)
    total = np.bincount(source, routes.chance, states)[kinds != StepKind.END]
    if (np.abs(total - 1) > SLACK).any():
        state = int(np.flatnonzero(kinds != StepKind.END)[np.argmax(np.abs(total - 1))])
        name = parameters.steps[routes.step[state]].name
        yield f"the chances of what follows '{name}' add up to {total[np.argmax(np.abs(total - 1))]:.4f} instead of 1"
    waits = kinds[source] == StepKind.DELAY
    if (waits != (routes.delay >= 0)).any():
        yield "an edge from a waiting state has no delay, or one from a state of work has"


def _work(parameters: Parameters) -> Problems:
    work, times = parameters.work, len(parameters.distributions.shape)
    kinds = np.array([step.kind for step in parameters.steps])[parameters.routes.step]
    yield from _lengths(len(kinds), "states", service=work.service, keep=work.keep, batch_size=work.batch_size)
    for name, what in (("service", "minutes of work"), ("before", "wait before the queue"), ("patience", "patience")):
        yield from _range(getattr(work, name), times, f"the {what} of a state", none=True)
    yield from _range(work.left_for, len(kinds), "the state entered by a visit given up", none=True)
    yield from _shares("work", keep=work.keep)
    if ((kinds == StepKind.WORK) != (work.service >= 0)).any():
        yield "a state of work has no minutes of work, or another state has"
    if ((work.patience >= 0) & (work.left_for < 0)).any():
        yield "a visit may be given up, but nothing says what comes then"
    if (work.batch_size < 1).any():
        yield "a batch needs at least one visit"
    if (work.batch_minutes < 0).any():
        yield "a batch cannot wait a negative time"


def _pools(parameters: Parameters) -> Problems:
    pools = parameters.pools
    count = len(pools.names)
    yield from _lengths(count, "pools", after_work=pools.after_work, headstart=pools.headstart, by_age=pools.by_age)
    yield from _finite("pools", after_work=pools.after_work, headstart=pools.headstart)
    if pools.headstart.shape != (count, len(PRIORITIES)):
        yield "every pool needs a headstart for each of the four priorities"
    if (pools.after_work < 0).any():
        yield "the time after work cannot be negative"


def _staff(parameters: Parameters) -> Problems:
    staff, count = parameters.staff, len(parameters.staff.agents)
    yield from _lengths(count, "agents", speed=staff.speed, capacity=staff.capacity, wage=staff.wage)
    yield from _rows(staff.skill_start, len(staff.skill_pool), count, "skills of agents")
    yield from _range(staff.skill_pool, len(parameters.pools.names), "the pool of a skill")
    yield from _finite("staff", speed=staff.speed, wage=staff.wage)
    if (staff.speed <= 0).any():
        yield "an agent's speed must be over 0"
    if (staff.capacity < 1).any():
        yield "an agent must be able to work on a ticket"
    if (staff.skill_tier < 0).any():
        yield "a skill's tier cannot be negative"
    # A queue without anybody is possible (all have left): its tickets stay open.


def _shifts(parameters: Parameters) -> Problems:
    staff, rows = parameters.staff, len(parameters.staff.shift_agent)
    yield from _range(staff.shift_agent, len(staff.agents), "the agent of a shift")
    yield from _range(staff.shift_weekday, 7, "the weekday of a shift")
    yield from _lengths(rows, "shifts", weekday=staff.shift_weekday, begin=staff.shift_from, end=staff.shift_to)
    yield from _shares("shifts", attendance=staff.shift_attendance)
    if (staff.shift_to < staff.shift_from).any() or (staff.shift_from < 0).any() or (staff.shift_from > 1440).any():
        yield "a shift begins within its day and ends after it began"
    if (staff.shift_to > 2880).any():
        yield "a shift ends on the next day at the latest"


def _arrivals(parameters: Parameters) -> Problems:
    arrivals, streams = parameters.arrivals, len(parameters.arrivals.state)
    yield from _lengths(streams, "streams", workflow=arrivals.workflow, channel=arrivals.channel, rate=arrivals.rate)
    yield from _range(arrivals.state, len(parameters.routes.step), "the first state of arrivals")
    delays = arrivals.repeat_delay
    yield from _range(delays, len(parameters.distributions.shape), "the delay of repeat contacts", none=True)
    if ((arrivals.repeat > 0).any(axis=1) & (delays < 0)).any():
        yield "tickets may come back, but nothing says when"
    named = {"rate": arrivals.rate, "trend": arrivals.trend, "holiday": arrivals.holiday}
    yield from _finite("arrivals", **named, dispersion=arrivals.dispersion)
    if (arrivals.rate < 0).any() or (arrivals.holiday < 0).any() or (arrivals.dispersion < 0).any():
        yield "a rate of arrivals is negative"
    yield from _lengths(
        len(arrivals.surge_stream), "surges", start=arrivals.surge_from, end=arrivals.surge_to,
        factor=arrivals.surge_factor,
    )  # fmt: skip
    yield from _range(arrivals.surge_stream, streams, "the stream of a surge")
    if not (np.isfinite(arrivals.surge_factor) & (arrivals.surge_factor >= 0)).all():
        yield "a surge multiplies arrivals by a number from 0 on"
    if (arrivals.trend <= -1).any():
        yield "arrivals cannot fall by all of them in a week"
    yield from _shares("arrivals", priority=arrivals.priority, repeat=arrivals.repeat)
    if streams and (np.abs(arrivals.priority.sum(axis=1) - 1) > SLACK).any():
        yield "the shares of priorities do not add up to 1"
    for name in arrivals.workflow:
        if name not in parameters.workflows:
            yield f"tickets arrive in an unknown workflow, '{name}'"


def _backlog(parameters: Parameters) -> Problems:
    backlog, count = parameters.backlog, len(parameters.backlog.ticket)
    yield from _lengths(count, "open tickets", state=backlog.state, stream=backlog.stream, created=backlog.created)
    yield from _range(backlog.stream, len(parameters.arrivals.state), "the stream of an open ticket")
    yield from _range(backlog.state, len(parameters.routes.step), "the state of an open ticket")
    yield from _range(backlog.agent, len(parameters.staff.agents), "the agent of an open ticket", none=True)
    yield from _range(backlog.priority, len(PRIORITIES), "the priority of an open ticket")
    if (backlog.created > 0).any() or (backlog.entered > 0).any():
        yield "a ticket is open at the start that comes later"
    if (np.diff(backlog.created) < 0).any():
        yield "the tickets open at the start are not in order of age, the oldest first"


def _rows(starts: Ints, total: int, count: int, what: str) -> Problems:
    """`starts` cut `total` things into `count` groups."""
    if len(starts) != count + 1 or starts[0] != 0 or starts[-1] != total or (np.diff(starts) < 0).any():
        yield f"the {what} are not grouped one group after the other"


def _range(indices: Ints | np.ndarray[tuple[int], np.dtype[np.int8]], size: int, what: str, *,
           none: bool = False) -> Problems:  # fmt: skip
    lowest = -1 if none else 0
    if len(indices) and (indices.min() < lowest or indices.max() >= size):
        yield f"{what} does not exist: {indices.min()} to {indices.max()} of {size}"


def _shares(what: str, **arrays: Floats) -> Problems:
    for name, values in arrays.items():
        if not ((values >= 0) & (values <= 1 + SLACK)).all():
            yield f"the {name} of {what} is no share between 0 and 1"


def _finite(what: str, **arrays: Floats) -> Problems:
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            yield f"the {name} of {what} is no number"


def _lengths(count: int, what: str, **columns: object) -> Problems:
    for name, values in columns.items():
        if len(values) != count:  # type: ignore[arg-type]
            yield f"there are {count} {what}, but the list of their {name} has {len(values)}"  # type: ignore[arg-type]
