-- Where a workflow's customers wait for the shop and where work is done twice, worst first; with what mending it would
-- bring, summed over the tickets themselves.
{% set savings = {
    "resolution": ("resolution_minutes / 60", "resolved_count", "is_measured and resolved_at is not null"),
    "first_reply": (
        "first_reply_minutes / 60",
        "replied_count",
        "is_measured and first_reply_at is not null",
    ),
    "cost": ("delays.cost", "resolved_count", "is_measured"),
} %}

with
    tickets as (select * from {{ ref("period_ticket") }}),

    sizes as (select * from {{ ref("process_size") }}),

    saved as (
        select
            tickets.period,
            tickets.workflow,
            delays.kind,
            delays.step,
            delays.to_step,
            count(*) as ticket_count,
            sum(delays.resolution_minutes) / 60 as hours,
            {% for name, (value, _, condition) in savings.items() %}
                [
                    sum({{ value }}) filter (where {{ condition }}),
                    sum(({{ value }}) ^ 2) filter (where {{ condition }}),
                    sum(({{ value }}) ^ 3) filter (where {{ condition }})
                ] as {{ name }}_sums,
            {% endfor %}
        from {{ ref("int_ticket_delays") }} as delays
        inner join tickets using (ticket_key)
        group by tickets.period, tickets.workflow, delays.kind, delays.step, delays.to_step
    ),

    visits as (
        select tickets.period, steps.*
        from {{ ref("fct_ticket_step") }} as steps
        inner join tickets using (ticket_key)
        where steps.elapsed_calendar_minutes is not null
    ),

    elements as ({{ mendable("visits") }}),

    described as (
        select
            period,
            workflow,
            kind,
            at_step as step,
            to_step,
            count(*) as visit_count,
            -- A log's case begins with its first activity: nobody could wait for that.
            count(*) filter (where step_kind <> 'activity' or previous_step is not null) as waited_count,
            quantile_cont(wait_minutes, [0.5, 0.9]) as wait_quantiles,
            quantile_cont(work_minutes, [0.5, 0.9]) as work_quantiles,
            sum(elapsed_calendar_minutes) as elapsed_minutes,
            sum(handling_cost) as handling_cost,
            [
                {% for cause in wait_causes() %}
                    coalesce(sum({{ cause }}_minutes), 0){{ ", " if not loop.last }}
                {% endfor %}
            ] as causes,
            sum({{ own_wait() }}) as own_minutes,
            sum(({{ own_wait() }}) ^ 2) as own_squares,
            sum(wait_minutes) as wait_minutes
        from elements
        group by period, workflow, kind, at_step, to_step
    ),

    totals as (
        select
            period,
            workflow,
            sum(elapsed_minutes) as elapsed_minutes,
            sum(handling_cost) as handling_cost,
            -- Those that the shop has the ball in.
            sum(waited_count) filter (where own_minutes >= wait_minutes / 2) as waited_count,
            sum(own_minutes) filter (where own_minutes >= wait_minutes / 2) as own_minutes,
            sum(own_squares) filter (where own_minutes >= wait_minutes / 2) as own_squares
        from described
        where kind = 'step'
        group by period, workflow
    ),

    trends as (
        select
            periods.period,
            weeks.workflow,
            weeks.step,
            regr_slope(weeks.wait_mean_minutes, date_diff('week', periods.from_at, weeks.week)) as trend
        from {{ ref("workflow_step_week") }} as weeks
        inner join {{ ref("process_period") }} as periods on weeks.week >= periods.from_at
        group by periods.period, weeks.workflow, weeks.step
    ),

    measured as (
        select
            described.*,
            saved.ticket_count,
            sizes.ticket_count as all_tickets,
            saved.hours / sizes.weeks as hours_saved_per_week,
            described.own_minutes > described.wait_minutes / 2 as is_own,
            totals.elapsed_minutes as all_elapsed_minutes,
            totals.handling_cost as all_handling_cost,
            described.own_minutes / nullif(described.waited_count, 0) as own_mean,
            (totals.own_minutes - described.own_minutes)
            / nullif(totals.waited_count - described.waited_count, 0) as others_mean,
            described.own_squares / nullif(described.waited_count, 0) as own_square,
            (totals.own_squares - described.own_squares)
            / nullif(totals.waited_count - described.waited_count, 0) as others_square,
            totals.waited_count - described.waited_count as others_count,
            trends.trend,
            {% for name, (_, n, _) in savings.items() %}
                {{ mean_with_interval("saved." ~ name ~ "_sums", "sizes." ~ n) }} as {{ name }},
            {% endfor %}
        from described
        inner join
            saved
            on described.period = saved.period
            and described.workflow = saved.workflow
            and described.kind = saved.kind
            and described.step = saved.step
            and described.to_step is not distinct from saved.to_step
        inner join sizes on described.period = sizes.period and described.workflow = sizes.workflow
        inner join totals on described.period = totals.period and described.workflow = totals.workflow
        left join
            trends
            on described.period = trends.period
            and described.workflow = trends.workflow
            and coalesce(described.to_step, described.step) = trends.step
    )

-- Something always comes first in a ranking. It is a finding where visits wait by a quarter longer than those to the
-- shop's other steps, by more than chance would (z of 3.29, one in a thousand, since many steps are compared); a loop,
-- where one in twenty tickets goes through it.
select
    period,
    workflow,
    kind,
    step,
    coalesce(to_step, '') as to_step,
    (
        row_number() over (
            partition by period order by is_own desc, hours_saved_per_week desc, workflow, kind, step, to_step
        )
    )::int as rank,
    (
        row_number() over (
            partition by period, workflow order by is_own desc, hours_saved_per_week desc, kind, step, to_step
        )
    )::int as workflow_rank,
    is_own,
    coalesce(
        case
            when not is_own
            then false
            when kind = 'loop'
            then ticket_count >= 0.05 * all_tickets and hours_saved_per_week > 0
            else
                least(waited_count, others_count) >= 5
                and own_mean > 1.25 * others_mean
                and own_mean - others_mean
                > 3.29
                * sqrt(
                    greatest(own_square - own_mean ^ 2, 0) / waited_count
                    + greatest(others_square - others_mean ^ 2, 0) / others_count
                )
        end,
        false
    ) as is_finding,
    case when kind = 'loop' then 'remove_loop' else 'halve_wait' end as lever,
    visit_count,
    ticket_count,
    (ticket_count / all_tickets)::double as ticket_share,
    wait_quantiles[1]::double as wait_median_minutes,
    wait_quantiles[2]::double as wait_p90_minutes,
    work_quantiles[1]::double as work_median_minutes,
    work_quantiles[2]::double as work_p90_minutes,
    (elapsed_minutes / nullif(all_elapsed_minutes, 0))::double as share_of_elapsed,
    (handling_cost / nullif(all_handling_cost, 0))::double as share_of_cost,
    case
        when list_max(causes) > 0 then {{ sql_texts(wait_causes()) }} [list_position(causes, list_max(causes))]
    end as main_cause,
    trend::double as trend_minutes_per_week,
    hours_saved_per_week::double as hours_saved_per_week,
    {% for name in savings %}
        {% set unit = "saved" if name == "cost" else "hours_saved" %}
        {{ name }} [1]::double as {{ name }}_{{ unit }},
        {{ name }} [2]::double as {{ name }}_{{ unit }}_low,
        {{ name }} [3]::double as {{ name }}_{{ unit }}_high{{ "," if not loop.last }}
    {% endfor %}
from measured
