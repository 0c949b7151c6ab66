"""Facts of small shops, written down by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from flowmeter.simulation_frames import ServiceFacts

AS_OF = dt.datetime(2026, 11, 22, 22, 59, 59)  # noqa: DTZ001 (naive UTC; Sunday night in Berlin)
MONDAY = dt.datetime(2026, 9, 28)  # noqa: DTZ001 (02:00 in Berlin, eight weeks before the end)

VISITS: dict[str, Any] = {
    "ticket_key": pl.Int64, "visit_no": pl.Int32, "workflow": pl.String, "step": pl.String, "step_kind": pl.String,
    "entered_at": pl.Datetime("us"), "started_at": pl.Datetime("us"), "start_source": pl.String,
    "left_at": pl.Datetime("us"), "work_minutes": pl.Float64, "delay_minutes": pl.Float64, "agent_id": pl.String,
    "group_name": pl.String, "ended_by": pl.String,
}  # fmt: skip
TICKETS: dict[str, Any] = {
    "ticket_key": pl.Int64, "ticket_id": pl.String, "workflow": pl.String, "channel": pl.String,
    "priority": pl.String, "customer_id": pl.String, "created_at": pl.Datetime("us"), "is_outreach": pl.Boolean,
    "is_measured": pl.Boolean, "resolved_at": pl.Datetime("us"),
}  # fmt: skip


def after(minutes: float, start: dt.datetime = MONDAY) -> dt.datetime:
    return start + dt.timedelta(minutes=minutes)


class Shop:
    """Tickets whose visits are told one after the other, in minutes from MONDAY."""

    def __init__(self) -> None:
        self.visits: list[dict[str, Any]] = []
        self.tickets: list[dict[str, Any]] = []
        self.replies: list[tuple[int, dt.datetime]] = []

    def ticket(self, at: float, **changes: Any) -> int:
        key = len(self.tickets) + 1
        usual = {"ticket_key": key, "ticket_id": f"t-{key}", "workflow": "returns", "channel": "email",
                 "priority": "normal", "customer_id": f"c-{key}", "created_at": after(at), "is_outreach": False,
                 "is_measured": True, "resolved_at": None}  # fmt: skip
        self.tickets.append(usual | changes)
        return key

    def visit(self, key: int, kind: str, step: str, entered: float, left: float | None, **changes: Any) -> None:
        number = sum(visit["ticket_key"] == key for visit in self.visits) + 1
        usual = {"ticket_key": key, "visit_no": number, "workflow": self.tickets[key - 1]["workflow"], "step": step,
                 "step_kind": kind, "entered_at": after(entered), "started_at": None, "start_source": None,
                 "left_at": None if left is None else after(left), "work_minutes": 0.0, "delay_minutes": None,
                 "agent_id": None, "group_name": "Returns", "ended_by": "human"}  # fmt: skip
        if "work" in changes and left is not None:
            work = changes.pop("work")
            usual |= {"work_minutes": work, "started_at": after(left - work), "start_source": "estimated"}
        self.visits.append(usual | changes)

    def answered(self, at: float, agent: str = "ann", work: float = 5.0, wait: float = 10.0, **ticket: Any) -> int:
        """A ticket that waits in the queue, is taken and answered, and solved with it."""
        done = at + wait + work
        key = self.ticket(at, **({"resolved_at": after(done)} | ticket))
        self.visit(key, "queue", "Queue: Returns", at, at + wait)
        self.visit(key, "assigned", "Assigned: Returns", at + wait, done, agent_id=agent, work=work)
        self.visit(key, "resolved", "Resolved", done, None, agent_id=agent, ended_by=None)
        self.replies.append((key, after(done)))
        return key

    def facts(self, as_of: dt.datetime = AS_OF, holidays: Sequence[dt.date] = (), **changes: Any) -> ServiceFacts:
        agents = sorted({visit["agent_id"] for visit in self.visits if visit["agent_id"]})
        usual: dict[str, Any] = {
            "zone": "Europe/Berlin", "currency": "EUR", "as_of": as_of,
            "visits": pl.DataFrame(self.visits, VISITS).sort("ticket_key", "visit_no"),
            "tickets": pl.DataFrame(self.tickets, TICKETS),
            "replies": pl.DataFrame(self.replies, {"ticket_key": pl.Int64, "happened_at": pl.Datetime("us")},
                                    orient="row"),
            "agents": pl.DataFrame({"agent_id": agents, "group_name": ["Returns"] * len(agents),
                                    "kind": ["human"] * len(agents)},
                                   {"agent_id": pl.String, "group_name": pl.String, "kind": pl.String}),
            "wages": pl.DataFrame({"agent_id": ["ann"], "hourly": [30.0], "n": [100]}),
            "fees": {"automation_fee": 0.9}, "fixed_per_week": 100.0, "handled": {}, "holidays": tuple(holidays),
        }  # fmt: skip
        return ServiceFacts(**(usual | changes))


DAY = 1440.0


def steady(weeks: int = 8) -> Shop:
    """Two tickets on every weekday at 10:00 and 11:00 Berlin (CEST), ann takes one and bob the other."""
    shop = Shop()
    for day in range(weeks * 7):
        if day % 7 < 5:
            shop.answered(day * DAY + 480, "ann", work=4.0 + day % 3)
            shop.answered(day * DAY + 540, "bob", work=8.0 + 2 * (day % 3))
    return shop
