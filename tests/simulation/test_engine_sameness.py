import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulation import compiled
from simulation.compiled import cached
from simulation.engine import prepare, run
from tests.simulation.shops import bytes_of
from tests.simulation.whole_shop import DAY, whole_shop, whole_tickets

DAYS = 28
PLAIN = """
import hashlib
from simulation import compiled
from simulation.compiled import cached
from simulation.engine import run
from tests.simulation.shops import bytes_of
from tests.simulation.whole_shop import DAY, whole_shop, whole_tickets
result = run(whole_shop().network(), whole_tickets(600), 28 * DAY, 11)
print(hashlib.sha256(bytes_of(result)).hexdigest(), result.arrived, len(result.parent), len(result.records.ticket))
"""


def said_by(**environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", PLAIN],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_plain_python_gives_the_same_bytes() -> None:
    compiled = said_by(NUMBA_DISABLE_JIT="0")
    assert compiled == said_by(NUMBA_DISABLE_JIT="1")
    _, arrived, repeats, rows = compiled.split()
    assert int(arrived) == 600 + int(repeats) > 620
    assert int(rows) > 1000


def test_a_shop_made_ready_once_serves_for_other_hours() -> None:
    network, tickets = whole_shop().network(), whole_tickets(300)
    later = replace(network, duty=replace(network.duty, duty_to=network.duty.duty_to + 30.0))
    ready = prepare(network)
    found = [bytes_of(run(each, tickets, DAYS * DAY, 3, ready=ready)) for each in (network, later)]
    assert found == [bytes_of(run(each, tickets, DAYS * DAY, 3)) for each in (network, later)]
    assert found[0] != found[1]
    with pytest.raises(ValueError, match="intervals on duty end after they begin"):
        run(
            replace(network, duty=replace(network.duty, duty_to=later.duty.duty_from - 1.0)),
            tickets,
            DAY,
            3,
            ready=ready,
        )


def test_threads_give_the_same_bytes() -> None:
    network, tickets = whole_shop().network(), whole_tickets(2000)
    alone = [bytes_of(run(network, tickets, DAYS * DAY, seed)) for seed in range(6)]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda seed: bytes_of(run(network, tickets, DAYS * DAY, seed)), range(6)))
    assert alone == together
    assert len(set(alone)) == 6


def test_without_records_nothing_else_changes() -> None:
    network, tickets = whole_shop().network(), whole_tickets(2000)
    full, bare = run(network, tickets, DAYS * DAY, 3), run(network, tickets, DAYS * DAY, 3, records=False)
    assert len(bare.records.ticket) == 0
    assert (full.arrived, full.ended, full.open, full.activities) == (
        bare.arrived,
        bare.ended,
        bare.open,
        bare.activities,
    )
    np.testing.assert_array_equal(full.parent, bare.parent)


def test_records_are_ordered_by_ticket_and_entry_and_follow_from_each_other() -> None:
    shop = whole_shop()
    network, tickets = shop.network(), whole_tickets(3000)
    result = run(network, tickets, DAYS * DAY, 5)
    rows = result.records
    same = rows.ticket[1:] == rows.ticket[:-1]
    assert (np.diff(rows.ticket) >= 0).all()
    np.testing.assert_array_equal(rows.left[:-1][same], rows.entered[1:][same])
    taken = np.where(rows.edge == -2, network.work.left_for[rows.state], network.routes.to[rows.edge])
    np.testing.assert_array_equal(taken[:-1][same], rows.state[1:][same])
    assert {-2, -1} < set(rows.edge.tolist())
    assert (np.isnan(rows.left) == (rows.edge == -1)).all()
    assert (np.isnan(rows.left).sum(), len(set(rows.ticket))) == (result.open, result.arrived)
    assert result.activities == (rows.started >= 0.0).sum()


def test_memory_follows_the_tickets_that_are_open() -> None:
    network, tickets = whole_shop().network(), whole_tickets(20_000)
    long = run(network, tickets, DAYS * DAY, 5)
    assert long.open > 1000  # over the room that there is at first: the arrays grew
    assert long.arrived == long.ended + long.open
    assert len(long.parent) > 256


def test_a_cache_is_kept_where_it_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert cached(negative)(3) == -3
    assert [path.name[:8] for path in tmp_path.iterdir()] == ["compiled"]
    assert list(tmp_path.rglob("*.nbi"))
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert cached(negative)(3) == -3


def test_a_read_only_package_uses_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "__pycache__").touch()  # a file: no folder can be made in it, not even by root
    monkeypatch.setattr(compiled, "HERE", tmp_path)
    monkeypatch.setattr(compiled, "_version", lambda: "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    assert compiled.folder() == tmp_path / "user" / "flowmeter" / "compiled-1"


def test_code_of_versions_that_nobody_uses_goes_when_a_new_one_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))

    def begun(version: str, days_ago: float) -> Path:
        monkeypatch.setattr(compiled, "_version", lambda: version)
        made = compiled.folder()
        assert made is not None
        (made / "code.nbi").touch()
        began = time.time() - 86_400 * days_ago
        os.utime(made, (began, began))
        return made

    other, old = begun("2", days_ago=0.5), begun("1", days_ago=3)
    (tmp_path / "else").mkdir()
    os.utime(tmp_path / "else", (0, 0))
    begun("2", days_ago=0.5)
    assert old.exists(), "only who makes a new one clears up"
    new = begun("3", days_ago=0)
    assert {path.name for path in tmp_path.iterdir()} == {other.name, new.name, "else"}
    assert (other / "code.nbi").exists()


def test_a_version_that_is_begun_again_is_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    made = compiled.folder()
    assert made is not None
    os.utime(made, (0, 0))
    compiled.folder()
    assert time.time() - made.stat().st_mtime < compiled.STALE


def test_code_that_is_cleared_away_under_a_process_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    function = cached(negative)
    [made] = tmp_path.iterdir()
    shutil.rmtree(made)
    assert function(3) == -3
    assert list(tmp_path.rglob("*.nbi")), "and kept again"


def negative(number: int) -> int:
    return -number
