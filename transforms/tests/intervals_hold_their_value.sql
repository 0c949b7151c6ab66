-- Figures outside their own interval.
select * from {{ ref("kpi_week") }} where "value" < low - 1e-9 or "value" > high + 1e-9 or low > high
