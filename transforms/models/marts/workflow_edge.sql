select
    workflow,
    step as from_step,
    next_step as to_step,
    count(*) as passage_count,
    count(distinct ticket_key) as ticket_count,
    median(elapsed_calendar_minutes)::double as elapsed_median_calendar_minutes
from {{ ref("fct_ticket_step") }}
where next_step is not null
group by workflow, step, next_step
