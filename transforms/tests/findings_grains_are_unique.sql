-- Rows that share the stated grain of a mart of paths, reasons or automations, and how many do.
{% set grains = {
    "ticket_path": "period, workflow, workflow_rank",
    "path_departure": "period, workflow, position, next_step",
    "contact_reason": "period, workflow, source, reason",
    "contact_subject": "period, workflow, subject",
    "dim_automation": "kind, name",
    "automation_reach": "period, kind, name, part, workflow",
    "automation_effect": "period, kind, name, part, workflow, metric",
} %}

{% for model, grain in grains.items() %}
    select '{{ model }}' as model, count(*) as rows_of_one_grain
    from {{ ref(model) }}
    group by {{ grain }}
    having count(*) > 1
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
