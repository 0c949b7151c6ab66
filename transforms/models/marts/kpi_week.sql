{# One aggregation per relation serves all of its metrics. The slices are the totals and every combination that a page filters by. #}
{% set relations = metrics() | groupby("relation") %}

with
    settings as (select * from {{ source("config", "setting") }}),

    {% for relation, relation_metrics in relations %}
        {{ relation }}_sliced as (
            select
                week,
                case when grouping(workflow) = 1 then 'all' else workflow end as slice_workflow,
                case when grouping(variant) = 1 then 'all' else variant end as slice_variant,
                case when grouping(channel) = 1 then 'all' else channel end as slice_channel,
                {% for metric in relation_metrics %}
                    {% if metric.interval not in quantile_places() %}
                        {{ metric.value }} as {{ metric.key }}_value,
                    {% endif %}
                    {{ metric.n }} as {{ metric.key }}_n,
                    {{ kpi_spread(metric) }} as {{ metric.key }}_spread,
                {% endfor %}
            from {{ ref("int_kpi_" ~ relation) }}
            where week is not null
            group by
                grouping sets (
                    (week),
                    (week, workflow),
                    (week, workflow, variant),
                    (week, channel),
                    (week, workflow, channel),
                    (week, workflow, variant, channel)
                )
            having
                (grouping(workflow) = 1 or workflow is not null)
                and (grouping(variant) = 1 or variant is not null)
                and (grouping(channel) = 1 or channel is not null)
        ),
    {% endfor %}

    computed as (
        {% for metric in metrics() %}
            select
                week,
                slice_workflow,
                slice_variant,
                slice_channel,
                '{{ metric.key }}' as metric,
                {% if metric.interval in quantile_places() %}
                    {# The grid of the interval holds the quantile itself: one pass over the values instead of two. #}
                    {{ metric.key }}_spread[{{ quantile_places()[metric.interval] }}] / 60 as "value",
                {% else %} {{ metric.key }}_value as "value",
                {% endif %}
                {{ metric.key }}_n as n,
                {{ metric.key }}_spread as spread,
                {% for side, sign in [("low", -1), ("high", 1)] %}
                    case when n >= 2 then {{ kpi_bound(metric, sign) }} end as {{ side }},
                {% endfor %}
            from {{ metric.relation }}_sliced
            {% if metric.totals_only %} where slice_workflow = 'all'
            {% elif metric.only_workflows %}
                where
                    slice_workflow in (
                        select 'all'
                        union all
                        select workflow
                        from {{ source("config", "workflow") }}
                        where {{ metric.only_workflows }}
                    )
            {% endif %}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    modelled as (
        select
            week,
            workflow as slice_workflow,
            'all' as slice_variant,
            'all' as slice_channel,
            metric,
            "value",
            n,
            low,
            high
        from {{ ref("int_kpi_modelled") }}
    ),

    unioned as (
        select * exclude (spread)
        from computed
        union all by name
        select *
        from modelled
    )

select
    unioned.week::date as week,
    strftime(unioned.week, '%G-W%V') as iso_week,
    unioned.slice_workflow::varchar as workflow,
    unioned.slice_variant::varchar as variant,
    unioned.slice_channel::varchar as channel,
    unioned.metric,
    unioned."value"::double as "value",
    coalesce(unioned.n, 0)::bigint as n,
    -- No end of an interval lies off its scale.
    case
        when unioned.low is null
        then null
        when metrics.interval_method = 'wilson'
        then greatest(unioned.low, 0)
        when metrics.unit = 'score'
        then greatest(unioned.low, 1)
        else unioned.low
    end::double as low,
    case
        when unioned.high is null
        then null
        when metrics.interval_method = 'wilson'
        then least(unioned.high, 1)
        when metrics.unit = 'score'
        then least(unioned.high, 7)
        else unioned.high
    end::double as high,
    metrics.unit,
    coalesce(unioned.n, 0) < metrics.min_n as too_few,
    -- A week is over on its last local day: an export ends with its last event, seldom at midnight.
    {{ day_of("settings.snapshot_at") }} >= unioned.week + 6 + metrics.matures_days as is_complete
from unioned
inner join {{ ref("metric") }} as metrics using (metric)
cross join settings
