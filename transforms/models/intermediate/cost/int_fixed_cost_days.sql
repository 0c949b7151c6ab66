-- A month's fixed cost, spread over its calendar days, from the first day of the data to the snapshot's.
with
    settings as (select * from {{ source('config', 'setting') }}),

    span as (
        select {{ day_of('min(tickets.created_at)') }} as first_day, {{ day_of('any_value(settings.snapshot_at)') }} as last_day
        from {{ ref('int_tickets_assigned') }} as tickets
        cross join settings
        group by settings.time_zone
    ),

    days as (
        select unnest(generate_series(first_day, last_day, interval 1 day))::date as day
        from span
    )

select
    days.day,
    sum(costs.amount::double / day(last_day(days.day))) as amount
from days
inner join {{ source('config', 'fixed_cost') }} as costs on date_trunc('month', days.day)::date = costs.month
group by days.day
