"""Levers on the route: chances and expected visits worked out by hand.

Expected visits of the returns desk, a ticket: answer A = 0.6 + 0.8 C with customer C = 0.3 A, so A = 0.6 / 0.76;
approval 0.5 A, refund 0.375 A; everybody is resolved 1 / 0.9 times, and a tenth of these times reopened.
"""

from typing import Any

import numpy as np
import pytest

from simulation.parameters import Parameters, StepKind, same
from simulation.scenario.amounts import mean
from simulation.scenario.apply import LEVERS
from simulation.scenario.chain import edges_of, resting, visits
from simulation.scenario.document import Change
from simulation.scenario.find import RefusedError
from tests.simulation.scenario_shops import Place, Way, problems, returns, shop

A = 0.6 / 0.76
KNOWN = "returns has a step 'Refund' already; give it another name"
RESOLVED = (
    "'Resolved' is where tickets of returns are resolved; it can be one of "
    "Answer, Approval, Bot, Refund, Reopened, Waiting on customer"
)
STAYS = "'Refund' hands no ticket on to another group; it can be one of Answer, Approval"
UNWORKED = "nobody works on 'Bot'; the steps of returns with work are Answer, Approval, Refund, Reopened"


def made(parameters: Parameters, lever: str, **fields: Any) -> Parameters:
    change = Change.model_validate({lever: {"workflow": "returns", **fields}})
    after = LEVERS[change.name](parameters, change.lever)
    assert problems(after) == []
    return after


def by_step(parameters: Parameters) -> dict[str, float]:
    found: dict[str, float] = {}
    for number, often in zip(parameters.routes.step, visits(parameters, "returns"), strict=True):
        name = parameters.steps[number].name
        found[name] = found.get(name, 0.0) + float(often)
    return {name: value for name, value in found.items() if value > 0}


def ways(parameters: Parameters, step: str, column: str = "chance") -> dict[str, float]:
    edges = edges_of(parameters.routes)
    name = [parameters.steps[number].name for number in parameters.routes.step]
    rows = [row for row in range(len(edges.to)) if name[edges.source[row]] == step]
    return {name[edges.to[row]]: float(getattr(edges, column)[row]) for row in rows}


def test_expected_visits_are_those_of_the_chain() -> None:
    assert by_step(shop()) == pytest.approx({
        "Bot": 1, "Answer": A, "Approval": 0.5 * A, "Refund": 0.375 * A, "Waiting on customer": 0.3 * A,
        "Resolved": 1 / 0.9, "Reopened": 0.1 / 0.9, "End": 1,
    })  # fmt: skip


def test_resolved_is_where_a_ticket_only_ends_or_comes_back() -> None:
    parameters = shop()
    assert [parameters.steps[n].name for n in parameters.routes.step[resting(parameters)]] == ["Resolved"]


def apart() -> Parameters:
    """The refund is another group's than the answer."""
    places = returns()
    places[3].pool = "Payments"
    return shop(places)


def test_without_the_approval_an_answer_is_followed_by_what_followed_it() -> None:
    """Answer was followed by approval (0.5), then refund (3 of 4) or resolved: now by refund 0.375, resolved 0.125."""
    after = made(apart(), "remove", step="Approval")
    edges = edges_of(after.routes)
    assert ways(after, "Answer")["Refund"] == pytest.approx(0.375)
    assert edges.chance[(edges.source == 1) & (edges.to == 5)].sum() == pytest.approx(0.325)
    assert by_step(after) == pytest.approx({
        "Bot": 1, "Answer": A, "Refund": 0.375 * A, "Waiting on customer": 0.3 * A, "Resolved": 1 / 0.9,
        "Reopened": 0.1 / 0.9, "End": 1,
    })  # fmt: skip
    assert ways(after, "Answer", "handoff")["Refund"] == 1.0
    skipped = (edges.source == 1) & (edges.to == 5)
    assert edges.reply[skipped].tolist() == [1.0, 1.0], "the lead's answer is written by who asked for it before"


def test_people_who_had_the_ticket_before_and_after_finish_in_one_visit() -> None:
    """Refunds are the same group's. It resolved some at once before: so that takes the minutes of an answer."""
    after = made(shop(), "remove", step="Approval")
    edges = edges_of(after.routes)
    assert edges.chance[(edges.source == 1) & (edges.to == 5)].sum() == pytest.approx(0.7)
    assert edges.reply[(edges.source == 1) & (edges.to == 5)].tolist() == [1.0, 1.0, 1.0]
    assert "Refund" not in by_step(after)
    assert same(after.work, shop().work)


def test_what_a_visit_never_did_before_takes_its_minutes() -> None:
    """Nothing was resolved by the first answer: 3 of 8 visits hold the refund's 20 minutes too: 10 + 7.5."""
    places = returns()
    places[1].ways = [Way("Approval", 0.5, handoff=1.0), Way("Waiting on customer", 0.5, reply=1.0)]
    places[2].ways = [Way("Refund", 0.75, handoff=1.0), Way("Waiting on customer", 0.25)]
    after = made(shop(places), "remove", step="Approval")
    assert mean(after.distributions, int(after.work.service[1])) == pytest.approx(17.5)


def test_a_third_skips() -> None:
    after = made(apart(), "skip", step="Approval", share="30%")
    assert ways(after, "Answer")["Approval"] == pytest.approx(0.35)
    assert by_step(after)["Approval"] == pytest.approx(0.35 * A)
    assert by_step(after)["Refund"] == pytest.approx(0.375 * A)
    assert same(shop(), made(shop(), "skip", step="Approval", share="0%"))


def test_a_removed_first_step_sends_arrivals_on() -> None:
    """Four of ten tickets were resolved by the bot at once; two tickets an hour become 0.8 and 1.2."""
    after = made(shop(), "remove", step="Bot")
    first = [after.steps[after.routes.step[state]].name for state in after.arrivals.state]
    assert dict(zip(first, after.arrivals.rate[:, 0], strict=True)) == pytest.approx({"Answer": 1.2, "Resolved": 0.8})
    assert by_step(after)["Answer"] == pytest.approx(A)


def test_a_step_with_a_loop_in_itself_is_passed_by_as_a_whole() -> None:
    """Approval asks Approval again half of the time: out of it come refund 0.25 / 0.5 and resolved 0.25 / 0.5."""
    places = returns()
    places[2].ways = [Way("Approval", 0.5), Way("Refund", 0.25), Way("Resolved", 0.25)]
    places[3].pool = "Payments"
    after = made(shop(places), "remove", step="Approval")
    assert ways(after, "Answer")["Refund"] == pytest.approx(0.25)


def test_removing_reopenings_keeps_them_counted_as_reopenings() -> None:
    after = made(shop(), "remove", step="Reopened")
    edges = edges_of(after.routes)
    assert edges.reopens[(edges.source == 5) & (edges.to == 5)].tolist() == [True]
    assert resting(after).tolist() == resting(shop()).tolist()


def test_less_work() -> None:
    by = made(shop(), "shorten", step="Refund", by="30%")
    assert mean(by.distributions, int(by.work.service[3])) == pytest.approx(14.0)
    to = made(shop(), "shorten", step="Refund", minutes=5)
    assert mean(to.distributions, int(to.work.service[3])) == pytest.approx(5.0)
    assert mean(to.distributions, int(to.work.service[1])) == pytest.approx(10.0), "other steps stay"
    assert same(by.routes, shop().routes)


def test_two_states_of_a_step_are_shortened_by_one_factor() -> None:
    """10 minutes at first and 20 after the customer, visited equally often: 15 on average; to 7.5 halves both."""
    places = [
        Place("Answer", [Way("Waiting", 1.0)], "Returns", 10.0, state="first"),
        Place("Waiting", [Way("second", 1.0, 60.0)], actor="customer"),
        Place("Answer", [Way("End", 1.0)], "Returns", 20.0, state="second"),
        Place("End"),
    ]
    after = made(shop(places, {"first": 1.0}), "shorten", step="Answer", minutes=7.5)
    assert [mean(after.distributions, int(n)) for n in after.work.service[[0, 2]]] == pytest.approx([5.0, 10.0])


def test_merged_steps_are_one_visit_with_the_work_of_both() -> None:
    """Half of the answers were followed by the approval (5 minutes): 10 + 0.5 x (5 - 2) = 11.5 minutes."""
    after = made(shop(), "merge", steps=["Answer", "Approval"], minutes_saved=2)
    assert mean(after.distributions, int(after.work.service[1])) == pytest.approx(11.5)
    assert "Approval" not in by_step(after)
    assert by_step(after)["Refund"] == pytest.approx(0.375 * A)


def test_merging_leaves_other_ways_into_the_second_step() -> None:
    after = made(shop(), "merge", steps=["Approval", "Refund"])
    assert mean(after.distributions, int(after.work.service[2])) == pytest.approx(5 + 0.75 * 20)
    assert "Refund" not in by_step(after)
    with pytest.raises(
        RefusedError, match=r"'Refund' never follows 'Answer' at once; after it come Approval, Resolved"
    ):
        made(shop(), "merge", steps=["Answer", "Refund"])


def test_a_new_step_after_another() -> None:
    """Every refund is checked: the check comes as often as the refund, which it alone follows."""
    after = made(shop(), "add", step="Check", after="Refund", group="Lead", minutes=3)
    assert by_step(after)["Check"] == pytest.approx(0.375 * A)
    assert ways(after, "Refund") == {"Check": 1.0}
    assert ways(after, "Check") == {"Resolved": 1.0}
    state = len(after.routes.step) - 1
    assert mean(after.distributions, int(after.work.service[state])) == pytest.approx(3.0)
    assert ways(after, "Refund", "reply") == {"Check": 1.0}, "the answer stays where it was written"
    assert ways(after, "Refund", "handoff") == {"Check": 1.0}


def test_a_new_step_before_another_for_some() -> None:
    after = made(shop(), "add", step="Look up", before="Answer", group="Returns", minutes=2, share="50%")
    assert by_step(after)["Look up"] == pytest.approx(0.5 * A)
    assert by_step(after)["Answer"] == pytest.approx(A)
    first = made(shop(), "add", step="Sort", before="Bot", group="Returns", minutes=2, share="25%")
    assert first.arrivals.rate[:, 0].tolist() == pytest.approx([1.5, 0.5])
    assert by_step(first)["Sort"] == pytest.approx(0.25)


def test_a_step_is_moved_before_another() -> None:
    """Approvals (0.5 A) before the answer (A entries): of half of what comes to the answer; 0.5 go on as approved."""
    after = made(shop(), "move", step="Approval", before="Answer")
    assert by_step(after)["Approval"] == pytest.approx(0.5 * A)
    assert ways(after, "Bot")["Approval"] == pytest.approx(0.3)
    assert "Approval" not in ways(after, "Answer")
    assert after.steps[after.routes.step[-1]].pool == "Lead"


def test_a_step_goes_to_another_group() -> None:
    after = made(shop(), "route", step="Approval", to="Returns")
    assert next(step.pool for step in after.steps if step.name == "Approval") == "Returns"
    assert ways(after, "Answer", "handoff")["Approval"] == 0.0
    assert same(shop(), made(shop(), "route", step="Refund", to="Returns"))
    whole = made(shop(), "route", to="Lead")
    assert {step.pool for step in whole.steps if step.kind == StepKind.WORK} == {"Lead"}


def test_calls_go_to_the_other_groups_calls() -> None:
    places = [
        Place("Call", [Way("End", 1.0)], "Returns, at once"),
        Place("Mail", [Way("End", 1.0)], "Returns"),
        Place("Order", [Way("End", 1.0)], "Orders, at once", workflow="orders"),
        Place("Other", [Way("End", 1.0)], "Orders", workflow="orders"),
        Place("End"),
    ]
    after = made(shop(places, {"Call": 1.0, "Mail": 1.0}), "route", to="Orders")
    assert [step.pool for step in after.steps[:2]] == ["Orders, at once", "Orders"]


def test_a_new_group_is_a_hand_over() -> None:
    after = made(shop(), "route", step="Refund", to="Lead")
    assert ways(after, "Approval", "handoff")["Refund"] == 0.0
    again = made(after, "route", step="Approval", to="Returns")
    assert ways(again, "Approval", "handoff")["Refund"] == 1.0


def misrouted() -> Parameters:
    """Half of the tickets come to orders by mistake at first: a fifth of those who come are sent on."""
    places = [
        Place("Sort", [Way("Orders", 1.0)], "Triage"),
        Place("Orders", [Way("Refund", 0.2, handoff=1.0), Way("Resolved", 0.8, reply=1.0)], "Orders"),
        Place("Refund", [Way("Resolved", 1.0, reply=1.0)], "Returns"),
        Place("Resolved", [Way("End", 1.0, 0.0)], actor="customer"),
        Place("End"),
    ]
    return shop(places, {"Sort": 1.0})


def test_fewer_misroutes_go_there_at_once() -> None:
    """Half of the fifth: orders sees 0.9 of the tickets and sends on 0.1, a ninth of them; refunds stay 0.2."""
    after = made(misrouted(), "misroutes", step="Orders", fewer="50%")
    assert ways(after, "Sort") == pytest.approx({"Orders": 0.9, "Refund": 0.1})
    assert ways(after, "Orders") == pytest.approx({"Refund": 1 / 9, "Resolved": 8 / 9})
    assert by_step(after)["Refund"] == pytest.approx(0.2)
    none = made(misrouted(), "misroutes", step="Orders", fewer="100%")
    assert by_step(none)["Orders"] == pytest.approx(0.8)
    assert by_step(none)["Resolved"] == pytest.approx(1.0)


def test_batches() -> None:
    after = made(shop(), "batch", step="Approval", size=5, hours=4)
    assert after.work.batch_size.tolist() == [1, 1, 5, 1, 1, 1, 1, 1]
    assert after.work.batch_minutes[2] == 240.0
    assert same(shop(), made(after, "batch", step="Approval", size=1))


def test_a_bot_takes_a_step() -> None:
    """Of 0.5 A approvals the bot does 80%: people do 0.1 A; three of four go on to the refund as before."""
    after = made(shop(), "automate", step="Approval", containment="80%", minutes=2, fee=0.2)
    assert by_step(after)["Bot: Approval"] == pytest.approx(0.5 * A)
    assert by_step(after)["Approval"] == pytest.approx(0.1 * A)
    assert by_step(after)["Refund"] == pytest.approx(0.375 * A)
    assert ways(after, "Bot: Approval") == pytest.approx({"Refund": 0.6, "Resolved": 0.2, "Approval": 0.2})
    assert ways(after, "Answer", "handoff")["Bot: Approval"] == pytest.approx(0.2)
    bot = next(step for step in after.steps if step.name == "Bot: Approval")
    assert (bot.kind, bot.actor, bot.fee) == (StepKind.DELAY, "bot", 0.2)


def test_a_bot_hands_over_to_another_step() -> None:
    after = made(shop(), "automate", step="Bot", containment="50%", hand_over_to="Refund")
    assert by_step(after)["Answer"] == pytest.approx(0.5 * A)
    assert by_step(after)["Refund"] == pytest.approx(0.5 + 0.5 * 0.375 * A)


def test_the_bot_contains_more_or_fewer() -> None:
    more = made(shop(), "containment", to="55%")
    assert ways(more, "Bot") == pytest.approx({"Resolved": 0.55, "Answer": 0.45})
    fewer = made(shop(), "containment", to="10%")
    assert ways(fewer, "Bot") == pytest.approx({"Resolved": 0.1, "Answer": 0.9})
    assert same(shop(), made(shop(), "containment", to="40%"))
    assert ways(made(shop(), "containment", to="100%"), "Bot") == {"Resolved": 1.0}


def test_two_bots_reach_the_share_together() -> None:
    """One contains 40% of 1 visit a ticket, one never does of 0.3 A: the whole comes to a half."""
    places = returns()
    places[4].ways = [Way("again", 0.8, 600.0), Way("Resolved", 0.2, 5760.0)]
    places.append(Place("Bot", [Way("Answer", 1.0, 1.0)], actor="bot", state="again"))
    after = made(shop(places), "containment", to="50%")
    edges = edges_of(after.routes)
    often = visits(shop(places), "returns")
    ends = edges.to == 5
    bots = [0, len(places) - 1]
    share = np.array([edges.chance[ends & (edges.source == state)].sum() for state in bots])
    assert float(share @ often[bots] / often[bots].sum()) == pytest.approx(0.5)
    assert share[1] > 0


def test_closing_later_or_at_once_moves_the_timer_only() -> None:
    """Closed after 4 days. After 6: the answers (up to 3 days) stay as they are."""
    after = made(shop(), "auto_close", days=6)
    closing = after.routes.delay[(edges_of(after.routes).source == 4) & (after.routes.to == 5)]
    assert mean(after.distributions, int(closing[0])) == 6 * 1440.0
    assert by_step(after) == pytest.approx(by_step(shop()))
    assert same(shop(), made(shop(), "auto_close", days=4))


def test_closing_earlier_reopens_for_late_answers() -> None:
    """Answers after 10 h, 1, 2 or 3 days, 0.8 in all; closed after 1.5: half of the answers (0.4) come to a closed
    ticket and reopen it 0.5 or 1.5 days later.
    """
    after = made(shop(), "auto_close", days=1.5)
    edges = edges_of(after.routes)
    new = len(after.routes.step) - 1
    assert ways(after, "Waiting on customer")["Answer"] == pytest.approx(0.4)
    assert edges.chance[(edges.source == 4) & (edges.to == new)].tolist() == pytest.approx([0.4])
    (back,) = np.flatnonzero(edges.source == new)
    assert edges.to[back] == 1
    assert bool(edges.reopens[back])
    assert mean(after.distributions, int(edges.delay[back])) == pytest.approx(1440.0)
    assert resting(after)[new]
    assert by_step(after)["Answer"] == pytest.approx(A), "all answers still come to the people"


@pytest.mark.parametrize(
    ("lever", "fields", "sentence"),
    [
        ("remove", {"step": "Aproval"}, "there is no step of returns 'Aproval'; did you mean 'Approval'?"),
        ("remove", {"step": "Resolved"}, RESOLVED),
        ("shorten", {"step": "Bot", "by": "10%"}, UNWORKED),
        ("misroutes", {"step": "Refund", "fewer": "10%"}, STAYS),
        ("add", {"step": "Refund", "after": "Answer", "group": "Lead", "minutes": 1}, KNOWN),
        ("route", {"to": "Leads"}, "there is no group 'Leads'; did you mean 'Lead'?"),
        ("move", {"step": "Answer", "before": "Answer"}, "a step cannot come before itself; name another step"),
    ],
)
def test_what_the_shop_cannot_do_is_refused(lever: str, fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        made(shop(), lever, **fields)
    assert str(refused.value) == sentence
