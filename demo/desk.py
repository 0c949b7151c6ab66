"""What people, bot and rules write on a ticket: opening it, picking it up, answering, merging, passing it on."""

from collections.abc import Callable
from math import exp

from demo import words
from demo.calendar import Calendar
from demo.engine import Engine
from demo.journal import (
    COMMENT,
    CREATE,
    EMAIL,
    FORM,
    MACRO,
    MERGE,
    MESSAGING,
    NOTIFY,
    RULE,
    WEB,
    Event,
    Ids,
    Ticket,
)
from demo.orders import Checkouts, Orders, order_name, subtotal_cents
from demo.people import email, phone
from demo.shop import (
    ADMIN_ID,
    AUTOMATION_ID,
    G_NIGHT,
    GROUP_OF_WORKFLOW,
    HOUR,
    ORDER_FIELD,
    ORDERS,
    R_CONFIRM,
    R_DAY,
    R_ROUTE,
    R_TAG,
    REASON_FIELD,
    REASONS,
    ROUTING,
    WORKFLOW_TAGS,
    Shop,
)
from demo.staff import Agent

# Columns of a ticket's uniform draws; three or four in a row where a thing can happen again.
(U_CHANNEL, U_PRIORITY, U_WORDS, U_BOT, U_BOT_TALK, U_ROUTE, U_MISROUTE, U_BACK, U_HOLD, U_IMPATIENT) = range(10)
(U_SOLVE, U_REPLY, U_REOPEN, U_MACRO) = (10, 14, 18, 21)
(U_CSAT_OFFER, U_CSAT_ANSWER, U_CSAT_GOOD, U_CSAT_EDIT) = (25, 26, 27, 28)
(U_CES, U_REPEAT, U_REFUSED, U_REASON, U_SHORT, U_HABIT) = (29, 30, 31, 32, 33, 34)
(Z_WORK, Z_REPLY, Z_CARRIER, Z_REOPEN, Z_CES) = (0, 6, 10, 11, 13)

(TRIAGE, SORT, ANSWER, FOLLOW_UP, WRONG, SENT_BACK, INSPECT, REFUND, OUTREACH, CALL) = range(10)

Sink = Callable[[Ticket], None]


def log_normal(mean: float, sigma: float, z: float) -> float:
    """A log-normal amount with this mean, from a standard normal draw."""
    return mean * exp(sigma * z - sigma * sigma / 2)


class Desk:
    """Shared hands of the service: every method writes one update and keeps the ticket's state in step."""

    def __init__(self, shop: Shop, engine: Engine, orders: Orders, checkouts: Checkouts, sink: Sink) -> None:
        self.shop, self.engine, self.orders, self.checkouts = shop, engine, orders, checkouts
        self.calendar: Calendar = engine.calendar
        self.ids = Ids()
        self._sink = sink
        self.open_tickets: dict[int, Ticket] = {}

    def emit(self, ticket: Ticket) -> None:
        """Hand a ticket that is over to the writers and forget it."""
        ticket.token += 1
        ticket.todo = None
        del self.open_tickets[ticket.id]
        self._sink(ticket)

    def order_text(self, ticket: Ticket) -> str:
        """The order's name as customers write it."""
        return order_name(ticket.order) if ticket.order >= 0 else "my order"

    def refund_cents(self, ticket: Ticket) -> int:
        """What a return of the ticket's order pays back."""
        order = ticket.order
        return subtotal_cents(int(self.orders.product[order]), int(self.orders.lines[order])) if order >= 0 else 2500

    def open_ticket(self, ticket: Ticket, at: int, author: int, text: str) -> None:
        """Open the ticket: first values, opening comment, and what the triggers make of it."""
        ticket.id, ticket.created = self.ids.ticket(), at
        self.open_tickets[ticket.id] = ticket
        events = [
            Event(CREATE, "subject", ticket.subject),
            Event(CREATE, "status", ticket.status),
            Event(CREATE, "priority", ticket.priority),
        ]
        if ticket.group is not None:
            events += [Event(CREATE, "group", ticket.group), Event(CREATE, "assignee", ticket.assignee)]
        if ticket.tags:
            events.append(Event(CREATE, "tags", ticket.tags))
        if ticket.via == FORM and ticket.order >= 0:
            ticket.fields[ORDER_FIELD] = order_name(ticket.order)
            events.append(Event(CREATE, str(ORDER_FIELD), order_name(ticket.order)))
        events.append(Event(COMMENT, "", text))
        self._fire_triggers(ticket, events)
        ticket.last_at = at - 1
        self.ids.write(ticket, at, author, ticket.via, events)

    def _fire_triggers(self, ticket: Ticket, events: list[Event]) -> None:
        tag = WORKFLOW_TAGS[ticket.workflow]
        if tag is not None:
            tags = (tag, f"wismo_{ticket.variant}") if ticket.workflow == ORDERS else (tag,)
            events.append(ticket.add_tag(*tags, rule=R_TAG + (ROUTING, ORDERS, 2, 3, 4)[ticket.workflow]))
        if ticket.group is None and ticket.requester != ADMIN_ID and not ticket.bot:
            events.append(ticket.set("group", self.first_group(ticket, ticket.created), R_ROUTE))
        if ticket.via in (EMAIL, FORM) and not ticket.outreach and ticket.requester != ADMIN_ID:
            events.append(Event(NOTIFY, "received", ticket.requester, None, R_CONFIRM))

    def wording(self, ticket: Ticket) -> str:
        """Give the ticket its subject; returns the opening message."""
        draw, order, person = ticket.u[U_WORDS], self.order_text(ticket), max(ticket.customer, 0)
        ticket.subject = words.subject(ticket.topic, draw, order, email(person), phone(person))
        return words.opening(ticket.topic, draw, order)

    def pick_up(self, agent: Agent, ticket: Ticket, at: int) -> None:
        """The agent takes a ticket that is not his yet."""
        events = [ticket.set("assignee", agent.id)]
        if ticket.owner >= 0 and ticket.owner != agent.place:
            ticket.handoffs += 1
        if ticket.group is None:
            events.append(ticket.set("group", agent.group))
        if ticket.status == "new":
            events.append(ticket.set("status", "open"))
        ticket.owner = agent.place
        self.ids.write(ticket, at, agent.id, WEB, events)

    def reply(self, agent: Agent, ticket: Ticket, at: int, text: str, status: str, macro: int | None) -> int:
        """The agent answers in public and sets the status; returns the instant."""
        seconds = agent.seconds
        events = [] if macro is None else [Event(MACRO, "macro", macro)]
        events.append(Event(COMMENT, "", text))
        if ticket.assignee != agent.id:
            events.append(ticket.set("assignee", agent.id))
            ticket.owner = agent.place
        if ticket.status != status:
            events.append(ticket.set("status", status))
        if ticket.replies == 0 and ticket.u[U_REASON] < 0.5:
            events.append(ticket.set_field(REASON_FIELD, REASONS[ticket.workflow]))
        ticket.replies += 1
        ticket.work += seconds
        at = self.ids.write(ticket, at, agent.id, WEB, events, seconds)
        ticket.first_reply = ticket.first_reply or at
        return at

    def note(self, author: int, ticket: Ticket, at: int, text: str, changes: list[Event], seconds: int) -> int:
        """A private note with changes beside it; returns the instant."""
        ticket.work += seconds
        return self.ids.write(ticket, at, author, WEB, [Event(COMMENT, "", text, public=False), *changes], seconds)

    def automation(self, ticket: Ticket, at: int, events: list[Event]) -> int:
        """An automation's own update; returns the instant."""
        return self.ids.write(ticket, at, AUTOMATION_ID, RULE, events)

    def customer_says(self, ticket: Ticket, at: int, text: str, reopens: bool) -> int:
        """The customer writes again: a pending or solved ticket opens; by day, it leaves the night team."""
        events = [Event(COMMENT, "", text)]
        if reopens and ticket.status != "open":
            events.append(ticket.set("status", "open"))
        if ticket.group is None:
            events.append(ticket.set("group", GROUP_OF_WORKFLOW[ticket.workflow], R_ROUTE))
        elif ticket.group == G_NIGHT and not self.is_night(at) and ticket.todo is None:
            events.append(ticket.set("group", GROUP_OF_WORKFLOW[ticket.workflow], R_DAY))
            events.append(ticket.set("assignee", None, R_DAY))
            ticket.owner = -1
        via = MESSAGING if ticket.via == MESSAGING else EMAIL
        return self.ids.write(ticket, at, ticket.requester, via, events)

    def first_group(self, ticket: Ticket, at: int) -> int:
        """The group of the ticket's topic; order questions at night are the night team's."""
        return G_NIGHT if ticket.workflow == ORDERS and self.is_night(at) else GROUP_OF_WORKFLOW[ticket.workflow]

    def is_night(self, at: int) -> bool:
        """Whether the night team is the one to take a conversation now."""
        second = self.calendar.local_second(at)
        return second >= 20 * HOUR or second < 4 * HOUR

    def awake(self, at: int, draw: float) -> int:
        """Customers who would act between midnight and seven act in the morning instead."""
        second = self.calendar.local_second(at)
        return at + 7 * HOUR - second + int(draw * 3 * HOUR) if second < 7 * HOUR else at

    def merge(self, agent: Agent, ticket: Ticket, at: int) -> None:
        """The agent closes the impatient customer's second ticket into the first."""
        second = ticket.duplicate
        ticket.duplicate = None
        if second is None or second.todo is None or at <= second.last_at:
            return
        about = f"Request #{second.id} was closed and merged into this request."
        self.ids.write(ticket, at, agent.id, MERGE, [Event(COMMENT, "", about, public=False)])
        about = f"This request was closed and merged into request #{ticket.id}."
        closing = [second.add_tag("closed_by_merge"), second.set("status", "closed")]
        events = [Event(COMMENT, "", about, public=False), *closing]
        self.ids.write(second, at, agent.id, MERGE, events)
        second.excluded, second.merged_into = "merged", ticket.id
        self.emit(second)
