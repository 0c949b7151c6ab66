"""Morning against night shift in a real shop's contacts, by category, against a count straight from the file."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from analysis.compare.comparison import Question, compare, document
from flowmeter.comparison import choose, metrics, shop_facts, tickets
from tests.transforms.conftest import take_through
from tests.transforms.published import Published
from tests.transforms.shop import HandmadeShop
from tests.transforms.test_real_data import CONTACT_LOG, CONTACTS, DATA, slug

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public data of ../shared/data is not on this machine")

Z = 1.959963984540054
WALL = "%d/%m/%Y %H:%M"


@pytest.fixture(scope="module")
def rows() -> dict[str, list[dict[str, Any]]]:
    """The rows of the file by category."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in pl.read_parquet(CONTACTS).iter_rows(named=True):
        found[slug(row["category"])].append(row)
    return found


@pytest.fixture(scope="module")
def shifts(tmp_path_factory: pytest.TempPathFactory, rows: dict[str, list[dict[str, Any]]]) -> Published:
    """The contacts as a shop: categories are workflows, the agent's shift is the variant."""
    shop = HandmadeShop(tmp_path_factory.mktemp("shifts") / "shop")
    shop.toml = '[shop]\nname = "Real"\ntime_zone = "Europe/Berlin"\n'
    variants = [
        {"key": shift.lower(), "name": shift, "rules": [{"field": {"Agent Shift": shift}}]}
        for shift in ("Morning", "Night", "Evening", "Afternoon", "Split")
    ]
    for key, of in rows.items():
        rules = [{"field": {"category": of[0]["category"]}}]
        shop.flows[key] = {"key": key, "name": of[0]["category"], "rules": rules, "variants": variants}
    log = {**CONTACT_LOG, "attributes": [*CONTACT_LOG["attributes"], "Agent Shift"]}
    shop.sources = {"event_logs": [log]}
    shop.exports = [(CONTACTS, "event_log:contacts")]
    return take_through(shop)


def test_every_category_equals_the_file(shifts: Published, rows: dict[str, list[dict[str, Any]]]) -> None:
    """CSAT by Newcombe's method 10 written out here, and the median first reply of contacts old enough."""
    both = [key for key, of in rows.items() if {"Morning", "Night"} <= {row["Agent Shift"] for row in of}]
    assert len(both) >= 5
    snapshot = shop_facts(shifts.con).snapshot_at.replace(tzinfo=UTC)
    judged = 0
    for category in both:
        found = _compared(shifts, category)
        for shift in ("Morning", "Night"):
            mine = [row for row in rows[category] if row["Agent Shift"] == shift]
            good = [int(row["CSAT Score"]) >= 4 for row in mine]
            csat = found["csat"]
            assert csat["n"][shift.lower()] == len(good), category
            assert csat["values"][shift.lower()] == pytest.approx(sum(good) / len(good), rel=1e-12), category
            reply = found["first_reply_median_calendar_hours"]
            minutes = _reply_minutes(mine, snapshot)
            assert reply["n"][shift.lower()] == len(minutes)
            if minutes:
                assert reply["values"][shift.lower()] == pytest.approx(_median(minutes) / 60, rel=1e-12)
        judged += _is_newcombe(found["csat"])
    assert judged >= 3


def _compared(shifts: Published, category: str) -> dict[str, dict[str, Any]]:
    days = (date(2023, 1, 1), date(2023, 12, 31))
    choice = choose(shifts.con, category, "variant", ("morning", "night"), *days)
    question = Question(choice.arms, choice.by, shop_facts(shifts.con).snapshot_at, "csat")
    told = compare(tickets(shifts.con, choice), metrics(shifts.con), question)
    return {row["metric"]: row for row in document(told)["metrics"]}


def _is_newcombe(row: dict[str, Any]) -> bool:
    """Whether there is an interval; it must then be Newcombe's (every contact is a customer of its own)."""
    if row["low"] is None:
        return False
    (p1, p2), (n1, n2) = row["values"].values(), row["n"].values()
    (l1, u1), (l2, u2) = _wilson(p1, n1), _wilson(p2, n2)
    delta = p2 - p1
    assert row["low"] == pytest.approx(delta - math.sqrt((p2 - l2) ** 2 + (u1 - p1) ** 2), abs=1e-12)
    assert row["high"] == pytest.approx(delta + math.sqrt((u2 - p2) ** 2 + (p1 - l1) ** 2), abs=1e-12)
    return True


def _wilson(p: float, n: int) -> tuple[float, float]:
    middle, half = p + Z * Z / 2 / n, Z * math.sqrt(p * (1 - p) / n + Z * Z / 4 / n / n)
    return (middle - half) / (1 + Z * Z / n), (middle + half) / (1 + Z * Z / n)


def _reply_minutes(rows: list[dict[str, Any]], snapshot: datetime) -> list[float]:
    """Minutes to the answer; unknown where it came before the question, and unsettled in the last 7 days."""
    found = []
    for row in rows:
        asked, answered = (datetime.strptime(row[name], WALL) for name in ("Issue_reported at", "issue_responded"))  # noqa: DTZ007
        age = snapshot.replace(tzinfo=None) - asked
        if answered >= asked and age.total_seconds() >= (7 * 24 - 2) * 3600:  # Berlin is 2 hours ahead in August
            found.append((answered - asked).total_seconds() / 60)
    return found


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
