with
    workflows as (select * from {{ source("config", "workflow") }}),

    matched as (
        select
            tickets.* exclude (given_workflow),
            coalesce({{ first_match("workflow") }}, workflows.workflow, 'unclassified') as workflow
        from {{ ref("int_tickets_described") }} as tickets
        left join workflows on lower(tickets.given_workflow) in (lower(workflows.workflow), lower(workflows.name))
    )

select * exclude (macros, body_hits, custom_fields, form, created_day), {{ first_match("variant") }} as variant
from matched
