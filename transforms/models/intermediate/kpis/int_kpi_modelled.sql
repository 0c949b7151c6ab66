-- The measures that are no aggregate of one row per ticket.
with
    settings as (select * from {{ source("config", "setting") }}),

    week_ends as (
        select date_trunc('week', day)::date as week, workflow, max_by(closing, day) as closing
        from {{ ref("backlog_day") }}
        group by date_trunc('week', day)::date, workflow
    ),

    lifetimes as (
        select
            created_week as week,
            unnest(['all', workflow]) as workflow,
            {{ minutes_between("created_at", "coalesce(resolved_at, settings.snapshot_at)") }} as minutes,
            resolved_at is not null as is_over
        from {{ ref("fct_ticket") }}
        cross join settings
        where is_measured
    ),

    -- Kaplan and Meier (1958): the share still open after each duration at which somebody's ticket was resolved.
    durations as (
        select week, workflow, minutes, count(*) as ended_or_censored, count(*) filter (where is_over) as resolved
        from lifetimes
        group by week, workflow, minutes
    ),

    at_risk as (
        select
            *,
            sum(ended_or_censored) over (partition by week, workflow order by minutes desc) as open_before,
            sum(ended_or_censored) over (partition by week, workflow) as n
        from durations
    ),

    survival as (
        select *, product(1 - resolved / open_before) over (partition by week, workflow order by minutes) as still_open
        from at_risk
    ),

    medians as (
        -- Equality in exact arithmetic may miss one half by a rounding.
        select
            week,
            workflow,
            any_value(n)::bigint as n,
            min(minutes) filter (where still_open <= 0.5 + 1e-12) / 60 as "value"
        from survival
        group by week, workflow
    )

select
    week,
    workflow,
    'backlog' as metric,
    closing::double as "value",
    closing::bigint as n,
    null::double as low,
    null::double as high
from week_ends
union all
select
    week,
    workflow,
    'resolution_time_km_median_calendar_hours' as metric,
    "value",
    n,
    null::double as low,
    null::double as high
from medians
