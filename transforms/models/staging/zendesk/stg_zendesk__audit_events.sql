{{ config(materialized="table", database="scratch", schema="staging") }}

-- An audit never changes once written. As a table, because several models read it and it is the largest there is.
with audit_events as ({{ first_load(source("raw", "zendesk_audit_event"), "event_id") }})

select
    event_id,
    audit_id,
    ticket_id as ticket_key,
    author_id,
    event_type,
    field_name,
    "value" as to_value,
    previous_value as from_value,
    is_public,
    macro_id,
    macro_title,
    rule_id,
    rule_title,
    created_at as happened_at,
    coalesce(channel = 'rule' or rule_id is not null or author_id = -1, false) as is_rule,
    channel in (select channel from {{ source("config", "bot_channel") }}) as is_bot_channel
from audit_events
where
    event_type in ('Create', 'Change', 'Comment', 'VoiceComment', 'AgentMacroReference')
    and (
        event_type not in ('Create', 'Change')
        or field_name in ('status', 'group_id', 'assignee_id', 'priority')
        or field_name = (select tracked_time_field_id::varchar from {{ source("config", "setting") }})
        or channel = 'rule'
    )
