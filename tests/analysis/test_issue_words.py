"""What to do first about reasons, paths, automations and what could go."""

from __future__ import annotations

import polars as pl

from analysis.issue_words import automations_first, beside, departures_first, reasons_first, retire_first, saving
from analysis.wording import DASH, Speech

SPEECH = Speech("EUR")
BOT = {
    "kind": "bot", "name": "bot", "part": "all", "cost_saved": 3_000.0, "cost_saved_low": 2_500.0,
    "cost_saved_high": 3_500.0,
}  # fmt: skip
HANDED = pl.DataFrame({"name": ["bot"], "tickets": [66], "share": [0.66], "sentence": ["The bot hands over."]})


def test_the_dearest_reason_is_the_first() -> None:
    worth = pl.DataFrame(
        {"reason": ["size", "late"], "total_cost": [10.0, 90.0], "sentence": ["'size': a.", "'late': b."]}
    )
    assert reasons_first(worth) == "Begin with 'late': b. At most all of that cost would be saved."
    assert "we cannot tell yet" in reasons_first(worth.head(0))


def test_the_departure_with_the_most_extra_tickets_is_the_first() -> None:
    """18 tickets 70 points above the others are 13 more than usual; 300 that are 50 points above are 150."""
    found = pl.DataFrame(
        {
            "workflow": ["routing", "returns"], "step": ["Triage", "Working"], "next_step": ["On hold", "Approval"],
            "outcome": ["slow", "slow"], "left": [18, 300], "left_share": [0.8, 0.55], "stayed_share": [0.1, 0.05],
        }
    )  # fmt: skip
    told = departures_first(found, {"returns": "Returns"})
    assert told.startswith(
        "Look first at Returns after Working: those that go on to Approval are about 150 slow tickets more"
    )
    assert "by chance" in departures_first(found.head(0), {})


def test_what_could_go() -> None:
    found = pl.DataFrame({"kind": ["macro", "step"], "name": ["Points", "Rare"], "why": ["unused", "rarely reached"]})
    assert retire_first(found).startswith("First switch off the macro “Points”, then the 1 below. Nobody would miss it")
    assert retire_first(found.tail(1)).startswith("First leave out the step “Rare”. It brings")
    assert "cannot tell yet" in retire_first(found.head(0))


def test_automations() -> None:
    reach = pl.DataFrame([BOT])
    assert automations_first(reach, HANDED, SPEECH) == (
        "First look at what the bot hands over: 66% of its tickets. In all, its tickets cost €3,000 (€2,500 to €3,500) "
        "less than comparable others, its fee counted."
    )
    unsure = pl.DataFrame([BOT | {"cost_saved_low": -10.0}])
    assert automations_first(unsure, HANDED.head(0), SPEECH).endswith("What it saves we cannot tell yet.")
    assert saving(unsure.row(0, named=True), SPEECH) == DASH
    assert "cannot tell" in automations_first(reach.head(0), HANDED, SPEECH)


def test_a_figure_beside_others_only_where_they_differ() -> None:
    effect = {
        "kind": "bot", "name": "bot", "part": "all", "metric": "csat", "too_few": False, "low": 0.01, "high": 0.09,
        "compared_value": 0.85, "others_value": 0.8,
    }  # fmt: skip
    assert beside(pl.DataFrame([effect]), BOT, "csat", SPEECH) == "85.0% against 80.0%"
    assert beside(pl.DataFrame([effect | {"low": -0.01}]), BOT, "csat", SPEECH) == "no clear difference"
    assert beside(pl.DataFrame([effect | {"too_few": True}]), BOT, "csat", SPEECH) == DASH
