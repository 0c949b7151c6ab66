"""Usual shifts as intervals on duty: summer time, holidays, sick days."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulation.clock import WEEK, clock
from simulation.roster import Intervals, duty, worked
from tests.simulation import parameter_shops as shops

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("start", "hours"),
    [(shops.at(2026, 3, 28, 23), 23), (shops.at(2026, 10, 24, 22), 25), (shops.at(2026, 6, 6, 22), 24)],
)
def test_a_whole_local_day_on_duty_has_the_hours_of_that_day(start: dt.datetime, hours: int) -> None:
    sunday = shops.desk(agents=1, shifts=[(6, 0.0, 1440.0, 1.0)], start=start)
    on = duty(sunday, 2 * 1440, 1)
    kept = on.duty_from >= 0
    assert on.duty_from[kept].tolist() == [0.0]
    assert (on.duty_to - on.duty_from)[kept].tolist() == [hours * 60.0]


def test_staff_with_the_same_shifts_share_them_and_nothing_else() -> None:
    shop = shops.desk(agents=2, shifts=shops.OFFICE)
    staff = shop.staff
    slow = replace(shop, staff=replace(staff, speed=2 * staff.speed, capacity=3 * staff.capacity))
    short = replace(shop, staff=replace(staff, shift_to=staff.shift_to - 60.0))
    usual, same, other = (duty(each, WEEK, 1) for each in (shop, slow, short))
    assert np.array_equal(usual.duty_to, same.duty_to)
    assert (same.speed == 2 * usual.speed).all()
    assert (same.capacity == 3 * usual.capacity).all()
    assert (other.duty_to == usual.duty_to - 60.0).all()


def test_a_shift_keeps_its_place_on_the_wall_when_the_clocks_change() -> None:
    """The last Sunday of March 2026: from then on 9 o'clock is an hour earlier in UTC."""
    shop = shops.desk(agents=1, shifts=shops.OFFICE, start=shops.at(2026, 3, 22, 23))
    on = duty(shop, 2 * WEEK, 1)
    kept = on.duty_from >= 0
    assert on.duty_from[kept].tolist() == [
        *(day * 1440 + 540 for day in range(5)),
        *((7 + day) * 1440 + 480 for day in range(5)),
    ]


def test_the_hour_that_comes_twice_is_the_first_and_the_one_left_out_lies_behind_the_change() -> None:
    """Known from zoneinfo: fold=0."""
    for start, local in ((shops.at(2026, 10, 24, 22), 150.0), (shops.at(2026, 3, 28, 23), 150.0)):
        wall = clock(BERLIN, start, 2880)
        midnight = wall.local(np.zeros(1))[0]
        moment = wall.instant(np.array([midnight + local]))[0]
        told = dt.datetime.combine(start.date() + dt.timedelta(days=1), dt.time(2, 30), ZoneInfo(BERLIN))
        assert moment == (told.astimezone(dt.UTC).replace(tzinfo=None) - start).total_seconds() / 60


def test_a_night_shift_that_began_yesterday_is_under_way_at_the_start() -> None:
    shop = shops.desk(agents=1, shifts=[(6, 1320.0, 1800.0, 1.0)])  # Sunday 22:00 to Monday 06:00; starts Monday 00:00
    on = duty(shop, 1440, 1)
    assert [(begin, end) for begin, end in zip(on.duty_from, on.duty_to, strict=True) if end > 0] == [(-120.0, 360.0)]


def test_shifts_that_overlap_or_touch_are_one() -> None:
    rows = [(0, 540.0, 720.0, 1.0), (0, 700.0, 800.0, 1.0), (0, 800.0, 900.0, 1.0), (0, 960.0, 1020.0, 1.0)]
    shop = shops.desk(agents=2, shifts=rows)
    on = duty(shop, 1440, 1)
    for agent in range(2):
        own = slice(on.duty_start[agent], on.duty_start[agent + 1])
        today = on.duty_from[own] >= 0
        assert on.duty_from[own][today].tolist() == [540.0, 960.0]
        assert on.duty_to[own][today].tolist() == [900.0, 1020.0]


def test_holidays_are_worked_by_those_who_work_them() -> None:
    states = [shops.State("answer", [shops.Edge("end")], "desk", shops.constant(1.0)), shops.State("end")]
    agents = [shops.Agent("off", ["desk"]), shops.Agent("on", ["desk"], works_holidays=True)]
    shop = shops.shop(states, agents, [("answer", 1.0)], holidays=[dt.date(2026, 1, 6)])
    on = duty(shop, WEEK, 1)
    whose = np.repeat([0, 1], np.diff(on.duty_start))
    tuesday = 1440 + 600.0
    there = (on.duty_from <= tuesday) & (on.duty_to > tuesday)
    assert whose[there].tolist() == [1]


def test_attendance_is_drawn_by_agent_and_date() -> None:
    half = [(day, 540.0, 1020.0, 0.5) for day in range(7)]
    on = duty(shops.desk(agents=40, shifts=half), 4 * WEEK, 3)
    days = 35 * 40  # with the week before
    assert len(on.duty_from) / days == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / days))
    fewer = duty(shops.desk(agents=20, shifts=half), 4 * WEEK, 3)
    assert fewer.duty_from.tolist() == on.duty_from[: on.duty_start[20]].tolist()
    later = [(day, 600.0, 1020.0, 0.5) for day in range(7)]
    assert len(duty(shops.desk(agents=40, shifts=later), 4 * WEEK, 3).duty_from) == len(on.duty_from)


def test_those_who_take_turns_go_on_doing_so_when_one_more_comes() -> None:
    """Two share the Saturdays, one each; a third has a draw of his own and moves nobody."""
    saturday = [(5, 600.0, 840.0, 0.5)]
    two = duty(shops.desk(agents=2, shifts=saturday), 40 * WEEK, 3)
    three = duty(shops.desk(agents=3, shifts=saturday), 40 * WEEK, 3)
    assert sorted(two.duty_from.tolist()) == sorted(set(two.duty_from.tolist()))  # never both
    assert len(two.duty_from) == 41  # and never none, with the week before
    assert three.duty_from[: len(two.duty_from)].tolist() == two.duty_from.tolist()
    assert 10 < len(three.duty_from) - len(two.duty_from) < 31


def test_known_shifts_take_the_place_of_usual_ones() -> None:
    """Those that touch are one; nobody stays away."""
    staff = shops.desk(agents=2, shifts=[(0, 0.0, 60.0, 0.1)]).staff
    begins, ends = np.array([300.0, 5.0, 100.0, 200.0]), np.array([400.0, 9.0, 200.0, 250.0])
    found = worked(staff, Intervals(np.array([1, 0, 1, 1]), begins, ends))
    assert found.duty_start.tolist() == [0, 1, 3]
    assert found.duty_from.tolist() == [5.0, 100.0, 300.0]
    assert found.duty_to.tolist() == [9.0, 250.0, 400.0]
    assert (found.speed == staff.speed).all()
