"""The exports: the vendors' shapes, the same bytes for the same seed, and nothing that the truth does not know."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pytest

from demo import generate
from demo.shop import BOT_ID, FIRST_MACRO_ID, GROUPS, group_id
from tests.demo.made import END, TICKETS, Json, Made, lines, make, rows


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_same_seed_same_bytes(made: Made, tmp_path: Path) -> None:
    again = make(tmp_path)
    assert _hashes(again.exports) == _hashes(made.exports)
    assert _hashes(again.truth) == _hashes(made.truth)


def test_another_seed_is_another_shop(made: Made, tmp_path: Path) -> None:
    other = make(tmp_path, tickets=300, seed=8)
    assert _hashes(other.exports)["zendesk_tickets.jsonl"] != _hashes(made.exports)["zendesk_tickets.jsonl"]


def test_as_many_tickets_as_asked_for(made: Made) -> None:
    assert abs(len(made.tickets) - TICKETS) < 0.06 * TICKETS
    children = sum(len(audit["events"]) for audits in made.audits.values() for audit in audits)
    assert 10 < children / len(made.tickets) < 22


def test_ids_ascend_with_creation(made: Made) -> None:
    by_id = sorted(made.tickets, key=lambda ticket: ticket["id"])
    assert [ticket["id"] for ticket in by_id] == list(range(10001, 10001 + len(by_id)))
    created = [ticket["created_at"] for ticket in by_id]
    assert created == sorted(created)


def test_nothing_lies_outside_the_year(made: Made) -> None:
    instants = [audit["created_at"] for audits in made.audits.values() for audit in audits]
    instants += [rating["updated_at"] for rating in made.ratings]
    assert min(instants) >= "2025-11-16T23:00:00Z"  # Monday 17 November, midnight in Berlin
    assert max(instants) <= "2026-11-22T22:59:59Z"
    local = [answer["Submitted at"] for answer in rows(made.exports / "ces_survey.csv")]
    local += [row[name][:19] for row in made.order_rows for name in ("Created at", "Fulfilled at", "Cancelled at")]
    assert max(local) <= "2026-11-22 23:59:59"


def test_audits_of_a_ticket_never_share_a_second(made: Made) -> None:
    for audits in made.audits.values():
        instants = [audit["created_at"] for audit in audits]
        assert instants == sorted(set(instants))


def _replayed(audits: list[Json], field: str) -> object:
    value = None
    for audit in audits:
        for event in audit["events"]:
            if event.get("field_name") != field:
                continue
            assert event["type"] == "Create" or (event["previous_value"] or None) == (value or None)
            value = event["value"]
    return value


def test_replayed_audits_end_where_the_ticket_stands(made: Made) -> None:
    for ticket in made.tickets:
        audits = made.audits[ticket["id"]]
        assert _replayed(audits, "status") == ticket["status"]
        assert _replayed(audits, "priority") == ticket["priority"]
        assert (_replayed(audits, "tags") or []) == ticket["tags"]
        for field in ("group_id", "assignee_id"):
            text = _replayed(audits, field)
            assert (int(str(text)) if text else None) == ticket[field]
        assert ticket["updated_at"] == audits[-1]["created_at"]


def test_comments_are_the_audits_comments(made: Made) -> None:
    for ticket in made.tickets:
        told = [
            (event["id"], audit["id"], audit["created_at"], event["author_id"], event["public"], event["body"])
            for audit in made.audits[ticket["id"]]
            for event in audit["events"]
            if event["type"] == "Comment"
        ]
        keys = ("id", "audit_id", "created_at", "author_id", "public", "body")
        assert [tuple(comment[key] for key in keys) for comment in ticket["comments"]] == told
        assert ticket["comments"][0]["created_at"] == ticket["created_at"]


def test_ids_are_numbers_in_tickets_and_texts_in_audit_events(made: Made) -> None:
    values = [
        event["value"]
        for audits in made.audits.values()
        for audit in audits
        for event in audit["events"]
        if event.get("field_name") in ("group_id", "assignee_id") and event["value"] is not None
    ]
    assert values
    assert all(isinstance(value, str) and value.isdigit() for value in values)
    assert all(isinstance(ticket["group_id"], int | None) for ticket in made.tickets)


def test_rules_act_inside_the_audit_that_set_them_off(made: Made) -> None:
    rels: Counter[tuple[str, bool]] = Counter()
    for audits in made.audits.values():
        for audit in audits:
            for event in audit["events"]:
                via = event.get("via")
                if via:
                    rels[via["source"]["rel"], audit["author_id"] == -1] += 1
                    assert via["channel"] == "rule"
            if audit["author_id"] == -1:
                assert audit["via"]["source"]["rel"] == "automation"
    assert set(rels) == {("trigger", False), ("automation", True)}


def _audits_status(made: Made, number: int) -> list[tuple[str, str]]:
    return [
        (audit["created_at"], event["value"])
        for audit in made.audits[number]
        for event in audit["events"]
        if event.get("field_name") == "status"
    ]


def test_truth_and_export_agree(made: Made) -> None:
    names = {None: None} | {group_id(n): name for n, name in enumerate(GROUPS)}
    assert made.facts.keys() == made.audits.keys()
    for ticket in made.tickets:
        fact = made.facts[ticket["id"]]
        assert fact["created_at"] == ticket["created_at"]
        assert fact["status"] == ticket["status"]
        assert fact["group"] == names[ticket["group_id"]]
        assert fact["requester_id"] == ticket["requester_id"]
        told = [(event["at"], event["to"]) for event in fact["events"] if event["kind"] == "status"]
        assert told == _audits_status(made, ticket["id"])
        spoken = [event for event in fact["events"] if event["kind"] in ("created", "reply", "customer_reply", "note")]
        assert [event["at"] for event in spoken] == [comment["created_at"] for comment in ticket["comments"]]
        by_team = fact["events"][0]["actor"].startswith("agent") and ticket["via"]["channel"] != "voice"
        assert fact["outreach"] == (by_team and fact["excluded"] != "test")


def test_the_last_rating_is_the_truth(made: Made) -> None:
    last: dict[int, Json] = {}
    for rating in sorted(made.ratings, key=lambda rating: (rating["updated_at"], rating["id"])):
        last[rating["ticket_id"]] = rating
    offered = {number for number, fact in made.facts.items() if fact["csat"]}
    assert last.keys() == offered
    for number, rating in last.items():
        csat = made.facts[number]["csat"]
        score = {True: "good", False: "bad", None: "offered"}[csat.get("good")]
        assert rating["score"] == score
        assert rating["updated_at"] == csat.get("answered_at", csat["offered_at"])


def test_the_survey_is_the_truth_in_local_time(made: Made) -> None:
    answers = rows(made.exports / "ces_survey.csv")
    assert list(answers[0]) == ["Ticket ID", "Email", "Submitted at", "Score", "Question"]
    told = {int(answer["Ticket ID"]): int(answer["Score"]) for answer in answers}
    assert told == {number: fact["ces"]["score"] for number, fact in made.facts.items() if fact["ces"]}
    assert set(told.values()) <= set(range(1, 8))


def test_orders_are_one_row_per_line_item(made: Made) -> None:
    header = (made.exports / "shopify_orders_export.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert len(header) == 79
    assert all(None not in row and None not in row.values() for row in made.order_rows)
    facts = {fact["name"]: fact for fact in lines(made.truth / "orders.jsonl")}
    first = [row for row in made.order_rows if row["Total"]]
    assert {row["Name"]: row["Total"] for row in first} == {name: fact["total"] for name, fact in facts.items()}
    assert len(made.order_rows) > len(first) == len(facts)
    for row in first:
        at = datetime.strptime(row["Created at"], "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
        assert f"{at:%Y-%m-%dT%H:%M:%SZ}" == facts[row["Name"]]["created_at"]
    assert all(row["Email"] and row["Created at"] for row in made.order_rows)


def test_won_back_carts_became_orders(made: Made) -> None:
    facts = {fact["name"]: fact for fact in lines(made.truth / "orders.jsonl")}
    carts = lines(made.truth / "checkouts.jsonl")
    exported = lines(made.exports / "shopify_abandoned_checkouts.jsonl")
    assert [cart["completedAt"] for cart in exported] == [cart["completed_at"] for cart in carts]
    won = [cart for cart in carts if cart["completed_at"]]
    assert 0.1 < len(won) / len(carts) < 0.4
    for cart in won:
        order = facts[cart["order"]]
        assert (order["created_at"], order["email"], order["total"]) == (
            cart["completed_at"],
            cart["email"],
            cart["total"],
        )


def test_both_daylight_saving_sundays_are_lived_through(made: Made) -> None:
    offsets = {(row["Created at"][:10], row["Created at"][-5:]) for row in made.order_rows}
    assert {("2026-03-28", "+0100"), ("2026-03-30", "+0200")} <= offsets
    assert {("2026-10-24", "+0200"), ("2026-10-26", "+0100")} <= offsets
    days = Counter(fact["created_at"][:10] for fact in made.facts.values())
    assert days["2026-03-29"]
    assert days["2026-10-25"]


def test_every_author_is_a_known_user(made: Made) -> None:
    users = {
        user["id"]: user["role"] for user in orjson.loads((made.exports / "zendesk_users.json").read_bytes())["users"]
    }
    assert users[BOT_ID] == "agent"
    for ticket in made.tickets:
        assert ticket["requester_id"] in users
        assert {comment["author_id"] for comment in ticket["comments"]} <= users.keys()
    groups = orjson.loads((made.exports / "zendesk_groups.json").read_bytes())["groups"]
    assert {group["id"] for group in groups} >= {ticket["group_id"] for ticket in made.tickets} - {None}


def test_some_tickets_are_not_counted(made: Made) -> None:
    excluded = Counter(fact["excluded"] for fact in made.facts.values())
    assert {"spam", "test", "merged", "deleted"} <= set(excluded)
    for ticket in made.tickets:
        fact = made.facts[ticket["id"]]
        assert ("closed_by_merge" in ticket["tags"]) == (fact["excluded"] == "merged")
        assert ("test" in ticket["tags"]) == (fact["excluded"] == "test")
        assert ("spam" in ticket["tags"]) == (fact["excluded"] in ("spam", "deleted"))


def test_macros_named_in_audits_are_listed(made: Made) -> None:
    listed = {m["id"]: m["title"] for m in orjson.loads((made.exports / "zendesk_macros.json").read_bytes())["macros"]}
    assert min(listed) == FIRST_MACRO_ID
    for audits in made.audits.values():
        for audit in audits:
            for event in audit["events"]:
                if event["type"] == "AgentMacroReference":
                    assert listed[int(event["macro_id"])] == event["macro_title"]


def test_wrong_parameters_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Sunday"):
        generate(tmp_path, tickets=300, end=date(2026, 11, 21))
    with pytest.raises(ValueError, match="200"):
        generate(tmp_path, tickets=3, end=END)


def test_the_command_writes_the_same_shop(made: Made, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo", "--out", str(tmp_path), "--tickets", str(TICKETS), "--end", str(END)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "tickets written" in done.stderr
    assert _hashes(tmp_path) == _hashes(made.exports)
