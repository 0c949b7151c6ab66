"""However an export is packed, the same rows come of it."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest

from tests.ingest.conftest import Shop, lines
from tests.ingest.records import audit, ticket, user

TICKETS = [ticket(1), ticket(2, subject="Größe [1], {2}"), ticket(3)]
PLAIN = lines(TICKETS).encode()


def _zip(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.json", content)
    return packed.getvalue()


FORMS = {
    "plain": PLAIN,
    "byte order mark": b"\xef\xbb\xbf" + PLAIN,
    "utf-16": PLAIN.decode().encode("utf-16"),
    "carriage returns": PLAIN.replace(b"\n", b"\r\n"),
    "blank lines": b"\n" + PLAIN.replace(b"\n", b"\n \n"),
    "gz": gzip.compress(PLAIN),
    "zip": _zip(tickets=PLAIN),
    "gz in a zip": _zip(tickets=gzip.compress(PLAIN)),
    "wrapped lines": lines({"ticket": each} for each in TICKETS).encode(),
    "array on one line": json.dumps(TICKETS).encode(),
    "array over many lines": json.dumps(TICKETS, indent=2).encode(),
    "array of a record a line": ("[\n" + ",\n".join(json.dumps(each) for each in TICKETS) + "\n]").encode(),
    "page of the interface": json.dumps({"count": 3, "tickets": TICKETS, "after_cursor": "x", "end": True}).encode(),
    "results": json.dumps({"next_page": None, "results": TICKETS}).encode(),
    "small buffers": json.dumps(TICKETS, indent=40).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rows_come_of_every_form(shop: Shop, form: str) -> None:
    batch = shop.load_one(shop.write("export.bin", FORMS[form]))
    assert (batch.source, batch.read, batch.loaded) == ("zendesk_ticket", 3, 3)
    assert shop.rows("select line, ticket_id, subject, tags, len(custom_fields) from zendesk_ticket order by line") == [
        (1, 1, "Parcel of order 1", ["parcel", "vip"], 2),
        (2, 2, "Größe [1], {2}", ["parcel", "vip"], 2),
        (3, 3, "Parcel of order 3", ["parcel", "vip"], 2),
    ]
    assert shop.rows("select count(*) from zendesk_comment") == [(3,)]


def test_the_same_content_packed_or_not_is_the_same_file(shop: Shop) -> None:
    shop.load_one(shop.write("a.jsonl", PLAIN))
    again = shop.load_one(shop.write("a.jsonl.gz", gzip.compress(PLAIN)))
    assert again.already
    assert shop.rows("select count(*) from batch") == [(1,)]


def test_each_member_of_a_zip_and_each_array_of_a_document_is_a_file(shop: Shop) -> None:
    page = json.dumps({"tickets": TICKETS, "users": [user(1)], "groups": []}).encode()
    result = shop.load(shop.write("x.zip", _zip(page=page, audits=lines([audit(1)]).encode(), junk=b"nothing")))
    assert [(batch.file, batch.source) for batch in result] == [
        ("x.zip/page.json#tickets", "zendesk_ticket"),
        ("x.zip/page.json#users", "zendesk_user"),
        ("x.zip/audits.json", "zendesk_audit"),
    ]
    assert [refusal.file for refusal in result.refused] == ["x.zip/junk.json"]


@pytest.mark.parametrize("indent", [None, 1])
def test_an_array_that_breaks_keeps_what_came_before(shop: Shop, indent: int | None) -> None:
    whole = json.dumps({"tickets": TICKETS}, indent=indent)
    broken = whole[: whole.index('"id": 3') + 4]
    batch = shop.load_one(shop.write("page.json", broken))
    assert (batch.read, batch.loaded, batch.quarantined) == (3, 2, 1)
    line_of_the_third = broken[: broken.rindex("{")].count("\n") + 1
    assert [(line, rule) for line, rule, *_ in shop.aside()] == [(line_of_the_third, "malformed_json")]


def test_an_array_that_ends_early_between_records_says_so(shop: Shop) -> None:
    batch = shop.load_one(shop.write("page.json", json.dumps(TICKETS)[:-1]))
    assert (batch.loaded, batch.quarantined) == (3, 1)
    assert shop.rows("select raw from quarantine") == [("(the file ends here)",)]


def test_a_large_document_is_read_in_pieces(shop: Shop) -> None:
    many = [ticket(number, description="ä" * 5_000) for number in range(1, 1_001)]
    batch = shop.load_one(shop.write("page.json", json.dumps({"tickets": many}, ensure_ascii=False).encode()))
    assert batch.loaded == 1_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        (b"\x00\x01\x02" * 100, "no text file"),
        (b"\x1f\x8b\x08 broken", "cannot be read"),
        (b"PK\x03\x04 broken", "cannot be read"),
        (b"PAR1 broken", "damaged"),
        (b'{"a": [1, 2', "begins like JSON and is none"),
        (b"[]", "no records"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(shop: Shop, content: bytes, words: str) -> None:
    assert words in shop.refusal(shop.write("x", content))


def test_a_spreadsheet_is_refused_as_one(shop: Shop) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    assert "Save it as CSV" in shop.refusal(shop.write("x.xlsx", packed.getvalue()))
