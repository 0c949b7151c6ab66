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

    open_pieces as (
        select
            hours.schedule,
            timezone('UTC', timezone(hours.time_zone, days.day + to_minutes(hours.opens_minute))) as opens_at,
            timezone('UTC', timezone(hours.time_zone, days.day + to_minutes(hours.closes_minute))) as closes_at
        from {{ ref("int_opening_hours") }} as hours
        inner join days on isodow(days.day) = hours.weekday and days.day between hours.valid_from and hours.valid_to
        anti join
            {{ source("config", "schedule_holiday") }} as holidays
            on hours.schedule = holidays.schedule
            and days.day = holidays.day
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
