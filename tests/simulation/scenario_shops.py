"""A returns desk made by hand, with a bot, a lead's approval, an automatic closing and reopenings; and what is valid.

bot -> 0.4 resolved, 0.6 answer            answer (desk) -> 0.5 approval, 0.3 customer, 0.2 resolved
approval (lead) -> 0.9 answer..., see STATES
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulation.parameters import (
    Arrivals,
    Backlog,
    Distributions,
    Money,
    Parameters,
    Pools,
    Routes,
    Shape,
    Staff,
    Step,
    StepKind,
    Work,
)


@dataclass
class Way:
    to: str
    chance: float
    delay: float | list[float] | None = None  # minutes: one, or equally likely ones
    reply: float = 0.0
    handoff: float = 0.0
    reopens: bool = False


@dataclass
class Place:
    """A state named after its step; `state` tells two of one step apart."""

    name: str
    ways: list[Way] = field(default_factory=list)
    pool: str | None = None
    minutes: float = 10.0
    actor: str = "human"
    state: str = ""
    workflow: str = "returns"

    @property
    def key(self) -> str:
        return self.state or self.name


def returns() -> list[Place]:
    """By hand: a ticket is answered 0.6 times at first; see the tests for expected visits."""
    return [
        Place("Bot", [Way("Resolved", 0.4, 1.0), Way("Answer", 0.6, 1.0)], actor="bot"),
        Place(
            "Answer",
            [Way("Approval", 0.5, handoff=1.0), Way("Waiting on customer", 0.3, reply=1.0),
             Way("Resolved", 0.2, reply=1.0)],
            "Returns",
        ),
        Place("Approval", [Way("Refund", 0.75, handoff=1.0), Way("Resolved", 0.25, reply=1.0)], "Lead", 5.0),
        Place("Refund", [Way("Resolved", 1.0, reply=1.0)], "Returns", 20.0),
        Place(
            "Waiting on customer",
            [Way("Answer", 0.8, [600.0, 1440.0, 2880.0, 4320.0]), Way("Resolved", 0.2, 5760.0)],
            actor="customer",
        ),
        Place("Resolved", [Way("End", 0.9, 0.0), Way("Reopened", 0.1, 1440.0, reopens=True)], actor="customer"),
        Place("Reopened", [Way("Resolved", 1.0, reply=1.0)], "Returns", 8.0),
        Place("End"),
    ]  # fmt: skip


Agents = dict[str, tuple[list[str], float, float]]
AGENTS: Agents = {  # pools by tier, then shifts of Monday to Friday
    "Ann": (["Returns"], 540.0, 1020.0),
    "Ben": (["Returns"], 540.0, 780.0),
    "Cem": (["Returns", "Lead"], 540.0, 1020.0),
    "Lea": (["Lead"], 840.0, 960.0),
}


def shop(
    places: list[Place] | None = None,
    rates: dict[str, float] | None = None,
    agents: Agents | None = None,
    **changes: Any,
) -> Parameters:
    """`rates`: tickets an hour by the state where they begin. `changes`: fields of Parameters."""
    places = places or returns()
    rates = rates or {"Bot": 2.0}
    number = {place.key: n for n, place in enumerate(places)}
    times: list[list[float]] = []
    steps = list(dict.fromkeys(_step(place) for place in places))
    ways = [way for place in places for way in place.ways]
    routes = Routes(
        np.array([steps.index(_step(place)) for place in places], np.int32),
        tuple(place.state for place in places),
        np.append(0, np.cumsum([len(place.ways) for place in places])).astype(np.int32),
        np.array([way.chance for way in ways]),
        np.array([number[way.to] for way in ways], np.int32),
        np.array([_time(times, way.delay) for way in ways], np.int32),
        np.array([way.reply for way in ways]),
        np.array([way.handoff for way in ways]),
        np.array([way.reopens for way in ways]),
    )
    size = len(places)
    service = np.array([_time(times, place.minutes if place.pool else None) for place in places], np.int32)
    none = np.full(size, -1, np.int32)
    work = Work(service, none, np.zeros(size), none.copy(), none.copy(), np.ones(size, np.int32), np.zeros(size))
    pools = tuple(dict.fromkeys(place.pool for place in places if place.pool))
    made = Parameters(
        zone="Europe/Berlin",
        start=dt.datetime(2026, 1, 4, 23),  # noqa: DTZ001 (naive UTC; Monday 00:00 in Berlin)
        workflows=tuple(dict.fromkeys(place.workflow for place in places)),
        steps=tuple(steps),
        routes=routes,
        work=work,
        distributions=_distributions(times),
        pools=Pools(
            pools, np.zeros(len(pools)), np.zeros(len(pools), np.bool_), np.zeros((len(pools), 4)),
            np.ones(len(pools), np.bool_),
        ),
        staff=_staff(pools, agents or AGENTS),
        arrivals=_arrivals(places, rates, number),
        backlog=_backlog(),
        money=Money("EUR", 0.1, 0.0, 0.5, 100.0),
        holidays=(),
        evidence=(),
    )  # fmt: skip
    return Parameters(**{**{name: getattr(made, name) for name in made.__dataclass_fields__}, **changes})


def problems(shop: Parameters) -> list[str]:
    """What is wrong with the arrays."""
    true = {**_routes_hold(shop), **_columns_hold(shop), **_people_hold(shop)}
    return [name for name, holds in true.items() if not holds]


def _routes_hold(shop: Parameters) -> dict[str, bool]:
    routes, work, first = shop.routes, shop.work, shop.arrivals.state
    states, times = len(routes.step), len(shop.distributions.shape)
    kinds = np.array([step.kind for step in shop.steps])[routes.step]
    source = np.repeat(np.arange(states), np.diff(routes.edge_start))
    sums = np.bincount(source, routes.chance, states)
    over, worked = kinds == StepKind.END, kinds == StepKind.WORK
    shares = (routes.reply, routes.handoff, work.keep)
    return {
        "edges are grouped": len(source) == len(routes.to) and len(routes.edge_start) == states + 1,
        "chances are positive": bool((routes.chance > 0).all()),
        "chances are sums to 1": bool(np.allclose(sums[~over], 1.0, atol=1e-12)),
        "the end has no edges": bool((sums[over] == 0).all()),
        "edges lead somewhere": bool(((routes.to >= 0) & (routes.to < states)).all()),
        "delays leave waits": bool(((routes.delay >= 0) == (kinds[source] == StepKind.DELAY)).all()),
        "delays exist": bool((routes.delay < times).all()),
        "shares": all(((share >= 0) & (share <= 1)).all() for share in shares),
        "work has minutes": bool(((work.service >= 0) == worked).all() and (work.service < times).all()),
        "work has a pool": all((s.pool in shop.pools.names) == (s.kind == StepKind.WORK) for s in shop.steps),
        "streams begin somewhere": bool((first < states).all() and not over[first].any()),
    }


def _columns_hold(shop: Parameters) -> dict[str, bool]:
    routes, work, arrivals, staff, times = shop.routes, shop.work, shop.arrivals, shop.staff, shop.distributions
    lengths = {
        "edges": (routes, len(routes.to), ("delay", "reply", "handoff", "reopens", "chance")),
        "states": (work, len(routes.step), tuple(work.__dataclass_fields__)),
        "histories": (routes, len(routes.step), ("history",)),
        "streams": (arrivals, len(arrivals.state), ("workflow", "channel", "rate", "trend", "holiday", "dispersion",
                                                    "priority", "repeat", "repeat_delay")),
        "surges": (arrivals, len(arrivals.surge_stream), ("surge_from", "surge_to", "surge_factor")),
        "agents": (staff, len(staff.agents), ("speed", "capacity", "wage", "works_holidays")),
    }  # fmt: skip
    ints = (routes.to, routes.step, routes.delay, work.service, work.batch_size, arrivals.state, staff.shift_agent,
            staff.skill_pool, arrivals.surge_stream)  # fmt: skip
    heads = np.isin(np.arange(1, len(times.values)), times.value_start)
    found = {name: all(len(getattr(part, column)) == size for column in columns)
             for name, (part, size, columns) in lengths.items()}  # fmt: skip
    return {
        **found,
        "types": all(column.dtype == np.int32 for column in ints),
        "values are sorted": bool((np.diff(times.values)[~heads] >= 0).all() and (times.values >= 0).all()),
        "values are grouped": times.value_start[-1] == len(times.values),
    }


def _people_hold(shop: Parameters) -> dict[str, bool]:
    arrivals, staff = shop.arrivals, shop.staff
    early, late = staff.shift_from, staff.shift_to
    return {
        "rates": bool((arrivals.rate >= 0).all() and np.isfinite(arrivals.rate).all()),
        "surges are of streams": bool((arrivals.surge_stream < len(arrivals.state)).all()),
        "skills are grouped": staff.skill_start[-1] == len(staff.skill_pool),
        "names are unique": len(set(staff.agents)) == len(staff.agents),
        "shifts": bool((staff.shift_agent < len(staff.agents)).all() and (early >= 0).all() and (late >= early).all()),
        "shifts end": bool((late <= 2880).all()),
        "wages": bool((staff.wage >= 0).all()),
    }


def _step(place: Place) -> Step:
    kind = StepKind.WORK if place.pool else StepKind.DELAY if place.ways else StepKind.END
    return Step(place.workflow, place.name, kind, place.pool, place.actor)


def _time(times: list[list[float]], value: float | list[float] | None) -> int:
    if value is None:
        return -1
    times.append(value if isinstance(value, list) else [value])
    return len(times) - 1


def _distributions(times: list[list[float]]) -> Distributions:
    many = [len(values) > 1 for values in times]
    return Distributions(
        np.array([Shape.STEPS if listed else Shape.CONSTANT for listed in many], np.int8),
        np.array([0.0 if listed else values[0] for listed, values in zip(many, times, strict=True)]),
        np.zeros(len(times)),
        np.append(0, np.cumsum([len(v) if listed else 0 for listed, v in zip(many, times, strict=True)])).astype(
            np.int32
        ),
        np.array([x for listed, values in zip(many, times, strict=True) if listed for x in values]),
    )


def _staff(pools: tuple[str, ...], agents: Agents) -> Staff:
    skills = [[pools.index(name) for name in names if name in pools] for names, _, _ in agents.values()]
    rows = [(n, day, *hours) for n, (_, *hours) in enumerate(agents.values()) for day in range(5)]
    size = len(agents)
    return Staff(
        tuple(agents), np.ones(size), np.ones(size, np.int32), np.full(size, 30.0),
        np.append(0, np.cumsum([len(own) for own in skills])).astype(np.int32),
        np.array([pool for own in skills for pool in own], np.int32),
        np.array([tier for own in skills for tier in range(len(own))], np.int32),
        np.array([row[0] for row in rows], np.int32), np.array([row[1] for row in rows], np.int32),
        np.array([row[2] for row in rows]), np.array([row[3] for row in rows]), np.full(len(rows), 0.9),
        np.zeros(size, np.bool_),
    )  # fmt: skip


def _arrivals(places: list[Place], rates: dict[str, float], number: dict[str, int]) -> Arrivals:
    count = len(rates)
    return Arrivals(
        tuple(places[number[name]].workflow for name in rates), tuple("email" for _ in rates),
        np.array([number[name] for name in rates], np.int32), np.array([np.full(168, rate) for rate in rates.values()]),
        np.zeros(count), np.ones(count), np.zeros(count), np.tile([0.0, 1.0, 0.0, 0.0], (count, 1)),
        np.zeros(count), np.full(count, -1, np.int32), np.zeros(count, np.bool_),
    )  # fmt: skip


def _backlog() -> Backlog:
    """A ticket with Ann in hand, in the second state."""
    one, never = np.ones(1, np.int32), np.full(1, np.nan)
    return Backlog(
        ("7",), np.zeros(1, np.int32), one, np.full(1, -30.0), np.zeros(1, np.int32), np.ones(1, np.bool_),
        np.ones(1, np.int8), np.full(1, -60.0), never, never.copy(), one * 0, one * 0, one * 0, np.zeros(1),
    )  # fmt: skip
