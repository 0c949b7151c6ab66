{{ config(materialized="ephemeral") }} select resolved_week as week, * from {{ ref("fct_ticket") }} where is_measured
