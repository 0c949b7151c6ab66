"""What METRICS.md says of one ticket: resolutions, replies, touches, handoffs, targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from tests.oracle.shop import Shop, Target
from tests.oracle.truth import Event, Ticket

WORDS = frozenset({"created", "reply", "note"})
DONE = frozenset({"solved", "closed"})
MINUTE = timedelta(minutes=1)
HELD_FOR = timedelta(hours=72)
FCR_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Resolution:
    """A solve or close: the instant that counts, the instant at which it happened, and by whom."""

    at: datetime
    happened_at: datetime
    actor_kind: str


@dataclass(frozen=True)
class Story:
    """The facts of one ticket that the KPIs are made of. Times in calendar or business minutes."""

    ticket: Ticket
    resolutions: tuple[Resolution, ...]
    reopened_at: tuple[datetime, ...]
    is_resolved: bool
    first_reply_at: datetime | None
    reply_count: int
    handoff_count: int
    is_automated: bool
    sla_met: bool | None

    @property
    def resolved_at(self) -> datetime | None:
        """The last resolution, where it still stands."""
        return self.resolutions[-1].at if self.is_resolved else None

    @property
    def first_resolved_at(self) -> datetime | None:
        """The first resolution, whether or not it stands."""
        return self.resolutions[0].at if self.resolutions else None


def tell(ticket: Ticket, shop: Shop, snapshot: datetime) -> Story:
    """Derive the facts of one ticket as of the snapshot."""
    resolutions, reopened_at = walk_status(ticket.status_changes)
    is_resolved = len(resolutions) > len(reopened_at)
    last = resolutions[-1].at if is_resolved else None
    replies = [event.at for event in ticket.events if event.kind == "reply" and event.actor_kind == "agent"]
    wrote = any(event.actor_kind == "agent" and event.kind in WORDS for event in ticket.events)
    first_reply_at = replies[0] if replies and not ticket.outreach else None
    return Story(
        ticket=ticket,
        resolutions=tuple(resolutions),
        reopened_at=tuple(reopened_at),
        is_resolved=is_resolved,
        first_reply_at=first_reply_at,
        reply_count=sum(1 for at in replies if last is None or at <= last),
        handoff_count=count_handoffs(ticket.events, shop.bots),
        is_automated=is_resolved and resolutions[-1].actor_kind != "agent" and not wrote,
        sla_met=judge_targets(ticket, shop.targets, first_reply_at, last, snapshot),
    )


def walk_status(changes: Iterable[Event]) -> tuple[list[Resolution], list[datetime]]:
    """Follow the status: every resolution, and the instant of every reopening."""
    status, pending_since = "new", None
    resolutions: list[Resolution] = []
    reopened_at: list[datetime] = []
    for change in changes:
        after = change.after or ""
        if after in DONE and status not in DONE:
            timer = change.actor_kind == "rule" and status == "pending"
            counts_at = pending_since if timer and pending_since else change.at
            resolutions.append(Resolution(counts_at, change.at, change.actor_kind))
        elif status in DONE and after not in DONE:
            reopened_at.append(change.at)
        if after == "pending" and status != "pending":
            pending_since = change.at
        status = after
    return resolutions, reopened_at


def count_handoffs(events: Sequence[Event], bots: Container[str]) -> int:
    """Updates that set another group or assignee than the last one that was set; bot to person is no handoff."""
    held: dict[str, str] = {}
    count = 0
    for _, update in groupby(events, key=lambda event: event.at):
        moves = [event for event in update if event.kind in ("group", "assign") and event.after]
        moved = [event for event in moves if event.kind in held and held[event.kind] != event.after]
        from_bot = any(event.kind == "assign" and held["assign"] in bots and event.after not in bots for event in moved)
        count += bool(moved) and not from_bot
        held.update((event.kind, event.after) for event in moves if event.after)
    return count


def target_for(ticket: Ticket, metric: str, targets: Iterable[Target]) -> Target | None:
    """The most particular target of a ticket: workflow and priority, then workflow, then priority, then any."""
    fitting = [
        target
        for target in targets
        if target.metric == metric
        and target.workflow in (None, ticket.workflow)
        and target.priority in (None, ticket.priority)
    ]
    return max(fitting, key=lambda target: (target.workflow is not None, target.priority is not None), default=None)


def judge_targets(
    ticket: Ticket,
    targets: Sequence[Target],
    first_reply_at: datetime | None,
    resolved_at: datetime | None,
    snapshot: datetime,
) -> bool | None:
    """Whether every target was met; None where none applies or one still runs and none was missed.

    A reply is waited for until the ticket is resolved: without one by then, the target is void if it was not yet due.
    """
    verdicts: list[bool | None] = []
    for metric, done_at in (("first_reply_minutes", first_reply_at), ("resolution_minutes", resolved_at)):
        target = target_for(ticket, metric, targets)
        if target is not None:
            due_at = ticket.created_at + target.minutes * MINUTE
            if (done_at or resolved_at or snapshot) > due_at:
                verdicts.append(False)
            elif done_at or not resolved_at:
                verdicts.append(True if done_at else None)
    if False in verdicts:
        return False
    return None if not verdicts or None in verdicts else True


class Contacts:
    """When each customer wrote: the counted tickets that are no outreach."""

    def __init__(self, tickets: Iterable[Ticket]) -> None:
        self._by_customer: dict[str, list[Ticket]] = defaultdict(list)
        for ticket in tickets:
            if ticket.is_measured:
                self._by_customer[ticket.customer].append(ticket)

    def came_back(self, ticket: Ticket, after: datetime, within: timedelta, *, same_workflow: bool) -> bool:
        """Whether the customer opened another ticket after an instant and within a span of it."""
        return any(
            other is not ticket
            and after < other.created_at <= after + within
            and (not same_workflow or other.workflow == ticket.workflow)
            for other in self._by_customer[ticket.customer]
        )
