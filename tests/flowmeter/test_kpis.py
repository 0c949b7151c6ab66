"""`flowmeter kpis` over the demo shop: which rows, in which shape."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from flowmeter.cli import main

KEYS = ["week", "workflow", "metric", "value", "n", "low", "high", "unit", "too_few"]
Captured = pytest.CaptureFixture[str]


def kpis(capsys: Captured, home: Path, *arguments: str) -> list[dict[str, Any]]:
    code = main.run(["kpis", "--home", str(home), "--format", "json", *arguments])
    said = capsys.readouterr()
    assert code == 0, said.err
    rows: list[dict[str, Any]] = json.loads(said.out)
    return rows


def test_rows_have_these_keys_and_no_others(demo_home: Path, capsys: Captured) -> None:
    rows = kpis(capsys, demo_home, "--week", "2026-W46", "--weeks", "12", "--by", "workflow")
    assert {tuple(row) for row in rows} == {tuple(KEYS)}
    assert {row["week"] for row in rows} == {f"2026-W{week}" for week in range(35, 47)}
    assert {"returns", "unclassified"} <= {row["workflow"] for row in rows}
    assert "all" not in {row["workflow"] for row in rows}


def test_without_by_the_rows_are_totals(demo_home: Path, capsys: Captured) -> None:
    rows = kpis(capsys, demo_home, "--week", "2026-W46")
    assert {row["workflow"] for row in rows} == {"all"}
    metrics = [row["metric"] for row in rows]
    assert len(metrics) == len(set(metrics))
    assert {"csat", "ces", "resolution_time_mean_calendar_hours", "resolution_rate_cohort"} <= set(metrics)


def test_the_parts_of_a_total_add_up_to_it(demo_home: Path, capsys: Captured) -> None:
    option = ["--week", "2026-W46", "--metric", "tickets_created"]
    (total,) = kpis(capsys, demo_home, *option)
    for by in ("workflow", "channel", "workflow,channel"):
        assert sum(row["value"] for row in kpis(capsys, demo_home, *option, "--by", by)) == total["value"]


def test_further_slices_are_further_columns(demo_home: Path, capsys: Captured) -> None:
    rows = kpis(capsys, demo_home, "--week", "2026-W46", "--by", "workflow,variant,channel")
    assert {tuple(row) for row in rows} == {(*KEYS, "variant", "channel")}


def test_the_default_week_is_the_last_one_that_is_over(demo_home: Path, capsys: Captured) -> None:
    assert {row["week"] for row in kpis(capsys, demo_home)} <= {"2026-W46", "2026-W47"}


def test_csv_and_table_say_the_same(demo_home: Path, capsys: Captured) -> None:
    arguments = ["kpis", "--home", str(demo_home), "--week", "2026-W46", "--metric", "tickets_created"]
    main.run([*arguments, "--format", "csv"])
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    main.run([*arguments, "--format", "table"])
    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == KEYS
    assert line.split()[:3] == [row["week"], row["workflow"], row["metric"]]


MISTAKES = [
    (["--week", "46"], "'46' is no ISO week. Write it like 2026-W46"),
    (["--week", "2026-W54"], "'2026-W54' is no ISO week"),
    (["--metric", "csta"], "there is no metric 'csta'. Did you mean 'csat'?"),
    (["--by", "agent"], "'agent' is none of workflow, variant, channel"),
]


@pytest.mark.parametrize(("option", "told"), MISTAKES)
def test_a_wrong_option_is_refused_with_what_is_right(
    demo_home: Path, capsys: Captured, option: list[str], told: str
) -> None:
    assert main.run(["kpis", "--home", str(demo_home), *option]) == 2
    assert told in " ".join(capsys.readouterr().err.split())
