{% set by_key = metrics_by_key() %}

with
    tickets as (
        select
            periods.period,
            periods.workflow,
            paths.path_hash,
            paths.path,
            measures.csat_satisfied,
            measures.resolution_calendar_minutes,
            measures.is_reopened,
            measures.cost
        from {{ ref("period_ticket") }} as periods
        inner join {{ ref("int_ticket_paths") }} as paths using (ticket_key)
        inner join {{ ref("int_ticket_measures") }} as measures using (ticket_key)
    ),

    limits as (
        select period, workflow, quantile_cont(resolution_calendar_minutes, [0.5, 0.75]) as quartiles
        from tickets
        group by period, workflow
    ),

    counted as (
        select
            tickets.period,
            tickets.workflow,
            tickets.path_hash,
            any_value(tickets.path) as path,
            any_value(limits.quartiles[2]) / 60 as slow_above_hours,
            count(*) as ticket_count,
            count(*) filter (
                where
                    tickets.resolution_calendar_minutes <= limits.quartiles[1]
                    and coalesce(tickets.csat_satisfied, true)
                    and not tickets.is_reopened
            ) as happy_count,
            count(*) filter (where tickets.resolution_calendar_minutes is not null) as measured_count,
            count(*) filter (where tickets.resolution_calendar_minutes > limits.quartiles[2]) as slow_count,
            count(*) filter (
                where tickets.resolution_calendar_minutes is not null and not tickets.csat_satisfied
            ) as unsatisfied_count,
            count(*) filter (
                where tickets.resolution_calendar_minutes is not null and tickets.csat_satisfied
            ) as satisfied_count,
            {{ by_key["csat"].value }} as csat,
            {{ by_key["csat"].n }} as csat_n,
            {{ by_key["resolution_time_mean_calendar_hours"].value }} as resolution_time_mean_calendar_hours,
            {{ by_key["resolution_time_median_calendar_hours"].value }} as resolution_time_median_calendar_hours,
            avg(tickets.cost) as mean_cost_per_ticket
        from tickets
        inner join limits using (period, workflow)
        group by tickets.period, tickets.workflow, tickets.path_hash
    )

-- Of equally frequent paths the shorter goes first, then the alphabet decides: the same files give the same ranks.
select
    *,
    row_number() over (partition by period, workflow order by ticket_count desc, len(path), path) as workflow_rank,
    happy_count > 0
    and row_number() over (partition by period, workflow order by happy_count desc, ticket_count desc, len(path), path)
    = 1 as is_happy
from counted
