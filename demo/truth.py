"""What really happened, from the simulation's own journal and never from the export's rows: for tests."""

from pathlib import Path

import orjson

from demo.calendar import iso
from demo.journal import CHANGE, CHANNELS, COMMENT, CREATE, MACRO, NO_RULE, Audit, Event, Ticket, Value
from demo.orders import Checkouts, Orders, order_name
from demo.people import email
from demo.shop import ADMIN_ID, BOT_ID, GROUPS, MACROS, WORKFLOWS, rule_id
from demo.shopify import baskets, total_cents

_LINE = orjson.OPT_APPEND_NEWLINE


def _actor(audit: Audit, event: Event, requester: int) -> str:
    if event.rule != NO_RULE:
        return f"rule:{rule_id(event.rule)}"
    if audit.author == requester != ADMIN_ID:
        return "customer"
    return f"bot:{BOT_ID}" if audit.author == BOT_ID else f"agent:{audit.author}"


def _group(value: Value) -> str | None:
    return GROUPS[value] if isinstance(value, int) else None


def _truth_event(ticket: Ticket, audit: Audit, event: Event, opening: bool) -> dict[str, object] | None:
    """The canonical event, or none for what is no event of its own (a ticket's first values, notices)."""
    actor = _actor(audit, event, ticket.requester)
    out: dict[str, object] = {"at": iso(audit.at), "actor": actor}
    if event.kind == COMMENT:
        spoken = "customer_reply" if actor == "customer" else "reply"
        out["kind"] = "created" if opening else spoken if event.public else "note"
        if audit.seconds:
            out["seconds"] = audit.seconds
    elif event.kind == MACRO:
        out |= {"kind": "macro", "to": MACROS[int(str(event.value))]}
    elif event.kind == CHANGE and event.field == "tags":
        known = event.previous if isinstance(event.previous, list) else []
        now = event.value if isinstance(event.value, list) else []
        out |= {"kind": "tag", "to": [tag for tag in now if tag not in known]}
    elif event.kind in (CHANGE, CREATE) and event.field in ("status", "group", "assignee"):
        kind = "assign" if event.field == "assignee" else event.field
        named = event.field == "group"
        out |= {"kind": kind, "from": _group(event.previous) if named else event.previous}
        out["to"] = _group(event.value) if named else event.value
    else:
        return None
    return out


def truth(ticket: Ticket) -> dict[str, object]:
    """The ticket as the simulation knows it: one JSON-ready object (see the contract of the truth folder).

    Group events carry names, assign events user ids. Events of one update share `at`; the opening comment is `created`.
    `work` is a person's seconds on the ticket; `seconds` on a comment is the work that ended with it.
    """
    events = []
    opening = True
    for audit in ticket.log:
        for event in audit.events:
            fact = _truth_event(ticket, audit, event, opening)
            if event.kind == COMMENT:
                opening = False
            if fact is not None:
                events.append(fact)
    return {
        "ticket_id": ticket.id,
        "workflow": WORKFLOWS[ticket.workflow],
        "variant": ticket.variant,
        "channel": CHANNELS[ticket.via],
        "group": _group(ticket.group),
        "assignee": ticket.assignee,
        "status": ticket.status,
        "priority": ticket.priority,
        "requester_id": ticket.requester,
        "email": None if ticket.customer < 0 else email(ticket.customer),
        "created_at": iso(ticket.created),
        "excluded": ticket.excluded,
        "outreach": ticket.outreach,
        "merged_into": ticket.merged_into or None,
        "parent": ticket.parent if ticket.parent > 0 else None,
        "bot": ticket.bot,
        "work": ticket.work,
        "events": events,
        "order": None if ticket.order < 0 else order_name(ticket.order),
        "csat": ticket.csat,
        "ces": ticket.ces and {"answered_at": iso(ticket.ces[0]), "score": ticket.ces[1]},
    }


class TruthFiles:
    """The truth folder: tickets.jsonl as tickets end, orders.jsonl and checkouts.jsonl at the end."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._tickets = (folder / "tickets.jsonl").open("wb", buffering=1 << 20)

    def add(self, ticket: Ticket) -> None:
        """Write one ticket."""
        self._tickets.write(orjson.dumps(truth(ticket), option=_LINE))

    def finish(self, orders: Orders, checkouts: Checkouts) -> None:
        """Write orders and carts (money as text in euros, instants as ISO UTC), and close."""
        self._tickets.close()
        columns = (
            orders.created,
            orders.fulfilled,
            orders.customer,
            orders.product,
            orders.lines,
            orders.refunded,
            orders.cancelled,
        )
        with (self._folder / "orders.jsonl").open("wb") as file:
            for number, row in enumerate(zip(*(c.tolist() for c in columns), orders.exists.tolist(), strict=True)):
                created, fulfilled, customer, product, lines, refunded, cancelled, there = row
                if there:
                    fact = {
                        "name": order_name(number),
                        "created_at": iso(created),
                        "fulfilled_at": iso(fulfilled) if fulfilled else None,
                    }
                    fact |= {"email": email(customer), "total": _euros(total_cents(product, lines))}
                    fact |= {"refunded": _euros(refunded), "cancelled": cancelled}
                    file.write(orjson.dumps(fact, option=_LINE))
        carts = zip(
            *(c.tolist() for c in (checkouts.created, checkouts.customer, checkouts.completed, checkouts.order)),
            baskets(orders, checkouts),
            strict=True,
        )
        with (self._folder / "checkouts.jsonl").open("wb") as file:
            for created, customer, completed, order, (product, lines) in carts:
                fact = {
                    "created_at": iso(created),
                    "email": email(customer),
                    "completed_at": iso(completed) if completed else None,
                }
                fact |= {
                    "total": _euros(total_cents(product, lines)),
                    "order": order_name(order) if completed else None,
                }
                file.write(orjson.dumps(fact, option=_LINE))


def _euros(cents: int) -> str:
    return f"{cents / 100:.2f}"
