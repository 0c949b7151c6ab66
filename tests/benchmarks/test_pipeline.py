"""The benchmark from end to end on a shop of 1,500 tickets: it runs, its two computations agree, its report says so."""

from pathlib import Path

import duckdb
import pytest

from benchmarks import pipeline, runs
from benchmarks.compare import TABLES, differences
from benchmarks.measure import Cost
from benchmarks.report import Results, markdown
from flowmeter import warehouse
from flowmeter.errors import FlowmeterError


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A short run: every stage once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "REPEATS", 1)
        return pipeline.run([1500], 300, tmp_path_factory.mktemp("benchmark"), lambda _: None)


def test_bare_sql_comes_to_the_tables_of_the_build(results: Results) -> None:
    assert [str(difference) for difference in results.sizes[0].differences] == []


def test_no_table_that_both_compute_is_empty(results: Results) -> None:
    with warehouse.read_current(results.sizes[0].home) as con:
        counts = {table: con.execute(f"select count(*) from {table}").fetchall()[0][0] for table in TABLES}
    assert all(counts.values()), counts


def test_a_changed_figure_makes_the_comparison_void(results: Results, tmp_path: Path) -> None:
    home = results.sizes[0].home
    with duckdb.connect(str(home.root / "bare.duckdb")) as con:
        con.execute("update kpi_week set value = value + 1e-6 where metric = 'tickets_created'").fetchall()
        con.execute("delete from backlog_day where workflow = 'all'").fetchall()
    found = differences(warehouse.current_path(home), home.root / "bare.duckdb", tmp_path)
    assert {(difference.table, difference.column) for difference in found} == {
        ("kpi_week", "value"),
        ("backlog_day", ""),
    }


def test_report_shows_every_target_and_stage(results: Results) -> None:
    report = markdown(results)
    for part in ("Ingest at", "Full build at", "Memory at", "Demo pipeline, 300", "Slowest click", "bare reader"):
        assert part in report
    assert "came to the same tables" in report
    assert results.command in report


def test_growth_is_seconds_over_tickets(results: Results) -> None:
    run = results.sizes[0]
    slow = Cost(run.build.seconds * 30, run.build.cpu_seconds, run.build.peak_bytes)
    larger = type(run)(**{**vars(run), "tickets": run.tickets * 10, "build": slow})
    report = markdown(Results(**{**vars(results), "sizes": (run, larger)}))
    assert "| `flowmeter build --force` | 30.0 | 3.00 |" in report
    assert "3.00 times as fast as the tickets | **no** |" in report


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(FlowmeterError, match="disk is too small"):
        pipeline.run([10**12], 300, tmp_path, lambda _: None)
    assert not list(tmp_path.iterdir())
