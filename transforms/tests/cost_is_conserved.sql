-- The cost that was put in (handling, fees, fixed) against what tickets and the unallocated rest bear: to the cent.
with
    settings as (select * from {{ source("config", "setting") }}),

    put_in as (
        select
            (select coalesce(sum(amount), 0) from {{ ref("int_fees") }})
            + (select coalesce(sum(amount), 0) from {{ ref("int_fixed_cost_days") }})
            + (
                select
                    coalesce(
                        sum(days.minutes / 60 * coalesce(costs.hourly_cost, settings.default_hourly_cost)::double), 0
                    )
                from {{ ref("int_handle_days") }} as days
                cross join settings
                left join {{ source("config", "group_cost") }} as costs using (group_name)
            ) as amount
    ),

    borne as (
        select
            coalesce(sum(amount) filter (where bearer = 'counted'), 0)
            + coalesce(sum(amount) filter (where bearer = 'excluded'), 0)
            + coalesce(sum(amount) filter (where bearer = 'unallocated'), 0) as amount
        from {{ ref("fct_cost") }}
    )

select put_in.amount as put_in, borne.amount as borne
from put_in
cross join borne
where abs(put_in.amount - borne.amount) >= 0.005
