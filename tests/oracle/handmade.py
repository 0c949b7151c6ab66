"""The second route over the handmade shop: what its files say, as the generator's truth would say it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.oracle.numbers import World, build_world
from tests.oracle.shop import read_shop
from tests.oracle.truth import Answer, Checkout, Event, Order, Ticket, instant, instant_or_none
from tests.transforms.shop import BOT, GROUPS, RULE, SNAPSHOT, HandmadeShop
from tests.transforms.zendesk import TicketFile

GROUP_NAMES = {str(key): name for name, key in GROUPS.items()}
FIELDS = {"status": "status", "group_id": "group", "assignee_id": "assign"}


def world_of(shop: HandmadeShop) -> World:
    """Everything that a written handmade shop says."""
    settings = read_shop(shop.root)
    hourly = {
        str(key): settings.hourly_by_group.get(GROUP_NAMES[str(row["default_group_id"])], settings.hourly_default)
        for key, row in shop.agents.items()
    }
    tickets = [_ticket(shop, ticket) for ticket in shop.tickets]
    return build_world(settings, instant(SNAPSHOT), tickets, _orders(shop), _checkouts(shop), hourly)


def _ticket(shop: HandmadeShop, file: TicketFile) -> Ticket:
    ratings = [row for row in shop.ratings if row["ticket_id"] == file.ticket_id]
    answers = [row for row in ratings if row["score"] != "offered"]
    efforts = [row for row in shop.efforts if row["ticket"] == file.ticket_id]
    return Ticket(
        ticket_id=file.ticket_id,
        workflow=file.tags[0],
        group=GROUP_NAMES.get(str(file.group)),
        priority=file.priority,
        customer=shop.email(file.requester),
        created_at=file.created_at,
        excluded=_reason(file),
        outreach=file.author != file.requester and file.channel != "phone",
        events=tuple(event for audit in file.audits for event in _events(file, audit)),
        csat_offered_at=instant(ratings[0]["created_at"]) if ratings else None,
        csat=Answer(instant(answers[-1]["updated_at"]), float(answers[-1]["score"] == "good")) if answers else None,
        ces=Answer(instant(efforts[-1]["answered"] + "+00:00"), efforts[-1]["effort"]) if efforts else None,
    )


def _reason(file: TicketFile) -> str | None:
    if file.status == "deleted":
        return "deleted"
    marks = {"spam": "spam", "closed_by_merge": "merged", "test": "test"}
    return next((reason for tag, reason in marks.items() if tag in file.tags), None)


def _events(file: TicketFile, audit: dict[str, Any]) -> list[Event]:
    at, kind, actor_id = instant(audit["created_at"]), *_actor(file, audit["author_id"])
    found = []
    for event in audit["events"]:
        if event["type"] == "Comment":
            said = "customer_reply" if kind == "customer" else "reply" if event["public"] else "note"
            is_opening = audit is file.audits[0]
            found.append(Event(at, "created" if is_opening else said, kind, actor_id, None))
        elif (event["field_name"] in FIELDS and event["type"] == "Change") or event["field_name"] == "group_id":
            found.append(Event(at, FIELDS[event["field_name"]], kind, actor_id, event["value"]))
    return found


def _actor(file: TicketFile, author: int) -> tuple[str, str]:
    kinds = {RULE: "rule", BOT: "bot", file.requester: "customer"}
    return kinds.get(author, "agent"), str(author)


def _orders(shop: HandmadeShop) -> list[Order]:
    return [
        Order(
            row["Name"], _shopify(row["Created at"]), _shopify_or_none(row["Fulfilled at"]), False, row["Email"], 30.0
        )
        for row in shop.orders
    ]


def _shopify(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z")


def _shopify_or_none(text: str) -> datetime | None:
    return _shopify(text) if text else None


def _checkouts(shop: HandmadeShop) -> list[Checkout]:
    return [
        Checkout(
            customer=row["customer"]["email"],
            abandoned_at=instant(row["createdAt"]),
            completed_at=instant_or_none(row["completedAt"]),
            total=float(row["totalPriceSet"]["shopMoney"]["amount"]),
        )
        for row in shop.checkouts
    ]
