-- The time-tracking app keeps a running total; an unchanged "last update" leaves no event, so differences of the
-- total count.
with
    settings as (select * from {{ source("config", "setting") }}),

    totals as (
        select
            ticket_key,
            event_id,
            update_id,
            happened_at,
            actor_id as agent_id,
            try_cast(to_value as double) as total_seconds,
            coalesce(try_cast(from_value as double), 0) as seconds_before
        from {{ ref("fct_ticket_event") }}
        where kind = 'tracked_time'
    )

select
    totals.ticket_key,
    totals.agent_id,
    {{ day_of("totals.happened_at") }} as day,
    sum(totals.total_seconds - totals.seconds_before) / 60.0 as tracked_minutes
from totals
cross join settings
where totals.total_seconds is not null
group by totals.ticket_key, totals.agent_id, {{ day_of("totals.happened_at") }}
