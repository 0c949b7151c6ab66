"""A Network made ready for the loop, and checked: compiled code would read past the end of an array without a word."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.engine.arrays import TYPES, Come, Fixed
from simulation.network import Duty, Network, Tickets
from simulation.parameters import PRIORITIES, Floats, Ints, StepKind


def prepare(network: Network) -> Fixed:
    """What the loop takes. Raises ValueError if the arrays do not fit together."""
    _check(network)
    work, routes, pools, duty = network.work, network.routes, network.pools, network.duty
    agents, states = len(duty.speed), len(network.kind)
    helper_start, helper, helper_tier = _helpers(network)
    can = np.zeros((agents, len(pools.finishes)), np.bool_)
    can[np.repeat(np.arange(agents), np.diff(duty.skill_start)), duty.skill_pool] = True
    hand_start = np.concatenate([[0], np.cumsum(duty.capacity)])
    given = {
        field.name: getattr(part, field.name)
        for part in (network, work, routes, network.distributions, pools, duty)
        for field in fields(part)
        if field.name in Fixed._fields
    }
    made = {
        "upto": _upto(routes.edge_start, routes.chance),
        "helper_start": helper_start,
        "helper": helper,
        "helper_tier": helper_tier,
        "can": can,
        "hand_start": hand_start,
    }
    arrays = {name: _array(Fixed, name, values) for name, values in (given | made).items()}
    first_gate = agents + int(hand_start[-1])
    return Fixed(**arrays, first_gate=first_gate, first_slot=first_gate + states)


def on_duty(fixed: Fixed, duty: Duty) -> Fixed:
    """The same shop with other hours. Raises ValueError if they do not fit the agents."""
    _shifts(duty)
    start, begins, ends = (_array(Fixed, name, getattr(duty, name)) for name in ("duty_start", "duty_from", "duty_to"))
    return fixed._replace(duty_start=start, duty_from=begins, duty_to=ends)


def taken(network: Network, tickets: Tickets) -> Come:
    """The tickets as the loop takes them. Raises ValueError if they do not fit the network or are not in order."""
    come = Come(*(_array(Come, name, getattr(tickets, name)) for name in Come._fields))
    _index("ticket's stream", come.stream, 0, len(network.repeat))
    _index("ticket's state", come.state, 0, len(network.kind))
    _index("ticket's priority", come.priority, 0, len(PRIORITIES))
    _index("ticket's agent", come.agent, -1, len(network.duty.speed))
    _demand(bool(np.all(come.arrived[1:] >= come.arrived[:-1])), "tickets are ordered by the instant they come")
    _demand(
        bool(np.all(come.entered[come.arrived > 0] == come.arrived[come.arrived > 0])), "entered is arrived after 0"
    )
    _demand(bool(np.all(come.entered <= np.maximum(come.arrived, 0.0))), "open tickets entered their state before 0")
    return come


def _array(group: type[Fixed | Come], name: str, values: NDArray[Any]) -> NDArray[Any]:
    # One type each, contiguous and writable: for another the loop would be compiled again, for many seconds.
    made = np.ascontiguousarray(values, TYPES[group.__annotations__[name]])
    return made if made.flags.writeable else made.copy()


def _upto(edge_start: Ints, chance: Floats) -> Floats:
    """Chance of an edge or one before it within its state; exactly 1 from the last that is possible on."""
    edges = np.diff(edge_start)
    total = np.concatenate([[0.0], np.cumsum(chance)])
    base = np.repeat(total[edge_start[:-1]], edges)
    whole = np.repeat(total[edge_start[1:]] - total[edge_start[:-1]], edges)
    return np.asarray((total[1:] - base) / np.where(whole > 0.0, whole, 1.0))


def _helpers(network: Network) -> tuple[Ints, Ints, Ints]:
    """Agents by pool, by tier within."""
    duty, pools = network.duty, len(network.pools.finishes)
    agent = np.repeat(np.arange(len(duty.speed), dtype=np.int32), np.diff(duty.skill_start))
    order = np.lexsort((agent, duty.skill_tier, duty.skill_pool))
    start = np.searchsorted(duty.skill_pool[order], np.arange(pools + 1)).astype(np.int32)
    return start, agent[order], duty.skill_tier[order]


def _check(network: Network) -> None:
    work, routes, duty, pools = network.work, network.routes, network.duty, network.pools
    states, amounts = len(network.kind), len(network.distributions.shape)
    is_work, is_delay = network.kind == StepKind.WORK, network.kind == StepKind.DELAY
    edges = np.diff(routes.edge_start)
    _demand(bool(np.all(edges[is_work | is_delay] > 0)), "every state but END has edges")
    _demand(int(routes.edge_start[-1]) == len(routes.to), "edges end where edge_start says")
    _index("edge's target", routes.to, 0, states)
    _index("delay of an edge from a DELAY state", routes.delay[np.repeat(is_delay, edges)], 0, amounts)
    _index("pool of a WORK state", network.pool[is_work], 0, len(pools.finishes))
    _index("service of a WORK state", work.service[is_work], 0, amounts)
    _index("before", work.before, -1, amounts)
    _index("patience", work.patience, -1, amounts)
    _index("left_for of a state with patience", work.left_for[work.patience >= 0], 0, states)
    _index("repeat_delay", network.repeat_delay[(network.repeat > 0.0).any(axis=1)], 0, amounts)
    _index("first_state", network.first_state, 0, states)
    _index("skill_pool", duty.skill_pool, 0, len(pools.finishes))
    _demand(pools.headstart.shape == (len(pools.finishes), len(PRIORITIES)), "headstart is pools x priorities")
    _demand(bool(np.all(duty.capacity > 0)) and bool(np.all(duty.speed > 0)), "speed and capacity are over 0")
    _tables(network)


def _tables(network: Network) -> None:
    amounts = network.distributions
    sizes = np.diff(amounts.value_start)
    _demand(bool(np.all(sizes[amounts.shape >= 3] > 0)), "tables of values have values")
    _demand(int(amounts.value_start[-1]) <= len(amounts.values), "values end where value_start says")
    _by_agent(network.duty, network.duty.skill_start, len(network.duty.skill_pool), "skills")
    _shifts(network.duty)


def _shifts(duty: Duty) -> None:
    _by_agent(duty, duty.duty_start, len(duty.duty_to), "duty")
    _demand(bool(np.all(duty.duty_to >= duty.duty_from)), "intervals on duty end after they begin")


def _by_agent(duty: Duty, start: Ints, rows: int, what: str) -> None:
    _demand(len(start) == len(duty.speed) + 1 and int(start[-1]) == rows, f"{what} are grouped by agent")


def _index(what: str, values: NDArray[Any], low: int, end: int) -> None:
    if len(values) and not (low <= int(values.min()) and int(values.max()) < end):
        raise ValueError(f"{what}: expected {low} to {end - 1}, found {values.min()} to {values.max()}")


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"the engine's arrays do not fit: expected that {what}")
