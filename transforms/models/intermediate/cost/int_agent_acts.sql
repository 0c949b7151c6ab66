-- One row per update by a person, with the minutes that its handling is estimated at: the time since that person's
-- previous act anywhere, within a floor and a cap. Taking a ticket over costs nothing, yet ends the gap before it.
with
    settings as (select * from {{ source("config", "setting") }}),

    -- An hour costs what the agent's own group costs, on whichever ticket it is spent.
    agent_groups as (
        select 'zendesk-' || users.user_id as agent_id, groups.group_name
        from {{ ref("stg_zendesk__users") }} as users
        inner join {{ ref("stg_zendesk__groups") }} as groups on users.default_group_id = groups.group_id
    ),

    acts as (
        select
            actor_id as agent_id,
            ticket_key,
            update_id,
            min(happened_at) as happened_at,
            bool_and(kind in ('assignee', 'group') or (kind = 'status' and to_value = 'open'))
            and bool_or(kind = 'assignee' and to_value = actor_id) as is_pickup
        from {{ ref("int_ticket_timeline") }}
        where actor_kind = 'human' and actor_id is not null and kind <> 'created'
        group by actor_id, ticket_key, update_id
    ),

    spaced as (
        select
            *,
            {{
                minutes_between(
                    "lag(happened_at) over (partition by agent_id order by happened_at, update_id)", "happened_at"
                )
            }} as minutes_since
        from acts
    )

select
    spaced.agent_id,
    spaced.ticket_key,
    spaced.update_id,
    spaced.happened_at,
    {{ day_of("spaced.happened_at") }} as day,
    coalesce(agent_groups.group_name, tickets.group_name) as group_name,
    spaced.is_pickup,
    case
        when spaced.is_pickup
        then 0
        else
            greatest(
                settings.handle_floor_minutes,
                least(settings.handle_cap_minutes, coalesce(spaced.minutes_since, settings.handle_cap_minutes))
            )
    end as estimated_minutes
from spaced
cross join settings
inner join {{ ref("int_tickets_assigned") }} as tickets using (ticket_key)
left join agent_groups on spaced.agent_id = agent_groups.agent_id
