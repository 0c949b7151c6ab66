"""The shop's own settings, read from flowmeter.toml and config/*.yml without the program's help."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from tests.oracle.hours import Schedules, read_schedules

DAY = timedelta(days=1)
FOREVER = (9999, 12)


@dataclass(frozen=True)
class FixedCost:
    """A monthly amount from one (year, month) to another, both included."""

    amount: float
    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True)
class Target:
    """A service target in calendar minutes; None stands for any workflow or priority."""

    metric: str
    minutes: float
    workflow: str | None
    priority: str | None


@dataclass(frozen=True)
class CesScale:
    """The scale of the effort survey."""

    low: float
    high: float
    higher_is_easier: bool

    def normalise(self, score: float) -> float:
        """The score on 1 to 7, where higher is easier."""
        share = (score - self.low) / (self.high - self.low)
        return 1 + 6 * (share if self.higher_is_easier else 1 - share)


@dataclass(frozen=True)
class Shop:
    """Everything configured that a KPI depends on; money in the shop's currency, time in minutes or days."""

    zone: ZoneInfo
    cohort_days: int
    cart_window_days: int
    order_status: frozenset[str]
    cart_recovery: frozenset[str]
    workflows: tuple[str, ...]
    bots: frozenset[str]
    schedules: Schedules
    ces: CesScale | None
    targets: tuple[Target, ...]
    hourly_default: float
    hourly_by_group: Mapping[str, float]
    fee_per_ticket: float
    fee_per_message: float
    fee_per_automated_resolution: float
    cap_minutes: float
    floor_minutes: float
    fixed: tuple[FixedCost, ...]

    def day(self, at: datetime) -> date:
        """The shop's own calendar day of an instant."""
        return at.astimezone(self.zone).date()

    def week(self, at: datetime) -> date:
        """The Monday of the ISO week, in the shop's time zone."""
        day = self.day(at)
        return day - day.weekday() * DAY

    def midnight(self, day: date) -> datetime:
        """The instant at which a local day begins."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)

    def fixed_cost_of(self, day: date) -> float:
        """The fixed cost that falls on one calendar day."""
        month = (day.year, day.month)
        amount = sum(cost.amount for cost in self.fixed if cost.first <= month <= cost.last)
        return amount / days_in_month(day)


def days_in_month(day: date) -> int:
    """The number of days of the month that a day lies in."""
    first = day.replace(day=1)
    return ((first + 32 * DAY).replace(day=1) - first).days


def read_shop(home: Path) -> Shop:
    """Read a shop folder's settings."""
    settings = tomllib.loads((home / "flowmeter.toml").read_text(encoding="utf-8"))
    config = {
        name: yaml.safe_load((home / "config" / f"{name}.yml").read_text(encoding="utf-8")) or {}
        for name in ("workflows", "costs", "targets", "schedules", "sources")
    }
    kpi, flows, costs = settings.get("kpi", {}), config["workflows"]["workflows"], config["costs"]
    hourly, fees, handle = costs.get("hourly_cost") or {}, costs.get("fees") or {}, costs.get("handle_time") or {}
    return Shop(
        zone=ZoneInfo(settings["shop"]["time_zone"]),
        cohort_days=kpi.get("cohort_days", 7),
        cart_window_days=kpi.get("cart_window_days", 7),
        order_status=frozenset(flow["key"] for flow in flows if flow.get("order_status")),
        cart_recovery=frozenset(flow["key"] for flow in flows if flow.get("cart_recovery")),
        workflows=(*(flow["key"] for flow in flows), "unclassified"),
        bots=frozenset(str(key) for key in (config["sources"].get("zendesk") or {}).get("bot_user_ids") or []),
        schedules=read_schedules(config["schedules"]),
        ces=_ces_scale(config["sources"]),
        targets=tuple(_target(row) for row in config["targets"].get("targets") or []),
        hourly_default=float(hourly.get("default") or 0),
        hourly_by_group={name: float(cost) for name, cost in (hourly.get("groups") or {}).items()},
        fee_per_ticket=float(fees.get("per_ticket") or 0),
        fee_per_message=float(fees.get("per_message") or 0),
        fee_per_automated_resolution=float(fees.get("per_automated_resolution") or 0),
        cap_minutes=float(handle.get("cap_minutes", 15)),
        floor_minutes=float(handle.get("floor_minutes", 1)),
        fixed=tuple(_fixed(row) for row in costs.get("fixed_monthly") or []),
    )


def _ces_scale(sources: Mapping[str, Any]) -> CesScale | None:
    surveys = [survey for survey in sources.get("surveys") or [] if survey["kind"] == "ces"]
    if not surveys:
        return None
    (survey,) = surveys
    return CesScale(float(survey["scale_min"]), float(survey["scale_max"]), bool(survey["higher_is_easier"]))


def _target(row: Mapping[str, Any]) -> Target:
    workflow, priority = (None if row.get(key) in (None, "all") else row[key] for key in ("workflow", "priority"))
    return Target(row["metric"], float(row["value"]), workflow, priority)


def _fixed(row: Mapping[str, Any]) -> FixedCost:
    return FixedCost(float(row["amount"]), _month(row["from"]), _month(row["to"]) if row.get("to") else FOREVER)


def _month(value: date | str) -> tuple[int, int]:
    if isinstance(value, date):
        return value.year, value.month
    year, month = value.split("-")[:2]
    return int(year), int(month)
