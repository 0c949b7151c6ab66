with settings as (select * from {{ source("config", "setting") }})

select
    changes.ticket_key,
    changes.event_id,
    changes.happened_at,
    {{ week_of("changes.happened_at") }} as week,
    changes.status_before,
    changes.status,
    changes.actor_kind,
    changes.is_resolution,
    changes.is_reopening,
    changes.is_automatic_close,
    changes.counts_from
from {{ ref("int_ticket_status_changes") }} as changes
cross join settings
