{% macro generate_schema_name(custom_schema_name, node) -%}
    {# Schemas are named as they are configured, without the target's prefix; the published file uses main. #}
    {{- custom_schema_name if custom_schema_name else "main" -}}
{%- endmacro %}
