"""The demo's story, told from its truth: what every later page is there to find."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import correlation, mean

import pytest

from demo.shop import BOT_ID, FIRST_AGENT_ID, LEAD_ID, MACROS
from tests.demo.made import Json, Made, lines, make

LEAD = f"agent:{LEAD_ID}"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _hours(fact: Json) -> float:
    """From creation to the last solve."""
    solved = [event["at"] for event in fact["events"] if event["kind"] == "status" and event["to"] == "solved"]
    return (_at(solved[-1]) - _at(fact["created_at"])).total_seconds() / 3600


def _solved(facts: Iterable[Json]) -> list[Json]:
    return [fact for fact in facts if fact["status"] in ("solved", "closed") and fact["excluded"] is None]


def _replies(fact: Json) -> int:
    return sum(event["kind"] == "reply" and event["actor"].startswith("agent") for event in fact["events"])


def test_the_bot_hands_over_too_often(made: Made) -> None:
    sessions = [fact for fact in made.facts.values() if fact["bot"]]
    handed = [
        fact
        for fact in sessions
        if any("bot_handover" in (e["to"] or "") for e in fact["events"] if e["kind"] == "tag")
    ]
    assert len(sessions) > 0.1 * len(made.facts)
    assert 0.5 < len(handed) / len(sessions) < 0.7
    spoken = {e["actor"] for fact in sessions for e in fact["events"] if e["kind"] == "reply"}
    assert f"bot:{BOT_ID}" in spoken


def test_one_macro_is_never_used(made: Made) -> None:
    used = Counter(e["to"] for fact in made.facts.values() for e in fact["events"] if e["kind"] == "macro")
    assert used["Loyalty points explained"] == 0
    assert set(MACROS) - set(used) == {"Loyalty points explained"}


def test_order_questions_rise_with_late_parcels(made: Made) -> None:
    late, asked = Counter[str](), Counter[str]()
    for order in lines(made.truth / "orders.jsonl"):
        shipped = order["fulfilled_at"] or "2026-11-22T22:59:59Z"
        if (_at(shipped) - _at(order["created_at"])).days >= 3:
            late[_week(shipped)] += 1
    for fact in made.facts.values():
        if fact["workflow"] == "order_updates":
            asked[_week(fact["created_at"])] += 1
    weeks = sorted(set(late) | set(asked))[2:]
    assert correlation([late[week] for week in weeks], [asked[week] for week in weeks]) > 0.5


def _week(text: str) -> str:
    year, week, _ = _at(text).isocalendar()
    return f"{year}-W{week:02d}"


def test_variant_b_of_order_updates_is_better(made: Made) -> None:
    since = [fact for fact in made.facts.values() if fact["variant"] and fact["created_at"] >= "2026-05-31T22:00:00Z"]
    of = {key: _solved(fact for fact in since if fact["variant"] == key) for key in ("a", "b")}
    assert 0.4 < len(of["b"]) / (len(of["a"]) + len(of["b"])) < 0.6
    assert mean(map(_hours, of["b"])) < mean(map(_hours, of["a"]))
    assert mean(map(_replies, of["b"])) < mean(map(_replies, of["a"]))
    before = [fact for fact in made.facts.values() if fact["created_at"] < "2026-05-31T22:00:00Z"]
    assert {fact["variant"] for fact in before} == {None, "a"}


def test_a_customer_stays_in_his_variant(made: Made) -> None:
    variants = defaultdict(set)
    for fact in made.facts.values():
        if fact["variant"] and fact["created_at"] >= "2026-06-20" and fact["parent"] is None:
            variants[fact["email"]].add(fact["variant"])
    assert all(len(kinds) == 1 for kinds in variants.values())


def test_refunds_wait_for_approval(made: Made) -> None:
    waits = []
    for fact in made.facts.values():
        asked = None
        for event in fact["events"]:
            if event["kind"] == "assign" and event["to"] == LEAD_ID:
                asked = _at(event["at"])
            elif event["actor"] == LEAD and event["kind"] == "assign" and asked:
                waits.append((_at(event["at"]) - asked).total_seconds() / 3600)
    assert len(waits) > 50
    assert 60 < mean(waits) < 160  # two weekly working days and more
    returns = _solved(fact for fact in made.facts.values() if fact["workflow"] == "returns")
    approved = [fact for fact in returns if any(event["actor"] == LEAD for event in fact["events"])]
    others = [fact for fact in returns if fact not in approved]
    assert mean(map(_hours, approved)) > mean(map(_hours, others)) + 48


def test_black_friday_is_a_surge(made: Made) -> None:
    days = Counter(order["created_at"][:10] for order in lines(made.truth / "orders.jsonl"))
    usual = mean(days[f"2026-02-{day:02d}"] for day in range(2, 28))
    assert days["2025-11-28"] > 2 * usual
    weeks = Counter(_week(fact["created_at"]) for fact in made.facts.values())
    assert weeks["2025-W49"] > 1.5 * mean(weeks[f"2026-W{week:02d}"] for week in range(8, 18))


def test_the_backlog_stays_finite(made: Made) -> None:
    still_open = [fact for fact in made.facts.values() if fact["status"] in ("new", "open", "pending", "hold")]
    assert 0 < len(still_open) < 0.05 * len(made.facts)


def test_most_tickets_are_of_a_workflow_and_some_of_none(made: Made) -> None:
    shares = Counter(fact["workflow"] for fact in made.facts.values() if fact["excluded"] is None)
    total = sum(shares.values())
    assert len(shares) == 6
    assert 0.01 < shares["unclassified"] / total < 0.06
    assert min(shares.values()) / total > 0.01


def test_nobody_works_on_two_tickets_at_once(made: Made) -> None:
    spells: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for fact in made.facts.values():
        for event in fact["events"]:
            if event["actor"] >= f"agent:{FIRST_AGENT_ID}" and "seconds" in event:
                end = _at(event["at"]).timestamp()
                spells[event["actor"]].append((end - event["seconds"], end))
    assert len(spells) > 8
    for worked in spells.values():
        worked.sort()
        overlaps = [after[0] - before[1] for before, after in pairwise(worked)]
        assert min(overlaps) > -60  # a second ticket's merge or a bumped second at most


@pytest.mark.parametrize(
    ("parameters", "figure", "better"),
    [
        ({"approval_step": False}, lambda facts: mean(map(_hours, _of(facts, "returns"))), -24.0),
        ({"extra_agents": 2}, lambda facts: mean(map(_hours, _of(facts, "order_updates"))), -1.0),
        ({"proactive_notice": True}, lambda facts: float(len(_of(facts, "order_updates"))), -30.0),
        ({"bot_containment": 0.8}, lambda facts: float(sum(map(_replies, _of(facts, "order_updates")))), -30.0),
    ],
)
def test_a_change_of_the_shop_changes_its_year(
    made: Made, tmp_path: Path, parameters: Json, figure: Callable[[Iterable[Json]], float], better: float
) -> None:
    changed = make(tmp_path, **parameters)
    assert figure(changed.facts.values()) - figure(made.facts.values()) < better


def _of(facts: Iterable[Json], workflow: str) -> list[Json]:
    return [fact for fact in _solved(facts) if fact["workflow"] == workflow]
