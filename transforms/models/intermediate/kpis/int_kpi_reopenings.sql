{{ config(materialized="ephemeral") }}

with settings as (select * from {{ source("config", "setting") }})

select
    {{ week_of("changes.happened_at") }} as week,
    tickets.workflow,
    tickets.variant,
    tickets.channel,
    changes.happened_at as reopened_at
from {{ ref("int_ticket_status_changes") }} as changes
inner join {{ ref("fct_ticket") }} as tickets using (ticket_key)
cross join settings
where changes.is_reopening and tickets.is_measured
