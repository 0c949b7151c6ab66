{% macro metrics_by_key() -%}
    {# Every metric by its key. Once in a model: reading the definitions takes longer than a small model's query. #}
    {%- set found = {} -%}
    {%- for metric in metrics() -%} {%- do found.update({metric.key: metric}) -%} {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro effect_metrics() -%}
    {# What an automation's tickets are compared by. The mean cost of a ticket is no KPI: cost per resolution divides the cost of
       a period by what was resolved in it. Once in a model, too. #}
    {%- set by_key = metrics_by_key() -%}
    {%- set found = [] -%}
    {%- for key in ["csat", "reopen_rate", "resolution_time_mean_calendar_hours", "one_touch"] -%}
        {%- set metric = by_key[key] -%}
        {%- do found.append(
            {
                "key": key,
                "column": metric.columns[0],
                "value": metric.value,
                "n": metric.n,
                "per_unit": 60 if metric.unit == "hours" else 1,
                "is_share": metric.unit == "share",
            }
        ) -%}
    {%- endfor -%}
    {%- do found.append(
        {
            "key": "mean_cost_per_ticket",
            "column": "cost",
            "value": "avg(cost)",
            "n": "count(cost)",
            "per_unit": 1,
            "is_share": false,
        }
    ) -%}
    {{ return(found) }}
{%- endmacro %}

{% macro plain_subject(subject) -%}
    {# A subject without what differs from customer to customer: addresses, order names, and the digits of the rest. #}
    nullif(
        trim(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        lower({{ subject }}),
                        '\[(e-mail|phone|removed)\]|#\s*[a-z]{0,4}-?[0-9]+|\b[a-z]{0,4}-?[0-9]{4,}\b',
                        ' ',
                        'g'
                    ),
                    '[0-9]+',
                    '#',
                    'g'
                ),
                '[\s,;:.!?()"]+',
                ' ',
                'g'
            )
        ),
        ''
    )
{%- endmacro %}

{% macro contact_counts() %}
    {# What is counted of the contacts of one reason or subject, over int_contacts. The quarter's contacts and those of the 13 weeks
       before are by creation, and whole in the period of all data only. #}
    {%- set by_key = metrics_by_key() %}
    count(*) as ticket_count,
    count(*) filter (where created_at >= quarter_from) as quarter_count,
    count(*) filter (where created_at < quarter_from and created_at >= quarter_from - interval 91 days) as before_count,
    {% for key in ["csat", "fcr_7d", "automated_rate"] %}
        {{ by_key[key].value }} as {{ key }}, {{ by_key[key].n }} as {{ key }}_n,
    {% endfor %}
    avg(cost) as mean_cost_per_ticket,
    sum(cost) as total_cost,
    median(handle_minutes) as handle_median_minutes,
    avg(handle_minutes) as handle_mean_minutes,
    stddev_pop(handle_minutes) as handle_deviation_minutes,
    avg(is_after_order::int) as after_order_share,
    -- By count, and by name among equals.
    list_max(
        list_transform(map_entries(histogram(macro)), lambda entry: {'count':entry."value", 'name':entry.key})
    ) as macro_used
{% endmacro %}

{% macro contact_columns() %}
    {# The counts as they are published; counted has the columns of contact_counts. #}
    counted.ticket_count::bigint as ticket_count,
    counted.quarter_count::bigint as quarter_count,
    counted.before_count::bigint as before_count,
    {% for key in ["csat", "fcr_7d", "automated_rate"] %}
        counted.{{ key }}::double as {{ key }}, counted.{{ key }}_n::bigint as {{ key }}_n,
    {% endfor %}
    counted.mean_cost_per_ticket::double as mean_cost_per_ticket,
    counted.total_cost::double as total_cost,
    counted.handle_median_minutes::double as handle_median_minutes,
    counted.handle_mean_minutes::double as handle_mean_minutes,
    counted.handle_deviation_minutes::double as handle_deviation_minutes,
    counted.after_order_share::double as after_order_share,
    counted.macro_used.name::varchar as top_macro,
    coalesce(counted.macro_used.count, 0)::bigint as top_macro_count
{% endmacro %}

{% macro with_growth(group_columns) %}
    {# Every period shows the last quarter's contacts beside those of the quarter before, which only the whole data hold; unknown
       where the data do not reach back that far. #}
    select
        counted.* replace (
            max(quarter_count) filter (where period = 'all') over same as quarter_count,
            case
                when quarters.data_from <= quarters.quarter_from - interval 91 days
                then max(before_count) filter (where period = 'all') over same
            end as before_count
        )
    from counted
    cross join quarters
    window same as (partition by {{ group_columns }})
{% endmacro %}

{% macro quarter_bounds() %}
    select
        max(from_at) filter (where period = 'quarter') as quarter_from,
        max(from_at) filter (where period = 'all') as data_from
    from {{ ref("process_period") }}
{% endmacro %}
