"""Any process log: a row per event, or a row per case; CSV or Parquet."""

from __future__ import annotations

from typing import Any

import polars as pl

from tests.ingest.conftest import Shop, at

LONG: dict[str, Any] = {
    "name": "desk",
    "columns": {
        "case": "Case",
        "activity": "Step",
        "time": "Done",
        "start": "Begun",
        "resource": "Who",
        "group": "Team",
    },
    "time_zone": "Europe/Berlin",
    "meanings": {"Answer": "reply"},
    "customer": "Customer",
}
HEADER = "Case,Step,Begun,Done,Who,Team,Customer,Colour\n"


def test_a_row_per_event(shop: Shop) -> None:
    shop.sources = {"event_logs": [LONG]}
    rows = "A1,Answer,2026-07-01 10:00,2026-07-01 10:05,Bea,Night,Anna,red\nA1,Close,,2026-07-01 11:00+00:00,,,,\n"
    batch = shop.load_one(shop.write("log.csv", HEADER + rows))
    assert (batch.source, batch.loaded) == ("event_log:desk", 2)
    found = shop.rows(
        'select case_id, activity, meaning, started_at, "at", group_name from event_log_event order by line'
    )
    assert found == [
        ("A1", "Answer", "reply", at(2026, 7, 1, 8), at(2026, 7, 1, 8, 5), "Night"),
        ("A1", "Close", "other", None, at(2026, 7, 1, 11), None),
    ]
    attributes, resource = shop.rows("select attributes, resource from event_log_event where line = 1")[0]
    assert attributes["Colour"] == "red"
    assert attributes["Team"] == "Night"
    assert len(attributes["Customer"]) == len(resource) == 32


def test_a_row_per_case_with_a_column_per_event(shop: Shop) -> None:
    wide = {
        "name": "wide",
        "columns": {"case": "Case"},
        "events": [
            {"activity": "Opened", "time": "Opened at", "meaning": "created"},
            {"activity": "Solved", "time": "Solved at", "meaning": "solved"},
        ],
        "time_format": "%d/%m/%Y",
        "time_zone": "UTC",
        "attributes": ["Colour"],
    }
    shop.sources = {"event_logs": [wide]}
    rows = "1,01/07/2026,03/07/2026,red,x\n2,01/07/2026,,blue,x\n3,,,green,x\n4,soon,,green,x\n"
    batch = shop.load_one(shop.write("wide.csv", "Case,Opened at,Solved at,Colour,Other\n" + rows))
    assert (batch.read, batch.loaded, batch.quarantined) == (4, 2, 2)
    found = shop.rows('select line, case_id, meaning, "at", attributes from event_log_event order by line, "at"')
    assert found == [
        (1, "1", "created", at(2026, 7, 1), {"Colour": "red"}),
        (1, "1", "solved", at(2026, 7, 3), {"Colour": "red"}),
        (2, "2", "created", at(2026, 7, 1), {"Colour": "blue"}),
    ]
    assert shop.aside() == [
        (4, "missing_time", "Opened at, Solved at", "nothing"),
        (5, "unreadable_time", "Opened at", "soon"),
    ]


def test_parquet_with_typed_columns(shop: Shop) -> None:
    shop.sources = {
        "event_logs": [{**LONG, "columns": {"case": "Case", "activity": "Step", "time": "Done"}, "customer": None}]
    }
    frame = pl.DataFrame(
        {
            "Case": [1, 2, None],
            "Step": ["a", "b", "c"],
            "Done": [at(2026, 1, 1, 12), None, at(2026, 1, 1)],
            "Price": [1.5, None, 2.0],
        }
    )
    path = shop.write("log.parquet", b"")
    frame.write_parquet(path)
    batch = shop.load_one(path)
    assert (batch.read, batch.loaded) == (3, 1)
    assert shop.rows('select case_id, "at", attributes from event_log_event') == [
        ("1", at(2026, 1, 1, 11), {"Price": "1.5"})
    ]
    assert [row[:3] for row in shop.aside()] == [(2, "missing_time", "Done"), (3, "missing_case", "Case")]
    assert shop.rows("select raw from quarantine where line = 3") == [
        ('{"Case":null,"Step":"c","Done":"2026-01-01 00:00:00","Price":"2.0"}',)
    ]


def test_the_same_event_twice_in_one_file_is_two_events(shop: Shop) -> None:
    shop.sources = {"event_logs": [LONG]}
    row = "A1,Answer,,2026-07-01 10:05,Bea,Night,Anna,red\n"
    assert shop.load_one(shop.write("log.csv", HEADER + row + row)).loaded == 2
    later = shop.load_one(shop.write("later.csv", HEADER + row + row + row.replace("A1", "A2")))
    assert (later.loaded, later.known) == (1, 2)


def test_a_file_without_a_mapped_column_says_which(shop: Shop) -> None:
    shop.sources = {"event_logs": [LONG]}
    path = shop.write("log.csv", "Case,Step\n1,a\n")
    assert "lacks Done, Begun, Who, Team, Customer" in shop.refusal(path, source="event_log:desk")
