{{ config(materialized="ephemeral") }}

select first_resolved_week as week, *
from {{ ref("fct_ticket") }}
where is_measured
