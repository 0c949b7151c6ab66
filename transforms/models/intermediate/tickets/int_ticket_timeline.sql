-- Each ticket's state after each event that can change it, until the next one. The windows share one order, so they
-- share one sort.
with
    settings as (select * from {{ source("config", "setting") }}),

    tickets as (select ticket_key, schedule from {{ ref("int_tickets_assigned") }}),

    intervals as (select * from {{ ref("int_business_intervals") }}),

    events as (
        select events.*, tickets.schedule
        from {{ ref("fct_ticket_event") }} as events
        inner join tickets using (ticket_key)
        where events.kind in ('created', 'comment', 'macro', 'group', 'assignee', 'status', 'activity')
    ),

    clocked as (
        select events.*, {{ business_clock("events.schedule", "events.happened_at", "intervals") }} as business_clock
        from events
        asof left join intervals on events.schedule = intervals.schedule and events.happened_at >= intervals.opens_at
    ),

    followed as (
        select
            ticket_key,
            event_id,
            update_id,
            happened_at,
            kind,
            kind_order,
            from_value,
            to_value,
            actor_kind,
            actor_id,
            is_public,
            activity,
            started_at,
            schedule,
            business_clock,
            row_number() over events_in_order as event_no,
            lead(happened_at) over events_in_order as next_at,
            lead(business_clock) over events_in_order as next_business_clock,
            coalesce(
                last_value(case when kind = 'status' then to_value end ignore nulls) over events_in_order, 'new'
            ) as status,
            nullif(
                last_value(
                    case when kind = 'assignee' then coalesce(to_value, '') end ignore nulls
                ) over events_in_order,
                ''
            ) as agent_id,
            nullif(
                last_value(case when kind = 'group' then coalesce(to_value, '') end ignore nulls) over events_in_order,
                ''
            ) as group_name,
            -- Who took the ticket or was given it by anybody but its holder: its holder's colleague only helps out.
            last_value(
                case
                    when kind = 'assignee' and not coalesce(actor_kind = 'human' and actor_id = from_value, false)
                    then to_value
                end ignore nulls
            ) over events_in_order as home_agent_id,
            max(case when kind = 'assignee' then happened_at end) over events_in_order as assigned_at,
            max(case when kind = 'group' then happened_at end) over events_in_order as grouped_at,
            max(
                case
                    when kind = 'status' and from_value in ('solved', 'closed') and to_value not in ('solved', 'closed')
                    then happened_at
                end
            ) over events_in_order as reopened_at,
            max(case when {{ is_work() }} then happened_at end) over events_in_order as worked_at
        from clocked
        window
            events_in_order as (
                partition by ticket_key order by {{ event_order() }} rows between unbounded preceding and current row
            )
    )

select
    * exclude (home_agent_id, assigned_at, grouped_at, reopened_at, worked_at),
    coalesce(worked_at >= assigned_at, false) as is_touched,
    coalesce(agent_id <> home_agent_id and coalesce(grouped_at < assigned_at, true), false) as is_escalated,
    reopened_at is not null and coalesce(worked_at < reopened_at, true) as is_reopened
from followed
