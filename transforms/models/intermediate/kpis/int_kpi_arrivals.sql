{{ config(materialized="ephemeral") }} select created_week as week, * from {{ ref("fct_ticket") }}
