"""A week is shown as known now; as it was first reported is kept beside it."""

from __future__ import annotations

import contextlib
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


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> HandmadeShop:
    """Two tickets of W23, resolved; one of them comes back a week later, which no export has told yet."""
    made = HandmadeShop(tmp_path_factory.mktemp("reported") / "shop")
    for _ in range(2):
        made.simple("refund", "2026-06-01T10:00", "2026-06-02T10:00")
    made.write()
    return made


def test_a_week_changes_and_what_was_first_reported_of_it_stays(shop: HandmadeShop) -> None:
    home = Home(shop.root)
    first = take_in(home)
    assert figures(first.path, "kpi_week") == {"all": 0.0, "refund": 0.0}
    assert figures(first.path, "kpi_first_reported") == {"all": 0.0, "refund": 0.0}
    reported = kept(home)
    assert [build_id for build_id, _ in reported] == [first.build_id]

    shop.tickets[0].customer("2026-06-09T09:00", status="open").reply("2026-06-09T10:00", shop.agent(), status="solved")
    shop.simple("refund", "2026-06-15T10:00", "2026-06-16T10:00")
    shop._write_zendesk()
    second = take_in(home)
    assert figures(second.path, "kpi_week") == {"all": 0.5, "refund": 0.5}
    assert figures(second.path, "kpi_first_reported") == {"all": 0.0, "refund": 0.0}
    assert figures(second.path, "kpi_first_reported", "2026-W25") == {"all": 0.0, "refund": 0.0}
    assert kept(home)[0] == reported[0]
    assert [build_id for build_id, _ in kept(home)] == [first.build_id, second.build_id]


def test_keeping_reports_is_no_change_to_build_for(shop: HandmadeShop) -> None:
    home = Home(shop.root)
    before = kept(home)
    assert not build(home, quiet).rebuilt
    assert kept(home) == before


def test_a_crash_after_publishing_loses_no_report(shop: HandmadeShop) -> None:
    home = Home(shop.root)
    before = kept(home)
    with warehouse.raw_connection(home) as connection:
        connection.execute("delete from reported_kpi where build_id = $1", [before[-1][0]]).fetchall()
    build(home, quiet)
    assert kept(home) == before


def test_the_query_for_analysts_compares_both(shop: HandmadeShop) -> None:
    page = (CHECKOUT / "docs" / "analyst.md").read_text(encoding="utf-8")
    (query,) = [part.split("```")[0] for part in page.split("```sql\n") if "kpi_first_reported" in part.split("```")[0]]
    with contextlib.closing(warehouse.read(warehouse.current_path(Home(shop.root)))) as connection:
        found = {row[:3]: row[3:5] for row in connection.execute(query).fetchall()}
    assert found["2026-W23", "all", "reopen_rate"] == (0.0, 0.5)
