-- The one log that everything downstream is computed from: what happened to each ticket, by whom, in what order.
with
    settings as (select * from {{ source("config", "setting") }}),

    zendesk_actors as (select * from {{ ref("int_zendesk_actors") }}),

    requesters as (select ticket_key, requester_id from {{ ref("stg_zendesk__tickets") }}),

    zendesk_events as (select * from {{ ref("int_zendesk_events") }}),

    named_groups as (select group_id::varchar as group_id, group_name from {{ ref("stg_zendesk__groups") }}),

    zendesk_named as (
        select
            events.ticket_key,
            events.event_id,
            events.update_id,
            events.happened_at,
            events.kind,
            case
                when events.kind = 'group'
                then coalesce(old_groups.group_name, events.from_value)
                when events.kind = 'assignee'
                then 'zendesk-' || events.from_value
                else events.from_value
            end as from_value,
            case
                when events.kind = 'group'
                then coalesce(new_groups.group_name, events.to_value)
                when events.kind = 'assignee'
                then 'zendesk-' || events.to_value
                else events.to_value
            end as to_value,
            case
                when events.is_rule
                then 'rule'
                when actors.is_bot
                then 'bot'
                when events.author_id = requesters.requester_id
                then 'customer'
                when events.is_bot_channel
                then 'bot'
                when actors.is_agent
                then 'human'
                else 'customer'
            end as actor_kind,
            case when not events.is_rule then 'zendesk-' || events.author_id end as actor_id,
            events.is_public,
            null::varchar as activity,
            null::timestamp as started_at
        from zendesk_events as events
        inner join requesters using (ticket_key)
        left join zendesk_actors as actors on events.author_id = actors.user_id
        left join named_groups as old_groups on events.kind = 'group' and events.from_value = old_groups.group_id
        left join named_groups as new_groups on events.kind = 'group' and events.to_value = new_groups.group_id
    ),

    log_events as (select * from {{ ref("int_event_log_events") }}),

    flat_events as (select * from {{ ref("int_account_ticket_events") }}),

    unioned as (
        select *
        from zendesk_named
        union all by name
        select *
        from log_events
        union all by name
        select *
        from flat_events
    )

select
    unioned.ticket_key::bigint as ticket_key,
    unioned.event_id::bigint as event_id,
    unioned.update_id::bigint as update_id,
    unioned.happened_at,
    unioned.kind,
    -- Within one update: it begins, something is said, then the ticket's fields follow.
    case
        unioned.kind
        when 'created'
        then 0
        when 'activity'
        then 1
        when 'comment'
        then 2
        when 'macro'
        then 3
        when 'rule'
        then 4
        when 'priority'
        then 5
        when 'group'
        then 6
        when 'assignee'
        then 7
        when 'status'
        then 8
        else 9
    end::tinyint as kind_order,
    unioned.from_value,
    unioned.to_value,
    unioned.actor_kind,
    unioned.actor_id,
    unioned.is_public,
    unioned.activity,
    unioned.started_at
from unioned
cross join settings
where unioned.happened_at <= settings.snapshot_at
