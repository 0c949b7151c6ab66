with groups as ({{ newest(source("raw", "zendesk_group"), "group_id", "updated_at") }})

select group_id, name as group_name, is_deleted
from groups
