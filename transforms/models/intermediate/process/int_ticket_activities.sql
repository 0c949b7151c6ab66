-- A generic log's activities are steps as they stand, in the order in which they were completed.
with
    logs as (select log from {{ source("config", "event_log") }}),

    tickets as (
        select ticket_key
        from {{ ref("int_tickets_assigned") }}
        where exclusion_reason is null and source in (select log from logs)
    )

select
    ticket_key,
    update_id,
    activity as step,
    'activity' as step_kind,
    (row_number() over activities_in_order)::int as visit_no,
    least(enabled.enabled_at, timeline.happened_at, coalesce(timeline.started_at, timeline.happened_at)) as entered_at,
    timeline.started_at,
    timeline.happened_at as left_at,
    timeline.actor_kind as ended_by,
    timeline.actor_id as agent_id,
    timeline.group_name,
    lead(timeline.activity) over activities_in_order as next_step,
    lag(timeline.activity) over activities_in_order as previous_step,
    lag(timeline.actor_id) over activities_in_order as previous_agent_id,
    lag(timeline.group_name) over activities_in_order as previous_group_name
from {{ ref("int_ticket_timeline") }} as timeline
inner join tickets using (ticket_key)
left join {{ ref("int_activity_enabled") }} as enabled using (ticket_key, update_id, activity)
where timeline.activity is not null
window activities_in_order as (partition by timeline.ticket_key order by timeline.event_no)
