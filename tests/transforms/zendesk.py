"""A ticket written step by step, as Zendesk would export it: the ticket with its comments, and one audit per update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
Row = dict[str, Any]


def utc(text: str) -> datetime:
    """An instant from text: Berlin's clock unless the text carries an offset, such as '2025-10-26T02:30+01:00'."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=BERLIN)).astimezone(UTC)


def iso(at: datetime) -> str:
    """An instant as Zendesk writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Ids:
    """Numbers for records, unique in one shop."""

    ticket: count[int] = field(default_factory=lambda: count(1001))
    audit: count[int] = field(default_factory=lambda: count(500_001))
    event: count[int] = field(default_factory=lambda: count(9_000_001))
    customer: count[int] = field(default_factory=lambda: count(70_001))
    agent: count[int] = field(default_factory=lambda: count(20_001))
    rating: count[int] = field(default_factory=lambda: count(3_001))


@dataclass
class TicketFile:
    """One ticket under construction. Actors: an agent's or customer's id, or RULE for a trigger or automation."""

    ids: Ids
    ticket_id: int
    requester: int
    author: int
    created_at: datetime
    tags: list[str]
    channel: str
    team_channel: str = "web"
    priority: str | None = None
    status: str = "new"
    group: int | None = None
    assignee: int | None = None
    subject: str | None = None
    custom_fields: dict[int, str] = field(default_factory=dict)
    updated_at: datetime = field(init=False)
    comments: list[Row] = field(default_factory=list)
    audits: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.updated_at = self.created_at
        events = [
            self._event("Create", field_name="status", value=self.status),
            self._event("Create", field_name="tags", value=list(self.tags)),
            self._event("Create", field_name="priority", value=self.priority),
        ]
        if self.group:
            events.append(self._event("Create", field_name="group_id", value=str(self.group)))
        self._audit(self.created_at, self.author, [*events, self._comment(self.created_at, self.author, public=True)])

    def reply(self, at: str, agent: int, **changes: Any) -> TicketFile:
        """A public comment by somebody who is not the customer, with any changes made along."""
        return self.update(at, agent, public=True, **changes)

    def note(self, at: str, agent: int, **changes: Any) -> TicketFile:
        """A private comment."""
        return self.update(at, agent, public=False, **changes)

    def customer(self, at: str, **changes: Any) -> TicketFile:
        """The requester writes again."""
        return self.update(at, self.requester, public=True, **changes)

    def update(
        self,
        at: str,
        actor: int,
        *,
        public: bool | None = None,
        status: str | None = None,
        group: int | None = None,
        assignee: int | None = None,
        clear: Sequence[str] = (),
        tags: Sequence[str] = (),
        macro: tuple[int, str] | None = None,
        rel: str | None = None,
    ) -> TicketFile:
        """One audit: a comment (public or not; None for none) and the fields that it sets or clears."""
        instant = utc(at)
        events: list[Row] = [] if public is None else [self._comment(instant, actor, public=public)]
        for name, value in (("status", status), ("group", group), ("assignee", assignee)):
            if value is not None or name in clear:
                events.append(self._change(name, value))
        if macro:
            events.append(self._event("AgentMacroReference", macro_id=str(macro[0]), macro_title=macro[1]))
        if tags:
            before, self.tags = self.tags, [*self.tags, *tags]
            events.append(self._event("Change", field_name="tags", value=self.tags, previous_value=before))
        self._audit(instant, actor, events, rel)
        return self

    def ticket_row(self, url: str) -> Row:
        """The ticket as the account's JSON export has it."""
        return {
            "id": self.ticket_id,
            "url": f"{url}/api/v2/tickets/{self.ticket_id}.json",
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
            "generated_timestamp": int(self.updated_at.timestamp()),
            "status": self.status,
            "priority": self.priority,
            "type": None,
            "subject": self.subject or f"Case {self.ticket_id}",
            "via": {"channel": self.channel, "source": {"from": {}, "to": {}, "rel": None}},
            "requester_id": self.requester,
            "submitter_id": self.author,
            "assignee_id": self.assignee,
            "group_id": self.group,
            "ticket_form_id": None,
            "brand_id": None,
            "tags": self.tags,
            "custom_fields": [{"id": key, "value": value} for key, value in self.custom_fields.items()],
            "satisfaction_rating": {"score": "unoffered"},
            "comments": self.comments,
        }

    def _change(self, name: str, value: str | int | None) -> Row:
        column = {"status": "status", "group": "group_id", "assignee": "assignee_id"}[name]
        before = getattr(self, name)
        setattr(self, name, value)
        texts = [None if item is None else str(item) for item in (value, before)]
        return self._event("Change", field_name=column, value=texts[0], previous_value=texts[1])

    def _event(self, kind: str, **values: Any) -> Row:
        return {"id": next(self.ids.event), "type": kind, **values}

    def _comment(self, at: datetime, author: int, *, public: bool) -> Row:
        event = self._event("Comment", author_id=author, public=public, body="...", html_body="...")
        via = {"channel": self._via(author), "source": {"rel": None}}
        self.comments.append({**event, "created_at": iso(at), "via": via})
        return event

    def _via(self, author: int) -> str:
        return self.channel if author == self.requester else self.team_channel

    def _audit(self, at: datetime, actor: int, events: list[Row], rel: str | None = None) -> None:
        by_rule = actor == RULE
        source: Row = {"from": {"id": 77, "title": "A rule"}, "rel": "automation"} if by_rule else {"rel": rel}
        via = {"channel": "rule" if by_rule else self._via(actor), "source": source}
        audit_id = next(self.ids.audit)
        for comment in self.comments:
            if any(comment["id"] == event["id"] for event in events):
                comment["audit_id"] = audit_id
        self.updated_at = max(self.updated_at, at)
        self.audits.append(
            {
                "id": audit_id,
                "ticket_id": self.ticket_id,
                "created_at": iso(at),
                "author_id": actor,
                "metadata": {},
                "via": via,
                "events": [{**event, "via": via} if by_rule else event for event in events],
            }
        )


RULE = -1
