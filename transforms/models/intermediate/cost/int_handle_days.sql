-- Handle time per ticket, day and group, by the best source the ticket has.
with
    settings as (select * from {{ source("config", "setting") }}),

    tracked_tickets as (select distinct ticket_key from {{ ref("int_tracked_time") }}),

    tracked as (
        select
            tracked_time.ticket_key,
            tracked_time.day,
            tickets.group_name,
            tracked_time.tracked_minutes as minutes,
            'tracked' as method
        from {{ ref("int_tracked_time") }} as tracked_time
        inner join {{ ref("int_tickets_assigned") }} as tickets using (ticket_key)
    ),

    flat_tickets as (
        select tickets.ticket_key
        from {{ ref("stg_zendesk__account_tickets") }} as tickets
        anti join {{ ref("stg_zendesk__tickets") }} using (ticket_key)
    ),

    estimated as (
        select acts.ticket_key, acts.day, acts.group_name, sum(acts.estimated_minutes) as minutes, 'estimated' as method
        from {{ ref("int_agent_acts") }} as acts
        anti join tracked_tickets using (ticket_key)
        anti join flat_tickets using (ticket_key)
        group by acts.ticket_key, acts.day, acts.group_name
    ),

    -- A flat export says how many replies were written, not when: they are dated by the solve, else by the creation.
    counted as (
        select
            tickets.ticket_key,
            {{ day_of("coalesce(account_tickets.solved_at, account_tickets.created_at)") }} as day,
            tickets.group_name,
            coalesce(account_tickets.replies * settings.minutes_per_message, settings.minutes_per_ticket) as minutes,
            case when account_tickets.replies is null then 'per_ticket' else 'per_message' end as method
        from flat_tickets
        inner join {{ ref("stg_zendesk__account_tickets") }} as account_tickets using (ticket_key)
        inner join {{ ref("int_tickets_assigned") }} as tickets using (ticket_key)
        cross join settings
    )

select *
from tracked
union all by name
select *
from estimated
union all by name
select *
from counted
