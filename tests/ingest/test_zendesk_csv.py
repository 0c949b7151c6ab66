"""Zendesk's account CSV: the account's own time zone, words instead of codes, minutes."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest

from ingest.zendesk_csv import STANDARD
from tests.ingest.conftest import Shop, at

ROW = {
    "Summation column": "1", "Id": "4711", "Requester": "Anna Muster", "Requester id": "7001",
    "Requester email": "anna@example.com", "Requester domain": "example.com", "Submitter": "Anna Muster",
    "Assignee": "Bea Berater", "Group": "Support", "Subject": "Call me\nat +49 170 1234567", "Tags": "parcel vip",
    "Status": "On-hold", "Priority": "High", "Via": "Mail", "Ticket type": "Question",
    "Created at": "2026-10-24 10:00:00", "Updated at": "2026-10-26 10:00", "Assigned at": "-",
    "Initially assigned at": "2026-10-25 01:30", "Solved at": "", "Resolution time": "",
    "Satisfaction Score": "Not Offered", "Group stations": "2", "Assignee stations": "3", "Reopens": "0",
    "Replies": "1", "First reply time in minutes": "90", "First reply time in minutes within business hours": "0",
    "Full resolution time in minutes": "", "Motivo do Contato [list]": "late", "Weight [int]": "-",
}  # fmt: skip
HEADER = [*STANDARD, "Motivo do Contato [list]", "Weight [int]"]


def table(*rows: dict[str, str], header: list[str] = HEADER, delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows([row.get(title, "") for title in HEADER] for row in rows)
    return text.getvalue()


@pytest.fixture
def berlin(shop: Shop) -> Shop:
    shop.sources = {"zendesk": {"time_zone": "Europe/Berlin"}}
    return shop


def test_a_ticket_of_the_csv(berlin: Shop) -> None:
    batch = berlin.load_one(berlin.write("export.csv", table(ROW)))
    assert (batch.source, batch.loaded) == ("zendesk_account_csv", 1)
    found = berlin.rows(
        "select ticket_id, requester_id, group_name, subject, tags, status, priority, channel, ticket_type, "
        "created_at, updated_at, assigned_at, satisfaction_score, group_stations, replies, "
        "first_reply_calendar_minutes, first_reply_business_minutes, full_resolution_calendar_minutes, "
        "custom_fields from zendesk_account_csv"
    )
    assert found == [
        (
            4711, 7001, "Support", "Call me\nat [phone]", ["parcel", "vip"], "hold", "high", "mail", "question",
            at(2026, 10, 24, 8), at(2026, 10, 26, 9), None, "not offered", 2, 1, 90.0, 0.0, None,
            [{"id": "Motivo do Contato [list]", "value": "late"}, {"id": "Weight [int]", "value": "-"}],
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-10-25 01:30", at(2026, 10, 24, 23, 30)),
        ("2026-10-25 02:30", at(2026, 10, 25, 1, 30)),  # twice that night: taken as the second
        ("2026-03-29 02:30", at(2026, 3, 29, 1, 30)),  # never that night: taken as 03:30
        ("2026-07-01 12:00:30", at(2026, 7, 1, 10, 0, 30)),
    ],
)
def test_local_times_around_the_changes_of_the_clock(berlin: Shop, local: str, utc: dt.datetime) -> None:
    berlin.load_one(berlin.write("x.csv", table({**ROW, "Solved at": local})))
    assert berlin.rows("select solved_at from zendesk_account_csv") == [(utc,)]


def test_semicolons_capitals_and_a_byte_order_mark(berlin: Shop) -> None:
    shouted = [title.upper() for title in STANDARD]
    content = "\ufeff" + table({**ROW, "Id": "'4711"}, header=[*shouted, *HEADER[41:]], delimiter=";")
    berlin.load_one(berlin.write("x.csv", content))
    assert berlin.rows("select ticket_id, status, requester_id from zendesk_account_csv") == [(4711, "hold", 7001)]


def test_a_file_in_the_signs_of_western_europe(berlin: Shop) -> None:
    content = table({**ROW, "Group": "Rücksendung"}).encode("cp1252")
    berlin.load_one(berlin.write("x.csv", content))
    assert berlin.rows("select group_name from zendesk_account_csv") == [("Rücksendung",)]


def test_bad_rows_of_the_csv(berlin: Shop) -> None:
    rows = [
        ROW,
        {**ROW, "Id": "1", "Status": "Aberto"},
        {**ROW, "Id": "2", "Created at": "24.10.2026 10:00"},
        {**ROW, "Id": "3", "Replies": "many"},
        {**ROW, "Id": ""},
        {**ROW, "Id": "5", "Updated at": "2026-10-20 10:00"},
    ]
    batch = berlin.load_one(berlin.write("x.csv", table(*rows)))
    assert (batch.read, batch.loaded, batch.quarantined) == (6, 1, 5)
    assert [row[:4] for row in berlin.aside()] == [
        (4, "unknown_status", "Status", "aberto"),
        (6, "unreadable_time", "Created at", "24.10.2026 10:00"),
        (8, "unreadable_number", "Replies", "many"),
        (10, "missing_id", "Id", "nothing"),
        (12, "updated_before_created", "Updated at", "2026-10-20 08:00:00.000000"),
    ]


def test_titles_in_another_language_are_refused_with_what_to_do(berlin: Shop) -> None:
    header = [
        "Resumo da coluna",
        *(f"Coluna {number}" for number in range(40)),
        "Motivo do Contato [list]",
        "Peso [int]",
    ]
    told = berlin.refusal(berlin.write("x.csv", table(ROW, header=header)))
    assert "another language than English" in told
    assert "Switch your own language in Zendesk to English" in told


def test_a_quote_that_never_closes_costs_one_row(berlin: Shop) -> None:
    berlin.sources = {"surveys": [SURVEY]}
    batch = berlin.load_one(
        berlin.write("s.csv", 'id,at,score\n1,2026-01-01,5\n2,"2026-01-02,5\n3,2026-01-03,4\n4,2026-01-04,4\n')
    )
    assert (batch.read, batch.loaded, batch.quarantined) == (4, 3, 1)
    assert [row[:2] for row in berlin.aside()] == [(3, "unclosed_quote")]


SURVEY = {
    "name": "s", "kind": "ces", "columns": {"ticket": "id", "answered_at": "at", "score": "score"}, "time_zone": "UTC",
    "scale_min": 1, "scale_max": 7,
}  # fmt: skip
