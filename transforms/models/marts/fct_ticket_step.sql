-- What the work of a ticket cost is shared out over its visits by the work that was done in them.
with
    handling as (
        select ticket_key, sum(amount) as amount from {{ ref("fct_cost") }} where kind = 'handling' group by ticket_key
    ),

    visits as (select * from {{ ref("int_ticket_visits") }}),

    worked as (select ticket_key, sum(handle_minutes) as handle_minutes from visits group by ticket_key),

    first_visits as (select ticket_key, min(visit_no) as visit_no from visits group by ticket_key, step)

select
    visits.ticket_key::bigint as ticket_key,
    visits.visit_no,
    visits.workflow,
    visits.step,
    visits.step_kind,
    visits.entered_at,
    visits.started_at,
    visits.start_source,
    visits.left_at,
    {{ minutes_between("visits.entered_at", "visits.until_at") }}::double as elapsed_calendar_minutes,
    visits.work_minutes::double as work_minutes,
    ({{ minutes_between("visits.entered_at", "visits.until_at") }} - visits.work_minutes)::double as wait_minutes,
    {% for cause in wait_causes() %} waits.{{ cause }}_minutes::double as {{ cause }}_minutes, {% endfor %}
    delays.delay_minutes::double as delay_minutes,
    visits.agent_id,
    visits.group_name,
    visits.previous_step,
    visits.next_step,
    visits.ended_by,
    visits.is_handoff,
    first_visits.ticket_key is null as is_rework,
    coalesce(handling.amount * visits.handle_minutes / nullif(worked.handle_minutes, 0), 0)::double as handling_cost
from visits
left join {{ ref("int_visit_waits") }} as waits using (ticket_key, visit_no)
left join {{ ref("int_activity_delays") }} as delays using (ticket_key, visit_no)
left join first_visits using (ticket_key, visit_no)
left join worked using (ticket_key)
left join handling using (ticket_key)
