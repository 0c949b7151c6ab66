-- A ticket belongs to the period in which it was resolved, or in which something happened to it while it is open.
with
    periods as (select * from {{ ref("process_period") }}),

    last_events as (select ticket_key, max(entered_at) as last_at from {{ ref("fct_ticket_step") }} group by ticket_key)

select
    periods.period,
    tickets.ticket_key,
    tickets.workflow,
    tickets.is_measured,
    tickets.created_at,
    tickets.first_reply_at,
    tickets.resolved_at,
    tickets.csat_satisfied,
    tickets.cost
from {{ ref("fct_ticket") }} as tickets
inner join last_events using (ticket_key)
cross join periods
where
    periods.period = 'all'
    or coalesce(tickets.resolved_at, last_events.last_at) >= periods.from_at
    -- A helpdesk's open ticket waits for somebody still; a log's case without a solve may simply be over.
    or (not tickets.is_resolved and tickets.source not in (select log from {{ source("config", "event_log") }}))
