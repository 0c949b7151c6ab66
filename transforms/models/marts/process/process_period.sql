with settings as (select * from {{ source("config", "setting") }})

select
    unnest(['all', 'quarter']) as period,
    unnest(['All data', 'Last 13 weeks']) as label,
    unnest([(select min(created_at) from {{ ref("fct_ticket") }}), settings.snapshot_at - interval 91 days]) as from_at,
    settings.snapshot_at as to_at
from settings
