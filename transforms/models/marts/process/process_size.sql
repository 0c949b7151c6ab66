-- What the shares and savings of a process are of.
select
    period,
    workflow,
    count(*) as ticket_count,
    count(*) filter (where is_measured and resolved_at is not null) as resolved_count,
    count(*) filter (where is_measured and first_reply_at is not null) as replied_count,
    greatest(date_diff('day', min(from_at), any_value(to_at)) / 7, 1)::double as weeks
from {{ ref("period_ticket") }}
inner join {{ ref("process_period") }} using (period)
group by period, workflow
