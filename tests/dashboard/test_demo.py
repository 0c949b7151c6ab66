"""The weekly page on the demo shop as the whole path builds it: every list of tickets against its number."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analysis.notable import sentence
from analysis.wording import Speech
from dashboard import data, weekly_view
from dashboard.data import TicketQuery
from dashboard.format import monday_of
from dashboard.selection import ALL, Selection
from dashboard.weekly_view import MetricInfo

# Figures whose n is no count of rows in fct_ticket, so that their lists show the tickets nearest to the question:
# - tickets_reopened counts reopenings by their own week, and a ticket can be reopened twice;
# - contact_rate and wismo_per_1000_orders are per order, and their lists are the contacts;
# - the carts' figures count abandoned carts, and their lists are the tickets that answered them;
# - unclassified_share is a share of all tickets, and its list is the part that nobody has claimed;
# - the Kaplan-Meier median is modelled on whole workflows only.
NOT_BY_ROWS = frozenset(
    {
        "tickets_reopened",
        "contact_rate",
        "wismo_per_1000_orders",
        "cart_recovery_entries",
        "cart_recovery_all",
        "recovered_revenue",
        "unclassified_share",
        "resolution_time_km_median_calendar_hours",
    }
)
WEEKS = (dt.date(2025, 11, 24), dt.date(2026, 7, 6), dt.date(2026, 11, 9), dt.date(2026, 11, 16))
LAST = WEEKS[-1]
SLICES = ((ALL, ALL, ALL), ("returns", ALL, ALL), ("order_updates", ALL, "email"), ("order_updates", "a", ALL))


@pytest.fixture
def path(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FLOWMETER_HOME", str(demo_home))
    return data.snapshot().path


def listed(path: str, info: MetricInfo, chosen: Selection) -> int:
    """How many tickets the list behind a number holds."""
    return data.ticket_count(
        path,
        TicketQuery(chosen.week, chosen.workflow, chosen.variant, chosen.channel, info.week_column, info.ticket_filter),
    )


@pytest.mark.parametrize("week", WEEKS, ids=str)
@pytest.mark.parametrize(("workflow", "variant", "channel"), SLICES)
def test_a_list_has_as_many_tickets_as_n(path: str, week: dt.date, workflow: str, variant: str, channel: str) -> None:
    chosen = Selection(week, workflow, variant, channel)
    figures = data.slice_weeks(path, workflow, variant, channel).filter(week=week)
    counts = dict(figures.select("metric", "n").iter_rows())
    infos = weekly_view.metric_infos(path)
    known = [key for key in counts if key not in NOT_BY_ROWS and infos[key].is_dated]
    assert {key: listed(path, infos[key], chosen) for key in known} == {key: counts[key] or 0 for key in known}
    assert {"csat", "ces", "cost_per_resolution", "resolution_rate_cohort", "tickets_created"} <= set(known)


def test_the_backlog_has_a_list_only_as_of_the_snapshot(path: str) -> None:
    snap, info = data.snapshot(), weekly_view.metric_infos(path)["backlog"]
    assert monday_of(snap.snapshot_at, snap.time_zone) == LAST
    assert info.has_list(LAST, snap)
    assert not info.has_list(WEEKS[0], snap)
    for workflow in (ALL, "returns"):
        n = data.slice_weeks(path, workflow, ALL, ALL).filter(metric="backlog", week=LAST)["n"].item()
        assert listed(path, info, Selection(LAST, workflow)) == n


@pytest.mark.parametrize("week", WEEKS, ids=str)
def test_the_flows_of_the_bridge_have_their_tickets(path: str, week: dt.date) -> None:
    """Created is a ticket each; a ticket that was resolved or reopened twice is in its list once."""
    days = data.backlog_days(path, ALL, week, week + dt.timedelta(days=6))
    infos, chosen = weekly_view.lists(path), Selection(week)
    assert listed(path, infos["counted_created"], chosen) == days["created"].sum()
    for key, flow in (("resolved_in_week", "resolved"), ("reopened_in_week", "reopened")):
        moves = int(days[flow].sum())
        assert 0.85 * moves <= listed(path, infos[key], chosen) <= moves


def test_sentences_of_every_week_read_as_sentences(path: str) -> None:
    names = dict(data.workflows(path).select("workflow", "name").iter_rows())
    told = 0
    for week in data.weeks(path)["week"]:
        for finding in weekly_view.notable(path, Selection(week)):
            words = sentence(finding, names, Speech("EUR"))
            told += 1
            assert words[0].isupper(), words
            assert words.endswith("."), words
            assert f"in week {week.isocalendar().week}" in words
            assert not any(flaw in words for flaw in ("None", "nan", "  ", "–", ".,", "all of")), words
    assert told > 50


def test_the_first_week_of_the_data_is_nobodys_yardstick(path: str) -> None:
    first = data.weeks(path)["week"][-1]
    second = Selection(first + dt.timedelta(days=7))
    assert first not in weekly_view.history(path, second)["tickets_created"]
    assert first in weekly_view.history(path, Selection(first))["tickets_created"]
    assert not weekly_view.has_past(path, second)
