"""A week is shown as known now; as it was first reported is kept beside it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from flowmeter import warehouse
from flowmeter.build import BuildResult, build
from flowmeter.config import load_config
from flowmeter.settings import CHECKOUT, Home
from ingest.load import ensure_raw, ingest_paths
from tests.transforms.shop import HandmadeShop

Figures = dict[str, float]


def quiet(_line: str) -> None:
    """Progress that nobody reads."""


def take_in(home: Home) -> BuildResult:
    ingest_paths(home, load_config(home), [home.exports], None, quiet)
    return build(home, quiet, ensure_raw=ensure_raw)


def figures(path: Path, table: str, iso_week: str = "2026-W23") -> Figures:
    where = f"metric = 'reopen_rate' and iso_week = '{iso_week}'"
    sliced = " and variant = 'all' and channel = 'all'" if table == "kpi_week" else ""
    with contextlib.closing(warehouse.read(path)) as connection:
        return dict(connection.execute(f'select workflow, "value" from {table} where {where}{sliced}').fetchall())


def kept(home: Home) -> list[tuple[str, int]]:
    with contextlib.closing(warehouse.read(home.raw_path)) as connection:
        return connection.execute("select build_id, count(*) from reported_kpi group by all order by 1").fetchall()


@dataclass(frozen=True)
class Twice:
    """A shop that was built, and built again after a later export."""

    home: Home
    first: BuildResult
    second: BuildResult
    kept_first: list[tuple[str, int]]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Twice:
    """Two tickets of W23, resolved; of one, only the second export knows that it came back a week later."""
    shop = HandmadeShop(tmp_path_factory.mktemp("reported") / "shop")
    home = Home(shop.root)
    returning = shop.simple("refund", "2026-06-01T10:00", "2026-06-02T10:00")
    shop.simple("refund", "2026-06-01T11:00", "2026-06-02T11:00")
    shop.write()
    first = take_in(home)
    kept_first = kept(home)
    returning.customer("2026-06-09T09:00", status="open").reply("2026-06-09T10:00", shop.agent(), status="solved")
    shop.simple("refund", "2026-06-15T10:00", "2026-06-16T10:00")
    shop._write_zendesk()
    return Twice(home, first, take_in(home), kept_first)


def test_a_week_changes_and_what_was_first_reported_of_it_stays(twice: Twice) -> None:
    assert figures(twice.first.path, "kpi_week") == {"all": 0.0, "refund": 0.0}
    assert figures(twice.first.path, "kpi_first_reported") == {"all": 0.0, "refund": 0.0}
    assert figures(twice.second.path, "kpi_week") == {"all": 0.5, "refund": 0.5}
    assert figures(twice.second.path, "kpi_first_reported") == {"all": 0.0, "refund": 0.0}


def test_each_build_keeps_what_it_was_the_first_to_report(twice: Twice) -> None:
    assert [build_id for build_id, _ in twice.kept_first] == [twice.first.build_id]
    assert kept(twice.home)[0] == twice.kept_first[0]
    assert [build_id for build_id, _ in kept(twice.home)] == [twice.first.build_id, twice.second.build_id]
    assert figures(twice.second.path, "kpi_first_reported", "2026-W25") == {"all": 0.0, "refund": 0.0}


def test_keeping_reports_is_no_change_to_build_for(twice: Twice) -> None:
    before = kept(twice.home)
    assert not build(twice.home, quiet).rebuilt
    assert kept(twice.home) == before


def test_a_crash_after_publishing_loses_no_report(twice: Twice) -> None:
    before = kept(twice.home)
    with warehouse.raw_connection(twice.home) as connection:
        connection.execute("delete from reported_kpi where build_id = $1", [before[-1][0]]).fetchall()
    build(twice.home, quiet)
    assert kept(twice.home) == before


def test_the_query_for_analysts_compares_both(twice: Twice) -> None:
    page = (CHECKOUT / "docs" / "analyst.md").read_text(encoding="utf-8")
    (query,) = [part.split("```")[0] for part in page.split("```sql\n") if "kpi_first_reported" in part.split("```")[0]]
    with contextlib.closing(warehouse.read(twice.second.path)) as connection:
        found = {row[:3]: row[3:5] for row in connection.execute(query).fetchall()}
    assert found["2026-W23", "all", "reopen_rate"] == (0.0, 0.5)
