-- One row per visit to a step. A generic log's activities are steps as they stand; a helpdesk's follow from who has
-- the ticket.
with
    settings as (select * from {{ source("config", "setting") }}),

    tickets as (select ticket_key, workflow, is_resolved, resolved_at from {{ ref("fct_ticket") }} where is_counted),

    bots as (select 'zendesk-' || user_id as agent_id from {{ source("config", "bot_user") }}),

    states as (
        select
            timeline.ticket_key,
            timeline.event_no,
            timeline.happened_at,
            coalesce(timeline.next_at, settings.snapshot_at) as until_at,
            timeline.agent_id,
            timeline.group_name,
            timeline.actor_kind = 'human' as is_human_act,
            case
                when timeline.last_activity is not null
                then timeline.last_activity
                when timeline.status in ('solved', 'closed')
                then 'Resolved'
                when timeline.status = 'pending'
                then 'Waiting on customer'
                when timeline.status = 'hold'
                then 'On hold'
                when bots.agent_id is not null
                then 'Bot'
                when timeline.agent_id is null
                then 'Queue: ' || coalesce(timeline.group_name, 'no group')
                when not timeline.is_touched
                then 'Assigned: ' || coalesce(timeline.group_name, 'no group')
                else 'Working: ' || coalesce(timeline.group_name, 'no group')
            end as step,
            -- Within one instant only the last state is one: nobody was ever in the others.
            timeline.next_at is null
            or timeline.next_at > timeline.happened_at
            or timeline.activity is not null as is_state
        from {{ ref("int_ticket_timeline") }} as timeline
        inner join tickets using (ticket_key)
        cross join settings
        left join bots on timeline.agent_id = bots.agent_id
        where timeline.activity is not null or timeline.last_activity is null
    ),

    marked as (
        select *, coalesce(step <> lag(step) over (partition by ticket_key order by event_no), true) as begins
        from states
        where is_state
    ),

    numbered as (select *, sum(begins::int) over (partition by ticket_key order by event_no) as visit_no from marked),

    visits as (
        select
            ticket_key,
            visit_no,
            any_value(step) as step,
            min(happened_at) as entered_at,
            max(until_at) as left_at,
            arg_max_null(agent_id, event_no) as agent_id,
            arg_max_null(group_name, event_no) as group_name
        from numbered
        group by ticket_key, visit_no
    )

select
    visits.ticket_key,
    visits.visit_no::int as visit_no,
    tickets.workflow,
    visits.step,
    visits.entered_at,
    visits.left_at,
    {{ minutes_between("visits.entered_at", "visits.left_at") }}::double as elapsed_calendar_minutes,
    visits.agent_id,
    visits.group_name,
    lead(visits.step) over (partition by visits.ticket_key order by visits.visit_no) as next_step
from visits
inner join tickets using (ticket_key)
