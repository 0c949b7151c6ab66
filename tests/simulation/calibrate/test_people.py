"""People: shifts, skills in tiers, pace; and how queues are worked through."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from simulation.calibrate import fit, observe
from simulation.calibrate.queues import STRICT
from simulation.parameters import Parameters
from tests.simulation.calibrate.facts import DAY, Shop, steady


def known(shop: Shop, **changes: Any) -> Parameters:
    return fit(observe(shop.facts(**changes), tune=False))


def shifts(parameters: Parameters, agent: str) -> list[tuple[int, float, float, float]]:
    staff = parameters.staff
    rows = np.flatnonzero(staff.shift_agent == staff.agents.index(agent))
    return [
        (int(staff.shift_weekday[row]), float(staff.shift_from[row]), float(staff.shift_to[row]),
         float(staff.shift_attendance[row]))
        for row in rows
    ]  # fmt: skip


def skills(parameters: Parameters, agent: str) -> list[tuple[str, int]]:
    staff = parameters.staff
    place = staff.agents.index(agent)
    rows = range(staff.skill_start[place], staff.skill_start[place + 1])
    return [(parameters.pools.names[staff.skill_pool[row]], int(staff.skill_tier[row])) for row in rows]


def test_a_shift_runs_from_the_first_act_to_the_last_one() -> None:
    shop = Shop()
    for day in range(0, 56, 7):  # Mondays, taken at 10:00 and 16:00, for five minutes
        shop.answered(day * DAY + 470, "ann")
        shop.answered(day * DAY + 830, "ann")
    weekday, start, end, attendance = shifts(known(shop), "ann")[0]
    assert (weekday, attendance) == (0, 1.0)
    # Clocks go back on 25 October: the last four Mondays are an hour earlier on the wall.
    assert start == pytest.approx(540, abs=1)
    assert end == pytest.approx(962.5, abs=1)


def test_long_work_is_finished_after_the_shift() -> None:
    """Taken at 16:50 on the wall, for two hours: the shift ended about then, neither at 17:50 nor at 18:50."""
    shop = Shop()
    for day in range(0, 56, 7):
        shop.answered(day * DAY + 470, "ann")
        shop.answered(day * DAY + 880, "ann", work=120.0)
    assert shifts(known(shop), "ann")[0][2] == pytest.approx(1010 + 10, abs=1)


def test_a_log_of_three_weeks_shows_three_weeks() -> None:
    shop = Shop()
    for day in range(35, 56, 7):
        shop.answered(day * DAY + 470, "ann")
        shop.answered(day * DAY + 830, "ann")
    assert [row[3] for row in shifts(known(shop), "ann")] == [1.0]


def test_every_second_week_is_an_attendance_of_a_half() -> None:
    shop = Shop()
    for week in range(8):
        shop.answered(week * 7 * DAY + 480, "ann" if week % 2 else "bob")
    assert [row[3] for row in shifts(known(shop), "ann") + shifts(known(shop), "bob")] == [0.5, 0.5]


def test_days_without_visits_are_not_all_days_off() -> None:
    shop = Shop()
    for week, visits in enumerate([2, 1, 3, 0, 1, 2, 1, 2]):  # 12 on seven Mondays: 1.71 each, a rate of 1.2 a day
        for place in range(visits):
            shop.answered(week * 7 * DAY + 480 + 20 * place, "ann")
    assert shifts(known(shop), "ann")[0][3] == 1.0
    sparse = Shop()
    for week in range(0, 8, 2):  # four Mondays of eight with three each: at that rate 94% of days show
        for place in range(3):
            sparse.answered(week * 7 * DAY + 480 + 20 * place, "ann")
    assert shifts(known(sparse), "ann")[0][3] == pytest.approx(0.5 / 0.94, abs=0.01)


def _team(opening: float) -> Shop:
    """Three people on 20 weekdays; who of them is first at `opening` and last before 17:00 changes from day to day."""
    shop = Shop()
    for day in (day for day in range(28, 56) if day % 7 < 5):
        for place, name in enumerate(["ann", "bob", "cleo"]):
            late = 7.0 * ((place + day) % 3)
            base = day * DAY + 480 + opening + (day % 5) * (opening > 0) * 30
            shop.answered(base + late, name, wait=0.0)
            shop.answered(base + 470 - 3 * late, name, wait=0.0)
    return shop


def test_where_all_begin_and_end_at_the_same_time_they_keep_opening_hours() -> None:
    """Winter time from the fifth week on: the shop opens at 9:00 on the wall."""
    found = known(_team(0.0))
    rows = {row[1:3] for name in ("ann", "bob", "cleo") for row in shifts(found, name)}
    assert len(rows) == 1
    start, end = rows.pop()
    assert start == pytest.approx(540, abs=1)
    assert end == pytest.approx(540 + 475, abs=1)


def test_where_days_begin_now_earlier_now_later_each_has_a_shift_of_his_own() -> None:
    found = known(_team(10.0))
    assert len({row[1:3] for name in ("ann", "bob", "cleo") for row in shifts(found, name)}) > 1


def test_days_before_the_first_work_of_all_are_not_days_off() -> None:
    shop = Shop()
    for week in range(4, 8):
        shop.answered(week * 7 * DAY + 480, "ann")
    assert shifts(known(shop), "ann")[0][3] == 1.0


def test_a_night_shift_begins_in_the_evening_and_ends_on_the_next_day() -> None:
    shop = Shop()
    for day in range(0, 27, 7):  # in October: 23:00 to 04:00 in Berlin
        shop.answered(day * DAY + 21 * 60 - 10, "ann")
        shop.answered(day * DAY + 26 * 60 - 10, "ann")
    weekday, start, end, _ = shifts(known(shop), "ann")[0]
    assert weekday == 0
    assert start == pytest.approx(1380, abs=1)
    assert end == pytest.approx(1440 + 242.5, abs=1)


def test_holidays_are_worked_by_who_was_seen_on_them() -> None:
    off = [dt.date(2026, 10, 5), dt.date(2026, 10, 12)]
    shop = Shop()
    for day in range(56):
        shop.answered(day * DAY + 480, "ann")
        if day not in (7, 14):
            shop.answered(day * DAY + 490, "bob")
    found = known(shop, holidays=off)
    assert found.staff.works_holidays.tolist() == [True, False]
    assert [row[3] for row in shifts(found, "bob")] == [1.0] * 7


def test_pace_is_against_who_does_the_same_and_drawn_to_one() -> None:
    found = known(steady())
    ann, bob = found.staff.speed
    # 4, 5, 6 and 8, 10, 12 minutes, 40 times each: twice as slow, less the prior of 20 visits at 1.
    assert bob / ann == pytest.approx(2 ** (40 / 60), rel=0.15)


def test_help_is_what_is_taken_while_the_own_queue_is_empty() -> None:
    shop = Shop()
    for day in range(40):
        base = day * DAY + 480
        key = shop.ticket(base)
        shop.visit(key, "queue", "Queue: Sales", base, base + 10, group_name="Sales")
        shop.visit(
            key, "assigned", "Assigned: Sales", base + 10, base + 15, agent_id="ann", group_name="Sales", work=5.0
        )
        shop.answered(base + 30, "ann", wait=5)
        shop.answered(base + 60, "ann", wait=5)
    assert skills(known(shop), "ann") == [("Returns", 0), ("Sales", 1)]


def test_a_queue_taken_from_while_the_own_one_waits_is_own_work_too() -> None:
    shop = Shop()
    for day in range(40):
        base = day * DAY + 480
        key = shop.ticket(base)
        shop.answered(base, "ann", wait=50)
        shop.visit(key, "queue", "Queue: Sales", base, base + 10, group_name="Sales")
        shop.visit(
            key, "assigned", "Assigned: Sales", base + 10, base + 15, agent_id="ann", group_name="Sales", work=5.0
        )
    assert skills(known(shop), "ann") == [("Returns", 0), ("Sales", 0)]


def queue(first: str, second: str, *, is_swapped: bool) -> Shop:
    """Pairs of tickets an hour apart that wait together; the second is begun first if swapped."""
    shop = Shop()
    for day in range(50):
        base = day * DAY + 480
        waits = (180.0, 60.0) if is_swapped else (120.0, 120.0)
        shop.answered(base, "ann", wait=waits[0], priority=first)
        shop.answered(base + 60, "ann", wait=waits[1], priority=second)
    return shop


def test_who_waits_longest_is_first_unless_priority_says_otherwise() -> None:
    fifo = known(queue("normal", "high", is_swapped=False)).pools
    assert fifo.headstart[0].tolist() == [0, 0, 0, 0]
    strict = known(queue("normal", "high", is_swapped=True)).pools
    assert strict.headstart[0, 2] - strict.headstart[0, 1] == STRICT


def test_work_that_begins_with_its_ticket_goes_before_all_other() -> None:
    shop = steady()
    for day in range(0, 56, 7):
        key = shop.ticket(day * DAY + 700, channel="voice")
        shop.visit(key, "working", "Working: Returns", day * DAY + 700, day * DAY + 708, agent_id="ann", work=8.0)
    pools = known(shop).pools
    assert (
        pools.headstart[pools.names.index("Returns, at once")].min()
        > pools.headstart[pools.names.index("Returns")].max()
    )


def test_an_agents_ticket_comes_back_to_him_or_to_whoever_is_free() -> None:
    shop = Shop()
    for day in range(50):
        key = shop.answered(day * DAY + 480, ("ann", "bob")[day % 2])
        later = day * DAY + 600
        shop.visit(key, "customer", "Waiting on customer", later, later + 60, ended_by="customer")
        shop.visit(
            key, "working", "Working: Returns", later + 60, later + 90, agent_id=("ann", "bob")[day % 2], work=5.0
        )
        shop.visit(key, "resolved", "Resolved", later + 90, None, ended_by=None)
    found = known(shop)
    keep = {found.steps[found.routes.step[n]].name: float(found.work.keep[n]) for n in range(len(found.routes.step))}
    assert keep["Working: Returns"] == 1.0


def test_waits_of_a_queue_that_many_leave_have_a_patience() -> None:
    shop = Shop()
    for n in range(40):
        shop.answered(n * 500.0, wait=20)
    for n in range(20):
        key = shop.ticket(n * 500.0 + 200)
        shop.visit(key, "queue", "Queue: Returns", n * 500.0 + 200, n * 500.0 + 240, ended_by="customer")
        shop.visit(key, "resolved", "Resolved", n * 500.0 + 240, None, ended_by=None)
    found = known(shop)
    state = int(np.flatnonzero(found.work.patience >= 0)[0])
    # 40 waits of 20 and 20 of 40 minutes, over 20 given up.
    assert found.distributions.a[found.work.patience[state]] == pytest.approx(80.0)
    assert found.steps[found.routes.step[found.work.left_for[state]]].name == "Resolved"
