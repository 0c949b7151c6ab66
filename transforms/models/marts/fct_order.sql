with settings as (select * from {{ source("config", "setting") }})

select
    orders.order_name as order_id,
    orders.order_id as shop_order_id,
    'c-' || orders.email_hash as customer_id,
    orders.created_at,
    orders.paid_at,
    orders.fulfilled_at,
    orders.cancelled_at,
    {{ week_of("orders.created_at") }} as created_week,
    {{ week_of("orders.fulfilled_at") }} as fulfilled_week,
    {{ minutes_between("orders.created_at", "orders.fulfilled_at") }}::double as fulfilment_calendar_minutes,
    orders.financial_status,
    orders.fulfillment_status,
    orders.currency,
    orders.total,
    orders.refunded_amount,
    orders.item_count,
    orders.tags,
    orders.country,
    orders.is_test
from {{ ref("stg_shopify__orders") }} as orders
cross join settings
where orders.created_at <= settings.snapshot_at
