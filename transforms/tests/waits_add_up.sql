-- Tickets whose waits do not add up to the time from creation to the last resolution, or to the snapshot.
with settings as (select * from {{ source("config", "setting") }})

select tickets.ticket_id
from {{ ref("fct_ticket") }} as tickets
cross join settings
where
    abs(
        tickets.customer_wait_minutes
        + tickets.on_hold_minutes
        + coalesce(tickets.out_of_hours_minutes, 0)
        + tickets.unassigned_minutes
        + tickets.assigned_untouched_minutes
        + tickets.team_wait_minutes
        + tickets.reopened_idle_minutes
        - {{ minutes_between("tickets.created_at", "coalesce(tickets.resolved_at, settings.snapshot_at)") }}
    )
    > 0.001
    and not exists (
        select 1
        from {{ ref("fct_ticket_event") }} as events
        where events.ticket_key = tickets.ticket_key and events.happened_at < tickets.created_at
    )
