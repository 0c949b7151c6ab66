with tickets as ({{ newest(source("raw", "zendesk_ticket"), "ticket_id", "coalesce(updated_at, generated_at)") }})

select
    ticket_id as ticket_key,
    'zendesk-' || ticket_id as ticket_id,
    ticket_id::varchar as source_ticket_id,
    requester_id,
    submitter_id,
    assignee_id,
    group_id,
    form_id::varchar as form,
    lower(coalesce(channel, 'unknown')) as channel,
    priority,
    status,
    subject,
    coalesce(tags, []) as tags,
    custom_fields,
    coalesce(body_hits, []) as body_hits,
    satisfaction_score,
    created_at,
    updated_at
from tickets
