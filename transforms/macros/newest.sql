{% macro newest(relation, key, updated_at=none) -%}
    {# The newest version of each record: by the source's own update time, then by the later load. Loads are append-only. #}
    select *
    from {{ relation }}
    where {{ key }} is not null
    qualify
        row_number() over (
            partition by {{ key }}
            order by {% if updated_at %} {{ updated_at }} desc nulls last, {% endif %} batch_no desc, line desc
        )
        = 1
{%- endmacro %}
