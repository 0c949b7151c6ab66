{% macro sla_met(tickets) -%}
    {# Met if every target that is due is met; missed by one of them is missed; null while any still runs or none is set. #}
    {%- set reply = tickets ~ ".first_reply_at" -%}
    {%- set solve = tickets ~ ".resolved_at" -%}
    case
        when not {{ tickets }}.is_measured
        then null
        when {{ target_met(tickets, reply, "first_reply_minutes") }} = false
        then false
        when {{ target_met(tickets, solve, "resolution_minutes") }} = false
        then false
        when
            (sla_targets.first_reply_minutes is null or {{ target_met(tickets, reply, "first_reply_minutes") }})
            and (sla_targets.resolution_minutes is null or {{ target_met(tickets, solve, "resolution_minutes") }})
            and coalesce(sla_targets.first_reply_minutes, sla_targets.resolution_minutes) is not null
        then true
    end
{%- endmacro %}

{% macro target_met(tickets, reached_at, target) -%}
    case
        when sla_targets.{{ target }} is null
        then null
        when {{ reached_at }} is not null
        then {{ minutes_between(tickets ~ ".created_at", reached_at) }} <= sla_targets.{{ target }}
        when
            {# Once resolved, nobody waits for it any more: it had been missed by then, or it is void. #}
            {{
                minutes_between(
                    tickets ~ ".created_at", "coalesce(" ~ tickets ~ ".resolved_at, settings.snapshot_at)"
                )
            }} > sla_targets.{{ target }}
        then false
    end
{%- endmacro %}
