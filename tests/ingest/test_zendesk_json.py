"""Zendesk's JSON becomes typed raw rows."""

from __future__ import annotations

import duckdb

from ingest.raw_tables import ensure_raw
from tests.ingest.conftest import Shop, at
from tests.ingest.records import audit, comment, event, group, macro, rating, ticket, user


def test_a_ticket_and_its_comments_become_rows(shop: Shop) -> None:
    batch = shop.load_one(shop.write("t.jsonl", [ticket(1, comments=[comment(10), comment(11, public=False)])]))
    assert (batch.source, batch.read, batch.loaded) == ("zendesk_ticket", 1, 1)
    assert shop.rows("from zendesk_ticket") == [
        (
            1, 1, 1, at(2026, 11, 2, 9), at(2026, 11, 2, 10), at(2026, 11, 2, 10), "open",
            "normal", "question", "Parcel of order 1", "email", None, 7001, 7001, 8001, 31, 41, 51, ["parcel", "vip"],
            [{"id": 61, "value": "late"}, {"id": 62, "value": None}], "unoffered", [],
        )
    ]  # fmt: skip
    assert shop.rows("from zendesk_comment order by comment_id") == [
        (1, 1, 1, 10, 500, at(2026, 11, 2, 9), 7001, True, "email", None),
        (1, 1, 1, 11, 500, at(2026, 11, 2, 9), 7001, False, "email", None),
    ]


def test_an_event_of_a_rule_has_its_own_via_inside_the_customers_audit(shop: Shop) -> None:
    rule = {"channel": "rule", "source": {"from": {"id": 99, "title": "Route parcels"}, "rel": "trigger"}}
    events = [
        event(1, type="Comment", field_name=None, value=None, author_id=7001, public=True, body="hello"),
        event(2, via=rule, field_name="tags", value=["a", "b"], previous_value=["a"]),
        event(3, type="AgentMacroReference", field_name=None, value=None, macro_id="77", macro_title="Sorry"),
    ]
    shop.load_one(shop.write("a.jsonl", [audit(5, events=events)]))
    found = shop.rows(
        'select event_id, author_id, event_type, field_name, "value", previous_value, is_public, macro_id, '
        "macro_title, channel, via_rel, rule_id, rule_title from zendesk_audit_event order by event_id"
    )
    assert found == [
        (1, 7001, "Comment", None, None, "new", True, None, None, "web", None, None, None),
        (2, 8001, "Change", "tags", '["a","b"]', '["a"]', None, None, None, "rule", "trigger", "99", "Route parcels"),
        (3, 8001, "AgentMacroReference", None, None, "new", None, 77, "Sorry", "web", None, None, None),
    ]


def test_an_audit_without_events_is_loaded_and_brings_no_row(shop: Shop) -> None:
    batch = shop.load_one(shop.write("a.jsonl", [audit(5, events=[]), audit(6)]))
    assert (batch.read, batch.loaded) == (2, 2)
    assert shop.rows("select audit_id from zendesk_audit_event") == [(6,)]


def test_users_groups_macros_and_ratings_are_told_apart_by_their_keys(shop: Shop) -> None:
    paths = [
        shop.write("1.json", [user(1, role="agent"), user(2)]),
        shop.write("2.json", [group(31, deleted=True)]),
        shop.write("3.json", [macro(41, active=False)]),
        shop.write("4.json", [rating(51), rating(52, score="offered")]),
    ]
    assert [batch.source for batch in shop.load(*paths)] == [
        "zendesk_user", "zendesk_group", "zendesk_macro", "zendesk_rating",
    ]  # fmt: skip
    assert shop.rows("select user_id, role, display_name, is_active from zendesk_user") == [
        (1, "agent", None, True),
        (2, "end-user", None, True),
    ]
    assert shop.rows("select group_id, name, is_deleted from zendesk_group") == [(31, "Support", True)]
    assert shop.rows("select macro_id, title, is_active from zendesk_macro") == [(41, "Sorry", False)]
    assert shop.rows(
        "select rating_id, ticket_id, score, reason, updated_at from zendesk_rating where rating_id = 51"
    ) == [(51, 1, "good", "fast", at(2026, 11, 3, 10))]


def test_agents_names_are_kept_when_the_shop_says_so_and_customers_never(shop: Shop) -> None:
    shop.toml += "[privacy]\nkeep_agent_names = true\n"
    shop.load_one(shop.write("u.jsonl", [user(1, role="admin", name="Bea"), user(2)]))
    assert shop.rows("select user_id, display_name from zendesk_user") == [(1, "Bea"), (2, None)]


def test_the_patterns_that_the_opening_text_matches_are_noted_and_the_text_is_not(shop: Shop) -> None:
    shop.workflows = [{"key": "w", "name": "W", "rules": [{"body": ["parcel", "refund(s)?"]}]}]
    opening = comment(20, body="A REFUND please")
    shop.load_one(shop.write("t.jsonl", [ticket(1), ticket(2, description=None, comments=[opening])]))
    assert shop.rows("select ticket_id, body_hits from zendesk_ticket") == [(1, ["parcel"]), (2, ["refund(s)?"])]


def test_a_rating_may_stand_in_a_ticket_as_a_word(shop: Shop) -> None:
    shop.load_one(shop.write("t.jsonl", [ticket(1, satisfaction_rating="good"), ticket(2, satisfaction_rating=None)]))
    assert shop.rows("select satisfaction_score from zendesk_ticket") == [("good",), (None,)]


def test_the_batch_says_how_recent_the_file_is(shop: Shop) -> None:
    shop.load_one(shop.write("t.jsonl", [ticket(1), ticket(2, updated_at="2026-11-05T00:00:00Z")]))
    assert shop.rows("select file, source, read, last_at from batch") == [
        ("t.jsonl", "zendesk_ticket", 2, at(2026, 11, 5))
    ]


def test_a_shop_loaded_before_users_had_a_language_keeps_its_rows() -> None:
    with duckdb.connect() as con:
        ensure_raw(con)
        con.execute("alter table zendesk_user drop column locale").fetchall()
        con.execute("insert into zendesk_user (user_id, role) values (7, 'end-user')").fetchall()
        ensure_raw(con)
        assert con.execute("select user_id, locale from zendesk_user").fetchall() == [(7, None)]
