with
    settings as (select * from {{ source("config", "setting") }}),

    metrics as (
        {% for metric in metrics() + modelled_metrics() %}
            select
                {{ sql_text(metric.key) }} as metric,
                {{ sql_text(metric.label) }} as label,
                {{ sql_text(metric.unit) }} as unit,
                {{ sql_text(metric.better) }} as better,
                {{ sql_text(metric.anchor) }} as anchor,
                {{ sql_text(metric.interval or "none") }} as interval_method,
                {{ metric.min_n }} as min_n,
                {{ loop.index }} as position,
                {{ metric.headline or false }} as is_headline,
                {{ metric.table or false }} as is_table,
                {{ sql_text(metric.sentence) }} as sentence,
                {{ sql_text(metric.value or "") }} as expression,
                {{ sql_text(metric.week or "") }} as week_column,
                {{ sql_text(metric.tickets) }} as ticket_filter,
                {{ metric.matures or 0 }} as matures_days
            from settings
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    metric::varchar as metric,
    label::varchar as label,
    unit::varchar as unit,
    better::varchar as better,
    anchor::varchar as anchor,
    interval_method::varchar as interval_method,
    min_n::int as min_n,
    position::int as position,
    is_headline,
    is_table,
    sentence::varchar as sentence,
    nullif(expression, '')::varchar as expression,
    -- Null: the tickets as of the snapshot.
    nullif(week_column, '')::varchar as week_column,
    ticket_filter::varchar as ticket_filter,
    matures_days::int as matures_days
from metrics
