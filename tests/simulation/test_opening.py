"""Open minutes of a run: by hand over weekends, holidays and changes of the clock, and minute by minute."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.kpi_frame import Period, kpi_frame
from simulation.opening import open_minutes, open_time
from simulation.parameters import Open, Opening, Schedule
from tests.simulation import parameter_shops as shops
from tests.simulation.test_ticket_rows import ANSWER, BOT, NAN, RESOLVED, SURE, told

BERLIN = ZoneInfo("Europe/Berlin")
LABOUR_DAY = dt.date(2026, 5, 1)
SUPPORT = Schedule("Europe/Berlin", tuple(Open(day, 540.0, 1080.0) for day in range(5)), (LABOUR_DAY,))
NIGHT_TIMES = ((0.0, 360.0), (1320.0, 1440.0))
NIGHT = Schedule("Europe/Berlin", tuple(Open(day, *span) for day in range(7) for span in NIGHT_TIMES))
OVERLAPPING = Schedule("Europe/Berlin", (Open(0, 540.0, 1020.0), Open(0, 720.0, 1200.0)))
JUNE = dt.date(2026, 6, 9)
MOVED = Schedule(
    "Europe/Berlin",
    tuple(each for day in range(5) for each in (
        Open(day, 480.0, 960.0, last=JUNE), Open(day, 600.0, 1080.0, first=JUNE + dt.timedelta(days=1)))),
)  # fmt: skip


def utc(local: str) -> dt.datetime:
    return dt.datetime.fromisoformat(local).replace(tzinfo=BERLIN).astimezone(dt.UTC).replace(tzinfo=None)


def minutes(start: dt.datetime, instant: dt.datetime) -> float:
    return (instant - start).total_seconds() / 60


@pytest.mark.parametrize("ahead", [0, 3, 200])
@pytest.mark.parametrize(
    ("schedule", "begin", "end", "open_for"),
    [
        (SUPPORT, "2026-03-27 17:00", "2026-03-30 10:00", 120),  # Friday 17-18, Monday 9-10, summer time between
        (SUPPORT, "2025-10-24 17:00", "2025-10-27 10:00", 120),
        (SUPPORT, "2026-04-30 17:00", "2026-05-04 10:00", 120),  # Labour Day closed
        (SUPPORT, "2026-06-06 10:00", "2026-06-06 12:00", 0),  # a Saturday
        (NIGHT, "2026-03-28 21:00", "2026-03-29 07:00", 420),  # the night that lacks an hour
        (NIGHT, "2025-10-25 21:00", "2025-10-26 07:00", 540),  # the one that has an hour twice
        (NIGHT, "2026-06-02 23:30", "2026-06-03 05:15", 345),
        (NIGHT, "2026-06-02 05:00", "2026-06-03 23:00", 600),
        (OVERLAPPING, "2026-06-01 08:00", "2026-06-01 21:00", 660),
        (MOVED, "2026-06-09 15:00", "2026-06-10 11:00", 120),
        (Schedule("Europe/Berlin", ()), "2026-06-09 15:00", "2026-06-10 11:00", 0),
    ],
)  # fmt: skip
def test_known_spans(schedule: Schedule, begin: str, end: str, open_for: float, ahead: int) -> None:
    """As in tests/transforms/test_hours.py, by a run that starts so many days after the first instant."""
    start = utc(begin) + dt.timedelta(days=ahead, seconds=17)
    at = np.array([minutes(start, utc(begin)), minutes(start, utc(end))])
    shop = replace(shops.desk(start=start), opening=Opening(schedule))
    found = open_minutes(shop, 10 * 1440, np.array([-1], np.int32), at[:1], at[1:])
    assert found == pytest.approx([open_for], abs=1e-9)


EDGES = st.integers(0, 1440).filter(lambda minute: not 120 <= minute < 180)  # what changes of the clock make doubtful
PIECES = st.builds(
    lambda day, ends: Open(day, float(min(ends)), float(max(ends))), st.integers(0, 6), st.tuples(EDGES, EDGES)
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(PIECES, max_size=6), st.sampled_from([utc("2026-03-26 00:00"), utc("2025-10-23 13:20")]),
    st.integers(0, 86_399), st.lists(st.integers(-3 * 86_400, 5 * 86_400), min_size=2, max_size=2),
    st.sets(st.integers(-4, 5), max_size=2),
)  # fmt: skip
def test_every_open_second_is_counted_once(
    pieces: list[Open], day: dt.datetime, second: int, instants: list[int], off: set[int]
) -> None:
    """Second by second would be long: minutes of the clock, and parts of those at both ends."""
    start = day + dt.timedelta(seconds=second)
    holidays = tuple(start.date() + dt.timedelta(days=n) for n in off)
    schedule = Schedule("Europe/Berlin", tuple(pieces), holidays)
    begin, end = sorted(start + dt.timedelta(seconds=n) for n in instants)
    first = int(min(minutes(start, begin), 0.0) // 1)
    time = open_time(schedule, start, first, 10_080)
    assert (np.diff(time.instants) >= 0).all()
    found = np.diff(time.before(np.array([minutes(start, begin), minutes(start, end)])))[0]
    expected, minute = 0.0, begin.replace(second=0)
    while minute < end:
        wall = minute.replace(tzinfo=dt.UTC).astimezone(BERLIN)
        at = wall.hour * 60 + wall.minute
        if wall.date() not in holidays and any(
            each.weekday == wall.weekday() and each.opens <= at < each.closes for each in pieces
        ):
            inside = min(minute + dt.timedelta(minutes=1), end) - max(minute, begin)
            expected += inside.total_seconds() / 60
        minute += dt.timedelta(minutes=1)
    assert found == pytest.approx(expected, abs=1e-8)


def test_a_ticket_goes_by_the_hours_of_its_last_queue_and_a_bots_by_the_others() -> None:
    """From Monday 23:00 on the wall to Tuesday 10:00: seven open hours of the night, one of the day."""
    night = SURE.steps[SURE.routes.step[ANSWER]].pool
    assert night
    shop = replace(SURE, start=utc("2026-06-01 00:00"), opening=Opening(SUPPORT, ((night, NIGHT),)))
    monday, done = 23 * 60.0, (24 + 10) * 60.0
    rows = told(
        [
            (0, ANSWER, "answer>resolved", monday, done - 5, done, 5), (0, RESOLVED, None, done, NAN, NAN, 0),
            (1, BOT, "bot>resolved", monday, NAN, done, 0), (1, RESOLVED, None, done, NAN, NAN, 0),
        ],
        [monday, monday], shop,
    )  # fmt: skip
    frame = kpi_frame(shop, {0: rows}, Period(20_000))
    assert frame["resolution_business_minutes"].to_list() == [7 * 60.0, 60.0]
    assert frame["first_reply_business_minutes"].to_list() == [7 * 60.0, None]
    unknown = kpi_frame(SURE, {0: rows}, Period(20_000))
    assert unknown["resolution_business_minutes"].to_list() == [None, None]
    young = kpi_frame(shop, {0: rows}, Period(5_000, settled={"first_reply_business_minutes": 7.0}))
    assert young["first_reply_business_minutes"].to_list() == [None, None]


def test_a_ticket_from_before_the_start_counts_from_its_creation() -> None:
    start = utc("2026-06-01 00:00")
    shop = replace(shops.desk(start=start), opening=Opening(SUPPORT))
    begin = np.array([minutes(start, utc("2025-06-02 09:00")), -60.0])
    found = open_minutes(shop, 1440, np.array([-1, -1], np.int32), begin, np.array([600.0, NAN]))
    weekdays = 52 * 5 - 1  # a year of them, less Labour Day
    assert found[0] == weekdays * 540 + 60
    assert np.isnan(found[1])
