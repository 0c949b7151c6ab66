with
    tickets as (select period, ticket_key from {{ ref("period_ticket") }}),

    counted as (
        select
            tickets.period,
            episodes.workflow,
            episodes.group_name as from_group,
            episodes.next_group as to_group,
            count(*) as passage_count,
            count(distinct episodes.ticket_key) as ticket_count,
            count(*) filter (where not episodes.is_answered) as unanswered_count,
            count(*) filter (where episodes.next_group = episodes.previous_group) as back_count
        from {{ ref("int_group_episodes") }} as episodes
        inner join tickets using (ticket_key)
        where episodes.next_group is not null
        group by tickets.period, episodes.workflow, episodes.group_name, episodes.next_group
    )

select *
from counted
