{% macro wait_causes() %}
    {# Why a visit waited, in the order in which they are shown. #}
    {{
        return(
            [
                "customer",
                "hold",
                "timer",
                "out_of_hours",
                "unassigned",
                "contention",
                "prioritisation",
                "batching",
                "extraneous",
            ]
        )
    }}
{% endmacro %}

{% macro team_kinds() -%}
    {# Steps in which the shop has the ball. #}
    ('queue', 'assigned', 'working', 'escalated', 'reopened', 'activity')
{%- endmacro %}

{% macro own_wait(relation="") -%}
    {# Minutes that the shop can mend: neither the customer's nor a timer's. #}
    {%- set of = relation ~ "." if relation else "" -%}
    ({{ of }}wait_minutes - coalesce({{ of }}customer_minutes, 0) - coalesce({{ of }}timer_minutes, 0))
{%- endmacro %}

{% macro mendable(visits) -%}
    {# Visits by what could be mended in them: the step itself, coming to it again, the hand-off that led there. #}
    select *, 'step' as kind, step as at_step, null::varchar as to_step
    from {{ visits }}
    union all
    select *, 'loop' as kind, step as at_step, null::varchar as to_step
    from {{ visits }}
    where is_rework
    union all
    select *, 'handoff' as kind, previous_step as at_step, step as to_step
    from {{ visits }}
    where is_handoff and previous_step is not null
{%- endmacro %}

{% macro step_condition_sql(field, values) -%}
    {%- set texts = sql_texts(values) -%}
    {%- if field == "state" -%} list_contains({{ texts }}, step_kind)
    {%- elif field == "group" -%} list_contains({{ texts }}, group_name)
    {%- elif field == "tag" -%} list_has_any(tags, {{ texts }})
    {%- elif field == "workflow" -%} list_contains({{ texts }}, workflow)
    {%- else -%} {{ exceptions.raise_compiler_error("step field " ~ field ~ " is not known") }}
    {%- endif -%}
{%- endmacro %}

{% macro step_name() -%}
    {# The first step of the configuration that fits a state, else the state's own name. #}
    {%- set rules = {} -%}
    {%- set conditions -%}
        select step_no, step, field, to_json("values")::varchar as texts
        from {{ source('config', 'step_rule') }}
        order by step_no, field
    {%- endset -%}
    {%- if execute -%}
        {%- for row in run_query(conditions).rows -%}
            {%- set found = rules.setdefault(row["step_no"], {"step": row["step"], "tests": []}) -%}
            {%- do found["tests"].append(step_condition_sql(row["field"], fromjson(row["texts"]))) -%}
        {%- endfor -%}
    {%- endif -%}
    case
        {%- for rule in rules.values() %}
            when {{ rule["tests"] | join(" and ") }} then {{ sql_text(rule["step"]) }}
        {%- endfor %}
        when step_kind = 'bot'
        then 'Bot'
        when step_kind = 'customer'
        then 'Waiting on customer'
        when step_kind = 'hold'
        then 'On hold'
        when step_kind in ('reopened', 'resolved', 'escalated')
        then upper(left(step_kind, 1)) || substr(step_kind, 2)
        else upper(left(step_kind, 1)) || substr(step_kind, 2) || ': ' || coalesce(group_name, 'no group')
    end
{%- endmacro %}

{% macro kpi_of(key) -%}
    {# The expression of a metric, where a model computes it over rows of its own. #}
    {%- for metric in metrics() if metric.key == key -%} {{ metric.value }} {%- endfor -%}
{%- endmacro %}
