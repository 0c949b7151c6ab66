{% macro local(instant) -%}
    {# A UTC instant as the clock on the shop's wall shows it. #}
    timezone(settings.time_zone, timezone('UTC', {{ instant }}))
{%- endmacro %}

{% macro week_of(instant) -%}
    {# Monday of the ISO week in the business time zone. #}
    date_trunc('week', {{ local(instant) }})::date
{%- endmacro %}

{% macro day_of(instant) -%} {{ local(instant) }}::date {%- endmacro %}

{% macro minutes_between(start, finish) -%}
    {# Whole microseconds are subtracted first, so that the minutes carry one rounding only. #}
    (epoch_us({{ finish }}) - epoch_us({{ start }})) / 60000000.0
{%- endmacro %}

{% macro event_order() -%} happened_at, update_id, kind_order, event_id {%- endmacro %}

{% macro clock_minutes(clock) -%}
    {# 'HH:MM' of a day, '24:00' included, as minutes after its midnight. #}
    left({{ clock }}, 2)::int * 60 + right({{ clock }}, 2)::int
{%- endmacro %}

{% macro business_clock(schedule, instant, intervals) -%}
    {# Microseconds that the schedule was open before the instant; null without a schedule. #}
    case
        when {{ schedule }} is null
        then null
        else
            coalesce(
                {{ intervals }}.microseconds_before
                + least(epoch_us({{ instant }}), epoch_us({{ intervals }}.closes_at))
                - epoch_us({{ intervals }}.opens_at),
                0
            )
    end
{%- endmacro %}
