-- A passage leads from one visit to the next: its time is that from leaving the one to leaving the other, its wait that
-- of the second.
{% set times = ["elapsed_calendar", "wait"] %}

with
    tickets as (select period, ticket_key, csat_satisfied, cost from {{ ref("period_ticket") }}),

    steps as (select * from {{ ref("fct_ticket_step") }}),

    -- Between two activities of a log time may pass; a helpdesk's ticket leaves one state as it enters the next.
    activities as (select ticket_key, visit_no, left_at from steps where step_kind = 'activity'),

    -- A ticket counts once, however often it took the same way.
    first_passages as (
        select ticket_key, min(visit_no) as visit_no
        from steps
        where previous_step is not null
        group by ticket_key, previous_step, step
    ),

    passages as (
        select
            steps.ticket_key,
            steps.workflow,
            steps.previous_step as from_step,
            steps.step as to_step,
            coalesce(
                {{ minutes_between("before.left_at", "steps.left_at") }}, steps.elapsed_calendar_minutes
            ) as elapsed_calendar_minutes,
            steps.wait_minutes,
            steps.is_handoff,
            first_passages.ticket_key is not null as is_first
        from steps
        left join activities as before on steps.ticket_key = before.ticket_key and steps.visit_no = before.visit_no + 1
        left join
            first_passages on steps.ticket_key = first_passages.ticket_key and steps.visit_no = first_passages.visit_no
        where steps.previous_step is not null
    ),

    taken as (
        select
            passages.*,
            tickets.period,
            tickets.cost,
            case when passages.is_first then tickets.csat_satisfied end as csat_satisfied
        from passages
        inner join tickets using (ticket_key)
    ),

    counted as (
        select
            period,
            workflow,
            from_step,
            to_step,
            count(*) as passage_count,
            count(*) filter (where is_first) as ticket_count,
            {% for time in times %} quantile_cont({{ time }}_minutes, [0.5, 0.9]) as {{ time }}_quantiles, {% endfor %}
            {{ kpi_of("csat") }} as csat,
            count(csat_satisfied) as csat_n,
            avg(cost) filter (where is_first) as mean_cost,
            avg(is_handoff::int) > 0.5 as is_handoff
        from taken
        group by period, workflow, from_step, to_step
    )

select
    counted.period,
    counted.workflow,
    counted.from_step,
    counted.to_step,
    counted.passage_count,
    counted.ticket_count,
    (counted.ticket_count / sizes.ticket_count)::double as ticket_share,
    counted.elapsed_calendar_quantiles[1]::double as elapsed_median_calendar_minutes,
    counted.elapsed_calendar_quantiles[2]::double as elapsed_p90_calendar_minutes,
    counted.wait_quantiles[1]::double as wait_median_minutes,
    counted.wait_quantiles[2]::double as wait_p90_minutes,
    counted.csat::double as csat,
    counted.csat_n,
    counted.mean_cost::double as mean_cost,
    counted.is_handoff
from counted
inner join {{ ref("process_size") }} as sizes using (period, workflow)
