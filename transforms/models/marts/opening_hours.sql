with
    settings as (select * from {{ source("config", "setting") }}),

    groups as (
        select null as group_name, default_schedule as schedule
        from settings
        union all
        select group_name, schedule
        from {{ source("config", "group_schedule") }}
    ),

    holidays as (
        select schedule, list_sort(list_distinct(list(day))) as holidays
        from {{ source("config", "schedule_holiday") }}
        group by schedule
    )

select
    groups.group_name,
    hours.schedule,
    hours.time_zone,
    hours.weekday,
    hours.opens_minute,
    hours.closes_minute,
    hours.valid_from,
    hours.valid_to,
    coalesce(holidays.holidays, []) as holidays
from groups
inner join {{ ref("int_opening_hours") }} as hours using (schedule)
left join holidays using (schedule)
