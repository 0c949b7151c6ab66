"""A shop folder written by hand: files as vendors export them, taken through ingest, dbt and publishing.

Every test module has a function ``tell(shop)`` that writes its cases. All go into one shop and one build; each case
has a workflow of its own (a tag of the same name), so that its cell of kpi_week holds nothing else.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.transforms.order_header import ORDER_HEADER
from tests.transforms.zendesk import RULE, Ids, Row, TicketFile, iso, utc

URL = "https://handmade.zendesk.com"
BOT = 900
GROUPS = {"Support": 1, "Night": 2, "Split": 3, "Nowhere": 4, "Second": 5, "Moved": 6}
SUPPORT, NIGHT, SPLIT, NOWHERE, SECOND, MOVED = GROUPS.values()
SNAPSHOT = "2026-07-05T21:59:59Z"  # the last second of Sunday, 5 July 2026, in Berlin

TOML = f"""
[shop]
name = "Handmade"
currency = "EUR"
time_zone = "Europe/Berlin"

[kpi]
cohort_days = 7
auto_close_days = 4
cart_window_days = 7
snapshot = {SNAPSHOT}
"""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WEEKDAYS, "sat", "sun")
SCHEDULES: Row = {
    "groups": {"Support": "support", "Second": "support", "Night": "night", "Split": "split", "Moved": "moved"},
    "schedules": [
        {
            "key": "support",
            "time_zone": "Europe/Berlin",
            "hours": {day: ["09:00-18:00"] for day in WEEKDAYS},
            "holidays": ["2026-04-06", "2026-05-01"],
        },
        {"key": "night", "time_zone": "Europe/Berlin", "hours": {day: ["22:00-06:00"] for day in EVERY_DAY}},
        {
            "key": "split",
            "time_zone": "Europe/Berlin",
            "hours": {day: ["09:00-17:00", "12:00-20:00"] for day in WEEKDAYS},
        },
        {
            "key": "moved",
            "time_zone": "Europe/Berlin",
            "hours": {day: ["08:00-16:00"] for day in WEEKDAYS},
            "valid_to": "2026-06-09",
        },
        {
            "key": "moved",
            "time_zone": "Europe/Berlin",
            "hours": {day: ["10:00-18:00"] for day in WEEKDAYS},
            "valid_from": "2026-06-10",
        },
    ],
}
COSTS: Row = {
    "hourly_cost": {"default": 30, "groups": {"Night": 60}},
    "fees": {"per_ticket": 0.10, "per_message": 0.05, "per_automated_resolution": 0.90},
    "fixed_monthly": [{"name": "licences", "amount": 310, "from": "2026-01", "to": "2026-01"}],
    "handle_time": {"cap_minutes": 15, "floor_minutes": 1},
}
EFFORT: Row = {
    "name": "effort",
    "kind": "ces",
    "columns": {"ticket": "ticket", "answered_at": "answered", "score": "effort"},
    "time_zone": "UTC",
    "scale_min": 1,
    "scale_max": 5,
    "higher_is_easier": False,
    "method": "mean",
    "question": "How much effort was it? (1 very little, 5 very much)",
}
SOURCES: Row = {
    "zendesk": {
        "url": URL,
        "time_zone": "Europe/Berlin",
        "bot_user_ids": [BOT],
        "bot_channels": ["answer_bot"],
        "outreach_not": ["phone"],
        "test_tags": ["test"],
        "spam_tags": ["spam"],
    },
    "shopify": {"time_zone": "Europe/Berlin"},
    "surveys": [EFFORT],
}


@dataclass
class HandmadeShop:
    """The files of a shop under construction."""

    root: Path
    toml: str = TOML
    ids: Ids = field(default_factory=Ids)
    tickets: list[TicketFile] = field(default_factory=list)
    flows: dict[str, Row] = field(default_factory=dict)
    steps: list[Row] = field(default_factory=list)
    targets: list[Row] = field(default_factory=list)
    ratings: list[Row] = field(default_factory=list)
    efforts: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    checkouts: list[Row] = field(default_factory=list)
    macros: list[Row] = field(default_factory=list)
    agents: dict[int, Row] = field(default_factory=dict)
    customers: set[int] = field(default_factory=set)
    sources: Row = field(default_factory=lambda: dict(SOURCES))
    exports: list[tuple[Path, str]] = field(default_factory=list)
    """Files that are already there, each with the name of its source."""

    def flow(self, key: str, **flags: bool) -> str:
        """Declare a workflow that the tag of the same name selects."""
        self.flows.setdefault(key, {"key": key, "name": key, "rules": [{"tag": key}], **flags})
        return key

    def agent(self, group: int = SUPPORT, *, active: bool = True) -> int:
        """A new member of the team."""
        agent_id = next(self.ids.agent)
        self.agents[agent_id] = {"role": "agent", "active": active, "default_group_id": group}
        return agent_id

    def customer(self) -> int:
        """A new customer."""
        customer_id = next(self.ids.customer)
        self.customers.add(customer_id)
        return customer_id

    def email(self, customer: int) -> str:
        """A customer's address."""
        return f"customer{customer}@example.com"

    def ticket(
        self,
        flow: str,
        created: str,
        *,
        customer: int | None = None,
        author: int | None = None,
        group: int | None = SUPPORT,
        channel: str = "email",
        tags: Iterable[str] = (),
        priority: str | None = None,
    ) -> TicketFile:
        """A new ticket; ``author`` is who wrote the opening comment, the customer unless said otherwise."""
        requester = customer or self.customer()
        ticket = TicketFile(
            ids=self.ids,
            ticket_id=next(self.ids.ticket),
            requester=requester,
            author=author or requester,
            created_at=utc(created),
            tags=[self.flow(flow), *tags],
            channel=channel,
            priority=priority,
            group=group,
        )
        self.tickets.append(ticket)
        return ticket

    def simple(self, flow: str, created: str, solved: str, **options: Any) -> TicketFile:
        """A ticket with one reply that solves it."""
        return self.ticket(flow, created, **options).reply(solved, self.agent(), status="solved")

    def rate(self, ticket: TicketFile, offered: str, *answers: tuple[str, str]) -> None:
        """A satisfaction rating: offered, then each (instant, score) as a later version of the same record."""
        rating_id = next(self.ids.rating)
        for at, score in [(offered, "offered"), *answers]:
            self.ratings.append(
                {
                    "id": rating_id,
                    "url": f"{URL}/api/v2/satisfaction_ratings/{rating_id}.json",
                    "ticket_id": ticket.ticket_id,
                    "requester_id": ticket.requester,
                    "assignee_id": ticket.assignee,
                    "group_id": ticket.group,
                    "score": score,
                    "comment": None,
                    "reason": None,
                    "created_at": iso(utc(offered)),
                    "updated_at": iso(utc(at)),
                }
            )

    def effort(self, ticket: TicketFile, answered: str, score: int) -> None:
        """An answer to the effort survey."""
        self.efforts.append(
            {"ticket": ticket.ticket_id, "answered": f"{utc(answered):%Y-%m-%d %H:%M:%S}", "effort": score}
        )

    def order(self, created: str, fulfilled: str | None = None, customer: int | None = None, **values: str) -> None:
        """An order of two items over 30.00."""
        name = f"#{5001 + len(self.orders)}"
        at, shipped = (f"{utc(text):%Y-%m-%d %H:%M:%S} +0000" if text else "" for text in (created, fulfilled))
        self.orders.append(
            {
                "Name": name,
                "Email": self.email(customer or self.customer()),
                "Financial Status": "paid",
                "Paid at": at,
                "Fulfillment Status": "fulfilled" if fulfilled else "unfulfilled",
                "Fulfilled at": shipped,
                "Currency": "EUR",
                "Subtotal": "25.00",
                "Shipping": "5.00",
                "Taxes": "0.00",
                "Total": "30.00",
                "Discount Amount": "0.00",
                "Created at": at,
                "Id": str(880000 + len(self.orders)),
                **values,
            }
        )

    def checkout(self, customer: int, abandoned: str, completed: str | None, total: str) -> None:
        """An abandoned checkout; ``completed`` is when it was recovered."""
        number = 7001 + len(self.checkouts)
        money = {"shopMoney": {"amount": total, "currencyCode": "EUR"}}
        done_at = iso(utc(completed)) if completed else None
        self.checkouts.append(
            {
                "id": f"gid://shopify/AbandonedCheckout/{number}",
                "name": f"#{number}",
                "createdAt": iso(utc(abandoned)),
                "updatedAt": done_at or iso(utc(abandoned)),
                "completedAt": done_at,
                "abandonedCheckoutUrl": f"https://handmade.example.com/checkouts/{number}",
                "customer": {"id": f"gid://shopify/Customer/{customer}", "email": self.email(customer)},
                "subtotalPriceSet": money,
                "totalPriceSet": money,
                "lineItems": {"nodes": [{"title": "Cup", "quantity": 1}]},
            }
        )

    def write(self) -> None:
        """Write configuration and exports."""
        (self.root / "config").mkdir(parents=True)
        (self.root / "data" / "exports").mkdir(parents=True)
        (self.root / "flowmeter.toml").write_text(self.toml, encoding="utf-8")
        config = {
            "workflows": {"workflows": list(self.flows.values()), "steps": self.steps},
            "costs": COSTS,
            "targets": {"targets": self.targets},
            "schedules": SCHEDULES,
            "sources": self.sources,
        }
        for name, content in config.items():
            (self.root / "config" / f"{name}.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
        self._write_zendesk()
        self._write_shopify()
        self._csv("effort.csv", ["ticket", "answered", "effort"], self.efforts, "survey:effort")

    def _write_zendesk(self) -> None:
        self._lines("tickets.jsonl", [{"ticket": ticket.ticket_row(URL)} for ticket in self.tickets], "zendesk_ticket")
        self._lines("audits.jsonl", [audit for ticket in self.tickets for audit in ticket.audits], "zendesk_audit")
        self._lines("ratings.jsonl", self.ratings, "zendesk_rating")
        known = {"created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z"}
        groups = [{"id": key, "name": name, "deleted": False, **known} for name, key in GROUPS.items()]
        self._lines("groups.jsonl", groups, "zendesk_group")
        self._lines("macros.jsonl", [{"actions": [], **known, **row} for row in self.macros], "zendesk_macro")
        self._lines("users.jsonl", [{**row, **known} for row in self._users()], "zendesk_user")

    def _users(self) -> Iterable[Row]:
        for key, row in self.agents.items():
            yield {"id": key, "name": f"Agent {key}", "email": f"agent{key}@handmade.example.com", **row}
        yield {"id": BOT, "name": "Bot", "email": "bot@handmade.example.com", "role": "agent", "active": True}
        for key in self.customers | {ticket.requester for ticket in self.tickets}:
            yield {
                "id": key,
                "name": f"Customer {key}",
                "email": self.email(key),
                "role": "end-user",
                "locale": "en-US",
                "active": True,
            }

    def _write_shopify(self) -> None:
        rows: list[Mapping[str, Any]] = []
        for order in self.orders:
            rows.append({**order, **ITEM})
            rows.append({"Name": order["Name"], "Email": order["Email"], "Created at": order["Created at"], **ITEM})
        self._csv("orders.csv", ORDER_HEADER, rows, "shopify_order")
        self._lines("checkouts.jsonl", self.checkouts, "shopify_checkout")

    def _lines(self, name: str, rows: Iterable[Row], source: str) -> None:
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        if text:
            path = self._export(name, source)
            path.write_text(text, encoding="utf-8")

    def _csv(self, name: str, header: list[str], rows: Iterable[Mapping[str, Any]], source: str) -> None:
        found = list(rows)
        if found:
            with self._export(name, source).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, header, restval="")
                writer.writeheader()
                writer.writerows(found)

    def _export(self, name: str, source: str) -> Path:
        path = self.root / "data" / "exports" / name
        self.exports.append((path, source))
        return path


ITEM = {
    "Lineitem quantity": "1",
    "Lineitem name": "Cup",
    "Lineitem price": "12.50",
    "Lineitem sku": "CUP-1",
    "Lineitem requires shipping": "true",
    "Lineitem taxable": "true",
    "Lineitem fulfillment status": "fulfilled",
}

__all__ = ["BOT", "MOVED", "NIGHT", "NOWHERE", "RULE", "SECOND", "SPLIT", "SUPPORT", "HandmadeShop"]
