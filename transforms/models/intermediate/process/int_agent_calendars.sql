-- When the people of generic logs work, read off the log, in the form of int_business_intervals: an hour of the week
-- belongs to somebody's calendar if they began or ended something in it on one in ten of the days of that weekday on
-- which they did anything. Only for who has no schedule.
with
    settings as (select * from {{ source("config", "setting") }}),

    visits as (
        select
            visits.agent_id,
            settings.time_zone,
            {{ local("visits.entered_at") }} as entered_at,
            {{ local("visits.started_at") }} as started_at,
            {{ local("visits.until_at") }} as until_at
        from {{ ref("int_ticket_visits") }} as visits
        cross join settings
        where visits.step_kind = 'activity' and visits.agent_id is not null and visits.schedule is null
    ),

    spans as (
        select
            agent_id,
            any_value(time_zone) as time_zone,
            min(least(entered_at, started_at))::date as first_day,
            max(until_at)::date as last_day
        from visits
        group by agent_id
    ),

    -- What ends on the stroke of five was done before five.
    signs as (
        select agent_id, unnest([started_at, greatest(started_at, until_at - interval 1 microsecond)]) as seen_at
        from visits
        where started_at is not null
    ),

    seen as (
        select distinct agent_id, seen_at::date as day, isodow(seen_at) as weekday, hour(seen_at) as hour_of_day
        from signs
    ),

    days as (select agent_id, weekday, count(distinct day) as n from seen group by all),

    hours as (
        select
            seen.agent_id,
            seen.weekday,
            seen.hour_of_day,
            seen.hour_of_day
            - row_number() over (partition by seen.agent_id, seen.weekday order by seen.hour_of_day) as stretch
        from seen
        inner join days using (agent_id, weekday)
        group by seen.agent_id, seen.weekday, seen.hour_of_day
        having count(*) >= 0.1 * any_value(days.n)
    ),

    stretches as (
        select agent_id, weekday, min(hour_of_day) as opens, max(hour_of_day) + 1 as closes
        from hours
        group by agent_id, weekday, stretch
    ),

    dates as (
        select agent_id, time_zone, unnest(generate_series(first_day, last_day, interval 1 day))::date as day from spans
    ),

    intervals as (
        select
            'agent ' || dates.agent_id as schedule,
            timezone('UTC', timezone(dates.time_zone, dates.day + to_hours(stretches.opens))) as opens_at,
            timezone('UTC', timezone(dates.time_zone, dates.day + to_hours(stretches.closes))) as closes_at
        from dates
        inner join stretches on dates.agent_id = stretches.agent_id and isodow(dates.day) = stretches.weekday
    )

select
    schedule,
    opens_at,
    closes_at,
    coalesce(
        sum(epoch_us(closes_at) - epoch_us(opens_at)) over (
            partition by schedule order by opens_at rows between unbounded preceding and 1 preceding
        ),
        0
    )::bigint as microseconds_before
from intervals
