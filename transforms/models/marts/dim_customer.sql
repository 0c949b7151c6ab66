with
    contacts as (
        select customer_id, created_at as seen_at, 1 as tickets, 0 as orders
        from {{ ref("fct_ticket") }}
        union all
        select customer_id, created_at as seen_at, 0 as tickets, 1 as orders
        from {{ ref("fct_order") }}
    )

select
    customer_id,
    min(seen_at) as first_seen_at,
    min(seen_at) filter (where orders = 1) as first_order_at,
    sum(tickets)::bigint as ticket_count,
    sum(orders)::bigint as order_count
from contacts
where customer_id is not null
group by customer_id
