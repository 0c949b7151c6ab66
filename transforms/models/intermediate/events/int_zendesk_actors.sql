-- A deactivated or downgraded agent is an end user in today's user list: whoever was ever given a ticket is an agent
-- too.
with
    assignees as (
        select distinct try_cast(to_value as bigint) as user_id
        from {{ ref("stg_zendesk__audit_events") }}
        where field_name = 'assignee_id'
        union
        select distinct assignee_id as user_id
        from {{ ref("stg_zendesk__tickets") }}
    ),

    private_authors as (
        select distinct author_id as user_id from {{ ref("stg_zendesk__comments") }} where not is_public
    ),

    agents as (
        select user_id
        from {{ ref("stg_zendesk__users") }}
        where is_agent
        union
        select user_id
        from assignees
        union
        select user_id
        from private_authors
    )

select
    coalesce(agents.user_id, bots.user_id) as user_id,
    agents.user_id is not null as is_agent,
    bots.user_id is not null as is_bot
from agents
full outer join {{ source("config", "bot_user") }} as bots on agents.user_id = bots.user_id
where coalesce(agents.user_id, bots.user_id) is not null
