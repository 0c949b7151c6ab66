-- Pseudonymous unless the shop chose otherwise: an agent is a number and a group.
with
    seen as (
        select distinct actor_id as agent_id, actor_kind as kind
        from {{ ref("fct_ticket_event") }}
        where actor_kind in ('human', 'bot') and actor_id is not null
    ),

    users as (
        select 'zendesk-' || users.user_id as agent_id, users.display_name, users.is_active, groups.group_name
        from {{ ref("stg_zendesk__users") }} as users
        left join {{ ref("stg_zendesk__groups") }} as groups on users.default_group_id = groups.group_id
        where users.is_agent
    ),

    agents as (
        select coalesce(seen.agent_id, users.agent_id) as agent_id, max(coalesce(seen.kind, 'human')) as kind
        from seen
        full outer join users using (agent_id)
        group by coalesce(seen.agent_id, users.agent_id)
    )

select
    agents.agent_id,
    coalesce(users.display_name, 'Agent ' || right(agents.agent_id, 4)) as label,
    users.group_name,
    agents.kind,
    users.is_active
from agents
left join users using (agent_id)
