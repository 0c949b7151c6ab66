with settings as (select * from {{ source("config", "setting") }})

select
    steps.workflow,
    steps.step,
    {{ week_of("steps.left_at") }} as week,
    count(*) as visit_count,
    avg(steps.wait_minutes)::double as wait_mean_minutes,
    median(steps.elapsed_calendar_minutes)::double as elapsed_median_calendar_minutes
from {{ ref("fct_ticket_step") }} as steps
cross join settings
where steps.left_at is not null
group by steps.workflow, steps.step, {{ week_of("steps.left_at") }}
