"""Real files, where they lie beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.ingest.conftest import Shop, shared

MAPPINGS = Path(__file__).parents[1] / "fixtures" / "config"


def _mapping(name: str) -> dict[str, object]:
    mapping = yaml.safe_load((MAPPINGS / f"{name}.yml").read_text(encoding="utf-8"))
    assert isinstance(mapping, dict)
    return mapping


def test_the_italian_help_desk_is_loaded_whole(shop: Shop) -> None:
    shop.sources = _mapping("italian_helpdesk")
    batch = shop.load_one(shared("italian-helpdesk") / "helpdesk_full.parquet")
    assert (batch.read, batch.loaded) == (21_348, 21_348)
    assert shop.rows("select count(*), count(distinct case_id) from event_log_event") == [(21_348, 4_580)]
    wanted = "select strftime(\"at\", '%H') from event_log_event where case_id = 'Case 1' and line = 1"
    assert shop.rows(wanted) == [("12",)]  # 14:50 in the file


def test_the_contacts_of_a_large_shop_are_loaded_whole(shop: Shop) -> None:
    shop.sources = _mapping("ecommerce_csat")
    batch = shop.load_one(shared("ecommerce-csat") / "csat_20pct_sample.parquet")
    assert (batch.read, batch.loaded) == (17_182, 17_182)
    assert shop.rows("select count(distinct case_id), count(*) from event_log_event") == [(17_182, 34_364)]
    backwards = (
        "select count(*) from (select case_id from event_log_event group by 1 "
        "having min(\"at\") filter (where meaning = 'reply') < min(\"at\") filter (where meaning = 'created'))"
    )
    assert shop.rows(backwards) == [(635,)]
    scores = "select count(*) from event_log_event where try_cast(attributes['CSAT Score'] as int) between 1 and 5"
    assert shop.rows(scores) == [(34_364,)]


@pytest.mark.parametrize("package", ["dbt_zendesk", "dbt_zendesk_source"])
def test_every_zendesk_table_of_the_vendors_is_loaded_or_refused_with_a_reason(shop: Shop, package: str) -> None:
    folder = shared("vendor-seeds", package)
    result = shop.load(folder)
    assert len(result) + len(result.refused) == len(list(folder.rglob("*.csv")))
    for refusal in result.refused:
        assert refusal.error.what
        assert refusal.error.expected
        assert "Load" in refusal.error.next_step
