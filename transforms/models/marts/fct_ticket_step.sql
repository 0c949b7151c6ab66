-- What the work of a ticket cost is shared out over its visits by the work that was done in them.
with
    handling as (
        select ticket_key, sum(amount) as amount from {{ ref("fct_cost") }} where kind = 'handling' group by ticket_key
    ),

    visits as (
        select
            *,
            handle_minutes / nullif(sum(handle_minutes) over (partition by ticket_key), 0) as share_of_work,
            row_number() over (partition by ticket_key, step order by visit_no) > 1 as is_rework
        from {{ ref("int_ticket_visits") }}
    )

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
    visits.is_rework,
    coalesce(handling.amount * visits.share_of_work, 0)::double as handling_cost
from visits
left join {{ ref("int_visit_waits") }} as waits using (ticket_key, visit_no)
left join {{ ref("int_activity_delays") }} as delays using (ticket_key, visit_no)
left join handling using (ticket_key)
