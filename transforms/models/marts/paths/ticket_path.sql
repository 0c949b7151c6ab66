{% set by_key = metrics_by_key() %}

-- The 200 most frequent paths of a workflow, and the rest in one row.
with
    periods as (select period, ticket_key, workflow from {{ ref("period_ticket") }}),

    ranked as (select * from {{ ref("int_path_counts") }}),

    totals as (select period, workflow, sum(ticket_count) as ticket_count from ranked group by period, workflow),

    rest as (
        select
            ranked.period,
            ranked.workflow,
            count(distinct ranked.path_hash) as path_count,
            count(*) as ticket_count,
            {{ by_key["csat"].value }} as csat,
            {{ by_key["csat"].n }} as csat_n,
            {{ by_key["resolution_time_mean_calendar_hours"].value }} as resolution_time_mean_calendar_hours,
            {{ by_key["resolution_time_median_calendar_hours"].value }} as resolution_time_median_calendar_hours,
            count(measures.resolution_calendar_minutes) as measured_count,
            avg(measures.cost) as mean_cost_per_ticket
        from ranked
        inner join periods using (period, workflow)
        inner join
            {{ ref("int_ticket_paths") }} as paths
            on periods.ticket_key = paths.ticket_key
            and ranked.path_hash = paths.path_hash
        inner join {{ ref("int_ticket_measures") }} as measures on paths.ticket_key = measures.ticket_key
        where ranked.workflow_rank > 200
        group by ranked.period, ranked.workflow
    ),

    shown as (
        select *, 1 as path_count, false as is_other
        from ranked
        where workflow_rank <= 200
        union all by name
        select *, null::varchar[] as path, 201 as workflow_rank, false as is_happy, true as is_other
        from rest
    )

select
    shown.period::varchar as period,
    shown.workflow::varchar as workflow,
    shown.workflow_rank::int as workflow_rank,
    shown.path,
    shown.is_other,
    shown.is_happy,
    shown.path_count::bigint as path_count,
    shown.ticket_count::bigint as ticket_count,
    (shown.ticket_count / totals.ticket_count)::double as ticket_share,
    shown.csat::double as csat,
    shown.csat_n::bigint as csat_n,
    shown.resolution_time_mean_calendar_hours::double as resolution_time_mean_calendar_hours,
    shown.resolution_time_median_calendar_hours::double as resolution_time_median_calendar_hours,
    shown.measured_count::bigint as resolved_count,
    shown.mean_cost_per_ticket::double as mean_cost_per_ticket
from shown
inner join totals using (period, workflow)
