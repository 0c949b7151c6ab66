with
    steps as (
        select
            workflow,
            step,
            count(*) as visit_count,
            count(distinct ticket_key) as ticket_count,
            avg(elapsed_calendar_minutes) as elapsed_mean_calendar_minutes,
            quantile_cont(elapsed_calendar_minutes, [0.5, 0.9]) as quantiles
        from {{ ref("fct_ticket_step") }}
        group by workflow, step
    )

select
    workflow,
    step,
    visit_count,
    ticket_count,
    elapsed_mean_calendar_minutes::double as elapsed_mean_calendar_minutes,
    quantiles[1]::double as elapsed_median_calendar_minutes,
    quantiles[2]::double as elapsed_p90_calendar_minutes
from steps
