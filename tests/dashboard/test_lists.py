"""The tickets behind a number are those that were counted, for every metric, workflow and page of the list."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from dashboard import data, weekly_view
from dashboard.data import PAGE_ROWS, TicketQuery
from dashboard.selection import ALL, Selection
from flowmeter.errors import WarehouseError


@pytest.fixture
def path(in_shop: Path) -> str:
    return data.snapshot().path


def query(path: str, metric: str, chosen: Selection, search: str = "", order: str = "newest") -> TicketQuery:
    info = weekly_view.lists(path)[metric]
    return TicketQuery(
        chosen.week,
        chosen.workflow,
        chosen.variant,
        chosen.channel,
        info.week_column,
        info.ticket_filter,
        search,
        order,
    )


@pytest.mark.parametrize("metric", ["csat", "ces", "resolution_time_mean_calendar_hours", "tickets_created"])
@pytest.mark.parametrize(("workflow", "channel"), [(ALL, ALL), ("returns", ALL), ("returns", "chat")])
def test_the_list_has_as_many_tickets_as_n(path: str, metric: str, workflow: str, channel: str) -> None:
    week = data.weeks(path)["week"][0]
    n = data.slice_weeks(path, workflow, ALL, channel).filter(metric=metric, week=week)["n"].item()
    chosen = Selection(week, workflow, channel=channel)
    assert data.ticket_count(path, query(path, metric, chosen)) == n


def test_pages_join_to_the_export(path: str) -> None:
    asked = query(path, "csat", Selection(data.weeks(path)["week"][0]), order="slowest")
    count = data.ticket_count(path, asked)
    pages = [data.ticket_page(path, asked, page) for page in range(1, -(-count // PAGE_ROWS) + 1)]
    joined = pl.concat(pages)
    assert joined.height == count == data.ticket_export(path, asked).count("\n") - 1
    assert joined["resolution_calendar_minutes"].is_sorted(descending=True)
    assert joined["ticket_id"].is_unique().all()


def test_search_is_a_value_and_never_sql(path: str) -> None:
    chosen = Selection(data.weeks(path)["week"][0])
    assert (
        0
        < data.ticket_count(path, query(path, "csat", chosen, "PARCEL"))
        < data.ticket_count(path, query(path, "csat", chosen))
    )
    assert data.ticket_count(path, query(path, "csat", chosen, "'; drop table fct_ticket; --%")) == 0


def test_what_is_open_now_is_the_backlogs_closing(path: str) -> None:
    week = data.weeks(path)["week"][0]
    closing = data.backlog_days(path, ALL, week, week.replace(year=week.year + 1))["closing"][-1]
    assert abs(data.ticket_count(path, query(path, "open_now", Selection(week))) - closing) <= 1


def test_the_connection_cannot_write(path: str) -> None:
    with pytest.raises(WarehouseError, match="query"):
        data._frame(path, "delete from fct_ticket returning 1")
