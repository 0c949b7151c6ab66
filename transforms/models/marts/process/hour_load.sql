-- An average week of each group, hour by hour: what comes in, how long the queue is, how long people work and are
-- there.
-- Who is there is an estimate: from an agent's first act of a local day to the last.
with
    settings as (select * from {{ source("config", "setting") }}),

    kinds as (
        select
            coalesce(group_name, 'no group') as group_name,
            entered_at,
            coalesce(started_at, left_at) as taken_at,
            step_kind in {{ team_kinds() }} as is_team,
            is_handoff
            or coalesce(
                lag(step_kind) over (partition by ticket_key order by visit_no) not in {{ team_kinds() }}, true
            ) as is_arrival
        from {{ ref("fct_ticket_step") }}
    ),

    visits as (
        select
            kinds.group_name,
            date_trunc('hour', {{ local("kinds.entered_at") }}) as entered_hour,
            date_trunc('hour', {{ local("kinds.taken_at") }}) as taken_hour,
            kinds.is_arrival
        from kinds
        cross join settings
        where kinds.is_team
    ),

    -- The length of the queue at the end of an hour: all that came until then less all that was taken.
    moves as (
        select
            group_name,
            entered_hour as hour_at,
            count(*) as came,
            0 as taken,
            count(*) filter (where is_arrival) as arrivals
        from visits
        group by all
        union all
        select group_name, taken_hour as hour_at, 0 as came, count(*) as taken, 0 as arrivals
        from visits
        where taken_hour is not null
        group by all
    ),

    acts as (
        select
            coalesce(acts.group_name, 'no group') as group_name,
            acts.agent_id,
            acts.day,
            {{ local("acts.happened_at") }} as ended_at,
            acts.estimated_minutes
        from {{ ref("int_agent_acts") }} as acts
        cross join settings
    ),

    worked as (
        select group_name, date_trunc('hour', ended_at) as hour_at, sum(estimated_minutes) as busy_minutes
        from acts
        group by all
    ),

    shifts as (
        select
            group_name,
            agent_id,
            min(ended_at - to_microseconds((estimated_minutes * 60000000)::bigint)) as begins_at,
            max(ended_at) as ends_at
        from acts
        group by group_name, agent_id, day
    ),

    shift_hours as (
        select
            group_name,
            unnest(generate_series(date_trunc('hour', begins_at), ends_at, interval 1 hour)) as hour_at,
            begins_at,
            ends_at
        from shifts
    ),

    present as (
        select
            group_name,
            hour_at,
            sum(
                {{ minutes_between("greatest(begins_at, hour_at)", "least(ends_at, hour_at + interval 1 hour)") }}
            ) as present_minutes
        from shift_hours
        group by all
    ),

    span as (
        select
            date_trunc('hour', min({{ local("periods.from_at") }})) as first_hour,
            date_trunc('hour', max({{ local("periods.to_at") }})) as last_hour
        from {{ ref("process_period") }} as periods
        cross join settings
    ),

    hours as (
        select groups.group_name, hour_at
        from (select distinct group_name from moves) as groups
        cross join (select unnest(generate_series(first_hour, last_hour, interval 1 hour)) as hour_at from span)
    ),

    joined as (
        select
            hours.group_name,
            hours.hour_at,
            coalesce(moved.arrivals, 0) as arrivals,
            sum(coalesce(moved.came, 0) - coalesce(moved.taken, 0)) over (
                partition by hours.group_name order by hours.hour_at
            ) as queue_length,
            coalesce(worked.busy_minutes, 0) as busy_minutes,
            coalesce(present.present_minutes, 0) as present_minutes
        from hours
        left join
            (
                select group_name, hour_at, sum(came) as came, sum(taken) as taken, sum(arrivals) as arrivals
                from moves
                group by all
            ) as moved using (group_name, hour_at)
        left join worked using (group_name, hour_at)
        left join present using (group_name, hour_at)
    )

select
    periods.period,
    joined.group_name,
    isodow(joined.hour_at)::int as weekday,
    hour(joined.hour_at)::int as hour,
    avg(joined.arrivals)::double as arrivals,
    avg(joined.queue_length)::double as queue_length,
    avg(joined.busy_minutes)::double as busy_minutes,
    avg(joined.present_minutes)::double as present_minutes,
    count(*) as week_count
from joined
cross join settings
inner join
    {{ ref("process_period") }} as periods
    on joined.hour_at >= {{ local("periods.from_at") }}
    and joined.hour_at < {{ local("periods.to_at") }}
group by periods.period, joined.group_name, isodow(joined.hour_at), hour(joined.hour_at)
