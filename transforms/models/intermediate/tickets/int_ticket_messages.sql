with
    comments as (
        select *, row_number() over (partition by ticket_key order by event_no) = 1 as is_opening
        from {{ ref("int_ticket_timeline") }}
        where kind = 'comment'
    ),

    resolutions as (select * from {{ ref("int_ticket_resolutions") }})

select
    comments.ticket_key,
    any_value(comments.actor_kind) filter (where comments.is_opening) as opened_by,
    min(comments.happened_at) filter (where {{ is_reply() }}) as first_reply_at,
    min(comments.business_clock) filter (where {{ is_reply() }}) as first_reply_clock,
    count(*) filter (
        where
            {{ is_reply() }}
            and (not coalesce(resolutions.is_resolved, false) or comments.happened_at <= resolutions.last_resolved_at)
    )::int as public_reply_count,
    count(*) filter (where comments.actor_kind = 'human')::int as human_message_count,
    min(comments.happened_at) filter (
        where comments.actor_kind = 'bot' and comments.is_public and not comments.is_opening
    ) as first_bot_reply_at
from comments
left join resolutions using (ticket_key)
group by comments.ticket_key
