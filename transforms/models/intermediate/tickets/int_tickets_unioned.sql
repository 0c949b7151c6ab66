{{ config(materialized="ephemeral") }}

with
    settings as (select * from {{ source("config", "setting") }}),

    zendesk_tickets as (
        select
            tickets.ticket_key,
            tickets.ticket_id,
            'zendesk' as source,
            tickets.source_ticket_id,
            settings.helpdesk_url || '/agent/tickets/' || tickets.source_ticket_id as url,
            coalesce('c-' || users.email_hash, 'zendesk-' || tickets.requester_id) as customer_id,
            tickets.requester_id,
            tickets.channel,
            coalesce(groups.group_name, tickets.group_id::varchar) as group_name,
            'zendesk-' || tickets.assignee_id as agent_id,
            tickets.priority,
            tickets.subject,
            tickets.form,
            tickets.tags,
            list_transform(tickets.custom_fields, lambda f: {'id':f.id::varchar, 'value':f."value"}) as custom_fields,
            tickets.body_hits,
            users.locale as language,
            null::varchar as given_workflow,
            tickets.satisfaction_score,
            tickets.status,
            tickets.created_at
        from {{ ref("stg_zendesk__tickets") }} as tickets
        cross join settings
        left join {{ ref("stg_zendesk__users") }} as users on tickets.requester_id = users.user_id
        left join {{ ref("stg_zendesk__groups") }} as groups on tickets.group_id = groups.group_id
    ),

    flat_tickets as (
        select
            tickets.ticket_key,
            tickets.ticket_id,
            'zendesk' as source,
            tickets.source_ticket_id,
            settings.helpdesk_url || '/agent/tickets/' || tickets.source_ticket_id as url,
            coalesce('c-' || tickets.email_hash, 'zendesk-' || tickets.requester_id) as customer_id,
            tickets.requester_id,
            tickets.channel,
            tickets.group_name,
            'zendesk-' || tickets.assignee_hash as agent_id,
            tickets.priority,
            tickets.subject,
            null::varchar as form,
            tickets.tags,
            tickets.custom_fields,
            []::varchar[] as body_hits,
            null::varchar as language,
            null::varchar as given_workflow,
            tickets.satisfaction_score,
            tickets.status,
            tickets.created_at
        from {{ ref("stg_zendesk__account_tickets") }} as tickets
        cross join settings
        anti join {{ ref("stg_zendesk__tickets") }} as full_tickets using (ticket_key)
    ),

    event_log_cases as (select * from {{ ref("int_event_log_cases") }})

select *
from zendesk_tickets
union all by name
select *
from flat_tickets
union all by name
select *
from event_log_cases
