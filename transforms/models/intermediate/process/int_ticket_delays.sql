-- What a ticket would be spared if the wait of a step or of a hand-off were halved, or a step's repetitions were gone.
with
    tickets as (select ticket_key, created_at, first_reply_at, resolved_at from {{ ref("fct_ticket") }}),

    visits as (
        select
            steps.*,
            tickets.resolved_at is null or steps.entered_at < tickets.resolved_at as is_before_resolution,
            -- Of the visit in which the first reply was written, only what came before it.
            case
                when tickets.first_reply_at is null or steps.entered_at >= tickets.first_reply_at
                then 0
                else
                    least(
                        steps.elapsed_calendar_minutes,
                        {{ minutes_between("steps.entered_at", "tickets.first_reply_at") }}
                    )
            end as minutes_to_reply,
            {{ own_wait("steps") }} as own_minutes
        from {{ ref("fct_ticket_step") }} as steps
        inner join tickets using (ticket_key)
        where steps.elapsed_calendar_minutes is not null
    ),

    delays as ({{ mendable("visits") }})

select
    ticket_key,
    kind,
    at_step as step,
    to_step,
    sum(
        case
            when not is_before_resolution
            then 0
            when kind = 'loop'
            then wait_minutes + work_minutes
            else own_minutes / 2
        end
    ) as resolution_minutes,
    sum(
        case when kind = 'loop' then minutes_to_reply else least(own_minutes, minutes_to_reply) / 2 end
    ) as first_reply_minutes,
    sum(case when kind = 'loop' then handling_cost else 0 end) as cost
from delays
group by ticket_key, kind, at_step, to_step
