"""The key, the lock, and publishing under readers."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flowmeter import warehouse
from flowmeter.errors import WarehouseError
from flowmeter.settings import Home
from tests.flowmeter.conftest import built_file


def test_the_key_is_made_once_for_its_owner_alone(home: Home) -> None:
    key = warehouse.hash_key(home)
    assert len(key) == 32
    assert warehouse.hash_key(home) == key
    assert home.key_path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read_is_refused_with_the_command_that_helps(home: Home, mode: int) -> None:
    warehouse.hash_key(home)
    home.key_path.chmod(mode)
    with pytest.raises(WarehouseError, match=rf"Found mode {mode:o}. Run `chmod 600 {home.key_path}`"):
        warehouse.hash_key(home)


def test_a_damaged_key_is_refused(home: Home) -> None:
    warehouse.hash_key(home)
    home.key_path.write_text("abc", encoding="ascii")
    with pytest.raises(WarehouseError, match="64 hexadecimal digits"):
        warehouse.hash_key(home)


HOLDER = """
import sys
from pathlib import Path
from flowmeter.settings import Home
from flowmeter.warehouse import locked
with locked(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_second_writer_is_told_who_holds_the_lock_and_a_killed_one_leaves_none(home: Home) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(WarehouseError, match=rf"process {other.pid}\).*`ps -p {other.pid}`"):
            warehouse.locked(home).__enter__()
        other.kill()
        other.wait()
    with warehouse.raw_connection(home) as connection:
        assert connection.execute("select 1").fetchall() == [(1,)]


def test_nothing_published_says_what_to_run(home: Home) -> None:
    with pytest.raises(WarehouseError, match=r"nothing has been published yet\. Run `flowmeter refresh`"):
        warehouse.current_path(home)


def test_the_last_three_stay_and_their_facts_with_them(home: Home) -> None:
    for number in range(5):
        name = f"2026112{number}T000000Z-abcdef"
        built = built_file(home, number)
        (home.warehouse / f"warehouse-{name}.json").write_text("{}", encoding="utf-8")
        warehouse.publish(home, built, name)
    left = sorted(path.name for path in home.warehouse.glob("warehouse-*"))
    kept = [f"warehouse-2026112{number}T000000Z-abcdef" for number in (2, 3, 4)]
    assert left == sorted(f"{name}{end}" for name in kept for end in (".duckdb", ".json"))
    assert warehouse.current_path(home).name == f"{kept[-1]}.duckdb"


def test_what_was_just_published_stays_even_when_the_clock_went_back(home: Home) -> None:
    for day in (25, 26, 27, 10):
        path = warehouse.publish(home, built_file(home, day), f"202611{day}T000000Z-abcdef")
    assert warehouse.current_path(home) == path


def test_a_published_name_is_never_used_again(home: Home) -> None:
    warehouse.publish(home, built_file(home, 1), "20261120T000000Z-abcdef")
    with pytest.raises(WarehouseError, match="never used again"):
        warehouse.publish(home, built_file(home, 2), "20261120T000000Z-abcdef")


def test_a_file_that_vanished_is_not_taken_for_nothing_published(home: Home) -> None:
    """Three publishes between looking at the link and at the file; a reader then looks again."""
    path = warehouse.publish(home, built_file(home, 1), "20261120T000000Z-abcdef")
    path.unlink()
    assert warehouse.current_path(home) == path
    with pytest.raises(WarehouseError, match="cannot be opened"):
        warehouse.read_current(home)


READER = """
import contextlib, sys, time
from pathlib import Path
from flowmeter.settings import Home
from flowmeter.warehouse import read_current
home, last, seen = Home(Path(sys.argv[1])), int(sys.argv[2]), []
print("ready", flush=True)
while not seen or seen[-1] < last:
    with contextlib.closing(read_current(home)) as connection:
        query = "select min(a.number), max(b.number) from first a, (select number from last limit 5) b"
        low, high = connection.execute(query).fetchall()[0]
        assert low == high, f"mixed snapshot: {low} and {high}"
        assert not seen or low >= seen[-1], "went back in time"
        seen.append(low)
    time.sleep(0.02)  # fifty readers that never rest would only measure the machine
"""
READERS, PUBLISHES = 50, 10


def test_fifty_readers_see_ten_publishes_without_an_error_or_a_mixed_snapshot(home: Home) -> None:
    """Readers are processes of their own: inside one, DuckDB would share what it has open."""
    warehouse.publish(home, built_file(home, 0), "20261101T000000Z-abcdef")
    with contextlib.ExitStack() as stack:
        readers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", READER, str(home.root), str(PUBLISHES)],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env={**os.environ, "OMP_NUM_THREADS": "1"},
                )
            )
            for _ in range(READERS)
        ]
        for reader in readers:
            assert reader.stdout
            assert reader.stdout.readline() == b"ready\n"
        for number in range(1, PUBLISHES + 1):
            warehouse.publish(home, built_file(home, number), f"202611{number + 1:02}T000000Z-abcdef")
        problems = [reader.communicate(timeout=300)[1].decode() for reader in readers]
    assert [problem for problem in problems if problem] == []
    assert [reader.returncode for reader in readers] == [0] * READERS


def test_a_reader_that_is_open_keeps_its_snapshot(home: Home) -> None:
    warehouse.publish(home, built_file(home, 0), "20261101T000000Z-abcdef")
    with contextlib.closing(warehouse.read_current(home)) as connection:
        for number in range(1, 6):
            warehouse.publish(home, built_file(home, number), f"202611{number + 1:02}T000000Z-abcdef")
        assert connection.execute("select distinct number from first").fetchall() == [(0,)]


def test_a_published_file_is_read_only(home: Home) -> None:
    path: Path = warehouse.publish(home, built_file(home, 0), "20261101T000000Z-abcdef")
    assert path.stat().st_mode & 0o222 == 0
