with macros as ({{ newest(source("raw", "zendesk_macro"), "macro_id", "updated_at") }})

select macro_id, title, is_active, created_at
from macros
