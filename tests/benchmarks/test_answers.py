"""The benchmark of the compare page on a small multiplied file: what it measures, and what its section says."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.answers import FIRST, Answer, large_shop, run, section, targets
from benchmarks.large_shop import WORKFLOW
from benchmarks.report import ANSWERS_HEADING
from flowmeter import warehouse
from flowmeter.settings import Home


@pytest.fixture(scope="module")
def large(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return large_shop(warehouse.current_path(Home(demo_home)), tmp_path_factory.mktemp("large"), 5_000)


def test_all_multiplied_tickets_are_compared_and_customers_write_as_often(large: Home, demo_home: Path) -> None:
    each = f"""select count(*), count(*) / count(distinct customer_id), count(distinct ticket_key)
        from fct_ticket where workflow = '{WORKFLOW}' and is_counted and variant is not null"""
    with warehouse.read_current(large) as con, warehouse.read(warehouse.current_path(Home(demo_home))) as small:
        (many, a_customer, keys), (_, before, _) = (one.execute(each).fetchall()[0] for one in (con, small))
        others = [_others(one) for one in (con, small)]
    assert (many, keys) == (5_000, 5_000)
    assert a_customer == pytest.approx(before, rel=0.15)
    assert others[0] == others[1]


def _others(con: duckdb.DuckDBPyConnection) -> int:
    query = f"select count(*) from fct_ticket where not coalesce(workflow = '{WORKFLOW}' and is_counted, false)"
    return int(con.execute(query).fetchall()[0][0])


def test_every_answer_of_four_kinds_is_timed(large: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWMETER_HOME", str(large.root))
    found = run(large, repeats=1)
    kinds = {answer.by.partition(":")[0] for answer in found}
    assert kinds == {"variant", "tag", "channel", "date"}
    assert {answer.name for answer in found} > set(FIRST)
    assert len(found) == len(kinds) * len({answer.name for answer in found})
    assert section(found, 5_000, "command", 0.1).startswith(f"{ANSWERS_HEADING}\n\nWritten on ")


def test_the_slowest_typical_answer_is_what_counts() -> None:
    answers = [Answer("variant", name, (0.2, 0.3, 2.0)) for name in FIRST] + [
        Answer("variant", "rest", (0.9, 1.2, 1.1))
    ]
    (target,) = targets(answers, 10)
    assert (target.measured, target.met) == ("1.10 s (rest, by variant)", False)
    written = section(answers, 10, "command", 0.0)
    assert "| the first three together, until the verdict | 0.90 |" in written
    assert "| rest | 1.10 (1.20) |" in written
