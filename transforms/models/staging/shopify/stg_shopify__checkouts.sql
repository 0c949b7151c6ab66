with checkouts as ({{ newest(source("raw", "shopify_checkout"), "checkout_id", "updated_at") }})

select
    checkout_id,
    checkout_name,
    customer_id as shop_customer_id,
    email_hash,
    currency,
    total,
    item_count,
    created_at as abandoned_at,
    completed_at
from checkouts
