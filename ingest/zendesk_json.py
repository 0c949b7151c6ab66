"""Zendesk's JSON: tickets with comments, audits, users, groups, macros, satisfaction ratings. Times are UTC."""

from collections.abc import Callable
from dataclasses import dataclass

from flowmeter.errors import SourceError
from ingest import zendesk_contracts as contracts
from ingest.part import Form, Part
from ingest.source import EPOCH, FLAG, ID, UTC_TIME, Children, Context, Field, Nested, Reading, Table
from ingest.sql import literal

VIA = 'STRUCT(channel VARCHAR, source STRUCT("from" STRUCT(id VARCHAR, title VARCHAR), rel VARCHAR))'
PERSONAL = frozenset(
    (
        "name", "email", "phone", "alias", "details", "notes", "signature", "subject", "raw_subject", "description",
        "body", "html_body", "plain_body", "comment", "address", "recipient", "recipients", "from", "to", "ip_address",
        "location", "latitude", "longitude", "photo", "user_fields", "remote_photo_url", "external_id", "email_ccs",
    )
)  # fmt: skip


@dataclass(frozen=True)
class ZendeskJson:
    """A kind of record of Zendesk's JSON."""

    name: str
    needs: str
    fits: Callable[[frozenset[str]], bool]
    read: Callable[[Part, Context], Reading]

    def knows(self, part: Part) -> bool:
        return part.form is Form.LINES and not part.first_id.startswith("gid:") and self.fits(part.keys)

    def reading(self, part: Part, context: Context) -> Reading:
        if part.form is not Form.LINES:
            raise SourceError(
                f"{self.name} is read from JSON", part.label, expected=f"records with {self.needs}",
                found=f"{part.form.value} with {', '.join(part.header[:12])}",
                next_step="Choose another --source, or load Zendesk's JSON export",
            )  # fmt: skip
        return self.read(part, context)


def _texts(*keys: str) -> dict[str, str]:
    return dict.fromkeys(keys, "VARCHAR")


def _ids(**columns: str) -> tuple[Field, ...]:
    return tuple(Field(column, key, ID) for column, key in columns.items())


def _times(*keys: str) -> tuple[Field, ...]:
    return tuple(Field(key, key, UTC_TIME) for key in keys)


def _via(prefix: str = "") -> tuple[Field, ...]:
    return (Field("channel", f"{prefix}via.channel"), Field("via_rel", f"{prefix}via.source.rel"))


# Tickets ---------------------------------------------------------------------------------------------------------

_COMMENT = (
    Field("comment_id", "e.id", ID, "comments.id"),
    Field("audit_id", "e.audit_id", ID, "comments.audit_id"),
    Field("created_at", "e.created_at", UTC_TIME, "comments.created_at"),
    Field("author_id", "e.author_id", ID, "comments.author_id"),
    Field("is_public", "e.public", FLAG, "comments.public"),
)


def _read_tickets(part: Part, context: Context) -> Reading:
    patterns, privacy = context.config.body_patterns, context.config.settings.privacy
    texts = "id created_at updated_at generated_timestamp status priority type subject requester_id submitter_id "
    texts += "assignee_id group_id ticket_form_id brand_id satisfaction_rating description"
    body = "body VARCHAR, " if patterns else ""
    types = {
        **_texts(*texts.split()),
        "via": VIA,
        "tags": "VARCHAR[]",
        "custom_fields": 'STRUCT(id VARCHAR, "value" VARCHAR)[]',
        "comments": f"STRUCT({body}id VARCHAR, audit_id VARCHAR, created_at VARCHAR, author_id VARCHAR, "
        f"public VARCHAR, via {VIA})[]",
    }
    return Reading(
        source="zendesk_ticket",
        relation=part.relation(types),
        fields=(
            *_ids(ticket_id="id", requester_id="requester_id", submitter_id="submitter_id"),
            *_ids(assignee_id="assignee_id", group_id="group_id", form_id="ticket_form_id", brand_id="brand_id"),
            *_times("created_at", "updated_at"),
            Field("generated_at", "generated_timestamp", EPOCH),
            Field("status", "status"),
            Field("priority", "priority"),
            Field("ticket_type", "type"),
            *_via(),
        ),
        extra={
            "subject": "redacted(subject)" if privacy.keep_subjects else "null::varchar",
            "tags": "tags",
            "custom_fields": "custom_fields",
            "satisfaction_score": "case when satisfaction_rating like '{%' "
            "then json_extract_string(satisfaction_rating, '$.score') else filled(satisfaction_rating) end",
            "body_hits": _body_hits(patterns),
            "comments": "comments",
        },
        tables=(Table("zendesk_ticket", _TICKET_SELECT), Table("zendesk_comment", _COMMENT_SELECT)),
        contract=contracts.TicketRow,
        rules=contracts.TICKET_RULES,
        key="ticket_id",
        last_at="updated_at",
        children=Children("comments", _COMMENT, required=(_COMMENT[0], _COMMENT[2], _COMMENT[3])),
        nested=(
            Nested("via", "{", "channel is null"),
            Nested("tags", "[", "tags is null"),
            Nested("custom_fields", "[", "custom_fields is null"),
            Nested("comments", "[", "comments is null"),
        ),
        settings="\n".join([*patterns, privacy.model_dump_json()]),
        personal=PERSONAL,
    )


def _body_hits(patterns: list[str]) -> str:
    """Which patterns the opening text matches; the text itself is not kept."""
    if not patterns:
        return "[]::varchar[]"
    text = "coalesce(filled(description), comments[1].body)"
    hits = (f"case when regexp_matches({text}, {literal(each)}, 'i') then {literal(each)} end" for each in patterns)
    return f"list_filter([{', '.join(hits)}], lambda hit: hit is not null)"


_TICKET_SELECT = """
    select ordinal, ticket_id, created_at, updated_at, generated_at, status, priority, ticket_type, subject, channel,
        via_rel, requester_id, submitter_id, assignee_id, group_id, form_id, brand_id, tags,
        list_transform(
            custom_fields, lambda f: struct_pack(id := whole(f.id), "value" := without_addresses(f."value"))
        ),
        satisfaction_score, body_hits
    from good"""

_COMMENT_SELECT = """
    select ordinal, ticket_id, whole(e.id), whole(e.audit_id), utc_instant(e.created_at), whole(e.author_id),
        try_cast(e.public as boolean), e.via.channel, e.via.source.rel
    from (select ordinal, ticket_id, unnest(comments) as e from good)"""

# Audits ----------------------------------------------------------------------------------------------------------

_EVENT = (
    Field("event_id", "e.id", ID, "events.id"),
    Field("event_type", "e.type", label="events.type"),
    Field("author_id", "e.author_id", ID, "events.author_id"),
    Field("macro_id", "e.macro_id", ID, "events.macro_id"),
    Field("is_public", "e.public", FLAG, "events.public"),
)
_EVENT_TYPE = (
    'STRUCT(id VARCHAR, type VARCHAR, field_name VARCHAR, "value" VARCHAR, previous_value VARCHAR, public VARCHAR, '
    f"author_id VARCHAR, macro_id VARCHAR, macro_title VARCHAR, via {VIA})[]"
)


def _read_audits(part: Part, context: Context) -> Reading:
    privacy = context.config.settings.privacy
    types = {**_texts("id", "ticket_id", "created_at", "author_id"), "via": VIA, "events": _EVENT_TYPE}
    return Reading(
        source="zendesk_audit",
        relation=part.relation(types),
        fields=(*_ids(audit_id="id", ticket_id="ticket_id", author_id="author_id"), *_times("created_at"), *_via()),
        extra={
            "rule_id": 'via.source."from".id',
            "rule_title": 'via.source."from".title',
            "events": "events",
        },
        tables=(Table("zendesk_audit_event", _event_select(keep_subjects=privacy.keep_subjects)),),
        contract=contracts.AuditRow,
        rules=contracts.AUDIT_RULES,
        key="audit_id",
        last_at="created_at",
        children=Children("events", _EVENT, required=_EVENT[:2]),
        nested=(Nested("via", "{", "channel is null"), Nested("events", "[", "events is null")),
        empty="coalesce(len(events), 0) = 0",
        settings=privacy.model_dump_json(),
        personal=PERSONAL,
    )


def _event_select(*, keep_subjects: bool) -> str:
    """An event of a rule carries its own via, inside an audit whose via is the customer's."""
    subject = "redacted({0})" if keep_subjects else "null"
    value = f"case when e.field_name = 'subject' then {subject} else without_addresses({{0}}) end"
    return f"""
    select ordinal, ticket_id, audit_id, whole(e.id), created_at,
        case when e.type = 'Comment' then coalesce(whole(e.author_id), author_id) else author_id end,
        e.type, e.field_name, {value.format('e."value"')}, {value.format("e.previous_value")},
        try_cast(e.public as boolean), whole(e.macro_id), e.macro_title,
        coalesce(e.via.channel, channel),
        case when e.via.channel is null then via_rel else e.via.source.rel end,
        case when e.via.channel = 'rule' then e.via.source."from".id
            when e.via.channel is null and channel = 'rule' then rule_id end,
        case when e.via.channel = 'rule' then e.via.source."from".title
            when e.via.channel is null and channel = 'rule' then rule_title end
    from (select ordinal, ticket_id, audit_id, created_at, author_id, channel, via_rel, rule_id, rule_title,
        unnest(events) as e from good)"""


# Users, groups, macros, ratings ----------------------------------------------------------------------------------


def _read_users(part: Part, context: Context) -> Reading:
    privacy = context.config.settings.privacy
    display_name = "case when role <> 'end-user' then filled(name) end" if privacy.keep_agent_names else "null::varchar"
    return Reading(
        source="zendesk_user",
        relation=part.relation(
            _texts(
                *("id", "role", "name", "email", "phone", "active", "default_group_id", "created_at", "updated_at"),
                "locale",
            )
        ),
        fields=(
            *_ids(user_id="id", default_group_id="default_group_id"),
            Field("role", "role"),
            Field("is_active", "active", FLAG),
            Field("locale", "locale"),
            *_times("created_at", "updated_at"),
        ),
        extra={
            "name_hash": "hashed(name)",
            "email_hash": "hashed(email)",
            "phone_hash": "hashed(phone)",
            "display_name": display_name,
        },
        tables=(
            Table(
                "zendesk_user",
                "select ordinal, user_id, role, name_hash, email_hash, phone_hash, display_name, is_active, "
                "default_group_id, created_at, updated_at, locale from good",
            ),
        ),
        contract=contracts.UserRow,
        rules=contracts.USER_RULES,
        key="user_id",
        last_at="updated_at",
        settings=privacy.model_dump_json(),
        personal=PERSONAL,
    )


def _read_groups(part: Part, _: Context) -> Reading:
    return Reading(
        source="zendesk_group",
        relation=part.relation(_texts("id", "name", "deleted", "created_at", "updated_at")),
        fields=(
            *_ids(group_id="id"),
            Field("name", "name"),
            Field("is_deleted", "deleted", FLAG),
            *_times("created_at", "updated_at"),
        ),
        tables=(
            Table("zendesk_group", "select ordinal, group_id, name, is_deleted, created_at, updated_at from good"),
        ),
        contract=contracts.GroupRow,
        rules=contracts.GROUP_RULES,
        key="group_id",
        last_at="updated_at",
    )


def _read_macros(part: Part, _: Context) -> Reading:
    return Reading(
        source="zendesk_macro",
        relation=part.relation(_texts("id", "title", "active", "created_at", "updated_at")),
        fields=(
            *_ids(macro_id="id"),
            Field("title", "title"),
            Field("is_active", "active", FLAG),
            *_times("created_at", "updated_at"),
        ),
        tables=(
            Table("zendesk_macro", "select ordinal, macro_id, title, is_active, created_at, updated_at from good"),
        ),
        contract=contracts.MacroRow,
        rules=contracts.MACRO_RULES,
        key="macro_id",
        last_at="updated_at",
        personal=frozenset({"body", "actions", "description"}),
    )


def _read_ratings(part: Part, _: Context) -> Reading:
    return Reading(
        source="zendesk_rating",
        relation=part.relation(_texts("id", "ticket_id", "score", "reason", "created_at", "updated_at")),
        fields=(
            *_ids(rating_id="id", ticket_id="ticket_id"),
            Field("score", "score"),
            *_times("created_at", "updated_at"),
        ),
        extra={"reason": "without_addresses(filled(reason))"},
        tables=(
            Table(
                "zendesk_rating",
                "select ordinal, rating_id, ticket_id, score, reason, created_at, updated_at from good",
            ),
        ),
        contract=contracts.RatingRow,
        rules=contracts.RATING_RULES,
        key="rating_id",
        last_at="updated_at",
        personal=PERSONAL,
    )


_GROUP_KEYS = frozenset(
    ("id", "url", "name", "description", "default", "deleted", "is_public", "user_ids", "created_at", "updated_at")
)


def _is_ticket(keys: frozenset[str]) -> bool:
    return {"id", "status", "requester_id", "created_at"} <= keys and bool({"via", "submitter_id"} & keys)


def _is_group(keys: frozenset[str]) -> bool:
    return {"id", "name"} <= keys <= _GROUP_KEYS


SOURCES = (
    ZendeskJson("zendesk_ticket", "id, status, requester_id, created_at, via", _is_ticket, _read_tickets),
    ZendeskJson("zendesk_audit", "id, ticket_id, events", {"id", "ticket_id", "events"}.issubset, _read_audits),
    ZendeskJson("zendesk_user", "id, role, name", {"id", "role", "name"}.issubset, _read_users),
    ZendeskJson("zendesk_group", "id, name, deleted", _is_group, _read_groups),
    ZendeskJson("zendesk_macro", "id, title, actions", {"id", "title", "actions"}.issubset, _read_macros),
    ZendeskJson("zendesk_rating", "id, ticket_id, score", {"id", "ticket_id", "score"}.issubset, _read_ratings),
)
