-- Direct standardisation: the others of each stratum are weighted by the automation's own tickets there. Strata are
-- workflow x channel x priority; where fewer than half of its tickets have others there, workflow x priority.
with
    cells as (select *, case when channel = 'all' then 2 else 1 end as level from {{ ref("int_automation_strata") }}),

    -- Two added successes and two failures keep the variance of a share above nothing (Agresti and Coull 1998).
    varied as (
        select
            *,
            own_n > 0 and others_n >= 5 as is_compared,
            own_squares - own_sum * own_sum / nullif(own_n, 0) as own_deviations,
            case
                when is_share
                then (others_sum + 2) / (others_n + 4) * (others_n - others_sum + 2) / (others_n + 4)
                else
                    greatest(others_squares - others_sum * others_sum / nullif(others_n, 0), 0)
                    / nullif(others_n - 1, 0)
            end as others_variance
        from cells
    ),

    standardised as (
        select
            level,
            period,
            kind,
            name,
            part,
            scope,
            metric,
            sum(own_n) as n,
            sum(own_sum) / nullif(sum(own_n), 0) as "value",
            coalesce(sum(own_n) filter (where is_compared), 0) as compared_n,
            sum(own_sum) filter (where is_compared) / nullif(compared_n, 0) as compared_value,
            coalesce(sum(others_n) filter (where is_compared), 0) as others_n,
            sum(own_n * others_sum / nullif(others_n, 0)) filter (where is_compared)
            / nullif(compared_n, 0) as others_value,
            (greatest(sum(own_deviations) filter (where is_compared), 0) + any_value(is_share)::int) / nullif(
                compared_n - count(*) filter (where is_compared) + 4 * any_value(is_share)::int, 0
            ) as own_variance,
            sum(own_n * own_n * others_variance / nullif(others_n, 0)) filter (where is_compared)
            / nullif(compared_n * compared_n, 0) as others_error
        from varied
        group by level, period, kind, name, part, scope, metric
    ),

    -- Of the two levels the finer one that serves half of the tickets.
    chosen as (
        select
            *, compared_value - others_value as difference, own_variance / nullif(compared_n, 0) + others_error as error
        from standardised
        where n > 0
        qualify
            row_number() over (
                partition by period, kind, name, part, scope, metric
                order by 2 * compared_n >= n desc, case when 2 * compared_n >= n then level else - level end
            )
            = 1
    )

select
    period::varchar as period,
    kind::varchar as kind,
    name::varchar as name,
    part::varchar as part,
    scope::varchar as workflow,
    metric::varchar as metric,
    "value"::double as "value",
    n::bigint as n,
    case when level = 1 then 'workflow, channel, priority' else 'workflow, priority' end::varchar as strata,
    compared_n::bigint as compared_n,
    compared_value::double as compared_value,
    others_value::double as others_value,
    others_n::bigint as others_n,
    difference::double as difference,
    (difference - {{ z() }} * sqrt(error))::double as low,
    (difference + {{ z() }} * sqrt(error))::double as high,
    compared_n < 10 or 2 * compared_n < n as too_few
from chosen
