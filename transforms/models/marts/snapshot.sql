select
    settings.snapshot_at,
    settings.shop_name,
    settings.currency,
    settings.time_zone,
    settings.helpdesk_url,
    timezone('UTC', '{{ run_started_at.isoformat() }}'::timestamptz) as built_at,
    (select count(*) from {{ ref("fct_ticket") }}) as ticket_count
from {{ source("config", "setting") }} as settings
