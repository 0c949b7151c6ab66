"""A playbook of a handmade workflow: its figures, its sentences, and the page and document that are made of it."""

from __future__ import annotations

import datetime as dt
import io
import xml.etree.ElementTree as ET
from typing import Any

import polars as pl
import pypdf
import pytest

from analysis.playbook import DEFAULT_DESCRIPTIONS, Fact, Heading, Part, Playbook, StepPage, percent, playbook
from analysis.playbook_html import playbook_html
from analysis.playbook_pdf import playbook_pages, playbook_pdf

HEADING = Heading(
    workflow="returns",
    name="Returns",
    description="Refunds & exchanges.",
    shop="Hearth <Loom>",
    currency="EUR",
    snapshot_at=dt.datetime(2026, 11, 22, 12),  # noqa: DTZ001 - UTC without a zone, as all instants of the marts
    period="Last 13 weeks",
    tickets=1_200,
)
HOSTILE = '"#eval(1)" <script>alert(1)</script> & $x$ #link'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 80"><text x="20" y="35">The drawing</text></svg>'
STEP_COLUMNS = (
    "step", "step_kind", "position", "visit_count", "ticket_count", "ticket_share", "open_count", "rework_count",
    "elapsed_median_calendar_minutes", "elapsed_p90_calendar_minutes", "work_median_minutes", "work_p90_minutes",
    "start_source",
)  # fmt: skip
STEPS: list[tuple[Any, ...]] = [
    ("Resolved", "resolved", 3.0, 1_250, 1_190, 0.99, 0, 60, 900.0, 2_000.0, 0.0, 0.0, None),
    ("Queue", "queue", 1.0, 1_200, 1_200, 1.0, 0, 0, 192.0, 2_880.0, 0.0, 0.0, None),
    ("Working", "working", 2.0, 1_400, 1_150, 0.96, 10, 250, 0.2, 60.0, 12.0, 45.0, "estimated"),
    ("Approval", "escalated", 2.5, 9, 9, 0.0075, 0, 0, 600.0, 900.0, 5.0, 9.0, "measured"),
    ("Customer", "customer", 2.6, 500, 400, 0.33, 0, 100, 600.0, 900.0, 0.0, 0.0, None),
    (HOSTILE, "activity", 2.7, 12, 12, 0.01, 0, 0, 600.0, 900.0, 5.0, 9.0, "measured"),
]
EDGES = [
    ("Queue", "Working", 1_150), ("Queue", "Resolved", 38), ("Queue", HOSTILE, 12), ("Working", "Resolved", 1_100),
    ("Working", "Customer", 200), ("Working", "Queue", 40), ("Working", "Approval", 30), ("Customer", "Working", 300),
    ("Resolved", "Working", 60), ("Resolved", "Queue", 3),
]  # fmt: skip


def steps(rows: list[tuple[Any, ...]] = STEPS) -> pl.DataFrame:
    return pl.DataFrame(rows, STEP_COLUMNS, orient="row")


def made(**changed: Any) -> Playbook:
    groups = [("Working", group, n) for group, n in [("A", 700), ("B", 400), ("C", 200), ("D", 60), ("E", 40)]]
    macros = [("Working", f"Macro {number}", 100 * number) for number in range(1, 8)]
    frames: dict[str, Any] = {
        "groups": pl.DataFrame(
            [*groups, ("Queue", "A", 900), ("Queue", None, 300), ("Customer", None, 500)],
            ("step", "group_name", "visits"),
            orient="row",
        ),
        "macros": pl.DataFrame(macros, ("step", "macro", "visits"), orient="row"),
        "paths": pl.DataFrame([(["Queue", "Working", "Resolved"], 600)], ("steps", "tickets"), orient="row"),
        "descriptions": {},
    }
    edges = pl.DataFrame(EDGES, ("from_step", "to_step", "passage_count"), orient="row")
    return playbook(HEADING, steps(), edges, **{**frames, **changed})


def page(name: str, **changed: Any) -> StepPage:
    return next(step for step in made(**changed).steps if step.name == name)


def test_it_says_what_it_rests_on() -> None:
    assert HEADING.basis == "All figures rest on 1,200 tickets (last 13 weeks, as of 22 November 2026)."


def test_steps_come_as_tickets_reach_them_and_rare_ones_are_only_named() -> None:
    assert [step.name for step in made().steps] == ["Queue", "Working", "Customer", HOSTILE, "Resolved"]
    assert made().exceptions[-1] == "Seldom seen, and without a page of its own: Approval (9 tickets)."
    described = made(descriptions={"Approval": "The lead decides."})
    assert [step.name for step in described.steps][2] == "Approval"
    assert not any("Seldom seen" in sentence for sentence in described.exceptions)


def test_typical_times_are_spoken() -> None:
    assert page("Queue").facts == (
        Fact("Tickets", "100%", "1,200 tickets"),
        Fact("Typical time", "3 h 12 m", "9 of 10 within 2 d"),
    )
    assert page("Working").facts[1:] == (
        Fact("Typical time", "under 1 m", "9 of 10 within 1 h"),
        Fact("Work in it", "12 m", "9 of 10 within 45 m, estimated"),
    )
    assert page(HOSTILE).facts[2].note == "9 of 10 within 9 m"


def test_few_visits_have_no_typical_time() -> None:
    facts = page("Approval", descriptions={"Approval": "The lead decides."}).facts
    assert facts[1:] == (Fact("Typical time", "–", "9 visits, too few to tell"),)


def test_what_is_done_has_no_typical_time() -> None:
    assert [fact.label for fact in page("Resolved").facts] == ["Tickets"]


def test_what_follows_is_a_share_of_the_visits_that_are_over() -> None:
    working = page("Working")  # 1,400 visits, 10 go on, 1,370 went somewhere
    assert working.follows == (Part("Resolved", 1_100 / 1_390, 1_100), Part("Customer", 200 / 1_390, 200))
    assert working.exceptions == (
        "Seldom it goes on to Queue (40) or Approval (30).",
        "Seldom it ends here (20).",
        "18% of the visits (250 of 1,400) are repeats: the ticket had been here before.",
    )
    assert page("Resolved").follows == (Part("It stays so", 1_187 / 1_250, 1_187),)
    assert page("Customer").follows[1] == Part("It ends here", 0.4, 200)


def test_groups_and_macros_are_shares_of_the_visits() -> None:
    working = page("Working")
    assert working.groups == (
        Part("A", 0.5, 700),
        Part("B", 400 / 1_400, 400),
        Part("C", 200 / 1_400, 200),
        Part("2 other groups", pytest.approx(100 / 1_400), 100),  # type: ignore[arg-type]
    )
    assert [macro.name for macro in working.macros] == [f"Macro {number}" for number in (7, 6, 5, 4, 3)]
    assert working.macros[0].share == 0.5
    assert page("Queue").groups == (Part("A", 0.75, 900), Part("No group yet", 0.25, 300))
    assert page("Customer").groups == ()  # no group has it, ever


def test_detours_are_said_in_words() -> None:
    assert made().exceptions[:3] == (
        "Reopened: 5.0% of resolutions did not hold (63 of 1,250). Most often the ticket came back to Working (60).",
        "Back and forth: 1,150 times from Queue to Working, 40 times the other way.",
        "Rounds with the customer: of 500 waits on the customer, 100 (20%) were not the ticket's first.",
    )


def test_a_step_of_reopened_tickets_is_not_named_as_where_they_came_back_to() -> None:
    edges = pl.DataFrame([("Resolved", "Again", 60)], ("from_step", "to_step", "passage_count"), orient="row")
    again = ("Again", "reopened", 2.0, 60, 60, 0.05, 0, 0, 900.0, 2_000.0, 0.0, 0.0, None)
    frame = pl.DataFrame(schema=dict.fromkeys(("step", "group_name", "macro", "visits"), pl.String))
    paths = pl.DataFrame(schema={"steps": pl.List(pl.String), "tickets": pl.Int64})
    told = playbook(HEADING, steps([STEPS[0], again]), edges, groups=frame, macros=frame, paths=paths, descriptions={})
    assert told.exceptions == ("Reopened: 4.8% of resolutions did not hold (60 of 1,250).",)
    assert [step.name for step in told.steps] == ["Resolved", "Again"]


def test_a_share_of_few_is_said_as_a_count() -> None:
    assert Part("A", 2 / 3, 2).shown == "2 of 3"
    assert Part("A", 1.0, 9).shown == "9 of 9"
    assert Part("A", 0.4, 4).shown == "40%"


def test_the_shops_own_words_go_before_the_general_ones() -> None:
    assert page("Queue").description == DEFAULT_DESCRIPTIONS["queue"]
    assert page("Queue", descriptions={"Queue": "Sort by date."}).description == "Sort by date."
    assert page(HOSTILE).description == ""


def test_ways_are_shares_of_all_tickets() -> None:
    assert made().ways == (Part("Queue → Working → Resolved", 0.5, 600),)


@pytest.mark.parametrize(
    ("share", "spoken"),
    [(0, "0.0%"), (0.0001, "under 0.1%"), (0.037, "3.7%"), (0.43, "43%"), (0.999, "over 99%"), (1, "100%")],
)
def test_percentages_never_claim_all_or_none(share: float, spoken: str) -> None:
    assert percent(share) == spoken


def nothing() -> Playbook:
    empty = Heading(**{**HEADING.__dict__, "tickets": 0})
    frame = pl.DataFrame(schema=dict.fromkeys(("step", "group_name", "macro", "visits"), pl.String))
    edges = pl.DataFrame(schema={"from_step": pl.String, "to_step": pl.String, "passage_count": pl.Int64})
    paths = pl.DataFrame(schema={"steps": pl.List(pl.String), "tickets": pl.Int64})
    return playbook(empty, steps([]), edges, groups=frame, macros=frame, paths=paths, descriptions={})


def test_a_workflow_without_tickets_says_so() -> None:
    page = playbook_html(nothing(), "")
    assert "No tickets in this period (last 13 weeks)." in page
    ET.fromstring(page.removeprefix("<!DOCTYPE html>"))  # noqa: S314 - our own text
    assert "No tickets in this period" in text_of(playbook_pdf(nothing(), ""))


def test_the_page_is_well_formed_and_takes_texts_as_texts() -> None:
    html = playbook_html(made(), f'<?xml version="1.0"?>{SVG}')
    root = ET.fromstring(html.removeprefix("<!DOCTYPE html>"))  # noqa: S314 - our own text
    titles = ["".join(title.itertext()) for title in root.iter("h3")]
    assert titles == ["1. Queue", "2. Working", "3. Customer", f"4. {HOSTILE}", "5. Resolved"]
    assert root.find(".//script") is None
    assert root.find(".//{http://www.w3.org/2000/svg}text") is not None


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    html = playbook_html(made(), SVG)
    root = ET.fromstring(html.removeprefix("<!DOCTYPE html>"))  # noqa: S314 - our own text
    references = [value for element in root.iter() for name, value in element.items() if name in {"src", "href"}]
    assert references
    assert all(value.startswith("#step-") for value in references)
    assert "url(" not in html
    assert "@import" not in html


def text_of(document: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(document)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_document_has_the_steps_and_their_figures() -> None:
    text = text_of(playbook_pdf(made(), SVG))
    for said in ("Hearth <Loom>", "1. Queue", "2. Working", "3 h 12 m", "Macro 7", "The drawing", "5. Resolved"):
        assert said in text
    assert HEADING.basis in text
    assert HOSTILE in text  # read as text, not as markup of the typesetter


def test_the_document_can_be_looked_at_as_pictures() -> None:
    pictures = playbook_pages(made(), SVG)
    assert len(pictures) == len(pypdf.PdfReader(io.BytesIO(playbook_pdf(made(), SVG))).pages)
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
