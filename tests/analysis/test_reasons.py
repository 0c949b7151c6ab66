"""Subjects grouped into reasons, and which of them could be spared."""

from __future__ import annotations

from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reasons import MOST_REASONS, UNKNOWN, field_reasons, subject_reasons
from analysis.spared import worth_sparing
from analysis.wording import Speech

SCHEMA = {
    "workflow": pl.String,
    "subject": pl.String,
    "ticket_count": pl.Int64,
    "quarter_count": pl.Int64,
    "before_count": pl.Int64,
    "csat": pl.Float64,
    "csat_n": pl.Int64,
    "fcr_7d": pl.Float64,
    "fcr_7d_n": pl.Int64,
    "automated_rate": pl.Float64,
    "automated_rate_n": pl.Int64,
    "total_cost": pl.Float64,
    "handle_mean_minutes": pl.Float64,
    "handle_deviation_minutes": pl.Float64,
    "after_order_share": pl.Float64,
    "top_macro": pl.String,
    "top_macro_count": pl.Int64,
}


def row(subject: str, tickets: int, **values: Any) -> dict[str, Any]:
    """A row of contact_subject."""
    usual = {
        "workflow": "w",
        "subject": subject,
        "ticket_count": tickets,
        "quarter_count": tickets,
        "before_count": tickets,
        "csat": None,
        "csat_n": 0,
        "fcr_7d": 0.0,
        "fcr_7d_n": tickets,
        "automated_rate": 0.0,
        "automated_rate_n": tickets,
        "total_cost": 5.0 * tickets,
        "handle_mean_minutes": 10.0,
        "handle_deviation_minutes": 10.0,
        "after_order_share": 0.0,
        "top_macro": None,
        "top_macro_count": 0,
    }
    return {**usual, **values}


def subjects(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA)


def test_subjects_of_the_same_words_are_one_reason() -> None:
    found = subject_reasons(
        subjects(
            row("refund missing", 30),
            row("my refund is missing", 20),
            row("parcel damaged", 40),
            row("the parcel came damaged", 5),
            row("and the", 2),
        )
    )
    told = {item["reason"]: (item["ticket_count"], item["subject_count"]) for item in found.to_dicts()}
    assert sum(count for count, _ in told.values()) == 97
    assert told[UNKNOWN] == (2, 1)
    assert {word for reason in told for word in reason.split(", ")} >= {"refund", "parcel", "damaged", "missing"}


def test_figures_of_a_reason_are_those_of_all_its_tickets() -> None:
    """Two workflows, ten tickets and thirty: shares weighted, costs added, deviation of the pooled values.

    Handle time: mean (10 x 4 + 30 x 8) / 40 = 7; second moment (10 x (16 + 1) + 30 x (64 + 1)) / 40 = 53; 53 - 49 = 4.
    """
    even = {"handle_deviation_minutes": 1.0}
    of_a = {"csat": 1.0, "csat_n": 5, "handle_mean_minutes": 4.0, "top_macro": "M", "top_macro_count": 6}
    of_b = {"csat": 0.5, "csat_n": 10, "handle_mean_minutes": 8.0, "top_macro": "N", "top_macro_count": 5}
    parts = [
        row("", 10, workflow="a", **of_a, **even),
        row("", 30, workflow="b", before_count=10, **of_b, **even),
        row("", 40, workflow="all"),
    ]
    told = {"reason": "late", "source": "field", "ticket_share": 0.4}
    rows = subjects(*parts).with_columns(**{name: pl.lit(value) for name, value in told.items()})
    (found,) = field_reasons(rows, frozenset({"a"})).to_dicts()
    assert (found["ticket_count"], found["total_cost"], found["csat_n"]) == (40, 200.0, 15)
    assert found["csat"] == pytest.approx((5 + 5) / 15)
    assert (found["handle_mean_minutes"], found["handle_deviation_minutes"]) == (pytest.approx(7), pytest.approx(2))
    assert (found["top_macro"], found["top_macro_count"], found["order_status_share"]) == ("M", 6, 0.25)
    assert (found["growth"], found["ticket_share"]) == (pytest.approx(40 / 20 - 1), 0.4)


def test_what_is_unknown_of_one_part_stays_unknown() -> None:
    (found,) = subject_reasons(subjects(row("late parcel", 5), row("parcel late", 5, before_count=None))).to_dicts()
    assert (found["before_count"], found["growth"], found["csat"]) == (None, None, None)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("abcdefg ä#", min_size=1, max_size=12), min_size=1, max_size=40, unique=True), st.randoms())
def test_every_ticket_is_in_one_reason_whatever_the_order(texts: list[str], random: Random) -> None:
    rows = [row(text, 1 + place % 5, workflow="ab"[place % 2]) for place, text in enumerate(texts)]
    found = subject_reasons(subjects(*rows))
    random.shuffle(rows)
    assert found.equals(subject_reasons(subjects(*rows)))
    assert found["ticket_count"].sum() == sum(item["ticket_count"] for item in rows)
    assert 1 <= found.height <= MOST_REASONS
    assert found["ticket_share"].sum() == pytest.approx(1)


def test_no_subject_at_all_gives_no_reason() -> None:
    assert subject_reasons(subjects()).is_empty()


def told(*rows: dict[str, Any], order_status: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    found = worth_sparing(subject_reasons(subjects(*rows), order_status), Speech())
    return list(zip(found["kind"], found["sentence"], strict=True))


def test_one_reply_one_macro_or_even_work_is_worth_automating() -> None:
    alike = {"fcr_7d": 0.7, "top_macro": "Wraps", "top_macro_count": 60, "handle_deviation_minutes": 4.0}
    assert told(row("gift wrapping", 100, **alike)) == [
        (
            "automate",
            (
                "'gift, wrapping': 100 tickets (100.0%) cost €500; one reply settles 70% and the macro 'Wraps' is the "
                "first answer to 60% and the work takes about 10 m every time. Let a rule or the bot answer it."
            ),
        )
    ]
    assert told(row("gift wrapping", 100)) == []
    assert told(row("gift wrapping", 100, fcr_7d=0.7, automated_rate=0.5)) == []
    assert told(row("gift wrapping", 29, fcr_7d=0.7)) == []
    assert [kind for kind, _ in told(row("gift wrapping", 30, fcr_7d=0.7), row("parcel", 1000, workflow="v"))] == []


def test_order_status_and_what_follows_an_order_is_answered_first() -> None:
    ((kind, sentence),) = told(row("parcel late", 50), order_status=frozenset({"w"}))
    assert kind == "answer first"
    assert "100% are questions of order status. Tell customers before they ask." in sentence
    ((kind, sentence),) = told(row("parcel late", 50, after_order_share=0.6))
    assert (kind, "60% come within 7 days of an order" in sentence) == ("answer first", True)
