{{ config(materialized="ephemeral") }}

-- Null where a ticket has no part in a figure, so that every KPI's expression can run over all of them.
with settings as (select * from {{ source("config", "setting") }})

select
    tickets.ticket_key,
    tickets.workflow,
    coalesce(tickets.channel, 'unknown') as channel,
    coalesce(tickets.priority, 'normal') as priority,
    tickets.created_at,
    tickets.is_measured,
    tickets.csat_satisfied,
    case when tickets.is_measured then tickets.resolution_calendar_minutes end as resolution_calendar_minutes,
    case when tickets.is_measured and tickets.first_resolved_at is not null then tickets.is_reopened end as is_reopened,
    case when tickets.is_measured and tickets.resolved_at is not null then tickets.is_one_touch end as is_one_touch,
    -- Not before its seven days are over.
    case
        when tickets.is_measured and tickets.resolved_at <= settings.snapshot_at - interval 7 days
        then tickets.is_fcr_7d
    end as is_fcr_7d,
    case when tickets.is_measured then tickets.is_automated end as is_automated,
    tickets.handle_minutes,
    tickets.cost
from {{ ref("fct_ticket") }} as tickets
cross join settings
where tickets.is_counted
