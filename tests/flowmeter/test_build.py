"""A build publishes only what has passed every test, and only when something has changed."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flowmeter import warehouse
from flowmeter.build import BuildResult, build, published_facts
from flowmeter.dbt_run import parsed_meanwhile
from flowmeter.errors import BuildError
from flowmeter.settings import CHECKOUT, Home
from flowmeter.shop_folder import create_home
from ingest.load import ensure_raw

BATCH = "insert into batch select 1, 'x', 'x.csv', 'shopify_order', {read}, 0, 0, 0, '2026-11-22 12:00', '2026-11-23'"


def quiet(_line: str) -> None:
    """Progress that nobody reads."""


def add_batch(home: Home, read: int) -> None:
    """A file that was loaded and had `read` rows, of which none went anywhere."""
    with warehouse.raw_connection(home) as connection:
        ensure_raw(connection)
        connection.execute("delete from batch").fetchall()
        connection.execute(BATCH.format(read=read)).fetchall()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, BuildResult, list[str]]:
    """A shop with one empty file, built once, and what the build said."""
    home, _ = create_home(tmp_path_factory.mktemp("build") / "shop")
    add_batch(home, 0)
    said: list[str] = []
    return home, build(home, said.append, ensure_raw=ensure_raw), said


def test_a_build_tells_its_progress_by_model(built: tuple[Home, BuildResult, list[str]]) -> None:
    _, result, said = built
    assert len(said) == result.models + result.tests
    assert any(" fct_ticket " in line and line.endswith("s") for line in said)


def test_a_build_leaves_its_facts_beside_the_published_file(built: tuple[Home, BuildResult, list[str]]) -> None:
    home, result, _ = built
    facts = published_facts(home)
    assert facts
    assert (facts.build_id, facts.tests) == (result.build_id, result.tests)
    assert warehouse.current_path(home) == result.path


def test_the_published_file_holds_marts_and_nothing_of_the_build(built: tuple[Home, BuildResult, list[str]]) -> None:
    home, result, _ = built
    with contextlib.closing(warehouse.read(result.path)) as connection:
        tables = {row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()}
        views = connection.execute("select view_name from duckdb_views() where not internal").fetchall()
    assert {"fct_ticket", "kpi_week", "metric", "snapshot"} <= tables
    assert not [name for name in tables if name.startswith(("int_", "stg_"))]
    assert views == []
    assert not list(home.build_dir.glob("*.duckdb"))


def test_nothing_is_built_again_until_something_changes(built: tuple[Home, BuildResult, list[str]]) -> None:
    home, result, _ = built
    again = build(home, quiet)
    assert (again.rebuilt, again.path) == (False, result.path)
    targets = home.config_dir / "targets.yml"
    targets.write_text(targets.read_text(encoding="utf-8").replace("value: 48", "value: 47"), encoding="utf-8")
    changed = build(home, quiet)
    assert changed.rebuilt
    assert changed.path != result.path


def test_a_failed_test_is_named_and_nothing_is_published(built: tuple[Home, BuildResult, list[str]]) -> None:
    home, _, _ = built
    before = warehouse.current_path(home)
    add_batch(home, 5)
    with pytest.raises(BuildError) as caught:
        build(home, quiet)
    add_batch(home, 0)
    assert "the test 'load_counts_add_up' failed with 1 rows" in str(caught.value)
    assert "Nothing was published" in str(caught.value)
    assert warehouse.current_path(home) == before


def test_a_shop_without_files_says_what_to_do(home: Home) -> None:
    with pytest.raises(BuildError, match=r"no file has been loaded yet\. Run `flowmeter ingest"):
        build(home, quiet, ensure_raw=ensure_raw)


def test_dbt_has_parsed_the_project_while_the_demos_files_were_made(home: Home) -> None:
    with parsed_meanwhile(home):
        pass
    assert (home.build_dir / "target" / "partial_parse.msgpack").is_file()
    assert not list(home.build_dir.glob("*.duckdb*"))


def test_nobody_waits_for_the_parsing_when_the_files_failed(home: Home) -> None:
    with pytest.raises(KeyboardInterrupt), parsed_meanwhile(home):
        raise KeyboardInterrupt
    assert not (home.build_dir / "target" / "partial_parse.msgpack").exists()


OLD_CLIENT = CHECKOUT / ".venv" / "old-client"
QUESTIONS = """
import sys, duckdb
assert duckdb.__version__.startswith("1.4."), duckdb.__version__
con = duckdb.connect(sys.argv[1], read_only=True)
tables = [row[0] for row in con.execute("select table_name from duckdb_tables() order by 1").fetchall()]
for table in tables:
    con.execute(f'select * from "{table}"').fetchall()
macros = [row[0] for row in con.execute("select function_name from duckdb_functions() where not internal").fetchall()]
rows = con.execute("select workflow, csat(csat_satisfied) from fct_ticket group by all order by all").fetchall()
print(len(tables) > 15, len(macros) > 10, len(rows) > 3)
"""


def test_duckdb_1_4_reads_the_published_tables_and_macros(demo_home: Path) -> None:
    assert OLD_CLIENT.is_dir(), "the older client is not installed: run `make test`"
    published = str(warehouse.current_path(Home(demo_home)))
    answer = subprocess.run(
        [sys.executable, "-c", QUESTIONS, published],
        env={**os.environ, "PYTHONPATH": str(OLD_CLIENT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.stdout, answer.stderr) == ("True True True\n", "")
