"""The facts of a playbook from a published file, and the command that writes it."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pypdf
import pytest

from flowmeter import warehouse
from flowmeter.cli import main
from flowmeter.errors import ExitCode
from flowmeter.playbook_facts import playbook_facts
from flowmeter.settings import Home
from tests.flowmeter.process_file import make


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return make(tmp_path / "warehouse.duckdb")


def test_the_heading_counts_the_tickets_of_the_period(published: Path) -> None:
    heading = playbook_facts(published, "returns", "quarter").heading
    assert (heading["name"], heading["description"], heading["period"]) == ("Returns", "Refunds.", "Last 13 weeks")
    assert heading["tickets"] == 2
    assert playbook_facts(published, "chat", "quarter").heading["tickets"] == 0
    assert playbook_facts(published, "chat", "all").heading["tickets"] == 1


def test_a_macro_counts_once_for_the_visit_that_it_found_the_ticket_in(published: Path) -> None:
    """'Take it' and 'Done' ended the visits they were used in; 'Hello' came in the instant of the ticket's creation."""
    macros = playbook_facts(published, "returns", "quarter").macros
    assert set(macros.iter_rows()) == {
        ("Queue: Returns", "Take it", 1),
        ("Queue: Returns", "Hello", 1),
        ("Working: Returns", "Ask", 1),
        ("Working: Returns", "Done", 1),
    }


def test_steps_groups_and_ways_are_those_of_the_workflow_and_period(published: Path) -> None:
    facts = playbook_facts(published, "returns", "quarter")
    assert facts.steps.select("step", "position").rows() == [
        ("Queue: Returns", 1.0),
        ("Working: Returns", 2.0),
        ("Resolved", 3.0),
    ]
    assert facts.edges.height == 2
    assert facts.groups.filter(pl.col("step") == "Working: Returns").rows() == [("Working: Returns", "Returns", 2)]
    assert facts.paths.rows() == [
        (["Queue: Returns", "Working: Returns"], 1),
        (["Queue: Returns", "Working: Returns", "Resolved"], 1),
    ]


def test_a_period_has_the_tickets_and_visits_that_the_process_marts_count(demo_home: Path) -> None:
    path = warehouse.current_path(Home(demo_home))
    with warehouse.read(path) as connection:
        counts = connection.execute("""select period, workflow, sum(first_count)::bigint, sum(visit_count)::bigint
            from workflow_step group by all order by all""").fetchall()
    assert {period for period, *_ in counts} == {"all", "quarter"}
    for period, workflow, tickets, visits in counts:
        facts = playbook_facts(path, workflow, period)
        assert (facts.heading["tickets"], facts.groups["visits"].sum()) == (tickets, visits), (period, workflow)


@pytest.mark.parametrize("name", ["playbook.html", "playbook.pdf", "flowchart.svg", "flowchart.mmd"])
def test_the_demo_shops_returns_are_explained_to_a_new_agent(
    demo_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    file = tmp_path / name
    arguments = ["playbook", "--workflow", "returns", "--output", str(file), "--home", str(demo_home)]
    assert main.run(arguments) == ExitCode.OK
    assert "Wrote the playbook of returns from" in capsys.readouterr().err
    written = file.read_bytes()
    if name.endswith(".pdf"):
        text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(written)).pages)
    else:
        text = written.decode()
    assert "Refund approval" in text
    if name.startswith("playbook"):
        assert "wait for the lead" in text  # what config/workflows.yml says about the step
        assert "Refund issued" in text
    assert main.run(arguments) == ExitCode.USAGE
    assert "--force" in capsys.readouterr().err


def test_a_workflow_that_does_not_exist_is_named(
    demo_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "playbook.html"
    arguments = ["playbook", "--workflow", "retruns", "--output", str(file), "--home", str(demo_home)]
    assert main.run(arguments) == ExitCode.USAGE
    assert "Did you mean 'returns'?" in capsys.readouterr().err
    assert not file.exists()
