"""What the demo generator says happened: truth/*.jsonl as plain objects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any


def instant(text: str) -> datetime:
    """Parse an ISO instant of the truth; every one carries its offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"truth instant without offset: {text}")
    return at.astimezone(UTC)


def instant_or_none(text: str | None) -> datetime | None:
    """Parse an instant that may be missing."""
    return None if text is None else instant(text)


@dataclass(frozen=True)
class Event:
    """One thing that happened to a ticket. ``actor_kind`` is agent, bot, customer or rule.

    ``after`` is the new status, group's name or assignee's user id, None where it was cleared. Events of one update
    share their instant, and no two updates of a ticket do.
    """

    at: datetime
    kind: str
    actor_kind: str
    actor_id: str
    after: str | None


@dataclass(frozen=True)
class Answer:
    """A survey's answer: when, and its raw score (csat: 1.0 for good, 0.0 for bad)."""

    at: datetime
    score: float


@dataclass(frozen=True)
class Ticket:
    """A ticket of the truth, its events in order of time."""

    ticket_id: int
    workflow: str
    group: str | None
    priority: str | None
    customer: str
    created_at: datetime
    excluded: str | None
    outreach: bool
    events: tuple[Event, ...]
    csat_offered_at: datetime | None
    csat: Answer | None
    ces: Answer | None

    @property
    def is_measured(self) -> bool:
        """Whether the ticket counts in first reply, resolution, touches and rates."""
        return self.excluded is None and not self.outreach

    @property
    def csat_at(self) -> datetime | None:
        """When the satisfaction survey was answered last."""
        return self.csat.at if self.csat else None

    @property
    def ces_at(self) -> datetime | None:
        """When the effort survey was answered last."""
        return self.ces.at if self.ces else None

    @cached_property
    def status_changes(self) -> list[Event]:
        """The changes of status, in order."""
        return [event for event in self.events if event.kind == "status"]


@dataclass(frozen=True)
class Order:
    """A shop order; money in the shop's currency."""

    name: str
    created_at: datetime
    shipped_at: datetime | None
    is_test: bool
    customer: str
    total: float


@dataclass(frozen=True)
class Checkout:
    """An abandoned checkout; ``completed_at`` is set where it was recovered."""

    customer: str
    abandoned_at: datetime
    completed_at: datetime | None
    total: float


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-lines file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def read_tickets(folder: Path) -> list[Ticket]:
    """Read truth/tickets.jsonl."""
    return [ticket_of(row) for row in lines(folder / "tickets.jsonl")]


def ticket_of(row: Mapping[str, Any]) -> Ticket:
    """A ticket from a line of truth/tickets.jsonl."""
    csat, ces = row["csat"] or {}, row["ces"]
    answered_at = instant_or_none(csat.get("answered_at"))
    return Ticket(
        ticket_id=int(row["ticket_id"]),
        workflow=row["workflow"] or "unclassified",
        group=row["group"],
        priority=row["priority"],
        customer=(row["email"] or str(row["requester_id"])).strip().lower(),
        created_at=instant(row["created_at"]),
        excluded=row["excluded"],
        outreach=row["outreach"],
        events=tuple(
            sorted((_event(event, row["requester_id"]) for event in row["events"]), key=lambda event: event.at)
        ),
        csat_offered_at=instant_or_none(csat.get("offered_at")),
        csat=Answer(answered_at, float(csat["good"])) if answered_at else None,
        ces=Answer(instant(ces["answered_at"]), float(ces["score"])) if ces else None,
    )


def _event(row: Mapping[str, Any], requester: int) -> Event:
    """Whoever writes on their own request is its customer, a colleague too."""
    actor_kind, _, actor_id = row["actor"].partition(":")
    actor_kind = "customer" if actor_id == str(requester) else actor_kind
    after = row.get("to")
    return Event(instant(row["at"]), row["kind"], actor_kind, actor_id, str(after) if after else None)


def read_orders(folder: Path) -> list[Order]:
    """Read truth/orders.jsonl."""
    return [
        Order(
            name=row["name"],
            created_at=instant(row["created_at"]),
            shipped_at=instant_or_none(row["fulfilled_at"]),
            is_test=bool(row.get("test", False)),
            customer=row["email"].strip().lower(),
            total=float(row["total"]),
        )
        for row in lines(folder / "orders.jsonl")
    ]


def read_checkouts(folder: Path) -> list[Checkout]:
    """Read truth/checkouts.jsonl."""
    return [
        Checkout(
            customer=row["email"].strip().lower(),
            abandoned_at=instant(row["created_at"]),
            completed_at=instant_or_none(row.get("completed_at")),
            total=float(row["total"]),
        )
        for row in lines(folder / "checkouts.jsonl")
    ]
