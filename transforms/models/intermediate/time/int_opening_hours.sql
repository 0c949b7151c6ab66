-- Opening times by schedule and weekday, in minutes after local midnight. A night is cut at midnight, so that a holiday
-- closes its own day only.
with
    shifts as (
        select *, closes <= opens and closes <> '24:00' as is_overnight from {{ source("config", "schedule_hours") }}
    ),

    pieces as (
        select
            schedule,
            time_zone,
            weekday,
            opens,
            case when is_overnight then '24:00' else closes end as closes,
            valid_from,
            valid_to
        from shifts
        union
        select
            schedule,
            time_zone,
            weekday % 7 + 1 as weekday,
            '00:00' as opens,
            closes,
            valid_from + 1 as valid_from,
            valid_to + 1 as valid_to
        from shifts
        where is_overnight and closes <> '00:00'
    )

select
    schedule,
    time_zone,
    weekday,
    {{ clock_minutes("opens") }} as opens_minute,
    {{ clock_minutes("closes") }} as closes_minute,
    coalesce(valid_from, date '0001-01-01') as valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to
from pieces
