"""Satisfaction and effort: which answer counts, when, and on which scale."""

from __future__ import annotations

import pytest

from tests.transforms.published import Published, approx
from tests.transforms.shop import HandmadeShop
from tests.transforms.zendesk import iso, utc

WEEK = "2026-05-18"  # a Monday
NEXT = "2026-05-25"
CREATED = f"{WEEK} 10:00"
SOLVED = f"{WEEK} 12:00"
OFFERED = f"{WEEK} 13:00"


def tell(shop: HandmadeShop) -> None:
    """Write the cases."""
    answers: list[list[tuple[str, str]]] = [
        [(f"{WEEK} 14:00", "good")],
        [("2026-05-19 14:00", "good")],
        [(f"{WEEK} 15:00", "bad")],
        [],
    ]
    for answer in answers:
        shop.rate(shop.simple("csat_plain", CREATED, SOLVED), OFFERED, *answer)
    recorded = shop.simple("csat_recorded", CREATED, SOLVED)
    shop.rate(recorded, OFFERED)
    shop.ratings.append(
        {**shop.ratings[-1], "id": next(shop.ids.rating), "score": "good"}
        | {name: iso(utc("2026-05-26 14:00")) for name in ("created_at", "updated_at")}
    )
    changed = shop.simple("csat_changed", CREATED, SOLVED)
    shop.rate(changed, OFFERED, (f"{WEEK} 14:00", "good"), ("2026-05-26 14:00", "bad"))
    shop.rate(shop.simple("csat_late", CREATED, SOLVED), OFFERED, ("2026-05-26 14:00", "good"))
    shop.simple("csat_never", CREATED, SOLVED)
    for score in (1, 3, 5):
        shop.effort(shop.simple(f"ces_{score}", CREATED, SOLVED), "2026-05-19 09:00", score)
    for score in (1, 2):
        shop.effort(shop.simple("ces_two", CREATED, SOLVED), "2026-05-19 09:00", score)
    twice = shop.simple("ces_twice", CREATED, SOLVED)
    shop.effort(twice, "2026-05-19 09:00", 5)
    shop.effort(twice, "2026-05-26 09:00", 1)


def test_csat_is_satisfied_answers_over_answers(published: Published) -> None:
    """Two good, one bad, one not answered: 2/3 of three answers; three of four offers were answered."""
    assert published.kpi("csat", "csat_plain", WEEK) == (approx(2 / 3), 3)
    assert published.kpi("csat_response_rate", "csat_plain", WEEK) == (approx(3 / 4), 4)


def test_an_answer_counts_once_the_last_and_when_it_was_given(published: Published) -> None:
    """Good on the 18th became bad on the 26th: one bad answer, in the week of the 25th."""
    assert published.kpi("csat", "csat_changed", WEEK) == (None, 0)
    assert published.kpi("csat", "csat_changed", NEXT) == (0, 1)
    assert published.ticket("csat_changed")["csat_satisfied"] is False


def test_answers_are_dated_by_the_answer_and_the_rate_by_the_offer(published: Published) -> None:
    """Offered on the 18th, answered on the 26th."""
    assert published.kpi("csat", "csat_late", WEEK) == (None, 0)
    assert published.kpi("csat", "csat_late", NEXT) == (1, 1)
    assert published.kpi("csat_response_rate", "csat_late", WEEK) == (1, 1)
    assert published.kpi("csat_response_rate", "csat_late", NEXT) == (None, 0)


def test_an_answer_that_is_a_record_of_its_own_is_no_second_offer(published: Published) -> None:
    """Offered on the 18th, answered on the 26th in another record: one offer, answered; one answer."""
    assert published.kpi("csat_response_rate", "csat_recorded", WEEK) == (1, 1)
    assert published.kpi("csat_response_rate", "csat_recorded", NEXT) == (None, 0)
    assert published.kpi("csat", "csat_recorded", NEXT) == (1, 1)


def test_a_ticket_without_a_survey_has_no_score(published: Published) -> None:
    """Unknown, not bad."""
    assert published.ticket("csat_never")["csat_satisfied"] is None
    assert published.kpi("csat", "csat_never", WEEK) == (None, 0)


@pytest.mark.parametrize(("score", "normalised"), [(1, 7), (3, 4), (5, 1)])
def test_effort_is_normalised_so_that_higher_is_easier(published: Published, score: int, normalised: float) -> None:
    """On a scale of 1 (very little effort) to 5: 1 + 6 x (5 - score) / 4."""
    assert published.ticket(f"ces_{score}")["ces_score"] == approx(normalised)
    assert published.kpi("ces", f"ces_{score}", WEEK) == (approx(normalised), 1)


def test_effort_is_the_mean(published: Published) -> None:
    """7 and 5.5."""
    assert published.kpi("ces", "ces_two", WEEK) == (approx(6.25), 2)


def test_the_last_answer_to_the_same_survey_counts(published: Published) -> None:
    """5 in one week, 1 in the next: one answer of 7, in the next."""
    assert published.kpi("ces", "ces_twice", WEEK) == (None, 0)
    assert published.kpi("ces", "ces_twice", NEXT) == (approx(7), 1)
