{{ config(materialized="ephemeral") }}

with
    audit_events as (select * from {{ ref("stg_zendesk__audit_events") }}),

    tickets as (select * from {{ ref("stg_zendesk__tickets") }}),

    created as (
        select
            ticket_key,
            - ticket_key as event_id,
            0 as update_id,
            created_at as happened_at,
            'created' as kind,
            null::varchar as from_value,
            null::varchar as to_value,
            submitter_id as author_id,
            false as is_rule,
            null::boolean as is_public
        from tickets
    ),

    fields as (
        select
            ticket_key,
            event_id,
            audit_id as update_id,
            happened_at,
            case
                field_name
                when 'status'
                then 'status'
                when 'group_id'
                then 'group'
                when 'assignee_id'
                then 'assignee'
                when 'priority'
                then 'priority'
                else 'tracked_time'
            end as kind,
            nullif(from_value, '') as from_value,
            nullif(to_value, '') as to_value,
            author_id,
            is_rule,
            is_bot_channel,
            null::boolean as is_public
        from audit_events
        where
            event_type in ('Create', 'Change')
            and (
                field_name in ('status', 'group_id', 'assignee_id', 'priority')
                or field_name = (select tracked_time_field_id::varchar from {{ source("config", "setting") }})
            )
    ),

    macros as (
        select
            ticket_key,
            event_id,
            audit_id as update_id,
            happened_at,
            'macro' as kind,
            null::varchar as from_value,
            coalesce(macro_title, macro_id::varchar) as to_value,
            author_id,
            is_rule,
            is_bot_channel,
            null::boolean as is_public
        from audit_events
        where event_type = 'AgentMacroReference'
    ),

    rules as (
        select
            ticket_key,
            - min(event_id) as event_id,
            audit_id as update_id,
            happened_at,
            'rule' as kind,
            null::varchar as from_value,
            coalesce(any_value(rule_title), rule_id) as to_value,
            -1 as author_id,
            true as is_rule,
            null::boolean as is_public
        from audit_events
        where rule_id is not null
        group by ticket_key, audit_id, happened_at, rule_id
    ),

    -- The same comment stands in the audit and, when it was exported so, in the ticket's own line.
    comments as (
        select event_id, ticket_key, audit_id, happened_at, author_id, is_rule, is_bot_channel, is_public
        from audit_events
        where event_type in ('Comment', 'VoiceComment')
        union all by name
        select
            ticket_comments.comment_id as event_id,
            ticket_comments.ticket_key,
            coalesce(ticket_comments.audit_id, ticket_comments.comment_id) as audit_id,
            ticket_comments.happened_at,
            ticket_comments.author_id,
            ticket_comments.is_rule,
            ticket_comments.is_bot_channel,
            ticket_comments.is_public
        from {{ ref("stg_zendesk__comments") }} as ticket_comments
        anti join
            (select event_id from audit_events where event_type in ('Comment', 'VoiceComment')) as audited
            on ticket_comments.comment_id = audited.event_id
    )

select *
from created
union all by name
select *
from fields
union all by name
select *
from macros
union all by name
select *
from rules
union all by name
select
    event_id,
    ticket_key,
    audit_id as update_id,
    happened_at,
    'comment' as kind,
    null::varchar as from_value,
    null::varchar as to_value,
    author_id,
    is_rule,
    is_bot_channel,
    is_public
from comments
