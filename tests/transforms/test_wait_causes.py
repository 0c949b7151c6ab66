"""Waits by cause: cases worked out by hand, and any case against an oracle that looks at every minute."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transforms.wait_models import CAUSES, Event, Visit, connected, enabled, schedules, waits
from tests.transforms.wait_oracle import causes_of

MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 6, 1)  # noqa: DTZ001 - the columns hold naive UTC
HOUR = 60_000_000 * 60
NINE_TO_FIVE = {
    "office": [(MONDAY + timedelta(days=day, hours=9), MONDAY + timedelta(days=day, hours=17)) for day in range(5)]
}


def at(text: str, day: int = 0) -> datetime:
    """A time of day of the Monday, or of a day after it."""
    clock = datetime.strptime(text, "%H:%M")  # noqa: DTZ007
    return MONDAY + timedelta(days=day, hours=clock.hour, minutes=clock.minute)


def hours_of(visits: list[Visit]) -> list[dict[str, float]]:
    """Hours by cause of each visit, causes without any left out."""
    con = connected()
    schedules(con, NINE_TO_FIVE)
    found = waits(con, visits)
    return [
        {cause: span / HOUR for cause, span in found[visit.ticket_key, visit.visit_no].items() if span}
        for visit in visits
    ]


def test_an_agent_at_work_on_what_was_there_before_is_contention_and_on_what_came_after_is_prioritisation() -> None:
    visits = [
        Visit(1, "Reply", "ann", at("09:00"), at("09:00"), at("10:00"), schedule="office"),
        Visit(2, "Check", "ann", at("09:30"), at("12:00"), at("13:00"), schedule="office"),
        Visit(3, "Reply", "ann", at("10:30"), at("10:30"), at("11:30"), schedule="office"),
    ]
    assert hours_of(visits) == [{}, {"contention": 0.5, "prioritisation": 1.0, "extraneous": 1.0}, {}]


def test_overlapping_work_is_counted_once_and_contention_goes_first() -> None:
    visits = [
        Visit(1, "Reply", "ann", at("09:00"), at("09:00"), at("11:00"), schedule="office"),
        Visit(2, "Reply", "ann", at("10:00"), at("10:00"), at("12:00"), schedule="office"),
        Visit(3, "Check", "ann", at("09:00"), at("12:00"), at("13:00"), schedule="office"),
    ]
    assert hours_of(visits)[2] == {"contention": 2.0, "prioritisation": 1.0}


def test_a_batch_waits_for_its_last_and_then_for_each_other() -> None:
    visits = [
        Visit(number, "Pack", "ann", at(f"{8 + number:02}:00"), at(began), at(ended), schedule="office")
        for number, began, ended in ((1, "13:00", "13:30"), (2, "12:30", "13:00"), (3, "12:00", "12:30"))
    ]
    assert hours_of(visits) == [
        {"batching": 2.0, "prioritisation": 1.0, "extraneous": 1.0},
        {"batching": 1.0, "prioritisation": 0.5, "extraneous": 1.0},
        {"extraneous": 1.0},
    ]


def test_two_with_estimated_starts_are_no_batch() -> None:
    visits = [
        Visit(number, "Reply", "ann", at(entered), at(began), at(ended), start_source="estimated", schedule="office")
        for number, entered, began, ended in ((1, "09:00", "11:00", "11:30"), (2, "10:00", "11:30", "12:00"))
    ]
    assert hours_of(visits) == [{"extraneous": 2.0}, {"contention": 0.5, "extraneous": 1.0}]


def test_closed_hours_come_last_for_an_activity_and_first_for_a_state_of_a_helpdesk() -> None:
    """The same overtime until 19:00; a log's activity waits for it, a helpdesk's ticket waits for the morning."""
    overtime = Visit(1, "Reply", "ann", at("15:00"), at("15:00"), at("19:00"), schedule="office")
    for kind, expected in (
        ("activity", {"contention": 3.0, "out_of_hours": 14.0, "extraneous": 1.0}),
        ("assigned", {"contention": 1.0, "out_of_hours": 16.0, "extraneous": 1.0}),
    ):
        waiting = Visit(
            2, "Check", "ann", at("16:00"), at("10:00", 1), at("11:00", 1), step_kind=kind, schedule="office"
        )
        assert hours_of([overtime, waiting])[1] == expected


@pytest.mark.parametrize(
    ("kind", "ended_by", "expected"),
    [
        ("customer", "customer", {"customer": 24.0}),
        ("customer", "rule", {"timer": 24.0}),
        ("resolved", "customer", {"customer": 24.0}),
        ("hold", "human", {"hold": 24.0}),
        ("queue", "human", {"unassigned": 8.0, "out_of_hours": 16.0}),
        ("assigned", "human", {"extraneous": 8.0, "out_of_hours": 16.0}),
    ],
)
def test_states_that_nobody_works_in(kind: str, ended_by: str, expected: dict[str, float]) -> None:
    agent = "ann" if kind == "assigned" else None
    visit = Visit(
        1, kind, agent, at("12:00"), None, at("12:00", 1), step_kind=kind, schedule="office", ended_by=ended_by
    )
    assert hours_of([visit]) == [expected]


def test_without_a_schedule_no_hour_of_a_queue_is_closed() -> None:
    visit = Visit(1, "Queue", None, at("12:00"), None, at("12:00", 1), step_kind="queue")
    assert hours_of([visit]) == [{"unassigned": 24.0}]


def test_who_has_no_schedule_is_out_in_the_hours_in_which_their_log_shows_nothing() -> None:
    """Seen from nine to ten on three Mondays; from noon to one they are not there."""
    seen = [
        Visit(week, "Reply", "ann", at("09:00", 7 * week), at("09:00", 7 * week), at("10:00", 7 * week))
        for week in range(3)
    ]
    waiting = Visit(9, "Check", "ann", at("09:30", 7), at("12:30", 7), at("12:50", 7))
    assert hours_of([*seen, waiting])[3] == {"contention": 0.5, "out_of_hours": 2.0, "extraneous": 0.5}


def test_a_long_row_of_work_is_met_whole() -> None:
    """More pieces than are fetched at once."""
    work = [
        Visit(number, f"step {number}", "ann", at("00:00"), at("00:00") + number * MINUTE, at("00:01") + number * MINUTE)
        for number in range(300)
    ]
    waiting = [
        Visit(1000 + number, f"wait {number}", "ann", at("00:00") + number * MINUTE, at("08:00"), at("08:00"))
        for number in (0, 31, 32, 33, 250, 299, 300)
    ]
    con = connected()
    schedules(con, {"always": [(MONDAY, MONDAY + timedelta(days=1))]})
    found = waits(con, [*work, *waiting])
    contention = [found[visit.ticket_key, 1]["contention"] // 60_000_000 for visit in waiting]
    assert contention == [300, 269, 268, 267, 50, 1, 0]


def event(case: int, activity: str, start: str, end: str) -> Event:
    """An event of the Monday."""
    return Event(case, activity, "ann", at(start), at(end))


def test_an_activity_is_enabled_by_the_last_before_it_that_is_not_concurrent() -> None:
    """Pack and Bill overlap in every case: Bill does not wait for Pack, Ship waits for both."""
    events = [
        event(1, "Order", "09:00", "10:00"),
        event(1, "Pack", "10:00", "11:00"),
        event(1, "Bill", "10:30", "12:00"),
        event(1, "Ship", "13:00", "14:00"),
        event(2, "Order", "09:00", "10:00"),
        event(2, "Pack", "10:10", "11:00"),
        event(2, "Bill", "11:30", "12:00"),
    ]
    expected = ["09:00", "10:00", "10:00", "12:00", "09:00", "10:00", "10:00"]
    assert enabled(connected(), events) == [at(text) for text in expected]


def test_what_takes_no_time_is_enabled_in_the_order_of_the_file() -> None:
    events = [event(1, name, text, text) for name, text in (("A", "09:00"), ("B", "09:00"), ("C", "10:00"))]
    assert enabled(connected(), events) == [at("09:00"), at("09:00"), at("09:00")]


KINDS = ("activity", "assigned", "working", "queue", "customer", "hold")


@st.composite
def any_visit(draw: st.DrawFn, number: int) -> Visit:
    """A visit within two days, on five minutes."""
    entered = draw(st.integers(0, 300))
    waited = draw(st.integers(0, 60))
    worked = draw(st.integers(0, 30))
    kind = draw(st.sampled_from(KINDS))
    agent = None if kind in ("queue", "customer", "hold") else draw(st.sampled_from(["ann", "ben"]))
    begun = MONDAY + 5 * MINUTE * (entered + waited)
    is_worked = agent is not None and draw(st.integers(0, 3)) > 0
    return Visit(
        number,
        draw(st.sampled_from(["one", "two"])),
        agent,
        MONDAY + 5 * MINUTE * entered,
        begun if is_worked else None,
        begun + 5 * MINUTE * (worked if is_worked else 0),
        step_kind=kind,
        start_source=draw(st.sampled_from(["measured", "estimated"])),
        schedule=draw(st.sampled_from(["office", "night"])),
        ended_by=draw(st.sampled_from(["human", "rule"])),
    )


@st.composite
def any_visits(draw: st.DrawFn) -> list[Visit]:
    """Up to a dozen visits of two people, crowded so that they meet."""
    return [draw(any_visit(number)) for number in range(draw(st.integers(1, 12)))]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_visits())
def test_causes_sum_to_the_wait_and_equal_those_found_moment_by_moment(visits: list[Visit]) -> None:
    opened = NINE_TO_FIVE | {"night": [(MONDAY + timedelta(hours=20), MONDAY + timedelta(hours=30))]}
    con = connected()
    schedules(con, opened)
    found = waits(con, visits)
    for visit, expected in zip(visits, causes_of(visits, opened, 5 * MINUTE), strict=True):
        causes = found[visit.ticket_key, visit.visit_no]
        wait = (visit.started_at or visit.until_at) - visit.entered_at
        assert causes == expected
        assert min(causes.values()) >= 0
        assert sum(causes[cause] for cause in CAUSES) == wait // timedelta(microseconds=1)
