"""Killed at any moment, ingest leaves each file wholly loaded or not at all, and the next run ends the same."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.ingest.conftest import Shop
from tests.ingest.records import audit, ticket

CHECKOUT = Path(__file__).resolve().parents[2]
RUNS = 20
SCRIPT = """
import sys
from pathlib import Path
from flowmeter.config import load_config
from flowmeter.settings import Home
from ingest.load import ingest_paths
home = Home(Path(sys.argv[1]))
config = load_config(home)
print("ready", flush=True)
ingest_paths(home, config, [home.exports], None, lambda _: None)
"""


@contextlib.contextmanager
def _run(shop: Shop) -> Iterator[subprocess.Popen[str]]:
    """A run that has imported everything and is about to begin."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(shop.root)],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


def _content(shop: Shop) -> dict[str, Any]:
    """The tables, whatever the batches' numbers."""
    return {
        name: shop.rows(f"select * exclude ({left_out}) from {name} order by all")
        for name, left_out in (
            ("zendesk_ticket", "batch_no"),
            ("zendesk_comment", "batch_no"),
            ("zendesk_audit_event", "batch_no"),
            ("quarantine", "batch_no"),
            ("batch", "batch_no, loaded_at"),
        )
    }


def _fill(shop: Shop) -> None:
    shop.configure()
    shop.write("1.jsonl", [ticket(number, status="open" if number % 50 else "?") for number in range(1, 3_001)])
    shop.write("2.jsonl", [audit(number) for number in range(1, 3_001)])
    shop.write("3.jsonl", [ticket(number, priority="high") for number in range(2_001, 4_001)])


def test_kill_at_random_moments_and_run_again(tmp_path: Path) -> None:
    whole = Shop(tmp_path / "whole")
    _fill(whole)
    with _run(whole) as process:
        began = time.monotonic()
        assert process.wait(120) == 0
        seconds = time.monotonic() - began
    expected = _content(whole)

    killed = Shop(tmp_path / "killed")
    _fill(killed)
    shutil.copy(whole.home.key_path, killed.home.key_path)  # the hashes, and so the batches, depend on it
    dice = random.Random(20)
    for _ in range(RUNS):
        with _run(killed) as process:
            time.sleep(dice.uniform(0, seconds))
            process.send_signal(signal.SIGKILL)
    with _run(killed) as process:
        assert process.wait(120) == 0
    assert _content(killed) == expected
    assert list(killed.home.build_dir.glob("ingest-*/*")) == []
