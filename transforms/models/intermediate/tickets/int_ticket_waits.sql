-- Every second from creation to the last resolution (or the snapshot) has one name, the first that fits.
with
    settings as (select * from {{ source("config", "setting") }}),

    resolutions as (select * from {{ ref("int_ticket_resolutions") }}),

    closing_clocks as (
        select
            schedules.schedule,
            {{ business_clock("schedules.schedule", "settings.snapshot_at", "intervals") }} as snapshot_clock
        from
            (
                select distinct schedule, (select snapshot_at from settings) as snapshot_at
                from {{ ref("int_tickets_assigned") }}
            ) as schedules
        cross join settings
        asof left join
            {{ ref("int_business_intervals") }} as intervals
            on schedules.schedule = intervals.schedule
            and schedules.snapshot_at >= intervals.opens_at
    ),

    states as (
        select
            timeline.ticket_key,
            timeline.happened_at,
            timeline.status,
            timeline.agent_id,
            timeline.is_touched,
            coalesce(timeline.next_at, settings.snapshot_at) as until_at,
            timeline.schedule is not null as has_schedule,
            (coalesce(timeline.next_business_clock, closing_clocks.snapshot_clock) - timeline.business_clock)
            / 60000000.0 as open_minutes
        from {{ ref("int_ticket_timeline") }} as timeline
        cross join settings
        left join resolutions using (ticket_key)
        left join closing_clocks on timeline.schedule is not distinct from closing_clocks.schedule
        where not coalesce(resolutions.is_resolved, false) or timeline.happened_at < resolutions.last_resolved_at
    ),

    measured as (
        select
            *,
            {{ minutes_between("happened_at", "until_at") }} as all_minutes,
            case
                when status in ('solved', 'closed')
                then 'resolved'
                when status = 'pending'
                then 'customer'
                when status = 'hold'
                then 'hold'
                when agent_id is null
                then 'unassigned'
                when not is_touched
                then 'untouched'
                else 'team'
            end as state
        from states
    )

select
    ticket_key,
    coalesce(sum(all_minutes) filter (where state = 'resolved'), 0) as reopened_idle_minutes,
    coalesce(sum(all_minutes) filter (where state = 'customer'), 0) as customer_wait_minutes,
    coalesce(sum(all_minutes) filter (where state = 'hold'), 0) as on_hold_minutes,
    case
        when bool_and(has_schedule)
        then coalesce(sum(all_minutes - open_minutes) filter (where state in ('unassigned', 'untouched', 'team')), 0)
    end as out_of_hours_minutes,
    coalesce(sum(coalesce(open_minutes, all_minutes)) filter (where state = 'unassigned'), 0) as unassigned_minutes,
    coalesce(
        sum(coalesce(open_minutes, all_minutes)) filter (where state = 'untouched'), 0
    ) as assigned_untouched_minutes,
    coalesce(sum(coalesce(open_minutes, all_minutes)) filter (where state = 'team'), 0) as team_wait_minutes
from measured
group by ticket_key
