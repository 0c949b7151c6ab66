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
            events.ticket_key,
            -1 as run_id,
            min(events.happened_at) as happened_at,
            'bot' as kind,
            'bot' as name,
            any_value(tickets.is_bot_handover) as is_handed_over
        from events
        inner join {{ ref("fct_ticket") }} as tickets using (ticket_key)
        where events.actor_kind = 'bot'
        group by events.ticket_key
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
        from bot_sessions
    )
