{{ config(materialized="ephemeral") }}

-- One row of a log says several things at once: the activity, what it means for the status, who has the case now.
with
    events as (select * from {{ ref("stg_event_log__events") }}),

    cases as (select ticket_key, created_at from {{ ref("int_event_log_cases") }}),

    -- Doing something with a case is not being given it: where a log says who it is assigned to, only that counts.
    assigning as (select log, bool_or(meaning = 'assigned') as says_who from events group by log),

    -- A case is somebody's request, so it opens with a word of the customer's even where the log keeps no messages.
    opened as (
        select
            ticket_key,
            created_at as happened_at,
            unnest([{'number':-1, 'kind':'created'}, {'number':-2, 'kind':'comment'}]) as fact
        from cases
    ),

    said as (
        select
            events.ticket_key,
            events.log,
            events.event_id,
            events.row_no,
            events.happened_at,
            unnest(
                [
                    {'kind':'activity', 'value':activity, 'is_public':null, 'nudge':0},
                    {'kind':'status', 'value':{{ status_of_meaning() }}, 'is_public':null, 'nudge':1},
                    {
                        'kind':'assignee',
                        'value': case
                            when events.meaning = 'assigned' or not assigning.says_who
                            then events.log || '-' || events.resource
                        end,
                        'is_public':null,
                        'nudge':2
                    },
                    {'kind':'group', 'value':group_name, 'is_public':null, 'nudge':3},
                    {
                        'kind':'comment',
                        'value': case when meaning in ('reply', 'customer_reply', 'private_note') then meaning end,
                        'is_public':meaning <> 'private_note',
                        'nudge':4
                    }
                ]
            ) as fact,
            events.meaning,
            events.resource,
            events.activity,
            events.started_at
        from events
        inner join assigning using (log)
    )

select
    ticket_key,
    fact.number as event_id,
    -9223372036854775807 as update_id,
    happened_at,
    fact.kind,
    null::varchar as from_value,
    null::varchar as to_value,
    'customer' as actor_kind,
    null::varchar as actor_id,
    case when fact.kind = 'comment' then true end as is_public,
    null::varchar as activity
from opened
union all by name
select
    ticket_key,
    hash(event_id, fact.nudge)::hugeint % 4611686018427387904 as event_id,
    row_no as update_id,
    happened_at,
    fact.kind,
    null::varchar as from_value,
    case when fact.kind not in ('activity', 'comment') then fact."value" end as to_value,
    case when meaning in ('created', 'customer_reply') then 'customer' else 'human' end as actor_kind,
    log || '-' || resource as actor_id,
    fact.is_public,
    case when fact.kind = 'activity' then activity end as activity,
    case when fact.kind = 'activity' then started_at end as started_at
from said
where fact."value" is not null
