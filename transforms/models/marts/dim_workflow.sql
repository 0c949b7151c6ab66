select workflow, name, description, position, color_index, is_order_status, is_cart_recovery
from {{ source("config", "workflow") }}
union all
select
    'unclassified' as workflow,
    'Unclassified' as name,
    'No rule matched' as description,
    coalesce(max(position), 0) + 1 as position,
    -1 as color_index,
    false as is_order_status,
    false as is_cart_recovery
from {{ source("config", "workflow") }}
