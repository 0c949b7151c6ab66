-- A helpdesk's steps are states: who has the ball, and whether they have touched it.
with
    logs as (select log from {{ source("config", "event_log") }}),

    -- What a flat export proves are a few instants: too little to say who had the ball in between.
    audited as (
        select distinct ticket_key
        from {{ ref("int_ticket_timeline") }}
        anti join {{ ref("stg_zendesk__account_tickets") }} as flat_tickets using (ticket_key)
        where kind = 'status'
    ),

    tickets as (
        select ticket_key, workflow, tags
        from {{ ref("int_tickets_assigned") }}
        inner join audited using (ticket_key)
        where exclusion_reason is null and source not in (select log from logs)
    ),

    bots as (select 'zendesk-' || user_id as agent_id from {{ source("config", "bot_user") }}),

    with_bot as (select distinct ticket_key from {{ ref("int_ticket_timeline") }} where actor_kind = 'bot'),

    kinds as (
        select
            timeline.ticket_key,
            timeline.event_no,
            timeline.happened_at,
            timeline.actor_kind,
            timeline.agent_id,
            timeline.group_name,
            tickets.workflow,
            tickets.tags,
            case
                when timeline.status in ('solved', 'closed')
                then 'resolved'
                when timeline.status = 'pending'
                then 'customer'
                when timeline.status = 'hold'
                then 'hold'
                when
                    bots.agent_id is not null
                    or (timeline.agent_id is null and timeline.group_name is null and with_bot.ticket_key is not null)
                then 'bot'
                when timeline.is_reopened
                then 'reopened'
                when timeline.agent_id is null
                then 'queue'
                when timeline.is_escalated
                then 'escalated'
                when not timeline.is_touched
                then 'assigned'
                else 'working'
            end as step_kind
        from {{ ref("int_ticket_timeline") }} as timeline
        inner join tickets using (ticket_key)
        left join with_bot using (ticket_key)
        left join bots on timeline.agent_id = bots.agent_id
        -- Within one instant only the last state is one: nobody was ever in the others.
        where timeline.next_at is null or timeline.next_at > timeline.happened_at
    ),

    states as (select *, {{ step_name() }} as step from kinds),

    marked as (
        select
            *,
            coalesce(step <> lag(step) over states_in_order, true) as begins,
            coalesce(step <> lead(step) over states_in_order, true) as ends
        from states
        window states_in_order as (partition by ticket_key order by event_no)
    ),

    -- Of every visit its first and its last state are left, which may be one: what ends a visit stands in the next
    -- row.
    bounded as (
        select
            ticket_key,
            begins,
            step,
            step_kind,
            happened_at as entered_at,
            (sum(begins::int) over states_in_order)::int as visit_no,
            case when ends then agent_id else lead(agent_id) over states_in_order end as agent_id,
            case when ends then group_name else lead(group_name) over states_in_order end as group_name,
            case
                when ends then lead(happened_at) over states_in_order else lead(happened_at, 2) over states_in_order
            end as left_at,
            case
                when ends then lead(actor_kind) over states_in_order else lead(actor_kind, 2) over states_in_order
            end as ended_by,
            case
                when ends then lead(step) over states_in_order else lead(step, 2) over states_in_order
            end as next_step,
            lag(step) over states_in_order as previous_step,
            lag(step_kind) over states_in_order as previous_kind,
            lag(agent_id) over states_in_order as previous_agent_id,
            lag(group_name) over states_in_order as previous_group_name
        from marked
        where begins or ends
        window states_in_order as (partition by ticket_key order by event_no)
    )

select * exclude (begins)
from bounded
where begins
