-- Work that is done twice, and tickets that were sent to the wrong group: moved on by a person without an answer, from
-- a group whose work is not sorting. A group sorts where most of its tickets are moved on so.
{% set effects = {"hours": "resolution_calendar_minutes / 60", "cost": "cost"} %}

with
    tickets as (
        select periods.period, tickets.*
        from {{ ref("fct_ticket") }} as tickets
        inner join {{ ref("period_ticket") }} as periods using (ticket_key)
    ),

    episodes as (
        select *, not is_answered and next_group is not null and ended_by = 'human' as is_moved_on
        from {{ ref("int_group_episodes") }}
    ),

    sorting as (
        select workflow, group_name
        from episodes
        where left_at is not null
        group by workflow, group_name
        having avg(is_moved_on::int) > 0.5
    ),

    misrouted as (
        select distinct episodes.ticket_key
        from episodes
        anti join sorting using (workflow, group_name)
        where episodes.is_moved_on
    ),

    repeats as (
        select
            ticket_key,
            count(*) filter (where agent_id = agent_before) as same_agent_repeats,
            count(*) filter (where agent_id <> agent_before) as other_agent_redos
        from
            (
                select
                    ticket_key,
                    agent_id,
                    lag(agent_id) over (partition by ticket_key, step order by visit_no) as agent_before
                from {{ ref("fct_ticket_step") }}
                where step_kind in ('assigned', 'working', 'escalated', 'activity')
            )
        where agent_before is not null
        group by ticket_key
    ),

    joined as (
        select
            tickets.period,
            tickets.workflow,
            tickets.is_reopened,
            tickets.has_ping_pong,
            tickets.resolution_calendar_minutes,
            tickets.cost,
            misrouted.ticket_key is not null as is_misrouted,
            tickets.is_measured and tickets.resolved_at is not null as is_compared,
            coalesce(repeats.same_agent_repeats, 0) as same_agent_repeats,
            coalesce(repeats.other_agent_redos, 0) as other_agent_redos
        from tickets
        left join misrouted using (ticket_key)
        left join repeats using (ticket_key)
    ),

    counted as (
        select
            period,
            workflow,
            count(*) as ticket_count,
            count(*) filter (where is_reopened) as reopened_count,
            count(*) filter (where has_ping_pong) as ping_pong_count,
            count(*) filter (where same_agent_repeats > 0) as same_agent_repeat_count,
            count(*) filter (where other_agent_redos > 0) as other_agent_redo_count,
            count(*) filter (where is_misrouted) as misrouted_count,
            {% for effect, value in effects.items() %}
                avg({{ value }}) filter (where is_misrouted and is_compared)
                - avg({{ value }}) filter (where not is_misrouted and is_compared) as misroute_{{ effect }},
                sqrt(
                    var_samp({{ value }}) filter (where is_misrouted and is_compared)
                    / count(*) filter (where is_misrouted and is_compared)
                    + var_samp({{ value }}) filter (where not is_misrouted and is_compared)
                    / count(*) filter (where not is_misrouted and is_compared)
                ) as misroute_{{ effect }}_error,
            {% endfor %}
        from joined
        group by period, workflow
    )

select
    period,
    workflow,
    ticket_count,
    {% for kind in ["reopened", "ping_pong", "same_agent_repeat", "other_agent_redo", "misrouted"] %}
        {{ kind }}_count, ({{ kind }}_count / ticket_count)::double as {{ kind }}_share,
    {% endfor %}
    {% for effect in effects %}
        misroute_{{ effect }}::double as misroute_{{ effect }},
        (misroute_{{ effect }} - {{ z() }} * misroute_{{ effect }}_error)::double as misroute_{{ effect }}_low,
        (misroute_{{ effect }} + {{ z() }} * misroute_{{ effect }}_error)::double as misroute_{{ effect }}_high
        {{- "," if not loop.last }}
    {% endfor %}
from counted
