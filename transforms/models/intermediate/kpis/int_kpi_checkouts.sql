{{ config(materialized="ephemeral") }}

select
    abandoned_week as week,
    (select min(workflow) from {{ source("config", "workflow") }} where is_cart_recovery) as workflow,
    null::varchar as variant,
    null::varchar as channel,
    is_entered,
    is_completed,
    is_recovered,
    total as checkout_total
from {{ ref("fct_checkout") }}
