{% macro custom_field(id) -%}
    {# What a ticket's custom field says; null where it is empty. #}
    nullif(list_filter(custom_fields, lambda field:field.id = {{ id }})[1]."value", '')
{%- endmacro %}

{% macro sql_text(value) -%} {{ "'" ~ value | replace("'", "''") ~ "'" }} {%- endmacro %}

{% macro sql_texts(values) -%}
    [{% for value in values %}{{ sql_text(value) }}{{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}

{% macro condition_sql(field, argument, values) -%}
    {# One condition of a rule over the columns of int_tickets_described; any of its values suffices. #}
    {%- set texts = sql_texts(values) -%}
    {%- if field == "tag" -%} list_has_any(tags, {{ texts }})
    {%- elif field == "macro" -%} list_has_any(macros, {{ texts }})
    {%- elif field == "body" -%} list_has_any(body_hits, {{ texts }})
    {%- elif field == "group" -%} list_contains({{ texts }}, group_name)
    {%- elif field in ["form", "channel", "priority"] -%} list_contains({{ texts }}, {{ field }})
    {%- elif field == "field" -%}
        list_has_any(
            list_transform(list_filter(custom_fields, lambda f:f.id = {{ sql_text(argument) }}), lambda f:f."value"),
            {{ texts }}
        )
    {%- elif field == "subject" -%}
        (
            {% for value in values %}regexp_matches(subject, {{ sql_text(value) }}, 'i'){{ ' or ' if not loop.last }}
            {% endfor %}
        )
    {%- elif field == "created_from" -%} created_day >= {{ sql_text(values[0]) }}::date
    {%- elif field == "created_before" -%} created_day < {{ sql_text(values[0]) }}::date
    {%- elif field == "always" -%} true
    {%- else -%} {{ exceptions.raise_compiler_error("rule field " ~ field ~ " is not known") }}
    {%- endif -%}
{%- endmacro %}

{% macro first_match(scope) -%}
    {# The ordered rules of the configuration as one CASE: the first rule whose conditions all hold. #}
    {%- set rules = {} -%}
    {%- set conditions -%}
        select rule_no, workflow, target, field, argument, to_json("values")::varchar as texts
        from {{ source('config', 'rule') }}
        where scope = '{{ scope }}'
        order by rule_no, field
    {%- endset -%}
    {%- if execute -%}
        {%- for row in run_query(conditions).rows -%}
            {%- set found = rules.setdefault(
                row["rule_no"], {"target": row["target"], "workflow": row["workflow"], "tests": []}
            ) -%}
            {%- do found["tests"].append(condition_sql(row["field"], row["argument"], fromjson(row["texts"]))) -%}
        {%- endfor -%}
    {%- endif -%}
    case
        {%- for rule in rules.values() %}
            when
                {{ 'workflow = ' ~ sql_text(rule['workflow']) ~ ' and ' if scope == 'variant' }}
                {{ rule["tests"] | join(" and ") }}
            then {{ sql_text(rule["target"]) }}
        {%- endfor %}
        {%- if not rules %} when false then '' {%- endif %}
    end
{%- endmacro %}
