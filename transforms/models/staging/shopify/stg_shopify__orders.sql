-- Order fields stand on an order's first row only. Rows that a later export repeats unchanged are not loaded again,
-- so each field is the newest one that is not blank (min_by passes over blanks), and the items are those of the
-- fullest load.
with
    items as (
        select order_name, batch_no, sum(item_quantity)::bigint as item_count
        from {{ source("raw", "shopify_order_line") }}
        group by order_name, batch_no
    ),

    item_counts as (select order_name, max(item_count) as item_count from items group by order_name),

    orders as (
        select
            order_name,
            {% for column in [
                "order_id",
                "email_hash",
                "currency",
                "financial_status",
                "fulfillment_status",
                "total",
                "refunded_amount",
                "tags",
                "country",
                "created_at",
                "paid_at",
                "fulfilled_at",
                "cancelled_at",
            ] %}
                min_by({{ column }}, line - batch_no * 10000000000) as {{ column }},
            {% endfor %}
        from {{ source("raw", "shopify_order_line") }}
        group by order_name
    )

select
    orders.*,
    item_counts.item_count,
    -- The export has no mark of a test order; shops that place them tag them.
    coalesce(list_contains(string_split(lower(orders.tags), ', '), 'test'), false) as is_test
from orders
inner join item_counts using (order_name)
