{{ config(materialized="ephemeral") }}

-- A ticket counts in the week it was created in and again in the week it was resolved in.
select created_week as week, workflow, variant, channel, true as is_created_here, false as is_resolved_here
from {{ ref("fct_ticket") }}
where is_measured
union all
select resolved_week as week, workflow, variant, channel, false as is_created_here, true as is_resolved_here
from {{ ref("fct_ticket") }}
where is_measured and resolved_at is not null
