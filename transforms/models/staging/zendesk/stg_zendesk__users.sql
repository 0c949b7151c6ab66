with users as ({{ newest(source("raw", "zendesk_user"), "user_id", "updated_at") }})

select
    user_id,
    role,
    coalesce(role in ('agent', 'admin'), false) as is_agent,
    email_hash,
    display_name,
    is_active,
    default_group_id,
    locale,
    created_at
from users
