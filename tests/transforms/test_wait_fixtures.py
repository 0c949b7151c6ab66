"""Waits by cause against published fixtures, and delays against logs made with known ones."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from tests.transforms.conftest import take_through
from tests.transforms.shop import HandmadeShop
from tests.transforms.wait_models import Event, Visit, connected, enabled, rendered, schedules, utc, waits

LOGS = Path(__file__).resolve().parents[3] / "shared" / "data" / "event-logs"
FIXTURES, TIMERS = LOGS / "waiting-time-fixtures", LOGS / "synthetic" / "timers"
pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="the public data of ../shared/data is not on this machine")

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
PUBLISHED_NAMES = {
    "batching": "wt_batching",
    "prioritisation": "wt_prioritization",
    "contention": "wt_contention",
    "out_of_hours": "wt_unavailability",
    "extraneous": "wt_extraneous",
}
PEOPLE: dict[str | None, list[tuple[float, float]]] = {
    "Anya": [(10, 20)],
    "Carmine": [(10, 20)],
    "Cole": [(10, 20)],
    "Dom": [(10, 20)],
    "Marcus": [(10, 12), (12.5, 20)],
}
Transition = tuple[str, str | None, str, str | None]
Sums = dict[str, float]


def weekdays(hours: Sequence[tuple[float, float]], first: datetime, days: int) -> list[tuple[datetime, datetime]]:
    """These hours of every Monday to Friday."""
    dates = [first + day * DAY for day in range(days)]
    return [
        (date + timedelta(hours=begins), date + timedelta(hours=ends))
        for date in dates
        if date.weekday() < 5
        for begins, ends in hours
    ]


def read_events(file: Path) -> list[Event]:
    """The events of a fixture."""
    with file.open(encoding="utf-8") as rows:
        return [
            Event(int(row["case_id"]), row["Activity"], row["Resource"], utc(row["start_time"]), utc(row["end_time"]))
            for row in csv.DictReader(rows)
        ]


def split(events: Sequence[Event], given: Sequence[datetime], calendars: Mapping[str | None, str]) -> list[Sums]:
    """Seconds by cause of each event, each person by the calendar that is theirs."""
    con = connected()
    schedules(
        con, {key: weekdays(PEOPLE[who], datetime(2022, 5, 1), 60) for who, key in calendars.items() if who in PEOPLE}  # noqa: DTZ001
    )
    visits = [
        Visit(
            event.case, event.activity, event.resource, since, event.started_at, event.happened_at,
            visit_no=number, schedule=calendars.get(event.resource),
        )
        for number, (event, since) in enumerate(zip(events, given, strict=True))
    ]  # fmt: skip
    found = waits(con, visits)
    return [
        {cause: found[visit.ticket_key, visit.visit_no][cause] / 1e6 for cause in PUBLISHED_NAMES} for visit in visits
    ]


def by_transition(events: Sequence[Event], given: Sequence[datetime], sums: Sequence[Sums]) -> dict[Transition, Sums]:
    """Sums over the passages from the activity that enabled another, with their number."""
    found: dict[Transition, Sums] = defaultdict(lambda: dict.fromkeys([*PUBLISHED_NAMES, "n"], 0.0))
    for event, since, causes in zip(events, given, sums, strict=True):
        sources = [other for other in events if (other.case, other.happened_at) == (event.case, since)]
        if sources:
            cell = found[sources[-1].activity, sources[-1].resource, event.activity, event.resource]
            cell["n"] += 1
            for cause, seconds in causes.items():
                cell[cause] += seconds
    return dict(found)


def seconds(text: str) -> float:
    """'1 days 02:30:00' in seconds."""
    days, _, clock = text.partition(" days")
    hours, minutes, rest = (float(part) for part in (clock.strip() or "0:0:0").split(":"))
    return int(days) * 86400 + hours * 3600 + minutes * 60 + rest


def expected_of(name: str) -> dict[Transition, Sums]:
    """What the fixture's authors expect."""
    with (FIXTURES / "icpm_handoff" / f"{name}_expected.csv").open(encoding="utf-8") as rows:
        return {
            (row["source_activity"], row["source_resource"], row["target_activity"], row["target_resource"]): {
                **{cause: seconds(row[column]) for cause, column in PUBLISHED_NAMES.items()},
                "n": float(row["frequency"]),
            }
            for row in csv.DictReader(rows)
        }


@pytest.mark.parametrize("name", [f"manual_log_{number}" for number in range(1, 6)])
def test_published_split_with_given_calendars(name: str) -> None:
    """To the second, for every passage; the calendars are those of the published tests."""
    events = read_events(FIXTURES / "icpm_handoff" / f"{name}.csv")
    given = enabled(connected(), events)
    sums = split(events, given, {who: str(who) for who in PEOPLE})
    assert by_transition(events, given, sums) == expected_of(name)


def test_published_split_with_calendars_read_off_the_log() -> None:
    """C, D and E are concurrent in every order; 12:50 to 13:00 lies in an hour in which Anya is never seen."""
    events = read_events(FIXTURES / "icpm_handoff" / "handoff-test.csv")
    given = enabled(connected(), events)
    assert by_transition(events, given, split(events, given, {})) == expected_of("handoff-test")


def test_published_split_by_the_real_path(tmp_path: Path) -> None:
    """The same log as an export, through ingest and dbt: the sums of each activity."""
    shop = HandmadeShop(tmp_path / "shop")
    shop.toml = '[shop]\nname = "Fixture"\ntime_zone = "UTC"\n'
    columns = {"case": "case_id", "activity": "Activity", "time": "end_time", "start": "start_time", "resource": "Resource"}
    log = {"name": "log", "columns": columns, "time_zone": "UTC", "attributes": [], "workflow": "process"}
    shop.sources = {"event_logs": [log]}
    shop.flow("handoff")
    with_process = tmp_path / "log.csv"
    pl.read_csv(FIXTURES / "icpm_handoff" / "handoff-test.csv").with_columns(process=pl.lit("handoff")).write_csv(
        with_process
    )
    shop.exports = [(with_process, "event_log:log")]
    listed = ", ".join(f"sum({cause}_minutes) * 60 as {cause}" for cause in PUBLISHED_NAMES)
    rows = take_through(shop).rows(f"select step, {listed}, sum(wait_minutes) as wait from fct_ticket_step group by step")
    expected: dict[str, Sums] = defaultdict(lambda: dict.fromkeys(PUBLISHED_NAMES, 0.0))
    for (_, _, activity, _), sums in expected_of("handoff-test").items():
        for cause in PUBLISHED_NAMES:
            expected[activity][cause] += sums[cause]
    assert {row["step"] for row in rows} == {"A", "B", "C", "D", "E", "F"}
    for row in rows:
        assert {cause: row[cause] for cause in PUBLISHED_NAMES} == pytest.approx(expected[row["step"]])
        assert sum(row[cause] for cause in PUBLISHED_NAMES) == pytest.approx(row["wait"] * 60)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("prioritization", {"prioritisation": 1.5, "extraneous": 1.5}),
        ("resource_contention", {"contention": 2.5, "extraneous": 0.5}),
        ("prioritization_and_contention", {"contention": 1.0, "prioritisation": 1.5, "extraneous": 0.5}),
        ("non_processing_intervals", {"contention": 1.0, "prioritisation": 1.5, "extraneous": 0.5}),
        ("non_processing_intervals_2", {"contention": 0.5, "prioritisation": 0.75, "extraneous": 1.75}),
        ("non_processing_intervals_3", {"contention": 1.0, "prioritisation": 1.5, "extraneous": 5.5}),
        ("undifferentiated_pool", {"extraneous": 3.0}),
    ],
)
def test_hand_made_waits_of_one_activity(name: str, expected: Sums) -> None:
    """The enabled times are the file's. No process: what is left beside other work is what the authors call so."""
    with (FIXTURES / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    con = connected()
    first = datetime(2011, 1, 1)  # noqa: DTZ001
    schedules(con, {"always": [(first, first + DAY)]})
    visits = [
        Visit(
            int(row["case:concept:name"]), row["concept:name"], row["org:resource"], utc(row["enabled_timestamp"]),
            utc(row["start_timestamp"]), utc(row["time:timestamp"]), visit_no=number, schedule="always",
        )
        for number, row in enumerate(rows)
    ]  # fmt: skip
    found = waits(con, visits)[2, 2]
    assert {cause: span / 3_600_000_000 for cause, span in found.items() if span} == expected


TIMER_LOGS = [
    f"{process}{timers}" for process in ("Insurance_Claims", "Procure_to_Pay") for timers in ("", "_1_timer", "_3_timers", "_5_timers")
]  # fmt: skip
# Two activities of a parallel branch that the log shows one after the other, always in the same order: each seems to be
# enabled by the other, and most of the delay before the later one is hidden behind it.
HIDDEN = {
    ("Insurance_Claims_3_timers", "Initiate Payment"),
    ("Insurance_Claims_5_timers", "Advise Claimant on Reimbursement"),
}


@cache
def delays(name: str, *, is_given: bool) -> dict[str, tuple[float, float]]:
    """(known, found) seconds of delay of each activity of a log, with calendars given or read off the log."""
    frame = pl.read_parquet(TIMERS / f"{name}.parquet")
    events = [
        Event(int(row["case_id"]), row["activity"], row["resource"], utc(row["start_time"]), utc(row["end_time"]))
        for row in frame.iter_rows(named=True)
    ]
    con = connected()
    given = enabled(con, events)
    schedules(con, {"office": weekdays([(9, 17)], datetime(2023, 1, 1), 110)})  # noqa: DTZ001
    waits(
        con,
        [
            Visit(
                event.case, event.activity, event.resource, since, event.started_at, event.happened_at,
                visit_no=number, schedule="office" if is_given else None,
            )
            for number, (event, since) in enumerate(zip(events, given, strict=True))
        ],
    )  # fmt: skip
    rows = con.execute(f"select visit_no, delay_minutes * 60 from ({rendered('int_activity_delays')})").fetchall()
    found, known = dict.fromkeys((event.activity for event in events), 0.0), defaultdict[str, float](float)
    for number, delay in rows:
        found[events[number].activity] += delay
    for event, delay in zip(events, frame["extraneous_delay"], strict=True):
        known[event.activity] += float(delay)
    return {activity: (known[activity], total) for activity, total in found.items()}


@pytest.mark.parametrize("is_given", [True, False], ids=["given calendars", "calendars off the log"])
@pytest.mark.parametrize("name", TIMER_LOGS)
def test_delays_are_within_a_hundredth_of_the_known_ones(name: str, *, is_given: bool) -> None:
    """Where the log can show them; an activity without a timer has none."""
    wrong = {
        activity: (known, found)
        for activity, (known, found) in delays(name, is_given=is_given).items()
        if (name, activity) not in HIDDEN and found != pytest.approx(known, rel=0.01, abs=60)
    }
    assert wrong == {}


@pytest.mark.parametrize(("name", "activity"), sorted(HIDDEN))
def test_a_delay_in_a_branch_that_never_overlaps_the_other_is_not_seen_whole(name: str, activity: str) -> None:
    """What falls short, kept here so that it is known: less than a third is found."""
    known, found = delays(name, is_given=True)[activity]
    assert 0 < found < known / 3
