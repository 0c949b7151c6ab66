"""Paths, contact reasons and automations of a shop written by hand, in a build of their own."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

from tests.transforms.conftest import take_through
from tests.transforms.published import Published, approx
from tests.transforms.shop import BOT, SECOND, SOURCES, HandmadeShop
from tests.transforms.zendesk import TicketFile

WEEK = "2026-06-01"  # a Monday, within the 13 weeks before the snapshot of 5 July
USED, NEVER, OFF = (901, "Used"), (902, "Never"), (903, "Switched off")
REASON_FIELD, LANGUAGE_FIELD = 4201, 4202
PROFILE = "en-US"
OTHERS = "select count(*) as n from fct_ticket where language is distinct from 'de' and source = 'zendesk'"
LANGUAGES = {"late": "de", "size": ""}
CLAIMS = {
    "name": "claims",
    "columns": {"case": "case", "activity": "activity", "time": "time"},
    "time_zone": "UTC",
    "meanings": {"A": "created", "Z": "solved"},
    "attributes": ["score", "answered", "flow"],
    "csat": {"score": "score", "answered_at": "answered", "scale_max": 5},
    "workflow": "flow",
}
FAST, SLOW, OPEN = ("A", "B", "Z"), ("A", "C", "B", "Z"), ("A", "B")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """What the shop of these cases published."""
    shop = HandmadeShop(tmp_path_factory.mktemp("findings") / "shop")
    zendesk = {**SOURCES["zendesk"], "reason_field_id": REASON_FIELD, "language_field_id": LANGUAGE_FIELD}
    shop.sources = {**SOURCES, "zendesk": zendesk, "event_logs": [CLAIMS]}
    for number, title in (USED, NEVER, OFF):
        shop.macros.append({"id": number, "title": title, "active": title != OFF[1]})
    _tell_reasons(shop)
    _tell_macros(shop)
    _tell_bot(shop)
    _tell_flows(shop)
    _write_claims(shop, tmp_path_factory.mktemp("claims") / "claims.csv")
    return take_through(shop)


def _write_claims(shop: HandmadeShop, path: Path) -> None:
    """Ten fast tickets, six of them rated well; four slow and rated badly; one that is open."""
    shop.flow("claims")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "activity", "time", "flow", "score", "answered"])
        for number in range(15):
            steps, hours = (FAST, 0.5) if number < 10 else (SLOW, 10 / 3) if number < 14 else (OPEN, 1.0)
            rating = ["5", "2026-06-04"] if number < 6 else ["1", "2026-06-04"] if 10 <= number < 14 else ["", ""]
            for place, step in enumerate(steps):
                minute = round(place * hours * 60)
                at = f"{WEEK}T{8 + minute // 60:02}:{minute % 60:02}:00"
                writer.writerow([f"c{number}", step, at, "claims", *rating])
    shop.exports.append((path, "event_log:claims"))


def _tell_reasons(shop: HandmadeShop) -> None:
    """Created: one before all else, one in the 13 weeks before the quarter, then two and one in the quarter."""
    cases = (
        ("2025-12-01 10:00", "size", "Too small", ()),
        ("2026-02-02 10:00", "late", "Where is my order #5001?", ()),
        (f"{WEEK} 10:00", "late", "Where is my order #5002 ?", ("vip",)),
        (f"{WEEK} 11:00", "late", "WHERE IS MY ORDER 123456, write to me@example.com", ("vip", "gold")),
        (f"{WEEK} 12:00", "size", "Size 38 or 39", ()),
    )
    for created, reason, subject, tags in cases:
        customer = shop.customer()
        ticket = shop.simple("why", created, created.replace(":00", ":30"), tags=tags, customer=customer)
        ticket.subject, ticket.custom_fields = subject, {REASON_FIELD: reason, LANGUAGE_FIELD: LANGUAGES[reason]}
        if reason == "late" and created.startswith(WEEK):
            shop.order("2026-05-27 10:00" if tags == ("vip",) else "2026-05-22 10:00", customer=customer)


def _tell_flows(shop: HandmadeShop) -> None:
    """Which version of the Flow `refunds` a ticket met: its own tag, else that of the newest order before it."""
    order = f"{WEEK} 08:00"
    for flow, tags, orders in (
        ("own_tag", ("refunds_v1",), ((order, "refunds_v2"),)),
        ("of_order", (), (("2026-05-27 10:00", "refunds_v1"), (order, "gift, Refunds_v2"))),
        ("order_later", (), (("2026-06-03 10:00", "refunds_v1"),)),
        ("order_without", (), (("2026-05-27 10:00", "refunds_v1"), (order, ""))),
        ("two_versions", ("refunds_v1", "refunds_v2"), ()),
        ("no_version", ("refunds_a", "refunds_v"), ()),
        ("other_flow", ("gifts-v1",), ()),
    ):
        customer = shop.customer()
        shop.ticket(flow, f"{WEEK} 10:00", tags=tags, customer=customer)
        for created, written in orders:
            shop.order(created, customer=customer, **{"Tags": written})


def _macro_ticket(shop: HandmadeShop, hours: int, channel: str, macro: tuple[int, str] | None) -> TicketFile:
    ticket = shop.ticket("macro", f"{WEEK} 08:00", channel=channel)
    return ticket.reply(f"{WEEK} {8 + hours:02}:00", shop.agent(), status="solved", macro=macro)


def _tell_macros(shop: HandmadeShop) -> None:
    """With the macro: e-mail 1 1 1 1 hours, web 1 3. Without: e-mail 2 2 3 3 4 4, web 4 4 5 6 6, chat 9."""
    with_it: dict[str, tuple[int, ...]] = {"email": (1, 1, 1, 1), "web": (1, 3)}
    without_it: dict[str, tuple[int, ...]] = {"email": (2, 2, 3, 3, 4, 4), "web": (4, 4, 5, 6, 6), "chat": (9,)}
    for macro, channels in ((USED, with_it), (None, without_it)):
        for channel, hours in channels.items():
            for took in hours:
                _macro_ticket(shop, took, channel, macro)


def _tell_bot(shop: HandmadeShop) -> None:
    """Of four sessions the bot settles one; one waits in a group it was passed to, one was left to a person, and one
    was settled by the bot though it had set a group.
    """
    at = f"{WEEK} 10:01"
    shop.ticket("botted", f"{WEEK} 10:00").reply(at, BOT, status="solved")
    shop.ticket("botted", f"{WEEK} 10:00").reply(at, BOT, group=SECOND)
    shop.ticket("botted", f"{WEEK} 10:00").reply(at, BOT).reply(f"{WEEK} 11:00", shop.agent(), status="solved")
    shop.ticket("botted", f"{WEEK} 10:00").reply(at, BOT, group=SECOND).reply(f"{WEEK} 10:02", BOT, status="solved")


def test_paths_are_counted_and_ranked(found: Published) -> None:
    rows = found.rows("select * from ticket_path where period = 'all' and workflow = 'claims' order by workflow_rank")
    assert [(row["path"], row["ticket_count"], row["ticket_share"], row["is_happy"]) for row in rows] == [
        (list(FAST), 10, approx(10 / 15), True),
        (list(SLOW), 4, approx(4 / 15), False),
        (list(OPEN), 1, approx(1 / 15), False),
    ]
    figures = [
        (row["csat"], row["csat_n"], row["resolution_time_mean_calendar_hours"], row["resolved_count"]) for row in rows
    ]
    assert figures == [(1, 6, approx(1), 10), (0, 4, approx(10), 4), (None, 0, None, 0)]


def test_a_ticket_leaves_the_happy_path_once(found: Published) -> None:
    """Ten hours are above the third quartile of ten ones and four tens; the open ticket has no part in it."""
    rows = found.rows(
        "select * from path_departure where period = 'all' and workflow = 'claims' order by position, is_happy desc"
    )
    columns = ("position", "step", "next_step", "is_happy", "ticket_count", "slow_count", "unsatisfied_count")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        (0, None, "A", True, 14, 4, 4),
        (1, "A", "B", True, 10, 0, 0),
        (1, "A", "C", False, 4, 4, 4),
        (2, "B", "Z", True, 10, 0, 0),
        (3, "Z", None, True, 10, 0, 0),
    ]
    assert [row["slow_above_hours"] for row in rows] == approx([1 + 0.75 * 9] * 5)
    assert {row["satisfied_count"] for row in rows} == {6, 0}


def reasons(found: Published, source: str, workflow: str = "why") -> dict[str, dict[str, object]]:
    """The reasons of the whole data, by their value."""
    rows = found.rows(
        "select * from contact_reason where period = 'all' and workflow = ? and source = ?", workflow, source
    )
    return {row["reason"]: row for row in rows}


def test_reasons_of_the_field_with_growth(found: Published) -> None:
    """Late: two in the quarter after one in the quarter before. Size: one after none, so no growth can be said."""
    rows = reasons(found, "field")
    columns = ("ticket_count", "ticket_share", "quarter_count", "before_count", "growth")
    late, size = (tuple(rows[key][column] for column in columns) for key in ("late", "size"))
    assert late == (3, approx(0.6), 2, 1, 1.0)
    assert size == (2, approx(0.4), 1, 0, None)
    assert rows["late"]["fcr_7d"] == 1
    assert rows["late"]["after_order_share"] == approx(1 / 3)  # five days after an order; the other ten, the third none
    assert reasons(found, "field", "all")["late"]["ticket_count"] == 3


def test_reason_and_language_stand_on_the_ticket(found: Published) -> None:
    """An empty language field gives way to that of the customer's profile; a ticket without a reason has none."""
    told = found.rows("select reason, language from fct_ticket where workflow = 'why' order by created_at")
    assert [tuple(row.values()) for row in told] == [
        ("size", PROFILE), ("late", "de"), ("late", "de"), ("late", "de"), ("size", PROFILE),
    ]  # fmt: skip
    (plain,) = found.rows("select distinct reason, language from fct_ticket where workflow = 'macro'")
    assert tuple(plain.values()) == (None, PROFILE)
    assert found.rows("select language from fct_ticket where workflow = 'claims' and language is not null") == []


def test_fields_that_tickets_can_be_compared_by(found: Published) -> None:
    """Of the handmade fields one has a single value, which parts nothing; a field of the log has two scores."""
    rows = found.rows('select field, "value", count(*) as n from fct_ticket_field where field not in (\'flow:refunds\') group by all order by all')
    assert [tuple(row.values()) for row in rows] == [
        (str(REASON_FIELD), "late", 3), (str(REASON_FIELD), "size", 2),
        ("language", "de", 3), ("language", PROFILE, found.rows(OTHERS)[0]["n"]),
        ("reason", "late", 3), ("reason", "size", 2),
        ("score", "1", 4), ("score", "5", 6),
    ]  # fmt: skip


def test_the_version_of_a_flow_is_that_of_the_ticket_else_of_its_order(found: Published) -> None:
    """Of `gifts` there is one version, which parts nothing."""
    rows = found.rows("""select workflow, field, "value" from fct_ticket_field
        inner join fct_ticket using (ticket_key) where starts_with(field, 'flow:') order by workflow""")
    assert [tuple(row.values()) for row in rows] == [
        ("of_order", "flow:refunds", "v2"),
        ("own_tag", "flow:refunds", "v1"),
    ]


def test_the_tag_that_selects_the_workflow_is_no_reason(found: Published) -> None:
    assert {key: row["ticket_count"] for key, row in reasons(found, "tag").items()} == {"vip": 2, "gold": 1}


def test_the_quarter_counts_what_it_holds_and_shows_the_same_growth(found: Published) -> None:
    (row,) = found.rows(
        "select * from contact_reason where period = 'quarter' and workflow = 'why' and reason = 'late'"
    )
    assert (row["ticket_count"], row["quarter_count"], row["before_count"], row["growth"]) == (2, 2, 1, 1.0)


def test_subjects_without_what_differs(found: Published) -> None:
    rows = found.rows("select * from contact_subject where period = 'all' and workflow = 'why'")
    assert {row["subject"]: row["ticket_count"] for row in rows} == {
        "where is my order": 2,
        "where is my order write to": 1,
        "too small": 1,
        "size # or #": 1,
    }


def test_macros_are_listed_whether_or_not_they_are_used(found: Published) -> None:
    rows = {row["name"]: row for row in found.rows("select * from dim_automation where kind = 'macro'")}
    columns = ("is_listed", "is_active", "use_count", "quarter_use_count")
    assert {name: tuple(row[column] for column in columns) for name, row in rows.items()} == {
        "Used": (True, True, 6, 6),
        "Never": (True, True, 0, 0),
        "Switched off": (True, False, 0, 0),
    }
    assert (rows["Never"]["first_used_at"], rows["Used"]["first_used_at"] is None) == (None, False)


def test_a_macro_beside_comparable_others(found: Published) -> None:
    """Own mean 8/6; others (4 x 3 + 2 x 5) / 6. Own variance 2/4 pooled, others' 0.8 of 6 and 1.0 of 5."""
    (row,) = found.rows(
        "select * from automation_effect where period = 'all' and name = 'Used'"
        " and metric = 'resolution_time_mean_calendar_hours'"
    )
    assert (row["n"], row["compared_n"], row["others_n"]) == (6, 6, 11)
    assert (row["value"], row["others_value"]) == (approx(8 / 6), approx(22 / 6))
    half = 1.959964 * math.sqrt(0.5 / 6 + (4**2 * 0.8 / 6 + 2**2 * 1.0 / 5) / 36)
    assert (row["low"], row["high"]) == (approx(-14 / 6 - half, 1e-5), approx(-14 / 6 + half, 1e-5))
    assert row["strata"] == "workflow, channel, priority"


def test_reach_is_a_share_of_its_own_workflow(found: Published) -> None:
    (row,) = found.rows("select * from automation_reach where period = 'all' and name = 'Used'")
    assert (row["workflows"], row["ticket_count"], row["workflow_ticket_count"]) == (["macro"], 6, 18)
    assert row["ticket_share"] == approx(6 / 18)


def test_a_bot_hands_over_what_is_not_settled_without_a_person(found: Published) -> None:
    """Two of four, one waiting and one answered by a person; two fees of 0.90 for the others."""
    rows = {
        row["part"]: row for row in found.rows("select * from automation_reach where period = 'all' and kind = 'bot'")
    }
    assert {part: (row["ticket_count"], row["part_share"]) for part, row in rows.items()} == {
        "all": (4, 1.0),
        "handed over": (2, 0.5),
    }
    assert rows["all"]["fee"] == approx(1.80)


def test_queries_return_the_marts(found: Published) -> None:
    from flowmeter import findings

    assert findings.ticket_paths(found.con, "all", "claims").height == 3
    assert findings.path_departures(found.con, "all", "claims").height == 5
    assert {"why", "all"} <= set(findings.contact_reasons(found.con, "all")["workflow"])
    assert findings.contact_subjects(found.con, "all", "why")["ticket_count"].sum() == 5
    assert findings.automations(found.con)["name"][0] == "Used"
    assert set(findings.automation_reach(found.con, "all")["kind"]) == {"macro", "bot", "step"}
    assert findings.automation_effects(found.con, "quarter").height > 0
    assert findings.order_status_workflows(found.con) == frozenset()
