with tickets as ({{ newest(source("raw", "zendesk_account_csv"), "ticket_id", "updated_at") }})

select
    * exclude (batch_no, line, ticket_id, channel, tags),
    ticket_id as ticket_key,
    'zendesk-' || ticket_id as ticket_id,
    ticket_id::varchar as source_ticket_id,
    lower(coalesce(channel, 'unknown')) as channel,
    coalesce(tags, []) as tags
from tickets
