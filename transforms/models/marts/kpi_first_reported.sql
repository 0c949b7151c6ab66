-- Every figure as it was first reported, beside kpi_week, which has it as known now. What this build reports for the
-- first time is kept in the raw file once it is published.
with
    earlier as (select * exclude (build_id) from {{ source("raw", "reported_kpi") }}),

    now_complete as (
        select
            timezone('UTC', '{{ run_started_at.isoformat() }}'::timestamptz) as reported_at,
            week,
            workflow,
            metric,
            "value",
            n
        from {{ ref("kpi_week") }}
        where is_complete and variant = 'all' and channel = 'all' and "value" is not null
    ),

    unioned as (
        select *
        from earlier
        union all by name
        select now_complete.*
        from now_complete
        anti join earlier using (week, workflow, metric)
    )

select week, strftime(week, '%G-W%V') as iso_week, workflow, metric, "value", n, reported_at
from unioned
