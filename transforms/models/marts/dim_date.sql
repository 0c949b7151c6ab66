with
    settings as (select * from {{ source("config", "setting") }}),

    days as (
        select
            unnest(
                generate_series(
                    (select min(day) from {{ ref("backlog_day") }}), {{ day_of("snapshot_at") }}, interval 1 day
                )
            )::date as day
        from settings
    )

select
    days.day,
    date_trunc('week', days.day)::date as week,
    strftime(days.day, '%G-W%V') as iso_week,
    isodow(days.day)::int as weekday,
    holidays.day is not null as is_holiday
from days
left join
    (
        select distinct day
        from {{ source("config", "schedule_holiday") }}
        where schedule = (select default_schedule from settings)
    ) as holidays
    on days.day = holidays.day
