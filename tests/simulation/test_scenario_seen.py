"""The range that the data saw, warnings past it, and the chart of what changes."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from analysis.flowchart.graph import chart
from simulation.parameters import Parameters
from simulation.scenario.apply import apply
from simulation.scenario.document import Scenario
from simulation.scenario.picture import changed_steps
from simulation.scenario.seen import observed, past_seen, ranges, today
from tests.simulation.scenario_shops import Place, Way, returns, shop

MONDAY = dt.date(2025, 12, 1)
WEEKS = [("contacts", "returns", 300.0), ("contacts", "returns", 360.0), ("containment", "returns", 0.35)]


def weeks() -> pl.DataFrame:
    return pl.DataFrame(WEEKS, schema=["measure", "subject", "value"], orient="row")


def after(*changes: dict[str, object]) -> Parameters:
    return apply(shop(), Scenario.model_validate({"name": "X", "changes": list(changes)}))


def test_todays_values() -> None:
    """Two tickets an hour are 336 a week; the bot ends 40%; closed after 4 days."""
    assert today(shop()) == pytest.approx({
        ("contacts", "returns"): 336.0, ("containment", "returns"): 0.4, ("work", "returns: Answer"): 10.0,
        ("work", "returns: Approval"): 5.0, ("work", "returns: Refund"): 20.0, ("work", "returns: Reopened"): 8.0,
        ("auto-close", "returns"): 4.0, ("agents", "Returns"): 3.0, ("agents", "Lead"): 1.0,
    })  # fmt: skip


def test_ranges_hold_what_was_seen_and_today() -> None:
    found = {(row.measure, row.subject): (row.low, row.high) for row in ranges(shop(), weeks())}
    assert found["contacts", "returns"] == (300.0, 360.0)
    assert list(found["containment", "returns"]) == pytest.approx([0.35, 0.4])
    assert found["agents", "Lead"] == (1.0, 1.0)


def test_going_past_what_was_seen_is_said() -> None:
    known = ranges(shop(), weeks())
    assert past_seen(shop(), after({"volume": {"change": "+5%"}}), known, {}) == []
    assert past_seen(
        shop(), after({"volume": {"change": "+25%"}}, {"staff": {"group": "Lead", "agents": 1}}), known, {}
    ) == [
        "Contacts of returns a week would be 420; the data saw 300 to 360.",
        "The team of Lead would be 2 agents; the data saw only 1 agent.",
    ]
    assert past_seen(shop(), after({"surge": {"factor": 3, "days": 2}}), known, {})[0].startswith(
        "Contacts of returns a week would be 1008;"
    )
    more = after({"containment": {"workflow": "returns", "to": "70%"}})
    assert past_seen(shop(), more, known, {"returns": "Returns & refunds"}) == [
        "The share that the bot of Returns & refunds ends by itself would be 70%; the data saw 35% to 40%."
    ]


def test_visits_of_another_mix_are_no_longer_work() -> None:
    """Two states of a step, of 10 and 20 minutes: without the second, a visit takes 10 instead of 15, none another."""
    places = [
        Place("Answer", [Way("Waiting", 1.0)], "Returns", 10.0, state="first"),
        Place("Waiting", [Way("second", 1.0, 60.0)], actor="customer"),
        Place("Answer", [Way("End", 1.0)], "Returns", 20.0, state="second"),
        Place("End"),
    ]
    before = shop(places, {"first": 1.0})
    places[0].ways = [Way("Waiting", 0.5), Way("End", 0.5)]
    known = ranges(before, weeks())
    assert past_seen(before, shop(places, {"first": 1.0}), known, {}) == []
    places[0].minutes = 16.0
    assert past_seen(before, shop(places, {"first": 1.0}), known, {"returns": "Returns"}) == [
        "A visit to Returns: Answer would be 18.0 minutes; the data saw only 15.0 minutes."
    ]


def test_weeks_are_read_from_tickets_and_visits() -> None:
    """30 tickets in each of two weeks; the bot ends 30, then 15 of 30; Ann takes 4 minutes, Ben 8."""
    first, second = MONDAY, MONDAY + dt.timedelta(7)
    tickets = pl.DataFrame({"workflow": ["returns"] * 60, "created_week": [first] * 30 + [second] * 30})
    rows: list[tuple[Any, ...]] = [
        ("returns", "Bot", "bot", first if n < 30 else second, 0.0, None, None, "Resolved" if n < 45 else "Answer")
        for n in range(60)
    ]
    rows += [
        ("returns", "Answer", "working", first, minutes, agent, "Returns", "Resolved")
        for agent, minutes in (("Ann", 4.0), ("Ben", 8.0))
        for _ in range(25)
    ]
    rows.append(("returns", "Resolved", "resolved", first, 0.0, None, None, None))
    visits = pl.DataFrame(
        rows,
        schema=["workflow", "step", "step_kind", "entered_at", "work_minutes", "agent_id", "group_name", "next_step"],
        orient="row",
    ).with_columns(pl.col("entered_at").cast(pl.Datetime("us")))
    found = observed(tickets, visits).sort("measure", "subject", "value").rows()
    assert found == [
        ("agents", "Returns", 2.0),
        ("contacts", "returns", 30.0), ("contacts", "returns", 30.0),
        ("containment", "returns", 0.5), ("containment", "returns", 1.0),
        ("work", "returns: Answer", 4.0), ("work", "returns: Answer", 8.0),
    ]  # fmt: skip


def test_the_proposed_chart_marks_what_changes() -> None:
    """Without the approval: the step is gone, answers lead to refunds, and refunds are as many as before."""
    places = returns()
    places[3].pool = "Payments"
    shorter = Scenario.model_validate(
        {"name": "X", "changes": [{"remove": {"workflow": "returns", "step": "Approval"}}]}
    )
    before, proposed = changed_steps(shop(places), apply(shop(places), shorter), "returns")
    assert _marks(before.steps, "step") == {"Approval": "removed"}
    assert _marks(proposed.steps, "step") == {}
    assert _marks(before.edges, "from_step", "to_step") == {
        ("Answer", "Approval"): "removed", ("Approval", "Refund"): "removed", ("Approval", "Resolved"): "removed",
        ("Answer", "Resolved"): "changed",
    }  # fmt: skip
    assert _marks(proposed.edges, "from_step", "to_step") == {
        ("Answer", "Refund"): "added", ("Answer", "Resolved"): "changed",
    }  # fmt: skip
    refunds = proposed.steps.row(by_predicate=pl.col("step") == "Refund", named=True)
    assert refunds["ticket_count"] == round(336 * 0.375 * 0.6 / 0.76)
    assert refunds["ticket_share"] == pytest.approx(0.375 * 0.6 / 0.76)


def test_more_work_and_another_queue_are_changes_of_a_step() -> None:
    _, proposed = changed_steps(
        shop(),
        after(
            {"shorten": {"workflow": "returns", "step": "Refund", "by": "50%"}},
            {"route": {"workflow": "returns", "step": "Reopened", "to": "Lead"}},
            {"add": {"workflow": "returns", "step": "Check", "after": "Refund", "group": "Lead", "minutes": 2}},
        ),
        "returns",
    )
    assert _marks(proposed.steps, "step") == {"Refund": "changed", "Reopened": "changed", "Check": "added"}


def test_the_charts_are_drawn_by_the_process_pages_own_chart() -> None:
    before, _ = changed_steps(shop(), shop(), "returns")
    drawn = chart(before.steps, before.edges, "volume")
    assert drawn.tickets == 336
    assert {node.key for node in drawn.nodes} == {
        "start", "end", "step:Bot", "step:Answer", "step:Approval", "step:Refund", "step:Waiting on customer",
        "step:Resolved", "step:Reopened",
    }  # fmt: skip
    assert set(before.steps["change"]) == set(before.edges["change"]) == {""}


def _marks(rows: pl.DataFrame, *key: str) -> dict[object, str]:
    marked = rows.filter(pl.col("change") != "").select(*key, "change").rows()
    return {row[0] if len(key) == 1 else row[:-1]: row[-1] for row in marked}
