"""`flowmeter map` over a small published file."""

from __future__ import annotations

import contextlib
import json
import xml.etree.ElementTree as ET

import duckdb
import pytest

from flowmeter.cli import main
from flowmeter.settings import Home
from flowmeter.warehouse import publish
from tests.analysis.flowcharts import SHOP, frames

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def mapped(home: Home) -> Home:
    """A published file with the steps and edges of 100 returns, in the period 'all' only."""
    home.build_dir.mkdir(parents=True, exist_ok=True)
    home.warehouse.mkdir(parents=True, exist_ok=True)
    path = home.build_dir / "flowmeter.duckdb"
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        for table, frame in zip(("workflow_step", "workflow_edge"), frames(SHOP), strict=True):
            connection.register("frame", frame.to_arrow())
            connection.execute(f"create table {table} as select * from frame").fetchall()
            connection.unregister("frame")
    publish(home, path, "20261123T041500Z-3f9a1c")
    return home


def ran(capsys: Captured, home: Home, *arguments: str) -> tuple[int, str, str]:
    code = main.run(["map", "--home", str(home.root), *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_svg_is_on_stdout_and_nothing_else(mapped: Home, capsys: Captured) -> None:
    code, out, err = ran(capsys, mapped, "--workflow", "returns", "--period", "all")
    assert (code, err) == (0, "")
    title = ET.fromstring(out).findtext("{http://www.w3.org/2000/svg}title")  # noqa: S314 (our own text)
    assert title == "Returns: how tickets really went"


def test_keep_hides_rare_paths(mapped: Home, capsys: Captured) -> None:
    shown = {}
    for keep in ("0.9", "1"):
        _, out, _ = ran(capsys, mapped, "--workflow", "returns", "--period", "all", "--keep", keep, "--format", "json")
        shown[keep] = {node["name"] for node in json.loads(out)["nodes"]}
    assert shown["1"] - shown["0.9"] == {"Odd", "Approval"}


def test_mermaid_begins_as_a_flowchart(mapped: Home, capsys: Captured) -> None:
    _, out, _ = ran(capsys, mapped, "--workflow", "returns", "--period", "all", "--format", "mermaid")
    assert out.startswith("flowchart TD\n")
    assert "Queue" in out


def test_an_unknown_workflow_gets_the_nearest(mapped: Home, capsys: Captured) -> None:
    code, out, err = ran(capsys, mapped, "--workflow", "retruns")
    assert (code, out) == (2, "")
    assert "Did you mean 'returns'?" in err


def test_no_tickets_in_the_period_is_one_sentence(mapped: Home, capsys: Captured) -> None:
    code, out, err = ran(capsys, mapped, "--workflow", "returns")
    assert (code, out) == (0, "")
    assert err == "No tickets of 'returns' in the 13 weeks before the snapshot; `--period all` shows all of them\n"


def test_intended_marks_what_leaves_the_paths(mapped: Home, capsys: Captured) -> None:
    path = mapped.config_dir / "workflows.yml"
    written = "    name: Returns\n    intended: [[Queue, Working, Resolved]]\n"
    path.write_text(path.read_text(encoding="utf-8").replace("    name: Returns\n", written, 1), encoding="utf-8")
    arguments = ["--workflow", "returns", "--period", "all", "--intended", "--keep", "1", "--format", "json"]
    _, out, _ = ran(capsys, mapped, *arguments)
    flows = {edge["key"]: edge["flow"] for edge in json.loads(out)["edges"]}
    assert flows["arrow:Queue→Working"] is None
    assert flows["arrow:Working→Approval"] == "not intended"


def test_an_intended_flow_file_is_drawn_itself(mapped: Home, capsys: Captured) -> None:
    (mapped.root / "returns.flow").write_text(
        '{"root": {"steps": [{"step_id": "t", "task_id": "x::order_created", "task_type": "TRIGGER"}], "links": []}}',
        encoding="utf-8",
    )
    path = mapped.config_dir / "workflows.yml"
    written = "    name: Returns\n    intended_flow: returns.flow\n"
    path.write_text(path.read_text(encoding="utf-8").replace("    name: Returns\n", written, 1), encoding="utf-8")
    _, out, _ = ran(capsys, mapped, "--workflow", "returns", "--intended")
    assert "Order created" in out
