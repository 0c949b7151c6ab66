"""Rework, misroutes and hand-offs in sentences."""

from __future__ import annotations

from typing import Any

import polars as pl

from analysis.rework_words import handoff_sentence, misroute_sentences, rework_first, rework_sentences
from analysis.wording import Speech

SPEECH, NAMES = Speech("EUR"), {"routing": "Routing"}
ROW: dict[str, Any] = {
    "workflow": "routing", "ticket_count": 1_000, "reopened_count": 40, "reopened_share": 0.04, "ping_pong_count": 9,
    "ping_pong_share": 0.009, "same_agent_repeat_count": 0, "same_agent_repeat_share": 0.0,
    "other_agent_redo_count": 300, "other_agent_redo_share": 0.3, "misrouted_count": 100, "misrouted_share": 0.1,
    "misroute_hours": 9.5, "misroute_hours_low": 3.0, "misroute_hours_high": 16.0, "misroute_cost": 4.0,
    "misroute_cost_low": 3.0, "misroute_cost_high": 5.0,
}  # fmt: skip


def rows(**changed: object) -> pl.DataFrame:
    return pl.DataFrame([ROW | changed])


def test_a_misroute_says_what_it_costs() -> None:
    assert misroute_sentences(rows(), NAMES, SPEECH) == [
        (
            "Routing: 100 tickets (10.0%) were sent to a group that moved them on unanswered. Each takes 9 h 30 m (3 h "
            "to 16 h) longer and costs €4.00 (€3.00 to €5.00) more than the workflow's others."
        )
    ]
    assert rework_first(rows(), NAMES, SPEECH) == (
        "First mend to whom Routing sends tickets: misroutes cost about €400 (€300 to €500) more in this period than "
        "others."
    )


def test_an_interval_over_nothing_is_not_told_as_a_cost() -> None:
    unsure = rows(misroute_hours_low=-1.0, misroute_cost_low=-0.5)
    (told,) = misroute_sentences(unsure, NAMES, SPEECH)
    assert told.endswith("Whether that makes them slower or dearer we cannot tell yet.")
    assert rework_first(unsure, NAMES, SPEECH).startswith(
        "First ask why 30.0% of Routing (300 tickets) had a step done again by another agent."
    )


def test_rework_is_told_where_there_is_enough() -> None:
    """Nine that went back and forth are too few, and 0.9% of all."""
    assert rework_sentences(rows(), NAMES, SPEECH) == [
        (
            "Routing: of 1,000 tickets, 30.0% had a step done again by another agent; 4.0% were opened again after "
            "they were resolved."
        )
    ]
    none = rows(reopened_count=0, other_agent_redo_count=0, misrouted_count=0, misroute_cost_low=None)
    assert rework_sentences(none, NAMES, SPEECH) == misroute_sentences(none, NAMES, SPEECH) == []
    assert "we cannot tell yet" in rework_first(none, NAMES, SPEECH)


def test_hand_offs_name_the_busiest_and_what_comes_back() -> None:
    columns = ("from_group", "to_group", "passage_count", "ticket_count", "unanswered_count", "back_count")
    handed = pl.DataFrame(
        [("Triage", "Orders", 40, 38, 40, 0), ("Orders", "Triage", 12, 12, 3, 11)], columns, orient="row"
    )
    assert handoff_sentence(handed) == (
        "Most hand-offs go from Triage to Orders: 38 tickets, 100% before Triage had answered. 11 went back from "
        "Orders to Triage, where they had come from."
    )
    assert handoff_sentence(handed.head(1)).endswith("Hardly any go back to where they came from.")
    assert "No ticket went" in handoff_sentence(handed.head(0))
