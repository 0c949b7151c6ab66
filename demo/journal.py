"""What happened to each ticket, in the simulation's own words: the truth that both the export and the tests start from.

A ticket's log is a list of audits; an audit is one update by one author at one instant, with its events.
"""

from typing import NamedTuple

from demo.shop import ADMIN_ID, FIRST_CUSTOMER_ID

Value = str | int | list[str] | None

CREATE, CHANGE, COMMENT, MACRO, NOTIFY = range(5)
NO_RULE = -1
WEB, EMAIL, FORM, MESSAGING, VOICE, RULE, MERGE, FOLLOW_UP = range(8)
CHANNELS = ("web", "email", "web", "native_messaging", "voice", "rule", "web", "email")


class Event(NamedTuple):
    """One change inside an audit. For a comment `value` is its text and `public` says who sees it."""

    kind: int
    field: str
    value: Value
    previous: Value = None
    rule: int = NO_RULE
    public: bool = True


class Audit(NamedTuple):
    """One update of a ticket. Event n of it has the id `base` + 1 + n."""

    base: int
    at: int
    author: int
    via: int
    events: list[Event]
    seconds: int  # a person's work that ended with it


class Ticket:
    """A ticket and where it stands. Instants are seconds since 1970, customers and orders are numbers, -1 is none."""

    # fmt: off
    __slots__ = (
        "assignee", "bot", "cart", "ces", "created", "csat", "customer", "duplicate", "excluded", "fields",
        "first_reply", "group", "handoffs", "id", "last_at", "late", "log", "merged_into", "order", "outreach",
        "owner", "parent", "pends", "priority", "queued_at", "rating", "reopens", "replies", "serial", "solved_at",
        "status", "subject", "tags", "target", "todo", "token", "topic", "u", "variant", "via", "work", "workflow", "z",
    )
    # fmt: on

    def __init__(self, topic: int, workflow: int, customer: int, serial: int, u: list[float], z: list[float]) -> None:
        self.id = 0
        self.topic, self.workflow, self.customer, self.serial = topic, workflow, customer, serial
        self.u, self.z = u, z
        self.variant: str | None = None
        self.order = self.cart = self.parent = -1
        self.via, self.created, self.status = EMAIL, 0, "new"
        self.group: int | None = None
        self.assignee: int | None = None
        self.owner: int = -1  # place of the agent who keeps the ticket
        self.priority, self.subject = "normal", ""
        self.tags: list[str] = []
        self.fields: dict[int, Value] = {}
        self.log: list[Audit] = []
        self.late = 0  # a customer's answer that comes only after the pending ticket was solved
        self.last_at = self.queued_at = self.first_reply = self.solved_at = 0
        self.token = 0  # moves on when the ticket's state does: what was planned for the old state lapses
        self.todo: int | None = None  # the step it waits for in a queue
        self.replies = self.reopens = self.handoffs = self.pends = self.work = 0
        self.bot = self.outreach = False
        self.target = 0
        self.csat: dict[str, object] | None = None
        self.ces: tuple[int, int] | None = None  # answered at, score
        self.duplicate: Ticket | None = None
        self.excluded: str | None = None
        self.merged_into = 0
        self.rating: list[tuple[int, int, int, str]] = []  # id, offered at, updated at, score

    @property
    def requester(self) -> int:
        """User id of the requester."""
        return ADMIN_ID if self.customer < 0 else FIRST_CUSTOMER_ID + self.customer

    def set(self, field: str, value: Value, rule: int = NO_RULE) -> Event:
        """Change status, group or assignee now, and return the event that says so."""
        previous: Value = getattr(self, field)
        setattr(self, field, value)
        return Event(CHANGE, field, value, previous, rule)

    def add_tag(self, *tags: str, rule: int = NO_RULE) -> Event:
        """Add tags now, and return the event that says so."""
        previous: Value = self.tags
        self.tags = [*self.tags, *tags]
        return Event(CHANGE, "tags", list(self.tags), previous, rule)

    def set_field(self, field: int, value: Value) -> Event:
        """Set a custom field now, and return the event that says so."""
        previous = self.fields.get(field)
        self.fields[field] = value
        return Event(CHANGE, str(field), value, previous)


class Ids:
    """Hands out the helpdesk's ids: ticket ids from 10001, audit and event ids from one common row."""

    def __init__(self) -> None:
        self.next_ticket = 10001
        self.next_audit = 5000000000001
        self.next_rating = 800000000001

    @property
    def opened(self) -> int:
        """Tickets opened so far."""
        return self.next_ticket - 10001

    def ticket(self) -> int:
        """Id of the next ticket to be opened."""
        self.next_ticket += 1
        return self.next_ticket - 1

    def rating(self) -> int:
        """Id of the next satisfaction rating."""
        self.next_rating += 1
        return self.next_rating - 1

    def write(self, ticket: Ticket, at: int, author: int, via: int, events: list[Event], seconds: int = 0) -> int:
        """Add an audit to a ticket's log, at least a second after the one before; returns its instant."""
        at = max(at, ticket.last_at + 1)
        ticket.last_at = at
        ticket.log.append(Audit(self.next_audit, at, author, via, events, seconds))
        self.next_audit += 1 + len(events)
        return at
