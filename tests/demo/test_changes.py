"""Changes of a shop that count from a day on: until then it is the usual shop, to the second."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from demo.shop import FIRST_AGENT_ID, G_ORDERS, GROUPS, Shop
from tests.demo.made import Json, Made, make

FROM = date(2026, 9, 7)
BEGINS = "2026-09-06T22:00:00Z"  # local midnight


def _until(made: Made) -> list[tuple[int, Json]]:
    """Every event before the day, with its ticket."""
    return [
        (number, event)
        for number, fact in sorted(made.facts.items())
        for event in fact["events"]
        if event["at"] < BEGINS
    ]


def _since(made: Made) -> list[Json]:
    return [event for fact in made.facts.values() for event in fact["events"] if event["at"] >= BEGINS]


CHANGES = [
    {"approval_step": False},
    {"extra_agents": 1},
    {"bot_containment": 0.6},
    {"proactive_notice": True},
    {"future": 1},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_a_change_counts_from_its_day_on(made: Made, tmp_path: Path, change: Json) -> None:
    changed = make(tmp_path, changes_from=FROM, **change)
    assert _until(changed) == _until(made)
    assert _since(changed) != _since(made)


def test_an_extra_agent_works_from_the_day_on_and_changes_nobody_elses_shifts(made: Made, tmp_path: Path) -> None:
    changed = make(tmp_path, changes_from=FROM, extra_agents=1)
    known = {event["actor"] for fact in made.facts.values() for event in fact["events"]}
    (new,) = {event["actor"] for event in _since(changed)} - known
    usual = sum(actor.startswith("agent:") and actor >= f"agent:{FIRST_AGENT_ID}" for actor in known)
    assert new == f"agent:{FIRST_AGENT_ID + usual}"
    groups = {fact["group"] for fact in changed.facts.values() if str(fact["assignee"]) == new.removeprefix("agent:")}
    assert GROUPS[G_ORDERS] in groups


def test_changes_without_a_day_count_always() -> None:
    shop = Shop(approval_step=False, extra_agents=2)
    assert shop.on(date(2025, 12, 1)) is shop
    dated = Shop(approval_step=False, extra_agents=2, changes_from=FROM)
    assert dated.on(FROM) is dated
    assert dated.on(date(2026, 9, 6)) == Shop(changes_from=FROM)


def test_another_future_has_as_many_contacts_and_other_luck(made: Made, tmp_path: Path) -> None:
    one, other = (make(tmp_path / str(future), changes_from=FROM, future=future) for future in (1, 2))
    assert _since(one) != _since(other)
    came = [sum(fact["created_at"] >= BEGINS for fact in each.facts.values()) for each in (made, one, other)]
    assert came[1:] == pytest.approx([came[0]] * 2, rel=0.1)
