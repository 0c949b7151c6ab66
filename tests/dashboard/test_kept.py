"""Answers kept on disk: once computed, there after a restart, gone with what they are about."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from dashboard import kept as module
from dashboard.kept import kept


@pytest.fixture
def published(tmp_path: Path) -> str:
    file = tmp_path / "warehouse-1.duckdb"
    file.touch()
    return str(file)


def test_an_answer_is_computed_once_and_is_the_same_when_it_is_read(published: str) -> None:
    made: list[int] = []

    def compute() -> dict[str, object]:
        made.append(1)
        return {"day": dt.date(2026, 11, 24), "values": [1.5, None, "x"]}

    answers = [kept(published, ("forecast", 7), compute) for _ in range(3)]
    assert answers == [{"day": "2026-11-24", "values": [1.5, None, "x"]}] * 3
    assert made == [1]


def test_another_question_another_file_and_other_code_are_computed_anew(
    published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Path(published).with_name("warehouse-2.duckdb")
    other.touch()
    assert kept(published, ("forecast", 7), lambda: 1) == 1
    assert kept(published, ("forecast", 8), lambda: 2) == 2
    assert kept(str(other), ("forecast", 7), lambda: 3) == 3
    monkeypatch.setattr(module, "_code", lambda: "newer")
    assert kept(published, ("forecast", 7), lambda: 4) == 4


def test_a_broken_file_is_computed_anew(published: str) -> None:
    kept(published, ("a",), lambda: 1)
    [file] = (Path(published).parent / module.FOLDER / "warehouse-1").iterdir()
    file.write_text("{", encoding="utf-8")
    assert kept(published, ("a",), lambda: 2) == 2
    assert kept(published, ("a",), lambda: 3) == 2


def test_answers_go_with_the_published_file_that_they_are_about(published: str) -> None:
    kept(published, ("a",), lambda: 1)
    newer = Path(published).with_name("warehouse-2.duckdb")
    newer.touch()
    Path(published).unlink()
    kept(str(newer), ("a",), lambda: 1)
    assert [folder.name for folder in (newer.parent / module.FOLDER).iterdir()] == ["warehouse-2"]


def test_where_nothing_can_be_written_the_answer_is_given_all_the_same(published: str) -> None:
    (Path(published).parent / module.FOLDER).touch()
    assert kept(published, ("a",), lambda: [1]) == [1]
