"""The configuration as dbt reads it: every table of schema `config`."""

from __future__ import annotations

import contextlib
import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from flowmeter.config import load_config
from flowmeter.config_tables import TABLES, config_rows, write_config_tables
from flowmeter.settings import Home

SNAPSHOT = dt.datetime(2026, 1, 31, 23, 30)  # noqa: DTZ001 (naive UTC, as the tables hold it); 1 February in Berlin
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def rows(home: Home) -> Rows:
    return config_rows(load_config(home), SNAPSHOT)


def test_every_table_is_written_with_the_rows_and_columns_it_was_given(home: Home, rows: Rows) -> None:
    with contextlib.closing(duckdb.connect()) as connection:
        write_config_tables(connection, load_config(home), SNAPSHOT)
        for table in TABLES:
            found = connection.execute(f"select * from config.{table}").fetchall()
            assert len(found) == len(rows[table])
    assert set(rows) == set(TABLES)


def test_setting_is_one_row(rows: Rows) -> None:
    assert rows["setting"] == [
        (
            "Hearth & Loom", "EUR", "Europe/Berlin", 7, 4, 7, SNAPSHOT, "https://hearthandloom.zendesk.com",
            15.0, 1.0, 5.0, 8.0, None, "360000000102", None, Decimal("0.0"), Decimal("0.0"), Decimal("0.9"),
                Decimal("32.0"),
            "support",
        )
    ]  # fmt: skip


def test_workflow_and_variant_keep_the_order_of_the_file(rows: Rows) -> None:
    assert rows["workflow"][1] == ("order_updates", "Order updates", "Where is my order?", 2, 1, True, False)
    assert rows["workflow"][3][-1] is True
    assert [row[:2] for row in rows["variant"]] == [("order_updates", "b"), ("order_updates", "a")]


def test_rule_has_a_row_per_condition_and_the_default_variant_last(rows: Rows) -> None:
    assert rows["rule"][:5] == [
        ("workflow", "returns", "returns", 1, "tag", None, ["returns"]),
        ("workflow", "returns", "returns", 2, "subject", None, ["(?i)^(return of|refund for) order\\b"]),
        ("workflow", "order_updates", "order_updates", 3, "tag", None, ["order_status"]),
        ("variant", "order_updates", "b", 4, "tag", None, ["wismo_b"]),
        ("variant", "order_updates", "a", 5, "tag", None, ["wismo_a"]),
    ]
    assert rows["rule"][5] == ("variant", "order_updates", "a", 6, "always", None, [])


def test_all_conditions_of_a_rule_share_its_number(home: Home) -> None:
    text = """
workflows:
  - key: w
    name: W
    rules:
      - {tag: [a, b], field: {360001: x}, created_from: 2026-06-01}
"""
    (home.config_dir / "workflows.yml").write_text(text, encoding="utf-8")
    (home.config_dir / "targets.yml").write_text("", encoding="utf-8")
    rules = config_rows(load_config(home), SNAPSHOT)["rule"]
    assert [row[3:] for row in rules] == [
        (1, "tag", None, ["a", "b"]),
        (1, "field", "360001", ["x"]),
        (1, "created_from", None, ["2026-06-01"]),
    ]


def test_fixed_cost_has_a_row_per_month_until_the_snapshots_month_where_the_shop_is(rows: Rows) -> None:
    months = [row[1] for row in rows["fixed_cost"] if row[0] == "Helpdesk licences"]
    assert months == [dt.date(2025, 11, 1), dt.date(2025, 12, 1), dt.date(2026, 1, 1), dt.date(2026, 2, 1)]


def test_group_cost_and_group_schedule(rows: Rows) -> None:
    assert ("Night", Decimal("38.0")) in rows["group_cost"]
    assert rows["group_schedule"] == [("Night", "night")]


def test_target(rows: Rows) -> None:
    assert rows["target"][0] == ("csat", "all", "all", 0.8)
    assert ("first_reply_minutes", "all", "urgent", 60.0) in rows["target"]


def test_lists_of_sources(rows: Rows) -> None:
    assert rows["bot_user"] == [(900000000001,)]
    assert rows["outreach_channel"] == [("phone",), ("voice",)]
    assert rows["test_tag"] == [("test",)]
    assert rows["spam_tag"] == [("spam",)]
    assert rows["bot_channel"] == []
    assert rows["survey"][0][:7] == ("effort", "ces", 1.0, 7.0, True, "mean", None)


def test_event_log(home: Home) -> None:
    text = """
event_logs:
  - name: log
    columns: {case: Case, activity: What, time: When, group: Team}
    time_zone: UTC
    workflow: Process
    csat: {score: Stars, answered_at: Rated, scale_max: 5}
"""
    (home.config_dir / "sources.yml").write_text(text, encoding="utf-8")
    rows = config_rows(load_config(home), SNAPSHOT)
    assert rows["event_log"] == [("log", None, "Process", "Team", None, "Stars", "Rated", 5.0, None, None, None)]


def test_schedule_holiday(rows: Rows) -> None:
    assert ("support", dt.date(2026, 4, 6)) in rows["schedule_holiday"]
    assert not [row for row in rows["schedule_holiday"] if row[0] == "night"]


HOURS = [
    ({"mon": ["09:00-12:00", "11:00-18:00"]}, [(1, "09:00", "18:00")]),
    ({"mon": ["09:00-12:00", "12:00-18:00"]}, [(1, "09:00", "18:00")]),
    ({"mon": ["09:00-12:00", "13:00-18:00"]}, [(1, "09:00", "12:00"), (1, "13:00", "18:00")]),
    ({"mon": ["00:00-24:00"], "tue": ["00:00-24:00"]}, [(1, "00:00", "24:00"), (2, "00:00", "24:00")]),
    ({"mon": ["22:00-06:00"], "tue": ["08:00-16:00"]}, [(1, "22:00", "06:00"), (2, "08:00", "16:00")]),
    ({"mon": ["22:00-06:00"], "tue": ["05:00-16:00"]}, [(1, "22:00", "24:00"), (2, "00:00", "16:00")]),
    ({"mon": ["05:00-16:00"], "sun": ["22:00-06:00"]}, [(1, "00:00", "16:00"), (7, "22:00", "24:00")]),
]


@pytest.mark.parametrize(("hours", "told"), HOURS)
def test_a_minute_that_two_opening_hours_cover_is_open_once(
    home: Home, hours: dict[str, list[str]], told: list[tuple[int, str, str]]
) -> None:
    text = f"schedules: [{{key: s, time_zone: Europe/Berlin, hours: {hours}}}]"
    (home.config_dir / "schedules.yml").write_text(text, encoding="utf-8")
    found = config_rows(load_config(home), SNAPSHOT)["schedule_hours"]
    assert [row[2:5] for row in found] == told
