"""Which Python `make` sets Flowmeter up with."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from flowmeter.settings import CHECKOUT


def make_environment(tmp_path: Path, pythons: dict[str, int]) -> subprocess.CompletedProcess[str]:
    """Makes an environment where each of `pythons` is a command that only ends with that code, and makes nothing."""
    for name, code in pythons.items():
        command = tmp_path / name
        command.write_text(f"#!/bin/sh\nexit {code}\n", encoding="ascii")
        command.chmod(0o755)
    venv = tmp_path / "venv"
    return subprocess.run(
        ["make", f"VENV={venv}", f"{venv}/bin/python"],
        cwd=CHECKOUT,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("python311", "chosen"), [(0, "python3.11"), (127, "python3")])
def test_python_3_11_else_python3(tmp_path: Path, python311: int, chosen: str) -> None:
    made = make_environment(tmp_path, {"python3.11": python311, "python3": 0})
    assert made.stdout == f"{chosen} -m venv {tmp_path}/venv\n"


def test_an_older_python3_is_refused(tmp_path: Path) -> None:
    made = make_environment(tmp_path, {"python3.11": 127, "python3": 1})
    assert made.returncode != 0
    assert "Flowmeter needs Python 3.11 or later" in made.stderr
