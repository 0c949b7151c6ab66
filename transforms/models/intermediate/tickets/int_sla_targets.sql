-- The closest target for each workflow and priority: both named, then the workflow, then the priority, then the shop's.
with
    workflows as (
        select workflow
        from {{ source("config", "workflow") }}
        union all
        select 'unclassified' as workflow
    ),

    priorities as (select unnest(['low', 'normal', 'high', 'urgent']) as priority),

    candidates as (
        select
            workflows.workflow,
            priorities.priority,
            targets.metric,
            targets.value,
            (targets.workflow <> 'all')::int * 2 + (targets.priority <> 'all')::int as closeness
        from workflows
        cross join priorities
        inner join
            {{ source("config", "target") }} as targets
            on targets.workflow in ('all', workflows.workflow)
            and targets.priority in ('all', priorities.priority)
        where targets.metric in ('first_reply_minutes', 'resolution_minutes')
    )

select
    workflow,
    priority,
    max_by(value, closeness) filter (where metric = 'first_reply_minutes') as first_reply_minutes,
    max_by(value, closeness) filter (where metric = 'resolution_minutes') as resolution_minutes
from candidates
group by workflow, priority
