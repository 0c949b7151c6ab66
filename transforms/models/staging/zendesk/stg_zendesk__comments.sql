with comments as ({{ first_load(source("raw", "zendesk_comment"), "comment_id") }})

select
    comment_id,
    audit_id,
    ticket_id as ticket_key,
    author_id,
    is_public,
    created_at as happened_at,
    coalesce(channel = 'rule' or author_id = -1, false) as is_rule,
    channel in (select channel from {{ source("config", "bot_channel") }}) as is_bot_channel
from comments
