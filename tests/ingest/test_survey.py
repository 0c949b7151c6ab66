"""A survey of any shape, read by its column mapping."""

from __future__ import annotations

from typing import Any

from tests.ingest.conftest import Shop, at

EFFORT: dict[str, Any] = {
    "name": "effort",
    "kind": "ces",
    "columns": {"ticket": "Ticket ID", "email": "E-mail", "answered_at": "When", "score": "Score", "question": "Q"},
    "time_zone": "Europe/Berlin",
    "scale_min": 1,
    "scale_max": 7,
    "question": "Was it easy?",
}
HEADER = "Ticket ID,E-mail,When,Score,Q\n"


def _with(shop: Shop, **changes: Any) -> Shop:
    shop.sources = {"surveys": [{**EFFORT, **changes}]}
    return shop


def test_an_answer_becomes_a_row(shop: Shop) -> None:
    path = shop.write("s.csv", HEADER + '12,Anna@example.com,2026-07-01 12:00:00,6,"Easy?\nReally?"\n')
    batch = _with(shop).load_one(path)
    assert batch.source == "survey:effort"
    assert shop.rows("select * exclude (email_hash) from survey_answer") == [
        (
            1,
            1,
            "effort",
            "12/effort/2026-07-01T10:00:00Z",
            "12",
            at(2026, 7, 1, 10),
            6.0,
            "6",
            "Easy?\nReally?",
        )
    ]


def test_what_cannot_be_an_answer_goes_aside(shop: Shop) -> None:
    rows = [
        "1,,2026-07-01 12:00,5,",
        "2,,yesterday,5,",
        "3,,2026-07-01 12:00,9,",
        "4,,2026-07-01 12:00,,",
        ",,2026-07-01 12:00,5,",
        ",b@example.com,2026-07-01 12:00,5,",
        "7,,2026-07-01 12:00",
        "8,,2026-07-01 12:00,5,,extra",
        "9,,,5,",
        "10,,2026-07-01 12:00,good,",
    ]
    batch = _with(shop).load_one(shop.write("s.csv", HEADER + "\n".join(rows) + "\n"))
    assert (batch.read, batch.loaded) == (10, 2)
    assert [row[:3] for row in shop.aside()] == [
        (3, "unreadable_time", "When"),
        (4, "score_off_the_scale", "Score"),
        (5, "missing_score", "Score"),
        (6, "missing_ticket", "Ticket ID"),
        (8, "too_few_columns", ""),
        (9, "too_many_columns", ""),
        (10, "missing_time", "When"),
        (11, "unreadable_number", "Score"),
    ]


def test_a_format_of_time_and_the_question_of_the_settings(shop: Shop) -> None:
    columns = {"ticket": "Ticket ID", "answered_at": "When", "score": "Score"}
    path = shop.write("s.csv", HEADER + "12,,31/12/2026 23:30,6,\n")
    _with(shop, columns=columns, time_format="%d/%m/%Y %H:%M").load_one(path)
    assert shop.rows("select answered_at, question from survey_answer") == [(at(2026, 12, 31, 22, 30), "Was it easy?")]


def test_two_surveys_of_the_same_shape_ask_which(shop: Shop) -> None:
    shop.sources = {"surveys": [EFFORT, {**EFFORT, "name": "other"}]}
    path = shop.write("s.csv", HEADER + "12,,2026-07-01 12:00,6,\n")
    assert "--source, one of: survey:effort, survey:other" in shop.refusal(path)
    assert shop.load_one(path, source="survey:other").source == "survey:other"
