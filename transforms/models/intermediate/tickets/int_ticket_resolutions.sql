with changes as (select * from {{ ref("int_ticket_status_changes") }})

select
    ticket_key,
    last(status order by event_no) in ('solved', 'closed') as is_resolved,
    first(counts_from order by event_no) filter (where is_resolution) as first_resolved_at,
    first(counts_from_clock order by event_no) filter (where is_resolution) as first_resolved_clock,
    last(counts_from order by event_no) filter (where is_resolution) as last_resolved_at,
    last(counts_from_clock order by event_no) filter (where is_resolution) as last_resolved_clock,
    last(actor_kind order by event_no) filter (where is_resolution) as last_resolver_kind,
    count(*) filter (where is_reopening)::int as reopen_count
from changes
group by ticket_key
