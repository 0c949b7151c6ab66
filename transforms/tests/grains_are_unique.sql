-- Rows that share the stated grain of their model, and how many do. One test for all, since each test costs dbt a
-- round.
{% set grains = {
    "fct_ticket": "ticket_key",
    "fct_ticket_event": "ticket_key, event_id",
    "fct_ticket_field": "ticket_key, field",
    "fct_status_change": "ticket_key, event_id",
    "fct_ticket_step": "ticket_key, visit_no",
    "fct_survey_answer": "survey_answer_id",
    "fct_order": "order_id",
    "fct_shipment": "shipment_id",
    "fct_checkout": "checkout_id",
    "fct_automation_run": "ticket_key, kind, run_id",
    "fct_cost": "day, ticket_key, kind",
    "kpi_week": "week, workflow, variant, channel, metric",
    "kpi_first_reported": "week, workflow, metric",
    "kpi_target": "metric, workflow, priority",
    "metric": "metric",
    "backlog_day": "day, workflow",
    "process_period": "period",
    "period_ticket": "period, ticket_key",
    "process_size": "period, workflow",
    "workflow_step": "period, workflow, step",
    "workflow_edge": "period, workflow, from_step, to_step",
    "workflow_step_week": "workflow, step, week",
    "group_handoff": "period, workflow, from_group, to_group",
    "workflow_rework": "period, workflow",
    "hour_load": "period, group_name, weekday, hour",
    "workflow_bottleneck": "period, workflow, kind, step, to_step",
    "ticket_path": "period, workflow, workflow_rank",
    "path_departure": "period, workflow, position, next_step",
    "contact_reason": "period, workflow, source, reason",
    "contact_subject": "period, workflow, subject",
    "dim_automation": "kind, name",
    "automation_reach": "period, kind, name, part, workflow",
    "automation_effect": "period, kind, name, part, workflow, metric",
    "dim_workflow": "workflow",
    "dim_variant": "workflow, variant",
    "dim_agent": "agent_id",
    "dim_group": "group_name",
    "dim_customer": "customer_id",
    "dim_date": "day",
    "opening_hours": "group_name, weekday, opens_minute, closes_minute, valid_from",
    "load_batch": "batch_no",
    "reconciliation": "ticket_key, check_name",
    "snapshot": "snapshot_at",
    "int_tickets_described": "ticket_key",
    "int_zendesk_actors": "user_id",
    "int_business_intervals": "schedule, opens_at",
    "int_fixed_cost_days": "day",
    "int_sla_targets": "workflow, priority",
    "int_kpi_costs": "ticket_key, week",
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
