"""`flowmeter bottlenecks` over the demo shop, and over a shop without a log of what happened."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from flowmeter.cli import main
from tests.dashboard.snapshot import Story, publish_fixture

Captured = pytest.CaptureFixture[str]


def bottlenecks(capsys: Captured, home: Path, *arguments: str) -> list[dict[str, Any]]:
    code = main.run(["bottlenecks", "--home", str(home), "--format", "json", *arguments])
    said = capsys.readouterr()
    assert code == 0, said.err
    rows: list[dict[str, Any]] = json.loads(said.out)
    return rows


def test_the_refund_approval_is_first_in_returns(demo_home: Path, capsys: Captured) -> None:
    rows = bottlenecks(capsys, demo_home, "--workflow", "returns")
    assert (rows[0]["kind"], rows[0]["step"], rows[0]["lever"]) == ("step", "Refund approval", "halve_wait")
    assert {row["workflow"] for row in rows} == {"returns"}
    assert rows[0]["resolution_hours_saved_low"] < rows[0]["resolution_hours_saved"]


def test_rows_are_an_array_worst_first(demo_home: Path, capsys: Captured) -> None:
    rows = bottlenecks(capsys, demo_home, "--period", "all")
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["period"] for row in rows} == {"all"}
    assert len({row["workflow"] for row in rows}) > 3
    assert len(bottlenecks(capsys, demo_home, "--limit", "3")) == 3


def test_csv_and_table_hold_the_same_rows(demo_home: Path, capsys: Captured) -> None:
    main.run(["bottlenecks", "--home", str(demo_home), "--limit", "2", "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    main.run(["bottlenecks", "--home", str(demo_home), "--limit", "2"])
    lines = capsys.readouterr().out.splitlines()
    assert len(rows) == len(lines) - 1 == 2
    assert rows[0]["step"] in lines[1]


def test_an_unknown_workflow_names_the_nearest(demo_home: Path, capsys: Captured) -> None:
    assert main.run(["bottlenecks", "--home", str(demo_home), "--workflow", "retuns"]) == 2
    assert "Did you mean 'returns'?" in capsys.readouterr().err


def test_without_a_log_it_says_what_to_export(tmp_path: Path, capsys: Captured) -> None:
    import duckdb

    with duckdb.connect(str(publish_fixture(tmp_path, Story(weeks=2)))) as con:
        con.execute("create table workflow_bottleneck (period varchar, workflow varchar, rank integer)")
    code = main.run(["bottlenecks", "--home", str(tmp_path), "--format", "json"])
    said = capsys.readouterr()
    assert (code, json.loads(said.out)) == (0, [])
    assert "ticket audits" in said.err
