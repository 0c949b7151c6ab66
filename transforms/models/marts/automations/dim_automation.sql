with
    quarters as ({{ quarter_bounds() }}),

    listed as (
        select
            'macro' as kind,
            title as name,
            coalesce(bool_or(is_active), true) as is_active,
            min(created_at) as listed_at
        from {{ ref("stg_zendesk__macros") }}
        where title is not null
        group by title
    ),

    used as (
        select
            kind,
            name,
            min(happened_at) as first_used_at,
            max(happened_at) as last_used_at,
            count(*) as use_count,
            count(*) filter (where happened_at >= quarters.quarter_from) as quarter_use_count
        from {{ ref("fct_automation_run") }}
        cross join quarters
        where name is not null
        group by kind, name
    )

select
    kind::varchar as kind,
    name::varchar as name,
    listed.name is not null as is_listed,
    -- Of rules and bots there is no list: what was used is taken to be there still.
    coalesce(listed.is_active, kind <> 'macro' or listed.name is not null) as is_active,
    listed.listed_at,
    used.first_used_at,
    used.last_used_at,
    coalesce(used.use_count, 0)::bigint as use_count,
    coalesce(used.quarter_use_count, 0)::bigint as quarter_use_count
from listed
full outer join used using (kind, name)
