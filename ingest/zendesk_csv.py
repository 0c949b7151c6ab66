"""Zendesk's account CSV: one row per ticket, times in the account's own zone, durations in minutes."""

from dataclasses import dataclass

import dataframely as dy
import polars as pl

from flowmeter.errors import SourceError
from ingest.part import Form, Part, plain_title
from ingest.source import COUNT, ID, NUMBER, Context, Field, Kind, Reading, Rule, Staged, Table
from ingest.sql import literal

STANDARD = (
    "Summation column", "Id", "Requester", "Requester id", "Requester external id", "Requester email",
    "Requester domain", "Submitter", "Assignee", "Group", "Subject", "Tags", "Status", "Priority", "Via", "Ticket type",
    "Created at", "Updated at", "Assigned at", "Organization", "Due date", "Initially assigned at", "Solved at",
    "Resolution time", "Satisfaction Score", "Group stations", "Assignee stations", "Reopens", "Replies",
    "First reply time in minutes", "First reply time in minutes within business hours",
    "First resolution time in minutes", "First resolution time in minutes within business hours",
    "Full resolution time in minutes", "Full resolution time in minutes within business hours",
    "Agent wait time in minutes", "Agent wait time in minutes within business hours",
    "Requester wait time in minutes", "Requester wait time in minutes within business hours",
    "On hold time in minutes", "On hold time in minutes within business hours",
)  # fmt: skip
"""The titles, in order. Custom fields follow."""
_NEEDED = ("Id", "Status", "Created at", "Updated at", "Requester id", "Group stations")
_PERSONAL = frozenset(
    ("Requester", "Requester external id", "Requester email", "Requester domain", "Submitter", "Assignee", "Subject",
     "Organization")
)  # fmt: skip
_STATUSES = ("new", "open", "pending", "hold", "solved", "closed", "deleted")
_AGAIN = "Export the tickets again; the other rows are loaded already."
_DURATIONS = {
    "first_reply": "First reply time",
    "first_resolution": "First resolution time",
    "full_resolution": "Full resolution time",
    "agent_wait": "Agent wait time",
    "requester_wait": "Requester wait time",
    "on_hold": "On hold time",
}
_COUNTS = {
    "group_stations": "Group stations",
    "assignee_stations": "Assignee stations",
    "reopens": "Reopens",
    "replies": "Replies",
}
_TIMES = {
    "created_at": "Created at",
    "updated_at": "Updated at",
    "assigned_at": "Assigned at",
    "initially_assigned_at": "Initially assigned at",
    "solved_at": "Solved at",
}
_WORDS = {"priority": "Priority", "satisfaction_score": "Satisfaction Score"}


class AccountRow(Staged):
    ticket_id = dy.Int64(nullable=False)
    created_at = dy.Datetime(nullable=False)
    updated_at = dy.Datetime(nullable=False)
    status = dy.String(nullable=False, check=lambda column: column.is_in(_STATUSES))

    @dy.rule()
    def updated_at_after_created_at(cls) -> pl.Expr:  # noqa: N805
        """With an hour to spare, since an autumn night has one hour twice."""
        return pl.col("updated_at") >= pl.col("created_at") - pl.duration(hours=1)


_STATUS_WORDS = "New, Open, Pending, On-hold, Solved, Closed or Deleted"
_RULES = {
    "ticket_id|nullability": Rule("missing_id", "Id", "the ticket's number", _AGAIN),
    "created_at|nullability": Rule("missing_created_at", "Created at", "the time at which it was made", _AGAIN),
    "updated_at|nullability": Rule("missing_updated_at", "Updated at", "the time of its last change", _AGAIN),
    "status|nullability": Rule("missing_status", "Status", _STATUS_WORDS, _AGAIN),
    "status|check": Rule(
        "unknown_status", "Status", _STATUS_WORDS,
        "If your Zendesk shows its words in another language, switch your own language to English and export again.",
    ),
    "updated_at_after_created_at": Rule(
        "updated_before_created", "Updated at", "a time after Created at", _AGAIN, shows="updated_at"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class AccountCsv:
    """The export of all tickets as CSV."""

    name: str = "zendesk_account_csv"
    needs: str = "Zendesk's standard columns with their English titles"

    def knows(self, part: Part) -> bool:
        plain = {plain_title(title) for title in part.header}
        return {plain_title(title) for title in _NEEDED} <= plain and "firstreplytimeinminutes" in plain

    def reading(self, part: Part, context: Context) -> Reading:
        missing = [title for title in _NEEDED if part.form is Form.LINES or part.column(title) is None]
        if missing:
            raise SourceError(
                f"the file cannot be {self.name}, it lacks {', '.join(missing)}", part.label, expected=self.needs,
                found=", ".join(part.header[:12]) or part.form.value,
                next_step="Switch your own language in Zendesk to English and export again, or choose another --source",
            )  # fmt: skip
        zone, privacy = context.config.sources.zendesk.time_zone, context.config.settings.privacy
        return Reading(
            source=self.name,
            relation=part.relation(),
            fields=_fields(part, zone),
            extra=_extra(part, keep_subjects=privacy.keep_subjects),
            tables=(Table("zendesk_account_csv", f"select ordinal, {', '.join(_COLUMNS)} from good"),),
            contract=AccountRow,
            rules=_RULES,
            key="ticket_id",
            last_at="updated_at",
            settings=zone + privacy.model_dump_json(),
            personal=_PERSONAL,
        )


def _cell(part: Part, title: str) -> str:
    """A dash stands for blank."""
    column = part.column(title)
    return f"nullif({column}, '-')" if column else "null::varchar"


def _fields(part: Part, zone: str) -> tuple[Field, ...]:
    time = Kind(
        f"local_instant({{x}}, {literal(zone)})", "unreadable_time", "a time such as 2026-11-02 09:30",
        "If your export writes times in another order, load the JSON export instead.",
    )  # fmt: skip
    fields = [Field("ticket_id", _cell(part, "Id"), ID, "Id")]
    fields.append(Field("requester_id", _cell(part, "Requester id"), ID, "Requester id"))
    fields.append(Field("group_name", _cell(part, "Group"), label="Group"))
    fields += [Field(column, _cell(part, title), time, title) for column, title in _TIMES.items()]
    fields += [Field(column, _cell(part, title), COUNT, title) for column, title in _COUNTS.items()]
    for column, title in _DURATIONS.items():
        for clock, ending in (("calendar", " in minutes"), ("business", " in minutes within business hours")):
            fields.append(Field(f"{column}_{clock}_minutes", _cell(part, title + ending), NUMBER, title + ending))
    return tuple(fields)


def _extra(part: Part, *, keep_subjects: bool) -> dict[str, str]:
    status = f"replace(lower(filled({_cell(part, 'Status')})), 'on-hold', 'hold')"
    custom = [title for title in part.header if title and title not in _standard(part)]
    pairs = ", ".join(
        f'struct_pack(id := {literal(title)}, "value" := without_addresses(filled({part.column(title)})))'
        for title in custom
    )
    return {
        "email_hash": f"hashed({_cell(part, 'Requester email')})",
        "assignee_hash": f"hashed({_cell(part, 'Assignee')})",
        "subject": f"redacted(filled({_cell(part, 'Subject')}))" if keep_subjects else "null::varchar",
        "tags": f"list_filter(string_split(coalesce({_cell(part, 'Tags')}, ''), ' '), lambda tag: tag <> '')",
        "status": status,
        "channel": f"lower(filled({_cell(part, 'Via')}))",
        "ticket_type": f"lower(filled({_cell(part, 'Ticket type')}))",
        **{column: f"lower(filled({_cell(part, title)}))" for column, title in _WORDS.items()},
        "custom_fields": f"[{pairs}]" if pairs else '[]::struct(id varchar, "value" varchar)[]',
    }


def _standard(part: Part) -> frozenset[str]:
    plain = {plain_title(title) for title in STANDARD}
    return frozenset(title for title in part.header if plain_title(title) in plain)


_COLUMNS = (
    "ticket_id", "requester_id", "email_hash", "assignee_hash", "group_name", "subject", "tags", "status", "priority",
    "channel", "ticket_type", *_TIMES, "satisfaction_score", *_COUNTS,
    *(f"{column}_{clock}_minutes" for column in _DURATIONS for clock in ("calendar", "business")),
    "custom_fields",
)  # fmt: skip

SOURCE = AccountCsv()
