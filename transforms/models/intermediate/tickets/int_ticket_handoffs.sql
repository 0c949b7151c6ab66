-- What an update leaves behind counts, once: a value set and changed again within it is not a handoff.
with
    updates as (
        select
            ticket_key,
            update_id,
            kind,
            min(event_no) as event_no,
            last(to_value order by event_no) as set_to
        from {{ ref('int_ticket_timeline') }}
        where kind in ('group', 'assignee')
        group by ticket_key, update_id, kind
    ),

    filled as (
        select
            *,
            lag(set_to) over by_kind as set_before,
            lag(set_to, 2) over by_kind as set_before_that
        from updates
        where set_to is not null
        window by_kind as (partition by ticket_key, kind order by event_no)
    ),

    bots as (select 'zendesk-' || user_id as agent_id from {{ source('config', 'bot_user') }})

select
    filled.ticket_key,
    count(distinct filled.update_id) filter (
        where filled.set_to <> filled.set_before and bots.agent_id is null
    )::int as handoff_count,
    count(distinct filled.update_id) filter (
        where filled.kind = 'group' and filled.set_to <> filled.set_before
    )::int as group_handoff_count,
    coalesce(
        bool_or(
            filled.kind = 'group' and filled.set_to = filled.set_before_that and filled.set_to <> filled.set_before
        ),
        false
    ) as has_ping_pong,
    coalesce(bool_or(bots.agent_id is not null and filled.set_to <> filled.set_before), false) as is_bot_handover
from filled
left join bots on filled.kind = 'assignee' and filled.set_before = bots.agent_id
group by filled.ticket_key
