"""Files are known by their content, and what is not read is refused with what to load instead."""

from __future__ import annotations

import json

import pytest

from tests.ingest.conftest import Shop
from tests.ingest.records import ticket


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("ticket_id,_fivetran_synced,tag\n1,x,y\n", "a data warehouse connector such as Fivetran"),
        ("Id,Subject,Requested\n1,x,y\n", "a CSV of a Zendesk view"),
        ("Ticket id,Creation date,Last used integration name\n1,x,y\n", "a Gorgias ticket CSV"),
        ("Ticket ID,Created time,Last update time\n1,x,y\n", "a Freshdesk ticket CSV"),
        ("a,b\n1,2\n", "was not recognised"),
        (json.dumps({"id": 1, "ticket_id": 2, "reply_time_in_minutes": {}}), "Zendesk ticket metrics"),
        (
            json.dumps({"ticket_metrics": [{"id": 1, "ticket_id": 2, "reply_time_in_minutes": {}}]}),
            "Zendesk ticket metrics",
        ),
        (json.dumps({"id": 1, "ticket_id": 2, "child_events": []}), "Zendesk ticket events"),
        (json.dumps({"id": 1, "name": "x", "domain_names": [], "shared_tickets": True}), "Zendesk organizations"),
        (json.dumps({"id": "gid://shopify/Order/1", "displayFulfillmentStatus": "FULFILLED"}), "Shopify orders"),
        (json.dumps({"what": 1}), "was not recognised"),
    ],
)
def test_what_is_not_read_is_named(shop: Shop, content: str, words: str) -> None:
    told = shop.refusal(shop.write("x", content + "\n"))
    assert words in told
    assert "zendesk_ticket, zendesk_audit" in told
    assert "--source" in told


def test_a_refused_file_stops_no_other(shop: Shop) -> None:
    paths = [shop.write("1.csv", "a,b\n1,2\n"), shop.write("2.jsonl", [ticket(1)]), shop.root / "missing.json"]
    result = shop.load(*paths)
    assert [batch.file for batch in result] == ["2.jsonl"]
    assert [refusal.file for refusal in result.refused] == ["1.csv", "missing.json"]


def test_the_source_can_be_said(shop: Shop) -> None:
    path = shop.write(
        "t.jsonl", [{key: value for key, value in ticket(1).items() if key not in {"via", "submitter_id"}}]
    )
    assert "was not recognised" in shop.refusal(path)
    assert shop.load_one(path, source="zendesk_ticket").loaded == 1


@pytest.mark.parametrize("source", ["zendesk_ticket", "shopify_checkout", "shopify_order", "zendesk_account_csv"])
def test_a_source_that_cannot_be_is_refused_with_what_it_needs(shop: Shop, source: str) -> None:
    told = shop.refusal(shop.write("x.csv", "a,b\n1,2\n"), source=source)
    assert "Expected" in told
    assert "Found" in told


def test_an_unknown_source_lists_the_known_ones(shop: Shop) -> None:
    assert "--source is one of: zendesk_ticket" in shop.refusal(shop.write("t.jsonl", [ticket(1)]), source="zendesk")


def test_a_folder_stands_for_its_files(shop: Shop) -> None:
    shop.write("a/1.jsonl", [ticket(1)])
    shop.write("a/b/2.jsonl", [ticket(2)])
    shop.write("a/.hidden", "x")
    assert [batch.file for batch in shop.load(shop.root / "data" / "exports" / "a")] == ["1.jsonl", "2.jsonl"]


def test_the_first_lines_may_be_bad(shop: Shop) -> None:
    good = json.dumps(ticket(1))
    for name, first in (("a", "{broken"), ("b", "[1]"), ("c", "noise"), ("d", "{")):
        batch = shop.load_one(shop.write(name, f"{first}\n{good}\n"))
        assert (batch.read, batch.quarantined) == (2, 1), first
