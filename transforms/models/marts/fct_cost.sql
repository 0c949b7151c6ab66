-- What was spent, dated by the day on which it arose. Fixed cost follows the day's handle time; a day without work
-- keeps it unallocated.
with
    settings as (select * from {{ source("config", "setting") }}),

    tickets as (select ticket_key, exclusion_reason is null as is_counted from {{ ref("int_tickets_assigned") }}),

    handle_days as (select * from {{ ref("int_handle_days") }}),

    handling as (
        select
            handle_days.ticket_key,
            handle_days.day,
            'handling' as kind,
            sum(handle_days.minutes) as minutes,
            sum(
                handle_days.minutes / 60 * coalesce(group_costs.hourly_cost, settings.default_hourly_cost)::double
            ) as amount
        from handle_days
        cross join settings
        left join {{ source("config", "group_cost") }} as group_costs using (group_name)
        group by handle_days.ticket_key, handle_days.day
    ),

    days as (select day, sum(minutes) as minutes from handling group by day),

    fixed as (
        select
            handling.ticket_key,
            fixed_days.day,
            'fixed' as kind,
            fixed_days.amount * coalesce(handling.minutes / days.minutes, 1) as amount
        from {{ ref("int_fixed_cost_days") }} as fixed_days
        left join days on fixed_days.day = days.day and days.minutes > 0
        left join handling on days.day = handling.day and handling.minutes > 0
    ),

    costs as (
        select ticket_key, day, kind, minutes, amount
        from handling
        union all by name
        select ticket_key, day, kind, amount
        from {{ ref("int_fees") }}
        union all by name
        select ticket_key, day, kind, amount
        from fixed
    )

select
    costs.day::date as day,
    costs.ticket_key::bigint as ticket_key,
    costs.kind::varchar as kind,
    costs.minutes::double as handle_minutes,
    costs.amount::double as amount,
    case
        when costs.ticket_key is null then 'unallocated' when tickets.is_counted then 'counted' else 'excluded'
    end as bearer
from costs
left join tickets using (ticket_key)
