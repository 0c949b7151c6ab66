{% macro is_work() -%}
    {# A person did something with the ticket, beyond taking it over. #}
    actor_kind = 'human'
    and (kind in ('comment', 'macro', 'activity') or (kind = 'status' and to_value not in ('new', 'open')))
{%- endmacro %}

{% macro is_reply() -%}
    {# A public human comment after the opening one. #}
    comments.actor_kind = 'human' and comments.is_public and not comments.is_opening
{%- endmacro %}
