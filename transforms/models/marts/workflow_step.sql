select
    workflow,
    step,
    count(*) as visit_count,
    count(distinct ticket_key) as ticket_count,
    avg(elapsed_calendar_minutes)::double as elapsed_mean_calendar_minutes,
    median(elapsed_calendar_minutes)::double as elapsed_median_calendar_minutes,
    quantile_cont(elapsed_calendar_minutes, 0.9)::double as elapsed_p90_calendar_minutes
from {{ ref("fct_ticket_step") }}
group by workflow, step
