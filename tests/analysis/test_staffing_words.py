"""Who would be needed for a target, on documents made by hand."""

from __future__ import annotations

from typing import Any

from analysis import staffing_words as words
from analysis.simulation_words import Known
from analysis.wording import Speech

METRICS = {
    "first_reply": {"label": "Median first reply", "unit": "hours", "better": "lower"},
    "solved": {"label": "Resolved within 7 days", "unit": "share", "better": "higher"},
}
KNOWN = Known(METRICS, {"returns": "Returns"}, Speech("EUR"))


def figure(value: float, half: float) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def found(target: dict[str, Any], today: float, then: float, half: float, **added: int) -> dict[str, Any]:
    met = then >= target["value"] if target["at_least"] else then <= target["value"]
    return {
        "target": target, "met": met, "added": added, "hours": {group: 15.0 * many for group, many in added.items()},
        "today": figure(today, half), "then": figure(then, half),
    }  # fmt: skip


SOON = {"metric": "first_reply", "value": 6.0, "at_least": False, "workflow": "returns"}
MANY = {"metric": "solved", "value": 0.9, "at_least": True, "workflow": "all"}


def test_a_target_that_is_met_names_who_and_what_is_expected() -> None:
    answer = found(SOON, 9.0, 5.5, 1.0, Orders=1, Returns=2)
    assert words.sentence(answer, KNOWN) == (
        "Median first reply of returns: at most 6 h would be met with 1 more person in Orders and 2 more in Returns: "
        "5 h 30 m is expected, 9 h with today's people."
    )
    assert words.caution(answer, KNOWN) == (
        "It can be missed all the same, by luck alone: nine of ten times it lies between 4 h 30 m and 6 h 30 m."
    )


def test_a_target_that_can_hardly_be_missed_gets_no_caution() -> None:
    assert not words.caution(found(SOON, 9.0, 4.0, 1.0, Orders=3), KNOWN)
    assert not words.caution(found(MANY, 0.8, 0.95, 0.02, Orders=3), KNOWN)
    assert words.caution(found(MANY, 0.8, 0.91, 0.02, Orders=3), KNOWN).endswith("between 89.0% and 93.0%.")


def test_today_s_people_may_do() -> None:
    assert words.sentence(found(SOON, 5.0, 5.0, 0.5), KNOWN) == (
        "Median first reply of returns: at most 6 h is met with the people there are: 5 h is expected."
    )


def test_what_people_do_not_bring_is_said() -> None:
    assert words.sentence(found(MANY, 0.7, 0.8, 0.02, Orders=7), KNOWN).startswith(
        "Resolved within 7 days: at least 90% would not be met even with 7 more people: 80.0% is expected, 70.0% with "
        "today's people. More people alone do not bring it"
    )
    assert words.sentence(found(MANY, 0.7, 0.7, 0.02), KNOWN).endswith(
        "at least 90% is not met (70.0% is expected), and more people would not bring it nearer."
    )
    assert not words.caution(found(MANY, 0.7, 0.8, 0.02, Orders=7), KNOWN)


def test_the_table_adds_up() -> None:
    rows = words.table(found(SOON, 9.0, 5.5, 1.0, Orders=1, Returns=2), KNOWN)
    assert [tuple(row.values()) for row in rows] == [
        ("Today's people", "", "", "9 h", "8 h to 10 h"),
        ("More in Orders", "1", "15", "", ""),
        ("More in Returns", "2", "30", "", ""),
        ("With them", "3", "45", "5 h 30 m", "4 h 30 m to 6 h 30 m"),
    ]
    assert len(words.table(found(SOON, 5.0, 5.0, 0.5), KNOWN)) == 1
