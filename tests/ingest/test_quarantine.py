"""A bad record is set aside with where it stands, why, its text and what to do; it never costs the file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.conftest import Shop, lines
from tests.ingest.records import audit, comment, event, group, macro, rating, ticket, user

BAD_LINES: list[tuple[str, str, str, str]] = [
    ("{not json", "malformed_json", "", "expected"),
    ('{"id": 5, "status"', "malformed_json", "", "unexpected end"),
    ("[1, 2]", "not_a_record", "", "[1, 2]"),
    ('"text"', "not_a_record", "", '"text"'),
    ("null", "not_a_record", "", "null"),
]


@pytest.mark.parametrize(("text", "rule", "column", "found"), BAD_LINES)
def test_a_line_that_is_no_record(shop: Shop, text: str, rule: str, column: str, found: str) -> None:
    content = lines([ticket(1)]) + "\n\n" + text + "\n" + lines([ticket(2)])
    batch = shop.load_one(shop.write("t.jsonl", content))
    assert (batch.read, batch.loaded, batch.quarantined) == (3, 2, 1)
    assert shop.rows("select file, source, line, rule, column_name, raw from quarantine") == [
        ("t.jsonl", "zendesk_ticket", 4, rule, column, text)
    ]
    assert found in shop.rows("select found from quarantine")[0][0]
    assert shop.rows("select count(*) from quarantine where expected = '' or remedy = ''") == [(0,)]


BAD_TICKETS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"id": None}, "missing_id", "id", "nothing"),
    ({"id": ""}, "missing_id", "id", "nothing"),
    ({"id": "12a"}, "unreadable_number", "id", "12a"),
    ({"id": 1.5}, "unreadable_number", "id", "1.5"),
    ({"id": -4}, "impossible_id", "id", "-4"),
    ({"created_at": None}, "missing_created_at", "created_at", "nothing"),
    ({"created_at": "yesterday"}, "unreadable_time", "created_at", "yesterday"),
    ({"created_at": "0001-01-01T00:00:00Z"}, "unreadable_time", "created_at", "0001-01-01T00:00:00Z"),
    ({"created_at": "infinity"}, "unreadable_time", "created_at", "infinity"),
    ({"updated_at": "2026-13-01T00:00:00Z"}, "unreadable_time", "updated_at", "2026-13-01T00:00:00Z"),
    ({"updated_at": "2026-11-01T00:00:00Z"}, "updated_before_created", "updated_at", "2026-11-01 00:00:00.000000"),
    ({"status": "on fire"}, "unknown_status", "status", "on fire"),
    ({"status": None}, "missing_status", "status", "nothing"),
    ({"requester_id": "anna@example.com"}, "unreadable_number", "requester_id", "[e-mail]"),
    ({"tags": "parcel vip"}, "wrong_shape", "tags", "parcel vip"),
    ({"via": "email"}, "wrong_shape", "via", "email"),
    ({"custom_fields": {"61": "late"}}, "wrong_shape", "custom_fields", '{"61":"late"}'),
    ({"comments": "see above"}, "wrong_shape", "comments", "see above"),
    ({"comments": [comment(10, created_at="noon")]}, "unreadable_time", "comments.created_at", "noon"),
    ({"comments": [comment(10), comment("x")]}, "unreadable_number", "comments.id", "x"),  # type: ignore[arg-type]
    ({"comments": [comment(10, public="perhaps")]}, "unreadable_flag", "comments.public", "perhaps"),
    ({"comments": [{"body": "no id"}]}, "missing_value", "comments.id", "nothing"),
    ({"comments": ["text"]}, "missing_value", "comments.id", "nothing"),
]


@pytest.mark.parametrize(("change", "rule", "column", "found"), BAD_TICKETS)
def test_a_bad_ticket_goes_aside_with_its_comments(
    shop: Shop, change: dict[str, Any], rule: str, column: str, found: str
) -> None:
    batch = shop.load_one(shop.write("t.jsonl", [ticket(1), {**ticket(2), **change}, ticket(3)]))
    assert (batch.read, batch.loaded, batch.quarantined) == (3, 2, 1)
    assert shop.aside() == [(2, rule, column, found)]
    assert shop.rows("select ticket_id from zendesk_ticket order by 1") == [(1,), (3,)]
    assert shop.rows("select distinct ticket_id from zendesk_comment order by 1") == [(1,), (3,)]


@pytest.mark.parametrize(
    ("record", "rule", "column"),
    [
        (audit(2, ticket_id=None), "missing_ticket_id", "ticket_id"),
        (audit(2, events="none"), "wrong_shape", "events"),
        (audit(2, events=[event(1), event(2, type=None)]), "missing_value", "events.type"),
        (audit(2, events=[event(1, id="a")]), "unreadable_number", "events.id"),
        (audit(2, created_at="soon"), "unreadable_time", "created_at"),
    ],
)
def test_a_bad_event_sets_its_whole_audit_aside(shop: Shop, record: dict[str, Any], rule: str, column: str) -> None:
    shop.load_one(shop.write("a.jsonl", [audit(1), record]))
    assert [row[:3] for row in shop.aside()] == [(2, rule, column)]
    assert shop.rows("select distinct audit_id from zendesk_audit_event") == [(1,)]


@pytest.mark.parametrize(
    ("good", "bad", "rule"),
    [
        (user(1), user(2, role="robot"), "unknown_role"),
        (user(1), user(2, role=None), "missing_role"),
        (group(1), group(2, name=None), "missing_name"),
        (macro(1), macro(2, title=""), "missing_title"),
        (rating(1), rating(2, score="splendid"), "unknown_score"),
        (rating(1), rating(2, ticket_id=None), "missing_ticket_id"),
    ],
)
def test_the_other_records_have_contracts_too(shop: Shop, good: dict[str, Any], bad: dict[str, Any], rule: str) -> None:
    shop.load_one(shop.write("x.jsonl", [good, bad]))
    assert [row[:2] for row in shop.aside()] == [(2, rule)]


def test_a_wrapper_around_something_else_is_no_record(shop: Shop) -> None:
    content = lines([{"ticket": ticket(1)}, {"ticket": 5}, {"ticket": ticket(2)}, ticket(3)])
    shop.load_one(shop.write("t.jsonl", content))
    assert [row[:2] for row in shop.aside()] == [(2, "not_a_record"), (4, "not_a_record")]


def test_a_corrected_file_brings_only_what_was_set_aside(shop: Shop) -> None:
    shop.load_one(shop.write("t.jsonl", [ticket(1), ticket(2, status="?"), ticket(3)]))
    batch = shop.load_one(shop.write("t.jsonl", [ticket(1), ticket(2), ticket(3)]))
    assert (batch.read, batch.loaded, batch.quarantined, batch.known) == (3, 1, 0, 2)
    assert shop.rows("select batch_no, ticket_id from zendesk_ticket order by all") == [(1, 1), (1, 3), (2, 2)]


def test_many_bad_records_are_all_told_apart(shop: Shop) -> None:
    records = [ticket(number, status="?" if number % 2 else "open") for number in range(1, 12_001)]
    batch = shop.load_one(shop.write("t.jsonl", records))
    assert (batch.loaded, batch.quarantined) == (6_000, 6_000)
    assert shop.rows("select count(distinct line), count(*) filter (where line % 2 = 0) from quarantine") == [
        (6_000, 0)
    ]
    assert shop.rows("select count(*) from quarantine where raw not like '{\"id\":' || line || ',%'") == [(0,)]


def test_bytes_that_are_no_text_cost_their_line_only(shop: Shop) -> None:
    broken = json.dumps(ticket(2)).encode().replace(b"Parcel", b"\xff\xfe")
    content = lines([ticket(1)]).encode() + broken + b"\n\x00\n" + lines([ticket(3)]).encode()
    batch = shop.load_one(shop.write("t.jsonl", content))
    assert (batch.loaded, [row[:2] for row in shop.aside()]) == (2, [(2, "malformed_json"), (3, "malformed_json")])
