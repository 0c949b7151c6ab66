{{ config(materialized="ephemeral") }}

with
    created as (
        select created_week as week, count(*) as orders
        from {{ ref("fct_order") }}
        where not is_test
        group by created_week
    ),

    shipped as (
        select fulfilled_week as week, count(*) as orders
        from {{ ref("fct_order") }}
        where not is_test and fulfilled_week is not null
        group by fulfilled_week
    )

select
    tickets.created_week as week,
    tickets.workflow,
    tickets.variant,
    tickets.channel,
    coalesce(workflows.is_order_status, false) as is_order_status,
    created.orders as week_orders,
    shipped.orders as week_shipped_orders
from {{ ref("fct_ticket") }} as tickets
left join created on tickets.created_week = created.week
left join shipped on tickets.created_week = shipped.week
left join {{ source("config", "workflow") }} as workflows on tickets.workflow = workflows.workflow
where tickets.is_measured
