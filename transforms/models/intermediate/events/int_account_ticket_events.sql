{{ config(materialized="ephemeral") }}

-- A flat export has instants and durations but no log: what they prove happened is written as events, nothing more.
with
    tickets as (
        select account_tickets.*
        from {{ ref("stg_zendesk__account_tickets") }} as account_tickets
        anti join {{ ref("stg_zendesk__tickets") }} using (ticket_key)
    ),

    facts as (
        select
            ticket_key,
            assignee_hash,
            unnest(
                [
                    {'number':0, 'kind':'created', 'at':created_at, 'value':null::varchar, 'actor':'customer'},
                    {'number':1, 'kind':'comment', 'at':created_at, 'value':null, 'actor':'customer'},
                    {
                        'number':2,
                        'kind':'comment',
                        'at':created_at + to_microseconds((first_reply_calendar_minutes * 60000000)::bigint),
                        'value':null,
                        'actor':'human'
                    },
                    {
                        'number':3,
                        'kind':'assignee',
                        'at':initially_assigned_at,
                        'value':'zendesk-' || assignee_hash,
                        'actor':'human'
                    },
                    {
                        'number':4,
                        'kind':'status',
                        'at': case when status in ('solved', 'closed') then solved_at end,
                        'value':'solved',
                        'actor':'human'
                    }
                ]
            ) as fact
        from tickets
    )

select
    ticket_key,
    - (ticket_key * 8 + fact.number) as event_id,
    fact.number as update_id,
    fact."at" as happened_at,
    fact.kind,
    null::varchar as from_value,
    fact."value" as to_value,
    fact.actor as actor_kind,
    case when fact.actor = 'human' then 'zendesk-' || assignee_hash end as actor_id,
    case when fact.kind = 'comment' then true end as is_public,
    null::varchar as activity
from facts
where fact."at" is not null
