-- Each use of a macro, firing of a rule, and ticket that a bot took part in.
with
    events as (select * from {{ ref("fct_ticket_event") }} where kind in ('macro', 'rule') or actor_kind = 'bot'),

    uses as (
        select ticket_key, event_id as run_id, happened_at, kind, to_value as name, null::boolean as is_handed_over
        from events
        where kind in ('macro', 'rule')
    ),

    bot_sessions as (
        select
            ticket_key,
            min(happened_at) as happened_at,
            bool_or(kind in ('group', 'assignee') and to_value is not null) as is_passed_on
        from events
        where actor_kind = 'bot'
        group by ticket_key
    ),

    -- A bot hands over by passing the ticket on, unless it is resolved without a person all the same, or by leaving it
    -- to a person who writes next.
    people as (
        select distinct words.ticket_key
        from {{ ref("fct_ticket_event") }} as words
        inner join bot_sessions using (ticket_key)
        where words.actor_kind = 'human' and words.kind = 'comment' and words.happened_at > bot_sessions.happened_at
    ),

    bot_runs as (
        select
            bot_sessions.ticket_key,
            -1 as run_id,
            bot_sessions.happened_at,
            'bot' as kind,
            'bot' as name,
            people.ticket_key is not null
            or (bot_sessions.is_passed_on and tickets.is_automated is distinct from true) as is_handed_over
        from bot_sessions
        inner join {{ ref("fct_ticket") }} as tickets using (ticket_key)
        left join people using (ticket_key)
    )

select
    ticket_key::bigint as ticket_key,
    run_id::bigint as run_id,
    happened_at,
    kind::varchar as kind,
    name::varchar as name,
    is_handed_over
from
    (
        select *
        from uses
        union all by name
        select *
        from bot_runs
    )
