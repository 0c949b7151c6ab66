"""The benchmark of process maps on a shop of 1,500 tickets: it runs, covers every process model and says so."""

import pytest

from benchmarks import process
from benchmarks.bare import SCRIPT, sections
from benchmarks.compare import Difference
from benchmarks.report import COVERAGE_HEADING, PROCESS_HEADING, others_of, with_section
from flowmeter.settings import CHECKOUT

FOLDERS = ("intermediate/process", "marts/process", "marts/paths")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> process.ProcessResults:
    """A short run."""
    return process.run(1500, tmp_path_factory.mktemp("process"), lambda _: None)


def test_both_ways_come_to_the_same_tables(results: process.ProcessResults) -> None:
    assert results.run.differences == ()


def test_every_process_model_is_timed_against_a_section() -> None:
    models = CHECKOUT / "transforms" / "models"
    there = {path.stem for folder in FOLDERS for path in (models / folder).glob("*.sql")} | {"fct_ticket_step"}
    assert there <= set(process.MODELS)
    assert len(set(process.MODELS)) == len(process.MODELS)
    assert set(process.PARTS) <= set(sections(SCRIPT.read_text(encoding="utf-8")))


def test_ratio_is_of_the_models_alone_to_their_sections(results: process.ProcessResults) -> None:
    run = results.run
    timed = dict.fromkeys(process.MODELS, 2.0)
    slow = type(run)(**{**vars(run), "models": timed, "sections": dict.fromkeys(process.PARTS, 1.0)})
    target = process.targets(slow)[0]
    assert (target.measured, target.met) == (f"{2 * len(timed) / 7:.2f} times ({2 * len(timed)} s against 7 s)", False)


def test_a_difference_makes_the_seconds_void(results: process.ProcessResults) -> None:
    run = type(results.run)(**{**vars(results.run), "differences": (Difference("workflow_edge", "csat", 3),)})
    written = process.section(process.ProcessResults(**{**vars(results), "run": run}))
    assert "workflow_edge: 3 rows differ in csat" in written
    assert "**void**" in written


def test_section_takes_the_place_of_the_one_before(results: process.ProcessResults) -> None:
    written = process.section(results)
    before = f"# Benchmarks\n\nText.\n\n{PROCESS_HEADING}\n\nOld.\n\n{COVERAGE_HEADING}\n\nKept.\n"
    report = with_section(before, written)
    assert report == f"# Benchmarks\n\nText.\n\n{written}\n{COVERAGE_HEADING}\n\nKept.\n"
    assert others_of(report) == f"{written}\n{COVERAGE_HEADING}\n\nKept.\n"
    assert with_section("# Benchmarks\n", written) == f"# Benchmarks\n\n{written}"
