with
    settings as (select * from {{ source("config", "setting") }}),

    tickets as (select * from {{ ref("int_tickets_assigned") }}),

    creations as (
        select ticket_key, business_clock as created_clock from {{ ref("int_ticket_timeline") }} where kind = 'created'
    ),

    outreach_exceptions as (select channel from {{ source("config", "outreach_channel") }}),

    answers as (
        select
            ticket_key,
            max_by(is_satisfied, answered_at) filter (where kind = 'csat') as csat_satisfied,
            max_by(score, answered_at) filter (where kind = 'csat') as csat_score,
            max(answered_at) filter (where kind = 'csat') as csat_at,
            max_by(score_1_7, answered_at) filter (where kind = 'ces') as ces_score,
            max(answered_at) filter (where kind = 'ces') as ces_at
        from {{ ref("fct_survey_answer") }}
        where is_counted and ticket_key is not null
        group by ticket_key
    ),

    offers as (
        select ticket_key, min(offered_at) as csat_offered_at
        from {{ ref("fct_survey_answer") }}
        where kind = 'csat' and ticket_key is not null
        group by ticket_key
    ),

    costs as (
        select ticket_key, sum(handle_minutes) as handle_minutes, sum(amount) as cost
        from {{ ref("fct_cost") }}
        where ticket_key is not null
        group by ticket_key
    ),

    handle_methods as (
        select ticket_key, any_value(method) as handle_method from {{ ref("int_handle_days") }} group by ticket_key
    ),

    account_tickets as (
        select account_tickets.*
        from {{ ref("stg_zendesk__account_tickets") }} as account_tickets
        anti join {{ ref("stg_zendesk__tickets") }} using (ticket_key)
    ),

    joined as (
        select
            tickets.*,
            tickets.exclusion_reason is null as is_counted,
            coalesce(
                messages.opened_by in ('human', 'bot', 'rule')
                and not coalesce(tickets.channel in (select channel from outreach_exceptions), false),
                false
            ) as is_outreach,
            case when messages.first_reply_at >= tickets.created_at then messages.first_reply_at end as first_reply_at,
            resolutions.first_resolved_at,
            coalesce(resolutions.is_resolved, tickets.status in ('solved', 'closed'), false) as is_resolved,
            case when resolutions.is_resolved then resolutions.last_resolved_at end as resolved_at,
            resolutions.last_resolver_kind,
            (messages.first_reply_clock - creations.created_clock) / 60000000.0 as first_reply_business,
            (resolutions.first_resolved_clock - creations.created_clock) / 60000000.0 as first_resolution_business,
            (resolutions.last_resolved_clock - creations.created_clock) / 60000000.0 as resolution_business,
            case
                when account_tickets.ticket_key is not null
                then account_tickets.replies
                else coalesce(messages.public_reply_count, 0)
            end as public_reply_count,
            coalesce(messages.human_message_count, 0) as human_message_count,
            coalesce(account_tickets.reopens, resolutions.reopen_count, 0) as reopen_count,
            -- A flat export counts stations, not handoffs.
            case when account_tickets.ticket_key is null then coalesce(handoffs.handoff_count, 0) end as handoff_count,
            case
                when account_tickets.ticket_key is null then coalesce(handoffs.has_ping_pong, false)
            end as has_ping_pong,
            case
                when account_tickets.ticket_key is null then coalesce(handoffs.is_bot_handover, false)
            end as is_bot_handover,
            -- A ticket resolved in the instant of its creation waited for nothing.
            {% for wait in [
                "customer_wait",
                "on_hold",
                "unassigned",
                "assigned_untouched",
                "team_wait",
                "reopened_idle",
            ] %}
                coalesce(waits.{{ wait }}_minutes, 0) as {{ wait }}_minutes,
            {% endfor %}
            case
                when waits.ticket_key is not null
                then waits.out_of_hours_minutes
                when tickets.schedule is not null
                then 0
            end as out_of_hours_minutes,
            offers.csat_offered_at,
            answers.* exclude (ticket_key),
            coalesce(costs.handle_minutes, 0) as handle_minutes,
            handle_methods.handle_method,
            coalesce(costs.cost, 0) as cost
        from tickets
        left join creations using (ticket_key)
        left join {{ ref("int_ticket_messages") }} as messages using (ticket_key)
        left join {{ ref("int_ticket_resolutions") }} as resolutions using (ticket_key)
        left join {{ ref("int_ticket_handoffs") }} as handoffs using (ticket_key)
        left join {{ ref("int_ticket_waits") }} as waits using (ticket_key)
        left join offers using (ticket_key)
        left join answers using (ticket_key)
        left join costs using (ticket_key)
        left join handle_methods using (ticket_key)
        left join account_tickets using (ticket_key)
    ),

    measured as (
        select
            *,
            is_counted and not is_outreach as is_measured,
            reopen_count > 0 as is_reopened,
            case
                when resolved_at is not null then last_resolver_kind <> 'human' and human_message_count = 0
            end as is_automated
        from joined
    ),

    contacts as (select customer_id, workflow, created_at from measured where is_measured and customer_id is not null),

    followed as (
        select
            measured.*,
            case
                when measured.resolved_at is not null
                then
                    measured.public_reply_count = 1
                    and not measured.is_reopened
                    and coalesce(same_workflow.created_at > measured.resolved_at + interval 7 days, true)
            end as is_fcr_7d,
            case
                when measured.resolved_at is not null
                then coalesce(same_workflow.created_at <= measured.resolved_at + interval 7 days, false)
            end as is_repeated_7d,
            coalesce(any_workflow.created_at > measured.resolved_at + interval 72 hours, true) as is_held_72h
        from measured
        asof left join
            contacts as same_workflow
            on measured.customer_id = same_workflow.customer_id
            and measured.workflow = same_workflow.workflow
            and measured.resolved_at < same_workflow.created_at
        asof left join
            contacts as any_workflow
            on measured.customer_id = any_workflow.customer_id
            and measured.resolved_at < any_workflow.created_at
    )

select
    followed.ticket_key,
    followed.ticket_id,
    followed.source,
    followed.source_ticket_id,
    followed.url,
    followed.customer_id,
    followed.workflow,
    followed.variant,
    followed.channel,
    followed.group_name,
    followed.agent_id,
    followed.priority,
    followed.subject,
    followed.tags,
    followed.reason,
    followed.language,
    followed.status,
    followed.is_counted,
    followed.exclusion_reason,
    followed.is_outreach,
    followed.is_measured,
    followed.created_at,
    followed.first_reply_at,
    followed.first_resolved_at,
    followed.resolved_at,
    {{ week_of("followed.created_at") }} as created_week,
    {{ week_of("followed.resolved_at") }} as resolved_week,
    {{ week_of("followed.first_resolved_at") }} as first_resolved_week,
    {{ week_of("followed.csat_offered_at") }} as csat_offered_week,
    {{ week_of("followed.csat_at") }} as csat_week,
    {{ week_of("followed.ces_at") }} as ces_week,
    followed.is_resolved,
    case
        when not followed.is_outreach then {{ minutes_between("followed.created_at", "followed.first_reply_at") }}
    end::double as first_reply_calendar_minutes,
    case
        when not followed.is_outreach and followed.first_reply_at is not null then followed.first_reply_business
    end::double as first_reply_business_minutes,
    {{ minutes_between("followed.created_at", "followed.first_resolved_at") }}::double
    as first_resolution_calendar_minutes,
    followed.first_resolution_business::double as first_resolution_business_minutes,
    {{ minutes_between("followed.created_at", "followed.resolved_at") }}::double as resolution_calendar_minutes,
    case when followed.resolved_at is not null then followed.resolution_business end::double
    as resolution_business_minutes,
    followed.customer_wait_minutes::double as customer_wait_minutes,
    followed.on_hold_minutes::double as on_hold_minutes,
    followed.out_of_hours_minutes::double as out_of_hours_minutes,
    followed.unassigned_minutes::double as unassigned_minutes,
    followed.assigned_untouched_minutes::double as assigned_untouched_minutes,
    followed.team_wait_minutes::double as team_wait_minutes,
    followed.reopened_idle_minutes::double as reopened_idle_minutes,
    followed.public_reply_count,
    followed.public_reply_count = 0 as is_zero_touch,
    followed.public_reply_count = 1 as is_one_touch,
    followed.is_fcr_7d,
    followed.is_repeated_7d,
    followed.reopen_count::int as reopen_count,
    followed.is_reopened,
    followed.handoff_count,
    followed.has_ping_pong,
    followed.is_bot_handover,
    followed.is_automated,
    followed.is_automated and followed.is_held_72h as is_automated_held,
    coalesce(followed.resolved_at <= followed.created_at + to_days(settings.cohort_days), false) as resolved_in_cohort,
    {{ sla_met("followed") }} as sla_met,
    -- A flat export says how a ticket was rated, not when: known here, but in no week.
    coalesce(
        followed.csat_satisfied, case lower(followed.satisfaction_score) when 'good' then true when 'bad' then false end
    ) as csat_satisfied,
    followed.csat_score,
    followed.ces_score,
    followed.handle_minutes::double as handle_minutes,
    followed.handle_method,
    followed.cost::double as cost
from followed
cross join settings
left join
    {{ ref("int_sla_targets") }} as sla_targets
    on followed.workflow = sla_targets.workflow
    and coalesce(followed.priority, 'normal') = sla_targets.priority
