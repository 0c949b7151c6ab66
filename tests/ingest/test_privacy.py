"""Nothing that identifies a person reaches the raw file, not by way of quarantine either."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from flowmeter.warehouse import hash_key
from tests.ingest.conftest import Shop, lines
from tests.ingest.records import audit, comment, event, rating, ticket, user
from tests.ingest.test_shopify import ITEM, ORDER, checkout
from tests.ingest.test_shopify import table as orders
from tests.ingest.test_zendesk_csv import ROW
from tests.ingest.test_zendesk_csv import table as account

PERSONAL = (
    "anna",
    "Anna",
    "muster",
    "Muster",
    "example.com",
    "170 1234567",
    "Where is my parcel",
    "203.0.113.9",
    "01067",
)


def _everything(shop: Shop) -> list[Path]:
    """A good and a bad record of every source, full of personal data."""
    subject = "Call +49 170 1234567 or anna@example.com"
    named = event(1, field_name="subject", value=subject, previous_value="anna@example.com")
    bad_comment = [comment(1, created_at="?")]
    return [
        shop.write("t.jsonl", [ticket(1, subject=subject), ticket(2, comments=bad_comment), ticket(3, status="?")]),
        shop.write("broken.jsonl", lines([ticket(8)]) + lines([ticket(9, subject="Anna")])[:-40]),
        shop.write("a.jsonl", [audit(1, events=[named]), audit(2, events=[{**named, "id": "?"}])]),
        shop.write("u.jsonl", [user(1), user(2, role="?")]),
        shop.write("r.jsonl", [rating(1, reason="mail anna@example.com"), rating(2, score="?")]),
        shop.write("c.jsonl", [checkout(1), checkout(2, createdAt="?")]),
        shop.write(
            "o.csv", orders(ORDER, ITEM, {**ORDER, "Name": "#2", "Total": "?"}) + "#3,anna@example.com,Anna\r\n"
        ),
        shop.write("z.csv", account(ROW, {**ROW, "Status": "?"}) + "1,2,Anna Muster,anna@example.com\r\n"),
        shop.write(
            "s.csv", "id,mail,at,score\n1,anna@example.com,2026-01-01,5\n2,anna@example.com,?,5\n3,anna@example.com\n"
        ),
        shop.write(
            "l.csv", "case,step,time,who,buyer,note\n1,a,2026-01-01,Anna,Muster,anna@example.com\n2,a,?,Anna,Muster,x\n"
        ),
    ]


def test_no_personal_data_in_the_bytes_of_the_raw_file(shop: Shop) -> None:
    shop.sources = {
        "surveys": [
            {
                "name": "s", "kind": "ces", "time_zone": "UTC", "scale_min": 1, "scale_max": 7,
                "columns": {"ticket": "id", "email": "mail", "answered_at": "at", "score": "score"},
            }
        ],
        "event_logs": [
            {
                "name": "l", "time_zone": "UTC", "customer": "buyer",
                "columns": {"case": "case", "activity": "step", "time": "time", "resource": "who"},
            }
        ],
    }  # fmt: skip
    result = shop.load(*_everything(shop))
    assert [str(each.error) for each in result.refused] == []
    assert all(batch.loaded and batch.quarantined for batch in result)
    content = b"".join(path.read_bytes() for path in shop.raw_path.parent.iterdir())
    assert [text for text in PERSONAL if text.encode() in content] == []
    everything = str(shop.tables())
    assert [text for text in PERSONAL if text in everything] == []


def test_the_same_person_has_one_hash_in_every_source(shop: Shop) -> None:
    shop.load(
        shop.write("u.jsonl", [user(1)]), shop.write("o.csv", orders(ORDER)), shop.write("c.jsonl", [checkout(1)])
    )
    key = hash_key(shop.home).hex()
    inner = hashlib.sha256(f"{key}anna@example.com".encode()).hexdigest()
    expected = hashlib.sha256(f"{key}{inner}".encode()).hexdigest()[:32]
    for table in ("zendesk_user", "shopify_order_line", "shopify_checkout"):
        assert shop.rows(f"select email_hash from {table}") == [(expected,)]


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("Order #100012345 of 2026-11-02", "Order #100012345 of 2026-11-02"),
        ("mail me: a.b+c@shop.co.uk!", "mail me: [e-mail]!"),
        ("call 0170 123 45 67 now", "call [phone] now"),
        ("+491701234567", "[phone]"),
        ("(030) 1234-5678", "[phone]"),
        ("01701234567", "[phone]"),
        ("tracking 00340434161094042557", "tracking [phone]"),  # rather too much than too little
        ("12 cups", "12 cups"),
    ],
)
def test_subjects_lose_addresses_and_phone_numbers(shop: Shop, subject: str, kept: str) -> None:
    shop.load_one(shop.write("t.jsonl", [ticket(1, subject=subject)]))
    assert shop.rows("select subject from zendesk_ticket") == [(kept,)]


def test_subjects_can_be_left_out_altogether(shop: Shop) -> None:
    shop.toml += "[privacy]\nkeep_subjects = false\n"
    named = event(1, field_name="subject", value="secret", previous_value="secret")
    shop.load(shop.write("t.jsonl", [ticket(1, subject="secret")]), shop.write("a.jsonl", [audit(1, events=[named])]))
    assert shop.rows("select subject from zendesk_ticket") == [(None,)]
    assert shop.rows('select "value", previous_value from zendesk_audit_event') == [(None, None)]
