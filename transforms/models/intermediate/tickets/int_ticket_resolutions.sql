with changes as (select * from {{ ref("int_ticket_status_changes") }})

select
    ticket_key,
    max_by(status, event_no) in ('solved', 'closed') as is_resolved,
    min_by(counts_from, event_no) filter (where is_resolution) as first_resolved_at,
    min_by(counts_from_clock, event_no) filter (where is_resolution) as first_resolved_clock,
    max_by(counts_from, event_no) filter (where is_resolution) as last_resolved_at,
    max_by(counts_from_clock, event_no) filter (where is_resolution) as last_resolved_clock,
    max_by(actor_kind, event_no) filter (where is_resolution) as last_resolver_kind,
    (count(*) filter (where is_reopening))::int as reopen_count
from changes
group by ticket_key
