"""The demo's story is found in its marts, with no figure told to the code."""

from __future__ import annotations

from analysis.departures import departures
from analysis.reasons import field_reasons, subject_reasons
from analysis.retire import handovers, retire_candidates
from analysis.spared import worth_sparing
from analysis.wording import Speech
from flowmeter import findings
from tests.transforms.published import Published

SPEECH = Speech("EUR")


def test_the_unused_macro_is_listed_and_no_other(demo: Published) -> None:
    con = demo.con
    reach = [findings.automation_reach(con, period) for period in ("all", "quarter")]
    found = retire_candidates(
        findings.automations(con), reach[0], reach[1], findings.automation_effects(con, "all"), SPEECH
    )
    unused = found.filter(found["kind"] == "macro", found["why"] == "unused")
    assert unused["name"].to_list() == ["Loyalty points explained"]
    assert found.filter(found["kind"] == "bot").is_empty()


def test_the_bot_hands_over_too_often_and_its_customers_are_less_content(demo: Published) -> None:
    (row,) = handovers(
        findings.automation_reach(demo.con, "all"), findings.automation_effects(demo.con, "all"), SPEECH
    ).to_dicts()
    assert row["name"] == "bot"
    assert 0.5 < row["share"] < 0.8
    assert "(worse)" in row["sentence"]


def test_returns_are_slow_from_the_refund_approval_on(demo: Published) -> None:
    tested = departures(findings.path_departures(demo.con, "all", "returns"))
    (first, *_) = tested.filter(tested["is_finding"], tested["outcome"] == "slow").to_dicts()
    assert first["next_step"] == "Refund approval"


def test_order_questions_are_to_be_answered_before_they_are_asked(demo: Published) -> None:
    order_status = findings.order_status_workflows(demo.con)
    by_field = field_reasons(findings.contact_reasons(demo.con, "all"), order_status)
    by_words = subject_reasons(findings.contact_subjects(demo.con, "all"), order_status)
    for reasons in (by_field, by_words):
        spared = worth_sparing(reasons, SPEECH)
        first = spared.filter(spared["kind"] == "answer first")
        assert "order" in first["reason"].to_list()[0]
        assert "questions of order status" in first["sentence"].to_list()[0]
    assert {"where_is_my_order", "return_refund"} <= set(by_field["reason"])
