"""Scenario documents: every example of the docs, refusals word by word, the same text whoever wrote it, differences."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmeter.config_models import WEEKDAYS
from flowmeter.errors import ConfigError
from simulation.parameters import Parameters, same
from simulation.scenario.apply import LEVERS, apply, parse
from simulation.scenario.compare import content_hash, diff, dump
from simulation.scenario.document import Change, Scenario
from simulation.scenario.find import RefusedError
from simulation.scenario.words import change_told
from tests.simulation.scenario_shops import AGENTS, Place, Way, problems, returns, shop

DOCS = Path(__file__).parents[2] / "docs" / "scenarios.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)
NAMES = {"Answer": "Working: Returns", "Approval": "Refund approval"}


def docs_shop() -> Parameters:
    """The returns desk by the names of the docs, and a step of Orders that hands on."""
    places = returns()
    for place in places:
        place.name = NAMES.get(place.name, place.name)
        place.ways = [Way(**{**vars(way), "to": NAMES.get(way.to, way.to)}) for way in place.ways]
        place.pool = "Refund approval" if place.pool == "Lead" else place.pool
    places.append(Place("Look into order", [Way("Working: Returns", 0.4), Way("Resolved", 0.6)], "Orders"))
    people = {
        name: (["Refund approval" if pool == "Lead" else pool for pool in pools], begins, ends)
        for name, (pools, begins, ends) in AGENTS.items()
    }
    return shop(places, {"Bot": 2.0, "Look into order": 1.0}, {**people, "Sam": (["Orders"], 540.0, 1020.0)})


def text(changes: str) -> str:
    return f"name: X\nchanges:\n{changes}"


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_docs_is_accepted(example: str) -> None:
    example = example if "name:" in example else f"name: Example\n{example}"
    for lines in _one_by_one(example):
        scenario = parse(lines, "scenario.yml", docs_shop())
        after = apply(docs_shop(), scenario)
        assert problems(after) == []
        assert not same(docs_shop(), after)


def _one_by_one(example: str) -> list[str]:
    """Examples show changes that would exclude each other."""
    head, *changes = re.split(r"^(?=  - )", example, flags=re.MULTILINE)
    return [head + change for change in changes]


def test_every_lever_stands_in_the_docs() -> None:
    shown = {name for example in EXAMPLES for name in re.findall(r"^  - (\w+):", example, flags=re.MULTILINE)}
    assert shown == set(LEVERS) == set(Change.model_fields)


REFUSALS = {
    "name: X\nchangs: []\n": "s.yml line 2, key 'changs': unknown key 'changs'; did you mean 'changes'?",
    text("  - volum: {change: +10%}\n"): (
        "s.yml line 3, key 'changes[1].volum': unknown key 'volum'; did you mean 'volume'?"
    ),
    "weeks: 4\n": "s.yml line 1: 'name' is missing; add 'name' there.",
    "": "s.yml line 1: 'name' is missing; add 'name' there.",
    "name: X\nweeks: 60\n": "s.yml line 2, key 'weeks': 60 is not possible here; it can be 1 to 26 weeks.",
    text("  - skip:\n      workflow: returns\n      step: Approval\n      share: 140%\n"): (
        "s.yml line 6, key 'changes[1].skip.share': 140% is not possible here; it can be 0% to 100%."
    ),
    text("  - skip:\n      workflow: returns\n      step: Approval\n      share: 40\n"): (
        "s.yml line 6, key 'changes[1].skip.share': '40' is no percentage; write it with its sign, such as 40%."
    ),
    text("  - skip: {workflow: returns,\n      step: Aproval, share: 40%}\n"): (
        "s.yml line 4, key 'changes[1].skip.step': there is no step of returns 'Aproval'; did you mean 'Approval'?"
    ),
    text("  - volume: {change: +1%}\n  - skip: {workflow: retuns, step: Approval, share: 40%}\n"): (
        "s.yml line 4, key 'changes[2].skip.workflow': there is no workflow 'retuns'; did you mean 'returns'?"
    ),
    text("  - skip: {workflow: onboarding, step: Approval, share: 40%}\n"): (
        "s.yml line 3, key 'changes[1].skip.workflow': the workflow 'onboarding' has no tickets to simulate; "
        "the workflows with tickets are returns."
    ),
    text("  - staff: {group: Lead, agents: some}\n"): (
        "s.yml line 3, key 'changes[1].staff.agents': this value does not fit; expected a whole number, found 'some'."
    ),
    text("  - staff: {group: Lead, agents: 1}\n    volume: {change: +1%}\n"): (
        "s.yml line 3, key 'changes[1]': a change needs exactly one lever, such as 'volume' or 'staff', "
        "with its fields under it."
    ),
    text("  - shorten: {workflow: returns, step: Answer}\n"): (
        "s.yml line 3, key 'changes[1].shorten': 'shorten' needs either 'by' (such as 30%) or 'minutes' "
        "(what the step takes then)."
    ),
    text("  - shifts: {group: Lead, days: [mon], hours: 9-17}\n"): (
        "s.yml line 3, key 'changes[1].shifts.hours': '9-17' are no hours such as 09:00-17:00."
    ),
    text("  - shifts: {group: Lead, days: [monday], hours: 09:00-17:00}\n"): (
        "s.yml line 3, key 'changes[1].shifts.days[1]': this value does not fit; expected 'mon', 'tue', 'wed', 'thu', "
        "'fri', 'sat' or 'sun', found 'monday'."
    ),
    text("  - merge: {workflow: returns, steps: [Answer]}\n"): (
        "s.yml line 3, key 'changes[1].merge.steps': 'steps' needs two different steps, such as "
        "[Inspection, Refund approval]."
    ),
    text("  - volume: {change: 20}\n"): (
        "s.yml line 3, key 'changes[1].volume.change': '20' is no change such as +20% or -10%."
    ),
    text("  - add: {workflow: returns, step: Check, group: Lead, minutes: 2}\n"): (
        "s.yml line 3, key 'changes[1].add': 'add' needs either 'after' or 'before', with the name of a step."
    ),
    "name: X\nname: Y\n": "s.yml line 2, key 'name': this key is written twice; keep one of the two.",
    "name: X\nchanges: [a\n": (
        "s.yml line 3: this is not readable YAML (expected ',' or ']', but got '<stream end>'); check the "
        "indentation, the quotes and the brackets of that line and the one above."
    ),
}  # fmt: skip


@pytest.mark.parametrize(("document", "sentence"), REFUSALS.items())
def test_what_is_wrong_is_said_in_one_sentence(document: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(document, "s.yml", shop(workflows=("returns", "onboarding")))
    assert str(refused.value).replace(" or found a list", "") == sentence


def test_a_later_change_is_checked_against_the_shop_as_the_earlier_left_it() -> None:
    new = "  - add: {workflow: returns, step: Check, after: Refund, group: Lead, minutes: 2}\n"
    added = text(f"{new}  - remove: {{workflow: returns, step: Check}}\n")
    assert len(parse(added, "s.yml", shop()).changes) == 2
    with pytest.raises(ConfigError, match="there is no step of returns 'Check'"):
        parse(text("  - remove: {workflow: returns, step: Check}\n"), "s.yml", shop())


def test_json_is_read_too() -> None:
    values = {"name": "X", "changes": [{"staff": {"group": "Lead", "agents": 1}}]}
    assert parse(json.dumps(values), "s.json", shop()).changes[0].name == "staff"


def test_no_change_is_the_baseline_bit_for_bit() -> None:
    assert same(shop(), apply(shop(), Scenario(name="Baseline")))


def test_the_text_is_the_same_whoever_wrote_it() -> None:
    one = parse("changes: [{skip: {share: 12.5%, step: Approval, workflow: returns}}]\nname: 'X' # why\n", "s", shop())
    assert dump(one) == (
        "version: 1\nname: X\nweeks: 4\nchanges:\n- skip:\n    workflow: returns\n    step: Approval\n"
        "    share: 12.5%\n"
    )
    assert parse(dump(one), "s", shop()) == one
    assert content_hash(one) == content_hash(one.model_copy(update={"name": "Y", "note": "other"}))
    assert content_hash(one) != content_hash(one.model_copy(update={"weeks": 5}))


def test_differences_are_told() -> None:
    def scenario(weeks: int, *changes: dict[str, Any]) -> Scenario:
        return Scenario.model_validate({"name": "X", "weeks": weeks, "changes": list(changes)})

    skip = {"skip": {"workflow": "returns", "step": "Approval", "share": "40%"}}
    more, less = ({"staff": {"group": "Lead", "agents": count}} for count in (1, -2))
    assert diff(scenario(4, skip, more), scenario(6, less, skip)) == [
        "It looks 6 weeks ahead instead of 4.",
        "No longer: 1 agent more in Lead.",
        "New: 2 agents fewer in Lead.",
    ]
    assert diff(scenario(4, skip, more), scenario(4, more, skip)) == ["The changes are made in another order."]
    assert diff(scenario(4, skip), scenario(4, skip)) == []


STEPS = st.sampled_from(["Bot", "Answer", "Approval", "Refund", "Waiting on customer", "Reopened"])
WORK = st.sampled_from(["Answer", "Approval", "Refund", "Reopened"])
GROUPS = st.sampled_from(["Returns", "Lead"])
SHARES = st.integers(0, 100).map(lambda number: f"{number}%")
GROWTH = st.integers(-100, 300).map(lambda number: f"{number:+}%")
HEADSTARTS = st.dictionaries(st.sampled_from(["low", "urgent"]), st.integers(0, 9))
DAYS = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True)
FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "volume": {"change": GROWTH},
    "proactive_message": {"avoided": SHARES, "messages_a_week": st.integers(0, 900), "fee": st.integers(0, 3)},
    "automate": {"step": STEPS, "containment": SHARES, "minutes": st.integers(0, 50), "hand_over_to": STEPS},
    "containment": {"to": SHARES},
    "shorten": {"step": WORK, "minutes": st.integers(1, 50)},
    "skip": {"step": STEPS, "share": SHARES},
    "remove": {"step": STEPS},
    "merge": {"steps": st.lists(WORK, min_size=2, max_size=2, unique=True), "minutes_saved": st.integers(0, 30)},
    "add": {"step": st.sampled_from(["New", "Newer"]), "after": STEPS, "group": GROUPS, "minutes": st.integers(1, 30),
            "share": SHARES},
    "move": {"step": WORK, "before": STEPS},
    "route": {"step": WORK, "to": GROUPS},
    "misroutes": {"step": WORK, "fewer": SHARES},
    "priorities": {"group": GROUPS, "hours_ahead": HEADSTARTS},
    "batch": {"step": WORK, "size": st.integers(1, 9), "hours": st.integers(1, 9)},
    "auto_close": {"days": st.sampled_from([0.1, 0.5, 1, 1.7, 3, 9])},
    "staff": {"group": GROUPS, "agents": st.integers(-4, 4)},
    "shifts": {"group": GROUPS, "days": DAYS, "hours": st.sampled_from(["08:00-16:00", "22:00-06:00", "00:00-24:00"])},
    "extend": {"group": GROUPS, "days": DAYS, "hours_later": st.integers(0, 12), "hours_earlier": st.integers(0, 12)},
    "wages": {"group": GROUPS, "change": GROWTH},
    "fees": {"per_reply": st.integers(0, 3)},
    "surge": {"factor": st.integers(0, 5), "from_day": st.integers(1, 9), "days": st.integers(1, 9)},
}  # fmt: skip


OF_WORKFLOW = {
    "proactive_message", "automate", "containment", "shorten", "skip", "remove", "merge", "add", "move", "route",
    "misroutes", "batch", "auto_close",
}  # fmt: skip


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(FIELDS)))
    fields = {key: draw(value) for key, value in FIELDS[name].items()}
    named = {"workflow": "returns"} if name in OF_WORKFLOW else {}
    return {name: {**named, **fields}}


def chain(weights: list[int], rates: list[float]) -> Parameters:
    """The returns desk with other chances, and arrivals in other places."""
    places, left = returns(), iter(weights)
    for place in places:
        own = [next(left) for _ in place.ways]
        for way, weight in zip(place.ways, own, strict=True):
            way.chance = weight / sum(own)
    return shop(places, dict(zip(("Bot", "Answer", "Refund"), rates, strict=True)))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=14, max_size=14),
    st.lists(st.sampled_from([0.0, 0.5, 3.0]), min_size=3, max_size=3),
    st.lists(changes(), min_size=1, max_size=4),
)
def test_any_changes_leave_a_valid_shop_or_are_refused(
    weights: list[int], rates: list[float], some: list[dict[str, Any]]
) -> None:
    parameters = chain(weights, rates)
    scenario = Scenario.model_validate({"name": "X", "changes": some})
    for change in scenario.changes:
        try:
            parameters = LEVERS[change.name](parameters, change.lever)
        except RefusedError:
            return
        assert problems(parameters) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(changes(), max_size=4))
def test_the_text_read_again_is_the_same(some: list[dict[str, Any]]) -> None:
    scenario = Scenario.model_validate({"name": "X", "changes": some})
    again = Scenario.model_validate(_read(dump(scenario)))
    assert dump(again) == dump(scenario)
    assert diff(scenario, again) == []
    for change in scenario.changes:
        assert change_told(change)[0] != " "


def _read(document: str) -> Any:
    from flowmeter.checked_file import parse_yaml

    return parse_yaml(document, Path("s"), "s").values


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ("[fri, mon, tue, wed, thu]", "Lead works 14:00-15:00 Monday to Friday"),
        ("[mon, tue, wed, thu, fri, sat, sun]", "Lead works 14:00-15:00 every day"),
        ("[sat, mon]", "Lead works 14:00-15:00 on Monday, Saturday"),
    ],
)
def test_days_are_told_in_words(days: str, told: str) -> None:
    values = _read(f"shifts: {{group: Lead, days: {days}, hours: 14:00-15:00}}\n")
    assert change_told(Change.model_validate(values)) == told
