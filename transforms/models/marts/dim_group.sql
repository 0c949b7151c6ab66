with
    named as (
        select distinct group_name
        from {{ ref("fct_ticket") }}
        where group_name is not null
        union
        select group_name
        from {{ ref("stg_zendesk__groups") }}
    )

select named.group_name, groups.group_id::varchar as source_group_id, coalesce(groups.is_deleted, false) as is_deleted
from named
left join
    (
        select group_name, max(group_id) as group_id, bool_and(coalesce(is_deleted, false)) as is_deleted
        from {{ ref("stg_zendesk__groups") }}
        group by group_name
    ) as groups using (group_name)
