{% macro open_clock(calendar, instant, intervals) -%}
    {# Microseconds that a calendar was open before an instant in microseconds; without a calendar every hour is open. #}
    case
        when {{ calendar }} is null
        then {{ instant }}
        else
            coalesce(
                {{ intervals }}.microseconds_before
                + least({{ instant }}, {{ intervals }}.closes)
                - {{ intervals }}.opens,
                0
            )
    end
{%- endmacro %}
