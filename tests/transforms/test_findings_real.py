"""Paths, departures and contact reasons of real logs, and nothing found once their labels are shuffled."""

from __future__ import annotations

from collections import Counter
from random import Random

import polars as pl
import pytest

from analysis.departures import departures
from flowmeter import findings
from tests.analysis.paths import Labelled, count_departures
from tests.transforms.conftest import take_through
from tests.transforms.published import Published, approx
from tests.transforms.shop import HandmadeShop
from tests.transforms.test_real_data import CONTACT_LOG, CONTACTS, DATA, HELPDESK, HELPDESK_LOG

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public data of ../shared/data is not on this machine")

REASON = "Sub-category"
SHUFFLES = 200


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Both logs in one shop; why a customer of the contacts wrote stands in an attribute."""
    shop = HandmadeShop(tmp_path_factory.mktemp("real-findings") / "shop")
    shop.toml = '[shop]\nname = "Real"\ntime_zone = "Europe/Berlin"\n'
    attributes = [*CONTACT_LOG["attributes"], REASON]
    shop.sources = {
        "zendesk": {"reason_field_id": REASON},
        "event_logs": [{**CONTACT_LOG, "attributes": attributes}, HELPDESK_LOG],
    }
    shop.exports = [(CONTACTS, "event_log:contacts"), (HELPDESK, "event_log:helpdesk")]
    return take_through(shop)


def test_paths_of_the_help_desk_equal_its_variants(real: Published) -> None:
    """4,580 cases in 226 variants, read straight from the file in its own order of events."""
    at = pl.col("Complete Timestamp").str.to_datetime("%Y/%m/%d %H:%M:%S%.f")
    events = pl.read_parquet(HELPDESK).sort(at, maintain_order=True)
    variants = Counter(tuple(path) for path in events.group_by("Case ID").agg(pl.col("Activity"))["Activity"].to_list())
    assert (len(variants), variants.total()) == (226, 4_580)
    shown = real.rows("select path, ticket_count from ticket_path where period = 'all' and not is_other")
    known = set(events["Activity"].unique())
    own = {tuple(row["path"]): row["ticket_count"] for row in shown if set(row["path"]) <= known}
    assert len(own) > 150
    assert own == {path: variants[path] for path in own}
    # No workflow is configured: both logs share the 200 most frequent paths and the rest.
    (rest,) = real.rows("select path_count, ticket_count from ticket_path where period = 'all' and is_other")
    assert len(own) + rest["path_count"] == len(variants)
    assert sum(own.values()) + rest["ticket_count"] == variants.total()


@pytest.fixture(scope="module")
def labelled(real: Published) -> list[Labelled]:
    """The help desk's resolved cases; it has no ratings, so those are drawn at random."""
    random = Random(11)
    rows = real.rows(
        "select list(step order by visit_no) as path, any_value(resolution_calendar_minutes) / 60 as hours,"
        " any_value(is_reopened) as reopened from fct_ticket_step join fct_ticket using (ticket_key)"
        " where source = 'helpdesk' and resolved_at is not null group by ticket_key order by ticket_key"
    )
    return [
        Labelled("helpdesk", tuple(row["path"]), row["hours"], random.choice((True, True, False, None)), row["reopened"])
        for row in rows
    ]


def test_the_help_desks_waits_are_found(labelled: list[Labelled]) -> None:
    """As it is, tickets that wait or need an upgrade are slow beyond doubt."""
    found = departures(count_departures(labelled)).filter("is_finding")
    assert "Wait" in found["next_step"].to_list()
    assert set(found["outcome"]) == {"slow"}


def test_shuffled_labels_yield_no_finding(labelled: list[Labelled]) -> None:
    """Times, ratings and reopenings dealt out anew among the cases: at most one log in twenty shows anything."""
    random, discovered = Random(1), 0
    labels = [(ticket.hours, ticket.satisfied, ticket.reopened) for ticket in labelled]
    for _ in range(SHUFFLES):
        random.shuffle(labels)
        dealt = [Labelled(t.workflow, t.path, *label) for t, label in zip(labelled, labels, strict=True)]
        discovered += not departures(count_departures(dealt)).filter("is_finding").is_empty()
    assert discovered <= SHUFFLES / 20


def test_reasons_of_the_contacts_equal_a_count_of_the_file(real: Published) -> None:
    wall = "%d/%m/%Y %H:%M"
    asked, answered = (pl.col(name).str.to_datetime(wall) for name in ("Issue_reported at", "issue_responded"))
    # Where the answer stands before the question the shop wrote first: outreach is no contact.
    file = pl.read_parquet(CONTACTS).filter(pl.col(REASON).str.strip_chars() != "", answered >= asked)
    satisfied = (pl.col("CSAT Score").cast(pl.Int64) >= 4).mean()
    expected = {
        row[REASON]: (row["len"], row["csat"])
        for row in file.group_by(REASON).agg(pl.len(), satisfied.alias("csat")).to_dicts()
    }
    found = findings.contact_reasons(real.con, "all").filter(pl.col("workflow") == "all", pl.col("source") == "field")
    counted = {row["reason"]: (row["ticket_count"], approx(row["csat"])) for row in found.to_dicts()}
    assert len(expected) > 40
    assert expected == counted
