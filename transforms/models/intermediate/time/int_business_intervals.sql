-- Every stretch of opening time of every schedule, as UTC instants, overlaps merged, with the seconds open before it:
-- business time between two instants is then one subtraction, right across nights, holidays and changes of the clock.
with
    settings as (select * from {{ source("config", "setting") }}),

    span as (
        select
            {{ day_of("min(tickets.created_at)") }} - 8 as first_day,
            {{ day_of("any_value(settings.snapshot_at)") }} + 2 as last_day
        from {{ ref("int_tickets_described") }} as tickets
        cross join settings
        group by settings.time_zone
    ),

    days as (select unnest(generate_series(first_day, last_day, interval 1 day))::date as day from span),

    shifts as (
        select
            hours.schedule,
            hours.time_zone,
            days.day,
            hours.opens::varchar as opens,
            hours.closes::varchar as closes,
            hours.closes <= hours.opens and hours.closes <> '24:00' as is_overnight
        from {{ source("config", "schedule_hours") }} as hours
        inner join days on isodow(days.day) = hours.weekday
        where
            days.day >= coalesce(hours.valid_from, date '0001-01-01')
            and days.day <= coalesce(hours.valid_to, date '9999-12-31')
    ),

    -- A night is cut at midnight, so that a holiday closes its own day only.
    pieces as (
        select schedule, time_zone, day, opens, case when is_overnight then '24:00' else closes end as closes
        from shifts
        union all
        select schedule, time_zone, day + 1 as day, '00:00' as opens, closes
        from shifts
        where is_overnight and closes <> '00:00'
    ),

    open_pieces as (
        select
            schedule,
            timezone('UTC', timezone(time_zone, day + {{ clock_interval("opens") }})) as opens_at,
            timezone('UTC', timezone(time_zone, day + {{ clock_interval("closes") }})) as closes_at
        from pieces
        anti join {{ source("config", "schedule_holiday") }} as holidays using (schedule, day)
    ),

    marked as (
        select
            *,
            coalesce(
                opens_at > max(closes_at) over (
                    partition by schedule order by opens_at, closes_at rows between unbounded preceding and 1 preceding
                ),
                true
            ) as begins
        from open_pieces
        where closes_at > opens_at
    ),

    numbered as (
        select *, sum(begins::int) over (partition by schedule order by opens_at, closes_at) as stretch from marked
    ),

    merged as (
        select schedule, min(opens_at) as opens_at, max(closes_at) as closes_at from numbered group by schedule, stretch
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
from merged
