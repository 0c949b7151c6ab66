"""Bottlenecks in sentences: known rows, known words, and silence where nothing is known."""

from __future__ import annotations

from typing import Any

import polars as pl

from analysis.bottleneck_words import (
    arrow_sentences,
    brings,
    causes,
    causes_title,
    charted,
    element,
    first_do,
    place,
    ranking_title,
    step_sentences,
    title,
    worst,
)
from analysis.wording import Speech

SPEECH = Speech("EUR")
BOTTLENECK: dict[str, Any] = {
    "workflow": "returns", "kind": "step", "step": "Approval", "to_step": "", "rank": 1, "is_own": True,
    "visit_count": 400, "ticket_count": 400, "wait_median_minutes": 4_260.0, "main_cause": "out_of_hours",
    "hours_saved_per_week": 1_269.4, "resolution_hours_saved": 16.5, "resolution_hours_saved_low": 15.0,
    "resolution_hours_saved_high": 18.25, "first_reply_hours_saved": 0.0, "first_reply_hours_saved_low": 0.0,
    "first_reply_hours_saved_high": 0.0, "cost_saved": 0.5, "cost_saved_low": -0.1, "cost_saved_high": 1.1,
}  # fmt: skip
STEP: dict[str, Any] = {
    "step_kind": "escalated", "visit_count": 450,
    "ticket_count": 400, "ticket_share": 0.391, "open_count": 1, "wait_median_minutes": 4_260.0,
    "wait_p90_minutes": 9_000.0, "work_median_minutes": 2.0, "start_source": "estimated", "share_of_elapsed": 0.231,
    "share_of_cost": 0.071, "csat": 0.664, "csat_n": 116, "elapsed_median_calendar_minutes": 4_262.0,
    "elapsed_p90_calendar_minutes": 9_002.0, "customer_minutes": 0.0, "hold_minutes": 0.0, "timer_minutes": None,
    "out_of_hours_minutes": 640.0, "unassigned_minutes": 0.0, "contention_minutes": 0.0, "prioritisation_minutes": 0.0,
    "batching_minutes": 0.0, "extraneous_minutes": 360.0,
}  # fmt: skip
EDGE: dict[str, Any] = {
    "from_step": "Queue", "to_step": "Approval", "ticket_count": 12, "ticket_share": 0.1, "passage_count": 13,
    "wait_median_minutes": None, "wait_p90_minutes": None, "elapsed_median_calendar_minutes": 90.0,
    "elapsed_p90_calendar_minutes": 600.0, "is_handoff": True, "csat": 0.5, "csat_n": 9,
}  # fmt: skip


def row(**changed: object) -> dict[str, Any]:
    return BOTTLENECK | changed


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows))


def test_halving_names_only_what_certainly_falls() -> None:
    """The first reply falls by nothing, and the interval of the cost begins below nothing."""
    assert brings(BOTTLENECK, "Returns", SPEECH) == (
        "Halving its wait would spare customers 1,269 hours of waiting a week. The average resolution of Returns would "
        "fall by 16 h 30 m (15 h to 18 h 15 m)."
    )


def test_a_loop_brings_cost_too() -> None:
    told = brings(row(kind="loop", cost_saved_low=0.2, hours_saved_per_week=3.24), "Returns", SPEECH)
    assert told == (
        "Doing it only once would spare customers 3.2 hours of waiting a week. The average resolution of Returns would "
        "fall by 16 h 30 m (15 h to 18 h 15 m) and handling cost per resolution by €0.50 (€0.20 to €1.10)."
    )


def test_what_is_not_known_is_not_claimed() -> None:
    few = brings(row(ticket_count=9), "Returns", SPEECH)
    unsure = brings(row(resolution_hours_saved_low=-1.0), "Returns", SPEECH)
    assert few == "With 9 tickets we cannot tell yet what mending it would bring."
    assert unsure.endswith("how far the averages of Returns would fall we cannot tell yet.")
    assert "little for the shop to halve" in brings(row(is_own=False), "Returns", SPEECH)


def test_titles_say_where_and_how_long() -> None:
    assert title(BOTTLENECK, "Returns") == (
        "Returns: customers wait most in Approval, half of these tickets 2 d 23 h or more"
    )
    assert title(None, "Returns") == "Returns: no step keeps customers waiting for the shop"
    assert "too few tickets" in title(row(ticket_count=3), "Returns")
    assert (
        ranking_title(BOTTLENECK, "Returns")
        == "Customers wait most in Approval of Returns: about 2,539 hours every week"
    )


def test_what_to_do_first_names_the_cause() -> None:
    told = first_do(BOTTLENECK, "Returns", SPEECH)
    assert told.startswith("Begin with Approval in Returns. Halving its wait")
    assert told.endswith("Most of the wait there is outside business hours.")
    assert "We cannot tell yet" in first_do(None, "", SPEECH)


def test_places_have_the_keys_of_the_flowchart() -> None:
    handoff = row(kind="handoff", step="Queue", to_step="Approval")
    assert (place(handoff), element(handoff)) == ("Queue → Approval", "arrow:Queue→Approval")
    assert (place(row(kind="loop")), element(row(kind="loop"))) == ("Approval, again", "step:Approval")


def test_the_worst_step_is_the_first_of_the_shops_own() -> None:
    found = worst(frame(row(rank=1, kind="handoff"), row(rank=2, is_own=False), row(rank=3, step="Queue")))
    assert found is not None
    assert found["step"] == "Queue"
    assert worst(frame(row(is_own=False))) is None


def test_nothing_is_charted_twice() -> None:
    """85% of the visits to Approval come from Queue: that hand-off is left out, the one of 15% stays."""
    ranked = frame(
        row(),
        row(kind="handoff", step="Queue", to_step="Approval", visit_count=340),
        row(kind="handoff", step="Bot", to_step="Approval", visit_count=60),
        row(kind="loop", hours_saved_per_week=30.0),
        row(step="Triage", hours_saved_per_week=12.0),
        row(step="Customer", is_own=False),
        row(step="Rare", ticket_count=9),
    )
    shown = [place(found) for found in charted(ranked).to_dicts()]
    assert shown == ["Approval", "Bot → Approval", "Approval, again"], "12 of 1,269 hours cannot be seen"


def test_causes_say_what_is_measured() -> None:
    found = causes(STEP)
    assert [(cause.key, cause.share, cause.source) for cause in found] == [
        ("out_of_hours", 0.64, "measured"),
        ("extraneous", 0.36, "estimated"),
    ]
    assert causes_title(found) == "64% of the wait is outside business hours"
    assert {cause.source for cause in causes(STEP | {"start_source": "measured"})} == {"measured"}
    of_a_log = causes(STEP | {"start_source": "measured", "step_kind": "activity"})
    assert [cause.source for cause in of_a_log] == ["estimated", "measured"], "its hours may be read off the log"
    assert causes(dict.fromkeys(STEP, None)) == []


def test_a_step_in_words() -> None:
    assert step_sentences(STEP, "Returns", SPEECH) == [
        (
            "400 tickets (39.1% of Returns) came here in 450 visits. Half wait 2 d 23 h or longer, one in ten 6 d 6 h "
            "or longer; the work itself takes 2 m (estimated)."
        ),
        "It takes 23.1% of all their time and 7.1% of handling cost.",
        "66.4% of the 116 who answered were satisfied.",
        "1 ticket is in it now.",
    ]
    unknown = step_sentences(
        STEP | {"wait_median_minutes": None, "csat_n": 9, "share_of_cost": None}, "Returns", SPEECH
    )
    assert "when work began is not known" in unknown[0]
    assert not any("satisfied" in told or "cost" in told for told in unknown)


def test_an_arrow_in_words() -> None:
    assert arrow_sentences(EDGE, "Returns", SPEECH) == [
        "12 tickets (10.0% of Returns) went from Queue to Approval, in 13 passages.",
        "Half of them then stay there 1 h 30 m or longer, one in ten 10 h.",
        "Most of these passages change the group or the agent.",
    ]
