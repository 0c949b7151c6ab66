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
        select
            *,
            coalesce(step <> lag(step) over states_in_order, true) as begins,
            coalesce(step <> lead(step) over states_in_order, true) as ends
        from states
        where is_state
        window states_in_order as (partition by ticket_key order by event_no)
    ),

    -- Of every visit its first and its last state are left, which may be one: the end of a visit stands in the next
    -- row.
    bounded as (
        select
            ticket_key,
            begins,
            step,
            happened_at as entered_at,
            (sum(begins::int) over states_in_order)::int as visit_no,
            case when ends then until_at else lead(until_at) over states_in_order end as left_at,
            case when ends then agent_id else lead(agent_id) over states_in_order end as agent_id,
            case when ends then group_name else lead(group_name) over states_in_order end as group_name,
            case when ends then lead(step) over states_in_order else lead(step, 2) over states_in_order end as next_step
        from marked
        where begins or ends
        window states_in_order as (partition by ticket_key order by event_no)
    )

select
    bounded.ticket_key,
    bounded.visit_no,
    tickets.workflow,
    bounded.step,
    bounded.entered_at,
    bounded.left_at,
    {{ minutes_between("bounded.entered_at", "bounded.left_at") }}::double as elapsed_calendar_minutes,
    bounded.agent_id,
    bounded.group_name,
    bounded.next_step
from bounded
inner join tickets using (ticket_key)
where bounded.begins
