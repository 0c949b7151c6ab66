{% macro status_of_meaning() -%}
    {# The status that an event of a generic log puts its case in; null where it says nothing of the status. #}
    case
        meaning
        when 'created'
        then 'new'
        when 'open'
        then 'open'
        when 'assigned'
        then 'open'
        when 'reopened'
        then 'open'
        when 'pending'
        then 'pending'
        when 'hold'
        then 'hold'
        when 'solved'
        then 'solved'
        when 'closed'
        then 'closed'
    end
{%- endmacro %}
