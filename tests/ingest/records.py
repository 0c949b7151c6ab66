"""Records as Zendesk writes them, with whatever a test wants changed."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def comment(number: int, **values: Any) -> Row:
    return {
        "id": number,
        "type": "Comment",
        "author_id": 7001,
        "body": "Where is my parcel?",
        "html_body": "<p>Where is my parcel?</p>",
        "plain_body": "Where is my parcel?",
        "public": True,
        "audit_id": 500,
        "created_at": "2026-11-02T09:00:00Z",
        "via": {"channel": "email", "source": {"from": {"address": "anna@example.com", "name": "Anna Muster"}}},
        **values,
    }


def ticket(number: int, **values: Any) -> Row:
    return {
        "id": number,
        "url": f"https://x.zendesk.com/api/v2/tickets/{number}.json",
        "created_at": "2026-11-02T09:00:00Z",
        "updated_at": "2026-11-02T10:00:00Z",
        "generated_timestamp": 1793613600,
        "status": "open",
        "priority": "normal",
        "type": "question",
        "subject": f"Parcel of order {number}",
        "description": "Where is my parcel?",
        "requester_id": 7001,
        "submitter_id": 7001,
        "assignee_id": 8001,
        "group_id": 31,
        "ticket_form_id": 41,
        "brand_id": 51,
        "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
        "tags": ["parcel", "vip"],
        "custom_fields": [{"id": 61, "value": "late"}, {"id": 62, "value": None}],
        "satisfaction_rating": {"score": "unoffered"},
        "comments": [comment(number * 10)],
        **values,
    }


def event(number: int, **values: Any) -> Row:
    return {
        "id": str(number),
        "type": "Change",
        "field_name": "status",
        "value": "open",
        "previous_value": "new",
        **values,
    }


def audit(number: int, **values: Any) -> Row:
    return {
        "id": number,
        "ticket_id": 1,
        "created_at": "2026-11-02T09:00:00Z",
        "author_id": 8001,
        "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
        "metadata": {"system": {"ip_address": "203.0.113.9"}},
        "events": [event(number * 10)],
        **values,
    }


def user(number: int, **values: Any) -> Row:
    return {
        "id": number,
        "name": "Anna Muster",
        "email": "anna@example.com",
        "phone": "+49 170 1234567",
        "role": "end-user",
        "active": True,
        "default_group_id": None,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-02T00:00:00Z",
        **values,
    }


def group(number: int, **values: Any) -> Row:
    times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    return {"id": number, "name": "Support", "deleted": False, "url": "u", **times, **values}


def macro(number: int, **values: Any) -> Row:
    times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    return {
        "id": number,
        "title": "Sorry",
        "active": True,
        "actions": [{"field": "status", "value": "solved"}],
        **times,
        **values,
    }


def rating(number: int, **values: Any) -> Row:
    return {
        "id": number,
        "ticket_id": 1,
        "requester_id": 7001,
        "score": "good",
        "comment": "Thank you, Anna",
        "reason": "fast",
        "created_at": "2026-11-03T09:00:00Z",
        "updated_at": "2026-11-03T10:00:00Z",
        **values,
    }
