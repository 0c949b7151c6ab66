-- A month's fixed cost, spread over its calendar days, up to the snapshot's.
with
    settings as (select * from {{ source("config", "setting") }}),

    days as (
        select
            unnest(
                generate_series(
                    (select min(month) from {{ source("config", "fixed_cost") }}),
                    {{ day_of("snapshot_at") }},
                    interval 1 day
                )
            )::date as day
        from settings
    )

select days.day, sum(costs.amount::double / day(last_day(days.day))) as amount
from days
inner join {{ source("config", "fixed_cost") }} as costs on date_trunc('month', days.day)::date = costs.month
group by days.day
