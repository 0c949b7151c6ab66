-- What an update leaves behind counts, once: a value set and changed again within it is not a handoff.
with
    updates as (
        select ticket_key, update_id, kind, min(event_no) as event_no, arg_max_null(to_value, event_no) as set_to
        from {{ ref("int_ticket_timeline") }}
        where kind in ('group', 'assignee')
        group by ticket_key, update_id, kind
    ),

    filled as (
        select *, lag(set_to) over by_kind as set_before, lag(set_to, 2) over by_kind as set_before_that
        from updates
        where set_to is not null
        window by_kind as (partition by ticket_key, kind order by event_no)
    ),

    bots as (select 'zendesk-' || user_id as agent_id from {{ source("config", "bot_user") }}),

    marked as (
        select
            filled.*,
            filled.set_to <> filled.set_before as is_changed,
            -- A bot's giving the ticket to a person is a handover, whatever else that update sets.
            bool_or(bots.agent_id is not null and filled.set_to <> filled.set_before) over (
                partition by filled.ticket_key, filled.update_id
            ) as is_handover
        from filled
        left join bots on filled.kind = 'assignee' and filled.set_before = bots.agent_id
    )

select
    ticket_key,
    count(distinct update_id) filter (where is_changed and not is_handover)::int as handoff_count,
    coalesce(bool_or(kind = 'group' and is_changed and set_to = set_before_that), false) as has_ping_pong,
    coalesce(bool_or(is_handover), false) as is_bot_handover
from marked
group by ticket_key
