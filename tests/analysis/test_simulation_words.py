"""What a simulation says, on documents made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from analysis import simulation_words as words
from analysis.simulation_html import About, simulation_html
from analysis.simulation_words import Known, Row
from analysis.wording import MINUS, Speech

METRICS = {
    "resolution_time_mean_calendar_hours": {"label": "Average resolution time", "unit": "hours", "better": "lower"},
    "cost_per_resolution": {"label": "Cost per resolution", "unit": "money", "better": "lower"},
    "handoffs": {"label": "Handoffs per ticket", "unit": "count", "better": "lower"},
}
KNOWN = Known(METRICS, {"returns": "Returns"}, Speech("EUR"))


def effect(metric: str, baseline: float, difference: float, half: float, workflow: str = "all") -> dict[str, Any]:
    return {
        "workflow": workflow, "metric": metric, "baseline": baseline, "scenario": baseline + difference,
        "difference": difference, "low": difference - half, "high": difference + half,
    }  # fmt: skip


def told(*effects: dict[str, Any]) -> list[Row]:
    return words.main(words.effects({"effects": list(effects)}, KNOWN))


def test_the_title_is_the_first_clear_effect_either_way() -> None:
    rows = told(
        effect("handoffs", 0.4, -0.3, 0.01),
        effect("resolution_time_mean_calendar_hours", 50.0, -8.0, 2.0),
        effect("cost_per_resolution", 8.0, 0.8, 0.1),
    )
    assert words.title(rows, "Refunds", KNOWN) == (
        f"Refunds: average resolution time {MINUS}8 h, but cost per resolution +€0.80"
    )


def test_what_rounds_to_nothing_is_neither_better_nor_worse() -> None:
    rows = told(effect("handoffs", 0.4, 0.004, 0.001), effect("cost_per_resolution", 8.0, -0.01, 0.004))
    assert {row["metric"]: row["standing"] for row in rows} == {
        "handoffs": "no clear difference", "cost_per_resolution": "better",
    }  # fmt: skip


def test_what_is_unclear_or_too_small_to_matter_is_no_finding() -> None:
    rows = told(
        effect("resolution_time_mean_calendar_hours", 50.0, -8.0, 9.0),
        effect("cost_per_resolution", 8.0, 0.02, 0.01),
        effect("unknown", 1.0, 1.0, 0.1),
    )
    assert words.title(rows, "Refunds", KNOWN) == "Refunds: no clear change in any main figure"


def worth(value: float, half: float, once: float = 0.0, month: float = 0.0) -> dict[str, Any]:
    def spread(middle: float) -> dict[str, float]:
        return {"value": middle, "low": middle - half, "high": middle + half}

    net = spread(value - month)
    pays = {
        "value": once / net["value"] if net["value"] > 0 else None,
        "low": once / net["high"] if net["high"] > 0 else None,
        "high": once / net["low"] if net["low"] > 0 else None,
    }
    return {
        "counts": "time freed", "saving_month": spread(value), "net_month": net, "cost_once": once, "cost_month": month,
        "payback_months": pays,
    }  # fmt: skip


def test_money_says_saving_cost_and_payback_with_ranges() -> None:
    found = worth(500, 100, once=1200, month=100)
    assert words.money_title(found, Speech("EUR")) == "Saves about €400 a month"
    assert words.money(found, Speech("EUR")) == [
        "Saves €500 (€400 to €600) a month: time freed.",
        "The change itself costs €1,200 once and €100 a month. All in all it saves €400 (€300 to €500) a month.",
        "It has paid for itself after about 3 months (2 months to 4 months).",
    ]


def test_a_quick_payback_is_told_in_weeks_throughout() -> None:
    said = words.money(worth(520, 40, once=500, month=40), Speech("EUR"))
    assert said[-1] == "It has paid for itself after about 5 weeks (4 weeks to 5 weeks)."


def test_what_goes_past_the_weeks_seen_is_headed_by_what_it_means() -> None:
    assert words.past_seen([]) == []
    assert words.past_seen(["A.", "B."]) == [
        "This goes past what your weeks have seen, so how the shop would behave is a guess.", "A.", "B.",
    ]  # fmt: skip


def test_a_loss_is_a_cost_and_never_pays_for_itself() -> None:
    found = worth(-200, 50, once=1000)
    assert words.money_title(found, Speech("EUR")) == "Costs about €200 a month"
    said = words.money(found, Speech("EUR"))
    assert said[0] == "Costs €200 (€150 to €250) a month: time freed."
    assert said[-1] == "It would not pay for itself."


def test_a_range_over_zero_is_said_to_be_open() -> None:
    found = worth(50, 100, once=1000)
    assert words.money_title(found, Speech("EUR")) == "No clear saving"
    said = words.money(found, Speech("EUR"))
    assert "at worst never" in said[2]
    assert "cannot tell yet" in said[-1]


AGENTS = [
    {"when": when, "agent": agent, "utilisation": busy, "duty_hours_week": hours}
    for when, agent, busy, hours in (
        ("before", "a", 0.95, 30.0), ("before", "b", 0.85, 10.0), ("before", "c", 0.5, 20.0),
        ("after", "a", 0.7, 30.0), ("after", "b", 0.9, 10.0), ("after", "c", 0.9, 20.0),
    )
]  # fmt: skip
GROUPS = {"a": "Orders", "b": "Orders", "c": "Sales"}


def test_groups_and_not_people_are_called_overloaded() -> None:
    answer = {"agents": AGENTS}
    orders = words.busy(answer, GROUPS, "before")["Orders"]
    assert (orders.people, orders.hours) == (2, 40.0)
    assert orders.share == pytest.approx((30 * 0.95 + 10 * 0.85) / 40)
    assert words.overload_title(answer, GROUPS) == "Overloaded groups: 1 today, 1 then"
    assert words.overloaded(answer, GROUPS) == [
        "Sales (1 person) would be busy 90% of the time at work, 50% today.",
        "Orders no longer: 75% instead of 92%.",
    ]


def test_what_makes_a_range_wide_is_named() -> None:
    width = [{"metric": "x", "input": name, "share": share} for name, share in (("arrivals", 0.7), ("chance", 0.3))]
    assert words.drivers(width, "x", "Cost per ticket") == (
        "The range of cost per ticket is wide mostly because of how many customers write (70% of it)."
    )
    assert not words.drivers(width, "y", "Nothing")


def test_the_fit_is_told_in_each_figures_own_words() -> None:
    scores = [
        {"workflow": "all workflows", "metric": "cost_per_resolution", "label": "Cost per resolution", "unit": "money",
         "error": 0.5, "relative_error": 0.06},
        {"workflow": "all workflows", "metric": "reopen_rate", "label": "Reopened", "unit": "share", "error": 0.012,
         "relative_error": 0.2},
        {"workflow": "Returns", "metric": "reopen_rate", "label": "Reopened", "unit": "share", "error": 1.0,
         "relative_error": 9.0},
    ]  # fmt: skip
    assert words.fit({"scores": scores, "cuts": 8, "ahead": 4}, Speech("EUR")) == (
        "The last 32 weeks, foretold 4 at a time from what was known before, came out: cost per resolution within 6% "
        "and reopened within 1.2 points."
    )


def test_the_page_to_send_holds_the_finding_and_escapes_names() -> None:
    answer = {
        "effects": [effect("resolution_time_mean_calendar_hours", 50.0, -8.0, 2.0)], "agents": AGENTS,
        "money": worth(500, 100), "method": "50 calibrations", "width": [], "tornado": [],
    }  # fmt: skip
    page = simulation_html(answer, KNOWN, About("<b>Refunds</b>", ("no 'Approval' any more",), "all", GROUPS))
    assert "<b>Refunds" not in page
    for part in ("average resolution time", "No &#x27;Approval&#x27; any more.", "Saves about €500", "50 calibrations"):
        assert part in page
    assert "http" not in page.replace("http://www.w3.org", "")
