"""The helpdesk's export: tickets with comments, audits, ratings, and the lists of users, groups and macros.

Shapes as the vendor writes them: ids are numbers in tickets and texts inside audit events; a trigger's changes stand in
the audit that set it off, with `via` of their own; automations are audits by author -1. Files are written as tickets
end, so nothing of an ended ticket stays in memory.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from demo.calendar import Calendar, iso
from demo.journal import (
    CHANGE,
    CHANNELS,
    COMMENT,
    CREATE,
    EMAIL,
    FOLLOW_UP,
    FORM,
    MACRO,
    MERGE,
    NO_RULE,
    RULE,
    VOICE,
    Audit,
    Event,
    Ticket,
    Value,
)
from demo.people import email, name, phone
from demo.shop import (
    ADMIN_ID,
    BOT_ID,
    BRAND_ID,
    FIRST_CUSTOMER_ID,
    FIRST_MACRO_ID,
    FORM_ID,
    G_RETURNS,
    GROUPS,
    HELP_ADDRESS,
    HELPDESK_URL,
    LEAD_ID,
    M_LOYALTY,
    MACROS,
    ORDER_FIELD,
    REASON_FIELD,
    REFUND_FIELD,
    RETURN_FORM_ID,
    RETURNS,
    RULES,
    SHOP_NAME,
    TIME_ZONE,
    group_id,
    rule_id,
)
from demo.staff import Agent

Json = dict[str, Any]

_LINE = orjson.OPT_APPEND_NEWLINE
_BUFFER = 1 << 20
_METADATA = {"system": {"client": "Mozilla/5.0", "ip_address": "192.0.2.10"}, "custom": {}}
_RULE_METADATA: Json = {"system": {}, "custom": {}}
_EMPTY_VIA = [{"channel": channel, "source": {"from": {}, "to": {}, "rel": None}} for channel in CHANNELS]
_FORM_VIA: Json = {"channel": "web", "source": {"from": {}, "to": {}, "rel": "web_form"}}
_FIELD_NAMES = {"group": "group_id", "assignee": "assignee_id"}
_RULE_VIA: list[Json] = [
    {"channel": "rule", "source": {"from": {"deleted": False, "title": title, "id": rule_id(n)}, "to": {}, "rel": rel}}
    for n, (title, rel) in enumerate(RULES)
]


def _via(ticket: Ticket, audit: Audit) -> Json:
    if audit.via == RULE:
        return next(_RULE_VIA[event.rule] for event in audit.events if event.rule != NO_RULE)
    if audit.via == FORM:
        return _FORM_VIA
    if audit.via not in (EMAIL, MERGE, FOLLOW_UP, VOICE):
        return _EMPTY_VIA[audit.via]
    people: Json
    if audit.via == EMAIL:
        sender = {"address": email(ticket.customer), "name": name(ticket.customer)}
        people = {"from": sender, "to": {"name": SHOP_NAME, "address": HELP_ADDRESS}, "rel": None}
    elif audit.via == MERGE:
        people = {"from": {"ticket_id": ticket.merged_into or None}, "to": {}, "rel": "merge"}
    elif audit.via == FOLLOW_UP:
        origin = {"ticket_id": ticket.parent, "subject": ticket.subject, "channel": "email"}
        people = {"from": origin, "to": {}, "rel": "follow_up"}
    else:
        number = phone(ticket.customer)
        caller = {"formatted_phone": number, "phone": number, "name": name(ticket.customer)}
        people = {"from": caller, "to": {"name": SHOP_NAME}, "rel": "inbound"}
    return {"channel": CHANNELS[audit.via], "source": people}


def _value(field: str, value: Value) -> Value:
    """A value as audit events carry it: ids as texts."""
    if value is None or isinstance(value, (str, list)):
        return value
    return str(group_id(value)) if field == "group" else str(value)


def _event(audit: Audit, place: int, event: Event) -> Json:
    out: Json = {"id": audit.base + 1 + place}
    kind, field = event.kind, event.field
    if kind == COMMENT:
        text = event.value
        out |= {"type": "Comment", "author_id": audit.author, "body": text, "html_body": f"<p>{text}</p>"}
        out |= {"plain_body": text, "public": event.public, "attachments": [], "audit_id": audit.base}
    elif kind == CREATE:
        out |= {"type": "Create", "value": _value(field, event.value), "field_name": _FIELD_NAMES.get(field, field)}
    elif kind == CHANGE:
        out |= {"type": "Change", "value": _value(field, event.value), "field_name": _FIELD_NAMES.get(field, field)}
        out["previous_value"] = _value(field, event.previous)
    elif kind == MACRO:
        macro = int(str(event.value))
        out |= {"type": "AgentMacroReference", "macro_id": str(FIRST_MACRO_ID + macro), "macro_title": MACROS[macro]}
        out["macro_deleted"] = False
    else:
        out |= {"type": "Notification", "subject": f"[{SHOP_NAME}] Your request", "body": f"({field})"}
        out["recipients"] = [event.value]
    if event.rule != NO_RULE:
        out["via"] = _RULE_VIA[event.rule]
    return out


def audits(ticket: Ticket) -> Iterator[bytes]:
    """The ticket's audits, one JSON line each."""
    for audit in ticket.log:
        line = {
            "id": audit.base,
            "ticket_id": ticket.id,
            "created_at": iso(audit.at),
            "author_id": audit.author,
            "metadata": _RULE_METADATA if audit.via == RULE else _METADATA,
            "events": [_event(audit, place, event) for place, event in enumerate(audit.events)],
            "via": _via(ticket, audit),
        }
        yield orjson.dumps(line, option=_LINE)


def _comments(ticket: Ticket) -> list[Json]:
    comments = []
    for audit in ticket.log:
        for place, event in enumerate(audit.events):
            if event.kind != COMMENT:
                continue
            text = event.value
            comments.append(
                {
                    "id": audit.base + 1 + place,
                    "type": "Comment",
                    "author_id": audit.author,
                    "body": text,
                    "html_body": f"<p>{text}</p>",
                    "plain_body": text,
                    "public": event.public,
                    "attachments": [],
                    "audit_id": audit.base,
                    "via": _via(ticket, audit),
                    "created_at": iso(audit.at),
                    "metadata": _METADATA,
                }
            )
    return comments


def _satisfaction(ticket: Ticket) -> Json:
    if not ticket.rating:
        return {"score": "unoffered"}
    number, _, _, score = ticket.rating[-1]
    return {"id": number, "score": score, "comment": None, "reason": None, "reason_id": None}


# What this shop has nothing of, in every ticket alike.
_UNUSED: Json = {
    "external_id": None,
    "organization_id": None,
    "collaborator_ids": [],
    "follower_ids": [],
    "email_cc_ids": [],
    "forum_topic_id": None,
    "problem_id": None,
    "has_incidents": False,
    "is_public": True,
    "due_at": None,
    "sharing_agreement_ids": [],
    "custom_status_id": None,
    "followup_ids": [],
    "brand_id": BRAND_ID,
    "allow_channelback": False,
    "allow_attachments": True,
}


def ticket_record(ticket: Ticket) -> Json:
    """The ticket as the account's JSON export has it, comments included."""
    fields = [{"id": field, "value": ticket.fields.get(field)} for field in (ORDER_FIELD, REASON_FIELD, REFUND_FIELD)]
    comments = _comments(ticket)
    is_return_form = ticket.workflow == RETURNS and ticket.via == FORM
    return {
        "url": f"{HELPDESK_URL}/api/v2/tickets/{ticket.id}.json",
        "id": ticket.id,
        "via": _via(ticket, ticket.log[0]),
        "created_at": iso(ticket.created),
        "updated_at": iso(ticket.last_at),
        "generated_timestamp": ticket.last_at,
        "type": "question",
        "subject": ticket.subject,
        "raw_subject": ticket.subject,
        "description": comments[0]["body"],
        "priority": ticket.priority,
        "status": ticket.status,
        "recipient": HELP_ADDRESS if ticket.via == EMAIL else None,
        "requester_id": ticket.requester,
        "submitter_id": ticket.log[0].author,
        "assignee_id": ticket.assignee,
        "group_id": group_id(ticket.group),
        "tags": ticket.tags,
        "custom_fields": fields,
        "fields": fields,
        "satisfaction_rating": _satisfaction(ticket),
        "ticket_form_id": RETURN_FORM_ID if is_return_form else FORM_ID,
        "from_messaging_channel": ticket.bot,
        "comments": comments,
        **_UNUSED,
    }


def _ratings(ticket: Ticket) -> Iterator[bytes]:
    for number, offered, updated, score in ticket.rating:
        record = {
            "url": f"{HELPDESK_URL}/api/v2/satisfaction_ratings/{number}.json",
            "id": number,
            "assignee_id": ticket.assignee,
            "group_id": group_id(ticket.group),
            "requester_id": ticket.requester,
            "ticket_id": ticket.id,
            "score": score,
            "created_at": iso(offered),
            "updated_at": iso(updated),
            "comment": None,
            "reason": "No reason provided" if score == "bad" else None,
            "reason_id": 1000 if score == "bad" else None,
        }
        yield orjson.dumps(record, option=_LINE)


class ZendeskFiles:
    """The export's open files. `add` takes tickets in any order; `finish` writes the lists and closes."""

    def __init__(self, out: Path, calendar: Calendar) -> None:
        self._out, self._calendar = out, calendar
        self._tickets = self._file("zendesk_tickets.jsonl")
        self._audits = self._file("zendesk_ticket_audits.jsonl")
        self._ratings = self._file("zendesk_satisfaction_ratings.jsonl")
        self._customers: set[int] = set()

    def _file(self, file: str) -> BinaryIO:
        return (self._out / file).open("wb", buffering=_BUFFER)

    def add(self, ticket: Ticket) -> None:
        """Write one ticket with all that belongs to it."""
        self._tickets.write(orjson.dumps(ticket_record(ticket), option=_LINE))
        self._audits.writelines(audits(ticket))
        if ticket.rating:
            self._ratings.writelines(_ratings(ticket))
        if ticket.customer >= 0:
            self._customers.add(ticket.customer)

    def finish(self, agents: list[Agent]) -> None:
        """Write users, groups and macros, and close every file."""
        for file in (self._tickets, self._audits, self._ratings):
            file.close()
        self._write_users(agents)
        start = iso(self._calendar.start - 300 * 86400)
        groups = [
            {
                "id": group_id(n),
                "url": f"{HELPDESK_URL}/api/v2/groups/{group_id(n)}.json",
                "name": title,
                "deleted": False,
                "created_at": start,
                "updated_at": start,
            }
            for n, title in enumerate(GROUPS)
        ]
        macros = [_macro(n, start) for n in range(len(MACROS))]
        page = {"next_page": None, "previous_page": None}
        (self._out / "zendesk_groups.json").write_bytes(orjson.dumps({"groups": groups, **page, "count": len(groups)}))
        (self._out / "zendesk_macros.json").write_bytes(orjson.dumps({"macros": macros, **page, "count": len(macros)}))

    def _write_users(self, agents: list[Agent]) -> None:
        start = iso(self._calendar.start - 300 * 86400)
        staff = [
            _user(BOT_ID, "Shop assistant", "assistant@hearthandloom.example", "agent", start, None),
            _user(ADMIN_ID, "Thea Owner", "thea@hearthandloom.example", "admin", start, None),
            _user(LEAD_ID, "Rita Lead", "rita@hearthandloom.example", "agent", start, group_id(G_RETURNS)),
        ]
        staff += [
            _user(a.id, name(a.place + 900), f"agent{a.place}@hearthandloom.example", "agent", start, group_id(a.group))
            for a in agents
        ]
        first = iso(self._calendar.start)
        with self._file("zendesk_users.json") as file:
            file.write(b'{"users":[')
            file.write(b",\n".join(orjson.dumps(user) for user in staff))
            for customer in sorted(self._customers):
                user = _user(FIRST_CUSTOMER_ID + customer, name(customer), email(customer), "end-user", first, None)
                file.write(b",\n" + orjson.dumps(user | {"phone": phone(customer) if customer % 3 == 0 else None}))
            count = len(staff) + len(self._customers)
            file.write(b'],"next_page":null,"previous_page":null,"count":%d}' % count)


def _macro(number: int, start: str) -> Json:
    macro = FIRST_MACRO_ID + number
    return {
        "url": f"{HELPDESK_URL}/api/v2/macros/{macro}.json",
        "id": macro,
        "title": MACROS[number],
        "active": True,
        "updated_at": start,
        "created_at": start,
        "position": number + 1,
        "description": "From the old points scheme" if number == M_LOYALTY else None,
        "actions": [{"field": "comment_value", "value": f"{MACROS[number]}: ..."}],
        "restriction": None,
    }


def _user(number: int, full_name: str, mail: str, role: str, at: str, group: int | None) -> Json:
    team = role != "end-user"
    return {
        "id": number,
        "url": f"{HELPDESK_URL}/api/v2/users/{number}.json",
        "name": full_name,
        "email": mail,
        "created_at": at,
        "updated_at": at,
        "time_zone": TIME_ZONE,
        "phone": None,
        "shared_phone_number": None,
        "photo": None,
        "locale_id": 8 if team else 1,
        "locale": "de" if team else "en-US",
        "organization_id": None,
        "role": role,
        "verified": True,
        "external_id": None,
        "tags": [],
        "alias": None,
        "active": True,
        "shared": False,
        "shared_agent": False,
        "last_login_at": at,
        "two_factor_auth_enabled": None,
        "signature": None,
        "details": None,
        "notes": None,
        "role_type": 0 if team else None,
        "custom_role_id": None,
        "moderator": team,
        "ticket_restriction": None if team else "requested",
        "only_private_comments": False,
        "restricted_agent": False,
        "suspended": False,
        "default_group_id": group,
        "report_csv": False,
        "user_fields": {},
    }
