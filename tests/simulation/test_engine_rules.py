"""Shops of a few tickets whose every instant is worked out by hand."""

from typing import Any

import numpy as np
import pytest

from simulation.engine import run
from simulation.network import Run
from simulation.parameters import StepKind
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
    served,
    steps,
    table,
    tickets,
    visits,
    work,
)

ONE = (work(Edge(1)), END)
NAN: Any = pytest.approx(np.nan, nan_ok=True)


def play(shop: Shop, arrived: list[float], minutes: float = 1e6, **more: object) -> Run:
    result = run(shop.network(), tickets(arrived, **more), minutes, 7)  # type: ignore[arg-type]
    assert result.arrived == result.ended + result.open
    return result


def test_first_come_first_served() -> None:
    result = play(Shop(ONE), [1.0, 2.0, 30.0])
    assert served(result.records) == [(0, 0, 1, 11, 10), (1, 0, 11, 21, 10), (2, 0, 30, 40, 10)]
    assert (result.arrived, result.ended, result.open, result.activities) == (3, 3, 0, 3)


def test_at_one_instant_work_is_completed_before_the_next_ticket_comes() -> None:
    result = play(Shop(ONE, agents=(Agent(), Agent())), [1.0, 2.0, 11.0])
    assert [row[1] for row in served(result.records)] == [0, 1, 0]


def test_the_ticket_moves_on_before_its_agent_looks_for_work() -> None:
    shop = Shop(
        (work(Edge(1)), work(Edge(2), pool=1), END), (Agent(((0, 0), (1, 0))),), (Pool(), Pool(headstart=(99,) * 4))
    )
    assert served(play(shop, [0.0, 1.0]).records) == [
        (0, 0, 0, 10, 10),
        (0, 0, 10, 20, 10),
        (1, 0, 20, 30, 10),
        (1, 0, 30, 40, 10),
    ]


def test_a_run_does_not_cover_its_last_instant() -> None:
    result = play(Shop(ONE), [0.0, 10.0], minutes=10.0)
    assert (result.arrived, result.ended, result.open) == (1, 0, 1)
    assert visits(result.records) == [(0, 0, -1, 0, NAN)]
    assert result.records.work.tolist() == [10.0]


@pytest.mark.parametrize(
    ("finishes", "expected"),
    [
        (True, [(0, 0, 15, 25, 10), (1, 0, 100, 110, 10)]),
        (False, [(0, 0, 15, 105, 10), (1, 0, 105, 115, 10)]),
    ],
)
def test_the_end_of_a_shift(finishes: bool, expected: list[tuple[float, ...]]) -> None:
    shop = Shop(ONE, (Agent(duty=((10, 20), (100, 200))),), (Pool(finishes=finishes),))
    assert served(play(shop, [15.0, 16.0]).records) == expected


def test_nobody_takes_work_at_the_instant_his_shift_ends_but_when_it_begins() -> None:
    shop = Shop(ONE, (Agent(duty=((0, 20), (100, 200))),))
    assert [row[2] for row in served(play(shop, [10.0, 20.0, 100.0]).records)] == [10, 100, 110]


def test_a_shift_that_begins_when_another_ends_goes_on() -> None:
    shop = Shop(ONE, (Agent(duty=((0, 15), (15, 40))),), (Pool(finishes=False),))
    assert [row[2:4] for row in served(play(shop, [10.0, 12.0]).records)] == [(10, 20), (20, 30)]


def test_what_follows_the_work_pauses_with_it_and_is_in_no_record() -> None:
    shop = Shop(ONE, (Agent(duty=((0, 12), (100, 200))),), (Pool(after_work=5.0, finishes=False),))
    assert served(play(shop, [0.0, 1.0]).records) == [(0, 0, 0, 10, 10), (1, 0, 103, 113, 10)]


def test_speed_and_capacity() -> None:
    shop = Shop(ONE, (Agent(speed=1.5, capacity=2),))
    assert served(play(shop, [0.0, 1.0, 2.0]).records) == [(0, 0, 0, 15, 15), (1, 0, 1, 16, 15), (2, 0, 15, 30, 15)]


def test_lower_tiers_fewer_in_hand_then_longest_free_are_asked_first() -> None:
    helper = Agent(((1, 0), (0, 1)))
    own = Shop(ONE, (helper, Agent(), Agent()), (Pool(), Pool()))
    assert [row[1] for row in served(play(own, [0.0, 1.0, 2.0, 20.0]).records)] == [1, 2, 0, 1]
    pair = Shop(ONE, (Agent(capacity=2), Agent(capacity=2)))
    assert [row[1] for row in served(play(pair, [0.0, 1.0, 2.0, 3.0]).records)] == [0, 1, 0, 1]


def test_agents_help_in_higher_tiers_when_nothing_waits_in_lower() -> None:
    states = (work(Edge(2)), work(Edge(2), pool=1), END)
    shop = Shop(states, (Agent(((1, 0), (0, 1))),), (Pool(), Pool()))
    result = play(shop, [0.0, 1.0, 2.0, 3.0], state=[0, 0, 1, 1])
    assert [row[2] for row in served(result.records)] == [0, 30, 10, 20]


@pytest.mark.parametrize(
    ("pool", "order"),
    [
        (Pool(), [0, 1, 2, 3]),
        (Pool(headstart=(0.0, 0.0, 0.0, 1e9)), [0, 3, 1, 2]),
        (Pool(headstart=(0.0, 0.0, 0.0, 1.5)), [0, 1, 3, 2]),
    ],
)
def test_headstart(pool: Pool, order: list[int]) -> None:
    result = play(Shop(ONE, pools=(pool,)), [0.0, 1.0, 2.0, 3.0], priority=[1, 1, 1, 3])
    assert sorted(range(4), key=lambda ticket: served(result.records)[ticket][2]) == order


@pytest.mark.parametrize(("by_age", "order"), [(False, [1, 2, 0]), (True, [1, 0, 2])])
def test_order_by_age(by_age: bool, order: list[int]) -> None:
    states = (delay(Edge(1, delay=constant(20.0))), work(Edge(2)), END)
    result = play(Shop(states, pools=(Pool(by_age=by_age),)), [0.0, 15.0, 16.0], state=[0, 1, 1])
    assert [row[0] for row in sorted(served(result.records), key=lambda row: row[2])] == order


def test_before_and_batches() -> None:
    states = (work(Edge(1), service=1.0, before=constant(3.0), batch=(3, 50.0)), END)
    result = play(Shop(states), [0.0, 1.0, 2.0, 20.0, 30.0])
    assert [row[2] for row in served(result.records)] == [5, 6, 7, 73, 74]
    endless = play(Shop((work(Edge(1), batch=(2, np.inf)), END)), [0.0, 1.0, 2.0], minutes=1000.0)
    assert (endless.ended, endless.open) == (2, 1)


def test_keep_waits_for_the_own_agent_who_was_the_last() -> None:
    states = (work(Edge(1)), delay(Edge(2, delay=constant(5.0))), work(Edge(3), keep=1.0, service=1.0), END)
    shop = Shop(states, (Agent(), Agent()))
    rows = served(play(shop, [0.0, 11.0, 12.0]).records)
    assert [(row[0], row[1], row[2]) for row in rows] == [
        (0, 0, 0),
        (0, 0, 22),
        (1, 1, 11),
        (1, 1, 26),
        (2, 0, 12),
        (2, 0, 27),
    ]


def test_who_does_not_serve_the_pool_keeps_nothing() -> None:
    states = (work(Edge(1)), work(Edge(2), pool=1, keep=1.0), END)
    rows = served(play(Shop(states, (Agent(), Agent(((1, 0),))), (Pool(), Pool())), [0.0]).records)
    assert [row[1] for row in rows] == [0, 1]


def test_from_somebody_who_does_another_kind_of_work_a_ticket_comes_back_to_its_own_agent() -> None:
    """Agent 0 answers, agent 2 approves; agent 1 is free all the time, agent 0 only at 100."""
    states = (work(Edge(1)), work(Edge(2), pool=1), work(Edge(3), keep=1.0), END)
    own = Agent(duty=((0.0, 10.0), (100.0, np.inf)))
    shop = Shop(states, (own, Agent(duty=((20.0, np.inf),)), Agent(((1, 0),))), (Pool(), Pool()))
    rows = served(play(shop, [0.0]).records)
    assert [(row[1], row[2]) for row in rows] == [(0, 0), (2, 10), (0, 100)]


def test_idle_is_the_time_since_the_agents_visit_before() -> None:
    result = play(Shop(ONE, (Agent(), Agent())), [0.0, 1.0, 5.0, 40.0])
    assert result.records.agent.tolist() == [0, 1, 0, 1]
    assert result.records.idle.tolist() == [np.inf, np.inf, 0.0, 29.0]


def test_patience() -> None:
    states = (work(Edge(2), patience=constant(7.0), left_for=1), delay(Edge(2, delay=constant(1.0))), END)
    result = play(Shop(states), [0.0, 1.0, 3.0])
    assert visits(result.records) == [(0, 0, 0, 0, 10), (1, 0, -2, 1, 8), (1, 1, 1, 8, 9), (2, 0, 0, 3, 20)]
    assert result.records.agent.tolist() == [0, -1, -1, 0]


def test_work_is_begun_before_patience_ends_at_the_same_instant() -> None:
    states = (work(Edge(1), patience=constant(9.0), left_for=1), END)
    assert [row[2] for row in served(play(Shop(states), [0.0, 1.0]).records)] == [0, 10]


def test_repeat_contacts_are_tickets_of_their_own() -> None:
    shop = Shop(ONE, streams=(Stream(repeat=1.0, repeat_delay=constant(100.0)),))
    result = play(shop, [0.0, 5.0], minutes=300.0, priority=[2, 3])
    assert result.parent.tolist() == [0, 1, 2, 3]
    assert result.repeats.arrived.tolist() == [110, 120, 220, 230]
    assert result.repeats.priority.tolist() == [2, 3, 2, 3]
    assert (result.arrived, result.ended, result.open) == (6, 6, 0)
    assert result.records.ticket.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_ticket_that_no_agent_worked_on_is_repeated_by_a_chance_of_its_own() -> None:
    states = (delay(Edge(2, delay=constant(3.0))), work(Edge(2)), END)
    shop = Shop(states, streams=(Stream(repeat=0.0, untouched=1.0, repeat_delay=constant(50.0)),))
    result = play(shop, [0.0, 1.0], minutes=60.0, state=[0, 1])
    assert (result.repeats.arrived.tolist(), result.parent.tolist()) == ([53.0], [0])


def test_repeats_are_numbered_after_tickets_that_come_too_late() -> None:
    shop = Shop(ONE, streams=(Stream(repeat=1.0, repeat_delay=constant(5.0)),))
    result = play(shop, [0.0, *(900.0 + n for n in range(50))], minutes=40.0)
    assert result.records.ticket.tolist() == [0, 51, 52]
    assert (result.arrived, result.parent.tolist()) == (3, [0, 51])


def test_routes_that_go_round_in_no_time_are_refused() -> None:
    with pytest.raises(ValueError, match="without time passing"):
        play(Shop((delay(Edge(1, delay=constant(0.0))), delay(Edge(0, delay=constant(0.0))))), [0.0])


def test_edges_and_delays_are_drawn_together() -> None:
    states = (delay(Edge(1, 0.3, constant(5.0)), Edge(2, 0.7, constant(9.0)), Edge(1, 0.0, constant(1.0))), END, END)
    result = play(Shop(states), [float(n) for n in range(20_000)])
    lasted = result.records.left - result.records.entered
    assert set(np.unique(np.round(lasted, 6))) == {5.0, 9.0}
    np.testing.assert_array_equal(lasted < 7.0, result.records.edge == 0)
    assert abs((result.records.edge == 0).mean() - 0.3) < 0.013


def test_open_delays_last_on_given_their_age() -> None:
    states = (delay(Edge(1, 0.5, steps(5.0, 20.0)), Edge(2, 0.5, table(0.0, 10.0))), END, END)
    result = play(Shop(states), [-6.0] * 20_000)
    left, edge = result.records.left, result.records.edge
    # P(more than 6) is 1/2 by the first edge and 4/10 by the second.
    assert abs((edge == 0).mean() - 5 / 9) < 0.014
    np.testing.assert_allclose(left[edge == 0], 14.0)
    assert 0.0 <= left[edge == 1].min() < left[edge == 1].max() <= 4.0
    assert abs(left[edge == 1].mean() - 2.0) < 0.05
    assert set(result.records.entered) == {-6.0}


def test_open_tickets_wait_where_they_were() -> None:
    states = (work(Edge(1), patience=steps(3.0, 15.0), left_for=1), END)
    shop = Shop(states, (Agent(duty=((-60, 100),)), Agent(duty=((8, 100),))))
    result = play(shop, [-20.0, -5.0, -4.0, -4.0], agent=[0, -1, -1, -1], in_work=[True, False, False, False])
    # Of the first 10 minutes' work 20 are done: it is over. The others' patience is 15 minutes: 3 are over.
    assert served(result.records) == [(0, 0, -20, 0, 0), (1, 0, 0, 10, 10), (2, 1, 8, 18, 10), (3, 0, 10, 20, 10)]


def test_work_in_hand_goes_on_as_the_agent_is_on_duty() -> None:
    states = (work(Edge(1), service=steps(2.0, 30.0)), END)
    duty = ((-1000.0, -995.0), (-4.0, 10.0), (50.0, 90.0))
    shop = Shop(states, (Agent(duty=duty, speed=2.0),), (Pool(finishes=False),))
    result = play(shop, [-999.0, -3.0], agent=0, in_work=True)
    # 8 minutes on duty at half the speed are 4 of 30 done: 26 are left, 52 at his speed, 10 before the pause and 40
    # until the last shift ends.
    assert served(result.records) == [(0, 0, -999, NAN, 50)]
    assert visits(result.records)[1] == (1, 0, -1, -3, NAN)


def test_more_in_hand_than_hands_wait_on_the_desk() -> None:
    shop = Shop(ONE, (Agent(), Agent()))
    result = play(shop, [-3.0, -2.0], agent=0, in_work=True)
    assert [row[1:4] for row in served(result.records)] == [(0, -3, 10), (0, 10, 20)]


def test_a_ticket_open_at_the_start_may_be_before_the_queue_or_at_the_gate() -> None:
    shop = Shop((work(Edge(1), before=constant(10.0)), END))
    assert [row[2] for row in served(play(shop, [-30.0, -5.0]).records)] == [0, 10]
    batch = Shop((work(Edge(1), batch=(3, 60.0)), END))
    assert [row[2] for row in served(play(batch, [-30.0, -5.0]).records)] == [30, 40]


def test_exponential_delays_forget_their_age() -> None:
    states = (delay(Edge(1, delay=exponential(10.0))), END)
    result = play(Shop(states), [-8000.0] * 20_000)
    assert abs(result.records.left.mean() - 10.0) < 0.25


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="edge's target: expected 0 to 1, found 5 to 5"):
        run(Shop((work(Edge(5)), END)).network(), tickets([0.0]), 10.0, 1)
    with pytest.raises(ValueError, match="ordered by the instant"):
        run(Shop(ONE).network(), tickets([5.0, 1.0]), 10.0, 1)
    with pytest.raises(ValueError, match="every state but END has edges"):
        run(Shop((State(StepKind.DELAY), END)).network(), tickets([0.0]), 10.0, 1)
