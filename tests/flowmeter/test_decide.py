"""`flowmeter decide` and `flowmeter decisions` on the demo shop."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from flowmeter.cli.main import run


@pytest.fixture
def home(demo_home: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "shop"
    shutil.copytree(demo_home, copy, symlinks=True)
    return copy


def test_a_decision_is_written_with_its_numbers_and_listed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decide = ["decide", "--workflow", "order_updates", "--choose", "b", "--who", "Ada", "--note", "cheaper"]
    assert run([*decide, "--goal", "csat", "--home", str(home)]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path.parent == home / "decisions"
    assert path.name.endswith("-order-updates-b.yml")
    assert run(["decisions", "--format", "json", "--home", str(home)]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert (row["number"], row["decided"], row["who"], row["note"]) == (1, "b", "Ada", "cheaper")
    assert row["comparison"]["goal"] == "csat"
    assert row["numbers"][0]["metric"] == "csat"
    assert (
        run(["compare", "--workflow", "order_updates", "--goal", "csat", "--format", "json", "--home", str(home)]) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert row["verdict"] == told["verdict"]["sentence"]
    assert row["comparison"]["arms"] == told["arms"]
    assert run(["decisions", "--workflow", "returns", "--home", str(home)]) == 0
    assert "No decision is logged yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("choose", "workflow", "who", "words"),
    [
        ("c", "order_updates", "Ada", "none of the arms"),
        ("b", "order_update", "Ada", "Did you mean 'order_updates'?"),
        ("b", "order_updates", " ", "say who decided"),
    ],
)
def test_what_cannot_be_decided_is_a_usage_error_and_writes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str], choose: str, workflow: str, who: str, words: str
) -> None:
    line = ["decide", "--workflow", workflow, "--choose", choose, "--who", who, "--home", str(home)]
    assert run(line) == 2
    assert words in " ".join(capsys.readouterr().err.split())
    assert not (home / "decisions").exists()
