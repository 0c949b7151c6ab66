-- Visits to steps with the work that was done in them. A person's work ends with his act; what he did before in the
-- same
-- visit is its beginning.
with
    settings as (select * from {{ source("config", "setting") }}),

    tickets as (select ticket_key, workflow, schedule from {{ ref("int_tickets_assigned") }}),

    acts as (select ticket_key, update_id, happened_at, estimated_minutes from {{ ref("int_agent_acts") }}),

    states as (select * from {{ ref("int_ticket_states") }}),

    activities as (select * from {{ ref("int_ticket_activities") }}),

    -- An act in the instant of the ticket's creation lies in no visit's time: it is the first one's.
    worked as (
        select
            states.ticket_key,
            states.visit_no,
            min(acts.happened_at - to_microseconds((acts.estimated_minutes * 60000000)::bigint)) as began_at,
            sum(acts.estimated_minutes) as handle_minutes
        from acts
        inner join states using (ticket_key)
        where
            acts.estimated_minutes > 0
            and (acts.happened_at > states.entered_at or states.visit_no = 1)
            and (acts.happened_at <= states.left_at or states.left_at is null)
        group by states.ticket_key, states.visit_no
    ),

    unioned as (
        select
            states.*,
            worked.handle_minutes,
            case when worked.handle_minutes > 0 then greatest(worked.began_at, states.entered_at) end as started_at,
            case when worked.handle_minutes > 0 then 'estimated' end as start_source
        from states
        left join worked using (ticket_key, visit_no)
        union all by name
        select
            activities.* exclude (update_id, started_at),
            acts.estimated_minutes as handle_minutes,
            coalesce(
                activities.started_at,
                greatest(
                    activities.left_at - to_microseconds((acts.estimated_minutes * 60000000)::bigint),
                    activities.entered_at
                )
            ) as started_at,
            case
                when activities.started_at is not null
                then 'measured'
                when acts.estimated_minutes is not null
                then 'estimated'
            end as start_source
        from activities
        left join acts using (ticket_key, update_id)
    ),

    timed as (
        select
            unioned.*,
            tickets.workflow,
            tickets.schedule,
            -- Nothing is waited for after the end.
            case
                when unioned.left_at is not null
                then unioned.left_at
                when unioned.step_kind <> 'resolved'
                then greatest(settings.snapshot_at, unioned.entered_at)
            end as until_at
        from unioned
        inner join tickets using (ticket_key)
        cross join settings
    )

select
    * exclude (started_at, previous_agent_id, previous_group_name, previous_kind),
    step_kind = 'escalated'
    or coalesce(previous_kind = 'bot' and step_kind in ('queue', 'assigned', 'working'), false)
    or coalesce(group_name <> previous_group_name, false)
    or coalesce(agent_id <> previous_agent_id, false) as is_handoff,
    case when started_at <= until_at then started_at end as started_at,
    case
        when start_source = 'measured'
        then {{ minutes_between("started_at", "until_at") }}
        else least(coalesce(handle_minutes, 0), {{ minutes_between("entered_at", "until_at") }})
    end as work_minutes
from timed
