with
    paths as (
        select ticket_key, list(step order by visit_no) as path from {{ ref("fct_ticket_step") }} group by ticket_key
    )

select ticket_key, path, hash(path) as path_hash
from paths
