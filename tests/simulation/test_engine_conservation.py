"""Whatever the shop: every ticket that came has ended or is open, no agent has more in hand than he has hands, nobody
who could work leaves work waiting.
"""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.engine import run
from simulation.network import Network, Run, Tickets
from simulation.parameters import StepKind
from tests.simulation.shops import (
    END,
    Agent,
    Amount,
    Edge,
    Pool,
    Shop,
    State,
    Stream,
    constant,
    exponential,
    log_normal,
    steps,
    table,
    tickets,
)

MINUTES = 500.0
POOLS = 3
AMOUNTS = st.sampled_from(
    [
        constant(0.0),
        constant(7.0),
        exponential(9.0),
        log_normal(12.0, 1.0),
        table(0.0, 3.0, 40.0),
        steps(0.0, 15.0, 15.0),
    ]
)
INSTANTS = st.integers(0, 500).map(float)
HEADSTARTS = st.sampled_from([(0.0, 0.0, 0.0, 0.0), (0.0, 5.0, 50.0, 1e9)])


@st.composite
def states(draw: st.DrawFn, number: int, size: int) -> State:
    kind = draw(st.sampled_from([StepKind.WORK, StepKind.DELAY]))
    targets = draw(st.lists(st.integers(0, size), min_size=0, max_size=3))
    # The last edge ends the ticket, and who gives up goes forward, so that none goes round for ever in no time.
    share = 0.5 / max(1, len(targets))
    amounts: list[Amount | None] = [draw(AMOUNTS) if kind == StepKind.DELAY else None for _ in [*targets, size]]
    chances = [share] * len(targets) + [1.0 - share * len(targets)]
    edges = tuple(Edge(*edge) for edge in zip([*targets, size], chances, amounts, strict=True))
    if kind == StepKind.DELAY:
        return State(kind, edges)
    return State(
        kind,
        edges,
        pool=draw(st.integers(0, POOLS - 1)),
        service=draw(AMOUNTS),
        before=draw(st.none() | AMOUNTS),
        keep=draw(st.sampled_from([0.0, 0.5, 1.0])),
        patience=draw(st.none() | AMOUNTS),
        left_for=draw(st.integers(number + 1, size)),
        batch=draw(st.sampled_from([(1, 0.0), (3, 20.0), (2, np.inf), (4, 0.0)])),
    )


@st.composite
def agents(draw: st.DrawFn) -> Agent:
    pools = draw(st.lists(st.integers(0, POOLS - 1), min_size=1, max_size=POOLS, unique=True))
    tiers = sorted(draw(st.lists(st.integers(0, 2), min_size=len(pools), max_size=len(pools))))
    ends = sorted(draw(st.lists(INSTANTS, min_size=2, max_size=6, unique=True)))
    duty = tuple(zip(ends[::2], ends[1::2], strict=False))
    capacity, speed = draw(st.integers(1, 3)), draw(st.sampled_from([1.0, 0.7]))
    return Agent(tuple(zip(pools, tiers, strict=True)), duty, speed, capacity)


@st.composite
def shops(draw: st.DrawFn) -> Shop:
    size = draw(st.integers(1, 5))
    pools = st.builds(Pool, st.sampled_from([0.0, 4.0]), st.booleans(), HEADSTARTS, st.booleans())
    return Shop(
        (*(draw(states(number, size)) for number in range(size)), END),
        tuple(draw(st.lists(agents(), min_size=1, max_size=4))),
        tuple(draw(pools) for _ in range(POOLS)),
        (Stream(0, draw(st.sampled_from([0.0, 0.3])), exponential(30.0)),),
    )


@st.composite
def arrivals(draw: st.DrawFn, shop: Shop) -> Tickets:
    opened = sorted(draw(st.lists(st.integers(-60, -1).map(float), max_size=15)))
    came = sorted(draw(st.lists(INSTANTS, max_size=40)))
    size, state = len(opened) + len(came), [draw(st.integers(0, len(shop.states) - 1)) for _ in opened]
    return tickets(
        opened + came,
        entered=[arrived / 2 for arrived in opened] + came,
        state=state + [0] * len(came),
        priority=draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)),
        agent=[draw(st.integers(-1, len(shop.agents) - 1)) for _ in opened] + [-1] * len(came),
        in_work=[draw(st.booleans()) for _ in opened] + [False] * len(came),
    )


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_conservation(data: st.DataObject) -> None:
    shop = data.draw(shops())
    came = data.draw(arrivals(shop))
    network, seed = shop.network(), data.draw(st.integers(0, 9))
    result = run(network, came, MINUTES, seed)
    rows = result.records
    before = int((came.arrived < MINUTES).sum())
    assert result.arrived == before + len(result.parent) == result.ended + result.open
    assert result.open == int((rows.edge == -1).sum())
    assert (rows.ticket[rows.edge == -1] < len(came.key) + len(result.parent)).all()
    ended = rows.left[rows.edge != -1]
    assert ((ended >= 0.0) & (ended < MINUTES)).all()
    assert (rows.work >= 0.0).all()
    _hands_suffice(network, result)
    _nobody_idles(network, result)


def _hands_suffice(network: Network, result: Run) -> None:
    rows = result.records
    for agent, capacity in enumerate(network.duty.capacity):
        mine = (rows.agent == agent) & (np.nan_to_num(rows.left, nan=MINUTES) > 0.0)
        begun, left = rows.started[mine], np.nan_to_num(rows.left[mine], nan=MINUTES)
        for instant in begun:
            assert ((begun <= instant) & (instant < left)).sum() <= capacity


def _nobody_idles(network: Network, result: Run) -> None:
    """A visit that waits in a pool that cannot be kept, gated or busied after work: its on-duty agents are all busy."""
    rows, work, duty = result.records, network.work, network.duty
    plain = (work.keep == 0) & (work.before < 0) & (work.batch_size <= 1) & (network.kind == StepKind.WORK)
    waiting = np.flatnonzero(plain[rows.state] & ~(rows.started <= rows.entered) & (rows.entered >= 0.0))
    for row in waiting:
        until = np.nanmin([rows.started[row], rows.left[row], MINUTES])
        middle = (rows.entered[row] + until) / 2
        pool = network.pool[rows.state[row]]
        for agent in range(len(duty.speed)):
            skills = duty.skill_pool[duty.skill_start[agent] : duty.skill_start[agent + 1]]
            shifts = slice(duty.duty_start[agent], duty.duty_start[agent + 1])
            on_duty = ((duty.duty_from[shifts] < middle) & (middle < duty.duty_to[shifts])).any()
            if until > rows.entered[row] and pool in skills and on_duty and not network.pools.after_work.any():
                left = np.nan_to_num(rows.left, nan=MINUTES)
                busy = ((rows.agent == agent) & (rows.started <= middle) & (middle < left)).sum()
                assert busy >= duty.capacity[agent]
