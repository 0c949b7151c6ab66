"""The decision log: written once, read back as it was, refused with file and line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flowmeter.decisions import Compared, Decision, numbers_of, read_decisions, write_decision
from flowmeter.errors import ConfigError
from flowmeter.settings import Home

ROW = {
    "metric": "csat",
    "label": "CSAT",
    "unit": "share",
    "arm": "b",
    "baseline_value": 0.8123456789,
    "baseline_n": 410,
    "value": 0.871,
    "n": 398,
    "difference": 0.0586543211,
    "low": 1e-05,
    "high": 0.11,
    "method": "Newcombe's method 10",
}
DECISION = Decision(
    date=dt.date(2026, 11, 24),
    decided="b",
    who="Zoë: yes",
    workflow="order_updates",
    comparison=Compared(by="variant", arms=["a", "b"], goal="csat"),
    verdict="b is better than a: CSAT 87.1% against 81.2% (+5.9 points).",
    numbers=numbers_of([ROW]),
    note="no\nSecond line: # not a comment",
)


def test_what_is_written_is_read_back_as_it_was(tmp_path: Path) -> None:
    path = write_decision(Home(tmp_path), DECISION)
    assert path == tmp_path / "decisions" / "2026-11-24-order-updates-b.yml"
    text = path.read_text(encoding="utf-8")
    assert "decided: b\n" in text
    assert "baseline_value: 0.812346\n" in text, "readable, not seventeen digits"
    [found] = read_decisions(Home(tmp_path))
    assert found.decision == DECISION
    assert (found.number, found.file) == (1, path.name)


def test_a_second_decision_of_the_day_never_overwrites_the_first(tmp_path: Path) -> None:
    home = Home(tmp_path)
    first = write_decision(home, DECISION)
    before = first.read_bytes()
    second = write_decision(home, DECISION.model_copy(update={"note": "again"}))
    assert second.name == "2026-11-24-order-updates-b-2.yml"
    assert first.read_bytes() == before
    write_decision(home, DECISION.model_copy(update={"date": dt.date(2025, 1, 2), "decided": "¿?"}))
    found = read_decisions(home)
    assert [entry.decision.date.year for entry in found] == [2025, 2026, 2026], "the oldest first"
    assert [entry.number for entry in found] == [1, 2, 3]


def test_a_shop_without_decisions_has_none(tmp_path: Path) -> None:
    assert read_decisions(Home(tmp_path)) == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("date: 2026-11-24\ndecided: b\nwho: Ada\nworkflo: returns\n", 4, "Did you mean 'workflow'?"),
        ("date: soon\ndecided: b\nwho: Ada\nworkflow: returns\n", 1, "Expected a date such as 2026-12-25"),
        ("date: 2026-02-30\ndecided: b\nwho: Ada\nworkflow: returns\n", 1, "does not exist"),
        ("date: 2026-11-24\ndecided: b\nworkflow: returns\n", 1, "'who' is missing"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / "mine.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_decisions(Home(tmp_path))
    assert f"decisions/mine.yml line {line}" in str(caught.value)
    assert words in str(caught.value)


def test_a_folder_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "decisions").write_text("in the way", encoding="utf-8")
    with pytest.raises(ConfigError, match="the decision cannot be written"):
        write_decision(Home(tmp_path), DECISION)
