"""`flowmeter backtest` over the demo shop: one period, held against the published weeks."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from flowmeter.cli import main
from flowmeter.warehouse import current_path, read


def test_what_came_is_what_the_weeks_say(demo_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from flowmeter.settings import Home

    code = main.run(["backtest", "--home", str(demo_home), "--weeks", "4", "--format", "json"])
    said = capsys.readouterr()
    assert code == 0, said.err
    assert "Forecast 1 of 1" in said.err
    found = json.loads(said.out)
    assert (found["cuts"], found["ahead"]) == (1, 4)
    (created,) = [p for p in found["points"] if p["metric"] == "tickets_created" and p["workflow"] == "returns"]
    with contextlib.closing(read(current_path(Home.find(demo_home)))) as connection:
        query = """
            select sum(value) from (
                select value from kpi_week where metric = 'tickets_created' and workflow = 'returns' and is_complete
                    and variant = 'all' and channel = 'all' order by week desc limit 4
            )"""
        (total,) = connection.execute(query).fetchall()[0]
    assert created["actual"] == total
    assert created["low"] < created["predicted"] < created["high"]
    assert {score["verdict"] for score in found["scores"]} == {"too few periods"}
    assert found["headline"][0].startswith("There are too few finished weeks")
