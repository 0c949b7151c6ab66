"""The row contracts of Zendesk's records, and what to say of a record that breaks one."""

import dataframely as dy
import polars as pl

from ingest.source import Rule, Staged

STATUSES = ("new", "open", "pending", "hold", "solved", "closed", "deleted")
SCORES = ("offered", "unoffered", "good", "good_with_comment", "bad", "bad_with_comment")
_AGAIN = "Export it again; the other rows are loaded already."


def _missing(column: str, what: str) -> Rule:
    return Rule(f"missing_{column}", column, what, _AGAIN)


def _no_time(column: str) -> Rule:
    return Rule(f"missing_{column}", column, "the time at which it was made", _AGAIN)


_BACKWARDS = Rule("updated_before_created", "updated_at", "a time at or after created_at", _AGAIN, shows="updated_at")


class TicketRow(Staged):
    ticket_id = dy.Int64(nullable=False, min=1)
    created_at = dy.Datetime(nullable=False)
    updated_at = dy.Datetime(nullable=False)
    status = dy.String(nullable=False, check=lambda column: column.is_in(STATUSES))

    @dy.rule()
    def updated_at_after_created_at(cls) -> pl.Expr:  # noqa: N805
        return pl.col("updated_at") >= pl.col("created_at")


TICKET_RULES = {
    "ticket_id|nullability": _missing("id", "the ticket's number"),
    "ticket_id|min": Rule("impossible_id", "id", "a number above 0", _AGAIN),
    "created_at|nullability": _no_time("created_at"),
    "updated_at|nullability": _no_time("updated_at"),
    "status|nullability": _missing("status", "one of " + ", ".join(STATUSES)),
    "status|check": Rule("unknown_status", "status", "one of " + ", ".join(STATUSES), _AGAIN),
    "updated_at_after_created_at": _BACKWARDS,
}


class AuditRow(Staged):
    audit_id = dy.Int64(nullable=False)
    ticket_id = dy.Int64(nullable=False)
    created_at = dy.Datetime(nullable=False)


AUDIT_RULES = {
    "audit_id|nullability": _missing("id", "the audit's number"),
    "ticket_id|nullability": _missing("ticket_id", "the ticket's number"),
    "created_at|nullability": _no_time("created_at"),
}


class UserRow(Staged):
    user_id = dy.Int64(nullable=False)
    role = dy.String(nullable=False, check=lambda column: column.is_in(("end-user", "agent", "admin")))


USER_RULES = {
    "user_id|nullability": _missing("id", "the user's number"),
    "role|nullability": _missing("role", "end-user, agent or admin"),
    "role|check": Rule("unknown_role", "role", "end-user, agent or admin", _AGAIN),
}


class GroupRow(Staged):
    group_id = dy.Int64(nullable=False)
    name = dy.String(nullable=False)


GROUP_RULES = {
    "group_id|nullability": _missing("id", "the group's number"),
    "name|nullability": _missing("name", "the group's name"),
}


class MacroRow(Staged):
    macro_id = dy.Int64(nullable=False)
    title = dy.String(nullable=False)


MACRO_RULES = {
    "macro_id|nullability": _missing("id", "the macro's number"),
    "title|nullability": _missing("title", "the macro's title"),
}


class RatingRow(Staged):
    rating_id = dy.Int64(nullable=False)
    ticket_id = dy.Int64(nullable=False)
    created_at = dy.Datetime(nullable=False)
    score = dy.String(nullable=False, check=lambda column: column.is_in(SCORES))


RATING_RULES = {
    "rating_id|nullability": _missing("id", "the rating's number"),
    "ticket_id|nullability": _missing("ticket_id", "the ticket's number"),
    "created_at|nullability": _no_time("created_at"),
    "score|nullability": _missing("score", "one of " + ", ".join(SCORES)),
    "score|check": Rule("unknown_score", "score", "one of " + ", ".join(SCORES), _AGAIN),
}
