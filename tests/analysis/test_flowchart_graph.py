"""What is in a flowchart: figures, what is marked, and what stays when rare paths are hidden."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.flowchart.captions import arrow_lines, hidden_sentence, node_line, share
from analysis.flowchart.document import document
from analysis.flowchart.graph import Arrow, Chart, Node, chart
from analysis.flowchart.intended import Deviation, compare, links
from analysis.flowchart.mermaid import mermaid
from analysis.wording import Speech
from tests.analysis.flowcharts import MAIN, SHOP, frames

WAITS = {"Approval": 4000.0, "Working": 120.0, "Waiting on customer": 9000.0}
SPEECH = Speech("EUR")


def node(shown: Chart, name: str) -> Node:
    found = shown.element(f"step:{name}")
    assert isinstance(found, Node)
    return found


def arrow(shown: Chart, source: str, target: str) -> Arrow:
    found = shown.element(f"arrow:{source}→{target}")
    assert isinstance(found, Arrow)
    return found


def test_starts_and_ends_are_arrows_of_their_own() -> None:
    shown = chart(*frames(SHOP))
    ends = {(one.source, one.target): one.tickets for one in shown.arrows if not one.is_between_steps}
    assert ends == {("start", "step:Queue"): 100, ("step:Resolved", "end"): 100}
    assert shown.tickets == 100
    assert (shown.workflow, shown.period) == ("returns", "all")


def test_a_box_says_its_wait_and_its_share() -> None:
    shown = chart(*frames(SHOP, WAITS))
    assert node_line(node(shown, "Approval"), shown, SPEECH) == "wait 2 d 19 h, 9.0% of tickets"
    assert node_line(node(shown, "Waiting on customer"), shown, SPEECH) == "customer takes 6 d 6 h, 90% of tickets"
    assert node_line(node(shown, "Resolved"), shown, SPEECH) == "100% of tickets"


@pytest.mark.parametrize(
    ("measure", "box", "label"),
    [
        ("volume", "9 tickets, 9.0%", ("9",)),
        ("cost", "cost €18.00, 9.0% of tickets", ("€3.50",)),
        ("csat", "CSAT 80.0%, 9.0% of tickets", ("80.0%",)),
    ],
)
def test_every_measure_has_its_figures(measure: str, box: str, label: tuple[str, ...]) -> None:
    shown = chart(*frames(SHOP), measure=measure)  # type: ignore[arg-type]
    assert node_line(node(shown, "Approval"), shown, SPEECH) == box
    assert arrow_lines(arrow(shown, "Approval", "Working"), shown, SPEECH)[:1] == label


def test_the_most_waiting_is_marked_but_not_the_customers() -> None:
    """Approval: 9 visits of 4,000 minutes. Working: 108 of 120. The customer's 90 of 9,000 are not ours."""
    shown = chart(*frames(SHOP, WAITS))
    assert [one.key for one in shown.nodes if one.is_worst] == ["step:Approval"]
    assert [one.key for one in shown.arrows if one.is_worst] == ["arrow:Working→Approval"]
    assert "most waiting" in arrow_lines(arrow(shown, "Working", "Approval"), shown, SPEECH)


def test_colours_are_for_differences() -> None:
    assert {one.level for one in chart(*frames(SHOP)).nodes} == {0}
    shown = chart(*frames(SHOP, {"Approval": 600.0, "Odd": 300.0}))
    assert [node(shown, name).level for name in ("Queue", "Odd", "Approval")] == [1, 3, 4]


def test_a_given_bottleneck_is_marked_instead() -> None:
    shown = chart(*frames(SHOP, WAITS), worst=["step:Queue"])
    assert [one.key for one in shown.nodes if one.is_worst] == ["step:Queue"]
    assert not any(one.is_worst for one in shown.arrows)
    assert shown.mark == "bottleneck"


def test_rare_paths_are_hidden_and_counted() -> None:
    shown = chart(*frames(SHOP), keep=0.9)
    assert shown.element("step:Odd") is None
    assert (shown.hidden.steps, shown.hidden.arrows, shown.hidden.tickets) == (2, 5, 29)
    assert hidden_sentence(shown.hidden) == "5 rare arrows and 2 steps are hidden, on the way of at most 29 tickets"
    assert chart(*frames(SHOP)).hidden.arrows == 0


def test_a_shown_step_keeps_its_own_way_in_and_out() -> None:
    """B -> C has 10 of 50 passages, enough alone; the widest ways to it (from A2) and from it (to D2) come along."""
    traces = [[f"A{number % 9}", "B", "C", f"D{number % 9}"] for number in (*range(9), 2)]
    shown = chart(*frames(traces), keep=0.1)
    assert {one.key for one in shown.arrows} == {
        "arrow:start→A2", "arrow:A2→B", "arrow:B→C", "arrow:C→D2", "arrow:D2→end",
    }  # fmt: skip


@given(
    st.lists(st.lists(st.sampled_from("ABCDEFGH"), min_size=1, max_size=9), min_size=1, max_size=30),
    st.floats(0, 1),
)
def test_every_shown_step_is_on_a_way_from_start_to_end(traces: list[list[str]], keep: float) -> None:
    shown = chart(*frames(traces), keep=keep)
    pairs = [(one.source, one.target) for one in shown.arrows]
    keys = {one.key for one in shown.nodes}
    assert reached("start", pairs) == keys
    assert reached("end", [pair[::-1] for pair in pairs]) == keys


def reached(origin: str, pairs: list[tuple[str, str]]) -> set[str]:
    found, size = {origin}, 0
    while len(found) > size:
        size = len(found)
        found |= {target for source, target in pairs if source in found}
    return found


def test_what_leaves_the_plan_is_marked_and_what_it_misses_is_added() -> None:
    plan = links([MAIN, ["Working", "Resolved"], ["Queue", "Resolved"]])
    shown = chart(*frames(SHOP), intended=plan)
    flows = {one.key: one.flow for one in shown.arrows if one.flow}
    assert flows == {
        "arrow:Working→Approval": "not intended",
        "arrow:Approval→Working": "not intended",
        "arrow:Queue→Odd": "not intended",
        "arrow:Odd→Resolved": "not intended",
        "arrow:Queue→Resolved": "never taken",
    }


def test_deviations_are_ordered_by_tickets() -> None:
    found = compare(frames(SHOP)[1], links([MAIN, ["Working", "Resolved"], ["Queue", "Resolved"]]))
    assert found[0] == Deviation("Approval", "Working", "not_intended", 9, 0.09)
    assert [(one.tickets, one.kind) for one in found] == [
        (9, "not_intended"), (9, "not_intended"), (1, "not_intended"), (1, "not_intended"), (0, "never_taken"),
    ]  # fmt: skip


def test_links_of_paths_are_there_once() -> None:
    assert links([["A", "B", "C"], ["B", "C", "A"]]) == [("A", "B"), ("B", "C"), ("C", "A")]


def test_shares_have_as_many_digits_as_they_bear() -> None:
    assert [share(value) for value in (0, 0.0004, 0.042, 0.31, 1, None)] == ["0%", "<0.1%", "4.2%", "31%", "100%", "–"]


def test_the_document_is_json_with_every_figure() -> None:
    steps, edges = frames(SHOP)
    steps = steps.with_columns(csat=float("nan"))
    written = json.loads(json.dumps(document(chart(steps, edges), SPEECH), allow_nan=False))
    by_key = {one["key"]: one for one in (*written["nodes"], *written["edges"])}
    assert by_key["step:Approval"]["figures"]["visit_count"] == 9
    assert by_key["step:Approval"]["figures"]["csat"] is None
    assert by_key["arrow:Working→Approval"]["from"] == "step:Working"
    assert by_key["arrow:Working→Approval"]["figures"]["passage_count"] == 9


HOSTILE = ['say "yes"', "<script>alert(1)</script>", "a]b) --> c; end", "line\nbreak", "#quot;", "`md` **b**", "🦊 %%{"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_cannot_leave_a_mermaid_label(name: str) -> None:
    text = mermaid(chart(*frames([["Queue", name, "Resolved"]])), SPEECH)
    assert "click" not in text
    for line in text.splitlines()[1:]:
        quoted = line.split('"')
        assert len(quoted) in {1, 3}
        assert len(quoted) == 1 or not set(quoted[1].replace("<br/>", "")) & set('"<>[](){}|`')
    assert text.count("\n") == text.rstrip("\n").count("\n") + 1
