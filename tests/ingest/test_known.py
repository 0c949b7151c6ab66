"""The same file twice changes nothing; a later export brings only what is new."""

from __future__ import annotations

from tests.ingest.conftest import Shop
from tests.ingest.records import audit, comment, ticket

HEADER = "Name,Email,Financial Status,Created at,Total,Lineitem name,Lineitem quantity\n"
CREATED = "2026-11-02 09:00:00 +0100"


def test_the_same_file_twice_changes_nothing(shop: Shop) -> None:
    path = shop.write("t.jsonl", [ticket(1), ticket(2, status="?")])
    shop.load_one(path)
    before = shop.tables()
    again = shop.load_one(path)
    assert (again.already, again.batch_no, again.read, again.known) == (True, 1, 2, 2)
    assert shop.tables() == before


def test_the_name_of_a_file_does_not_matter(shop: Shop) -> None:
    shop.load_one(shop.write("monday.jsonl", [ticket(1)]))
    assert shop.load_one(shop.write("tuesday.jsonl", [ticket(1)])).already


def test_a_setting_that_changes_what_is_read_makes_the_file_new(shop: Shop) -> None:
    path = shop.write("t.jsonl", [ticket(1)])
    shop.load_one(path)
    shop.sources = {"zendesk": {"bot_user_ids": [5]}}
    assert shop.load_one(path).already
    shop.workflows = [{"key": "w", "name": "W", "rules": [{"body": "parcel"}]}]
    batch = shop.load_one(path)
    assert (batch.already, batch.loaded) == (False, 1)
    assert shop.rows("select batch_no, body_hits from zendesk_ticket order by 1") == [(1, []), (2, ["parcel"])]


def test_a_later_export_adds_versions_of_what_changed(shop: Shop) -> None:
    shop.load_one(shop.write("1.jsonl", [ticket(1), ticket(2), ticket(3)]))
    newer = [
        ticket(1),
        ticket(2, status="solved", updated_at="2026-11-04T00:00:00Z"),
        ticket(3, comments=[comment(30), comment(31)]),
        ticket(4),
    ]
    batch = shop.load_one(shop.write("2.jsonl", newer))
    assert (batch.read, batch.loaded, batch.known) == (4, 3, 1)
    assert shop.rows("select ticket_id from zendesk_ticket where batch_no = 2 order by 1") == [(2,), (3,), (4,)]
    assert shop.rows("select comment_id from zendesk_comment where batch_no = 2 order by 1") == [
        (20,),
        (30,),
        (31,),
        (40,),
    ]


def test_an_older_export_loaded_late_is_known(shop: Shop) -> None:
    old, new = ticket(1), ticket(1, status="closed", updated_at="2026-11-09T00:00:00Z")
    shop.load_one(shop.write("1.jsonl", [old, ticket(9)]))
    shop.load_one(shop.write("2.jsonl", [new]))
    assert shop.load_one(shop.write("3.jsonl", [old])).known == 1


def test_two_versions_in_one_file_are_both_kept(shop: Shop) -> None:
    batch = shop.load_one(shop.write("t.jsonl", [ticket(1), ticket(1, status="solved")]))
    assert (batch.loaded, batch.known) == (2, 0)


def test_audits_overlap_between_exports(shop: Shop) -> None:
    shop.load_one(shop.write("1.jsonl", [audit(number) for number in range(1, 6)]))
    batch = shop.load_one(shop.write("2.jsonl", [audit(number) for number in range(4, 9)]))
    assert (batch.read, batch.loaded, batch.known) == (5, 3, 2)


def test_an_order_is_known_or_new_as_a_whole(shop: Shop) -> None:
    first = f"#1,a@b.de,paid,{CREATED},10.00,Cup,1\n#1,,,,,Lid,1\n"
    second = f"#2,a@b.de,paid,{CREATED},20.00,Cup,2\n#2,,,,,Lid,2\n"
    shop.load_one(shop.write("1.csv", HEADER + first + second))
    batch = shop.load_one(shop.write("2.csv", HEADER + second.replace("Lid,2", "Lid,3") + first))
    assert (batch.read, batch.loaded, batch.known) == (4, 2, 2)
    assert shop.rows("select order_name, item_name from shopify_order_line where batch_no = 2 order by line") == [
        ("#2", "Cup"),
        ("#2", "Lid"),
    ]
