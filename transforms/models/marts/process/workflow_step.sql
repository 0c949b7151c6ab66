-- What happened in each step of a workflow, over the tickets of a period.
{% set times = ["elapsed_calendar", "wait", "work"] %}

with
    tickets as (select period, ticket_key, csat_satisfied from {{ ref("period_ticket") }}),

    visits as (
        -- A ticket's answer counts once in a step, however often it came there.
        select tickets.period, case when not steps.is_rework then tickets.csat_satisfied end as csat_satisfied, steps.*
        from {{ ref("fct_ticket_step") }} as steps
        inner join tickets using (ticket_key)
    ),

    counted as (
        select
            period,
            workflow,
            step,
            any_value(step_kind) as step_kind,
            count(*) as visit_count,
            count(*) filter (where not is_rework) as ticket_count,
            count(*) filter (where previous_step is null) as first_count,
            count(*) filter (where next_step is null and (left_at is not null or step_kind = 'resolved')) as last_count,
            count(*) filter (where left_at is null and step_kind <> 'resolved') as open_count,
            count(*) filter (where is_rework) as rework_count,
            {% for time in times %}
                avg({{ time }}_minutes) as {{ time }}_mean,
                quantile_cont({{ time }}_minutes, [0.5, 0.9]) as {{ time }}_quantiles,
            {% endfor %}
            sum(elapsed_calendar_minutes) as elapsed_minutes,
            {% for cause in wait_causes() %} sum({{ cause }}_minutes) as {{ cause }}_minutes, {% endfor %}
            sum(handling_cost) as handling_cost,
            {{ kpi_of("csat") }} as csat,
            count(csat_satisfied) as csat_n,
            case
                when count(start_source) = 0
                then null
                when bool_and(start_source = 'measured') filter (where start_source is not null)
                then 'measured'
                else 'estimated'
            end as start_source
        from visits
        group by period, workflow, step
    )

select
    counted.period,
    counted.workflow,
    counted.step,
    counted.step_kind,
    counted.visit_count,
    counted.ticket_count,
    (counted.ticket_count / sizes.ticket_count)::double as ticket_share,
    counted.first_count,
    counted.last_count,
    counted.open_count,
    counted.rework_count,
    counted.elapsed_calendar_mean::double as elapsed_mean_calendar_minutes,
    counted.elapsed_calendar_quantiles[1]::double as elapsed_median_calendar_minutes,
    counted.elapsed_calendar_quantiles[2]::double as elapsed_p90_calendar_minutes,
    {% for time in ["wait", "work"] %}
        counted.{{ time }}_mean::double as {{ time }}_mean_minutes,
        counted.{{ time }}_quantiles[1]::double as {{ time }}_median_minutes,
        counted.{{ time }}_quantiles[2]::double as {{ time }}_p90_minutes,
    {% endfor %}
    (counted.elapsed_minutes / nullif(sum(counted.elapsed_minutes) over (partition by period, workflow), 0))::double
    as share_of_elapsed,
    (counted.handling_cost / nullif(sum(counted.handling_cost) over (partition by period, workflow), 0))::double
    as share_of_cost,
    counted.handling_cost::double as handling_cost,
    {% for cause in wait_causes() %} counted.{{ cause }}_minutes::double as {{ cause }}_minutes, {% endfor %}
    counted.csat::double as csat,
    counted.csat_n,
    counted.start_source
from counted
inner join {{ ref("process_size") }} as sizes using (period, workflow)
