"""The demo's calendar: local days, daylight saving, holidays."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from demo import last_sunday
from demo.calendar import Calendar, black_friday, easter, holidays, iso


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25))],
)
def test_easter(year: int, day: date) -> None:
    assert easter(year) == day


def test_holidays_of_a_year() -> None:
    assert len(holidays(2026)) == 9
    assert {date(2026, 4, 3), date(2026, 5, 14), date(2026, 5, 25)} < holidays(2026)


def test_black_friday_is_the_last_friday_of_november() -> None:
    assert black_friday(2025) == date(2025, 11, 28)
    assert black_friday(2024) == date(2024, 11, 29)


def test_the_year_runs_from_a_monday_to_the_last_second_of_the_end() -> None:
    calendar = Calendar(date(2026, 11, 22))
    assert calendar.first == date(2025, 11, 17)
    assert calendar.local_text(calendar.start) == "2025-11-17 00:00:00"
    assert calendar.offset_text(calendar.end) == "2026-11-22 23:59:59 +0100"
    assert iso(calendar.variant_from) == "2026-05-31T22:00:00Z"


def test_daylight_saving_days_have_23_and_25_hours() -> None:
    calendar = Calendar(date(2026, 11, 22))
    days = {day: n for n, day in enumerate(calendar.dates)}
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)):
        n = days[day]
        assert calendar.at(n + 1, 0) - calendar.at(n, 0) == hours * 3600
        assert calendar.day_of(calendar.at(n, 0)) == n
        assert calendar.day_of(calendar.at(n + 1, 0) - 1) == n


def test_the_vector_form_agrees_with_the_scalar() -> None:
    calendar = Calendar(date(2026, 11, 22))
    day = np.repeat(np.arange(calendar.days), 4)
    second = np.tile(np.array([0, 5 * 3600, 43200, 86399]), calendar.days)
    instants = calendar.instants(day, second)
    pairs = zip(day.tolist(), second.tolist(), strict=True)
    assert instants.tolist() == [calendar.at(*pair) for pair in pairs]
    assert calendar.local_days(instants).tolist() == day.tolist()


def test_the_last_sunday_is_never_today() -> None:
    assert last_sunday(date(2026, 11, 23)) == date(2026, 11, 22)
    assert last_sunday(date(2026, 11, 22)) == date(2026, 11, 15)
