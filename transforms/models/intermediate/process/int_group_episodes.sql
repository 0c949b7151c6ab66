-- A ticket's uninterrupted stays with groups: who moved it on, and whether anybody had answered it there.
with
    -- While a ticket waits for its customer it stays with its group.
    marked as (
        select *, coalesce(group_name <> lag(group_name) over visits_in_order, true) as begins
        from {{ ref("fct_ticket_step") }}
        where group_name is not null
        window visits_in_order as (partition by ticket_key order by visit_no)
    ),

    numbered as (
        select *, (sum(begins::int) over (partition by ticket_key order by visit_no))::int as episode_no from marked
    ),

    episodes as (
        select
            ticket_key,
            episode_no,
            any_value(workflow) as workflow,
            any_value(group_name) as group_name,
            min(entered_at) as entered_at,
            -- Nulls left out: the last visit of a resolved ticket never ends, its stay with the group is over all the
            -- same.
            max_by(left_at, visit_no) as left_at,
            max_by(ended_by, visit_no) as ended_by
        from numbered
        group by ticket_key, episode_no
    ),

    replies as (
        select ticket_key, happened_at
        from {{ ref("int_ticket_timeline") }}
        where kind = 'comment' and actor_kind = 'human' and is_public
    ),

    answered as (
        select episodes.ticket_key, episodes.episode_no
        from episodes
        asof inner join
            replies on episodes.ticket_key = replies.ticket_key and episodes.entered_at <= replies.happened_at
        where episodes.left_at is null or replies.happened_at <= episodes.left_at
    )

select
    episodes.*,
    answered.ticket_key is not null as is_answered,
    lead(episodes.group_name) over episodes_in_order as next_group,
    lag(episodes.group_name) over episodes_in_order as previous_group
from episodes
left join answered using (ticket_key, episode_no)
window episodes_in_order as (partition by episodes.ticket_key order by episodes.episode_no)
