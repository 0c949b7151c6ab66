-- A fee is charged when it happens and stays charged, whatever becomes of the ticket later.
with
    settings as (select * from {{ source("config", "setting") }}),

    messages as (
        select ticket_key, happened_at
        from {{ ref("int_ticket_timeline") }}
        where kind = 'comment' and is_public and actor_kind in ('human', 'bot')
    ),

    first_words as (
        select ticket_key, min(happened_at) as happened_at
        from {{ ref("int_ticket_timeline") }}
        where kind = 'comment' and actor_kind = 'human'
        group by ticket_key
    ),

    automated as (
        select changes.ticket_key, changes.happened_at
        from {{ ref("int_ticket_status_changes") }} as changes
        left join
            first_words
            on changes.ticket_key = first_words.ticket_key
            and first_words.happened_at <= changes.happened_at
        where changes.is_resolution and changes.actor_kind <> 'human' and first_words.ticket_key is null
    ),

    charged as (
        select ticket_key, created_at as happened_at, 'ticket_fee' as kind, settings.fee_per_ticket as amount
        from {{ ref("int_tickets_assigned") }}
        cross join settings
        union all by name
        select ticket_key, happened_at, 'message_fee' as kind, settings.fee_per_message as amount
        from messages
        cross join settings
        union all by name
        select ticket_key, happened_at, 'automation_fee' as kind, settings.fee_per_automated_resolution as amount
        from automated
        cross join settings
    )

select
    charged.ticket_key, {{ day_of("charged.happened_at") }} as day, charged.kind, sum(charged.amount)::double as amount
from charged
cross join settings
where charged.amount <> 0
group by charged.ticket_key, {{ day_of("charged.happened_at") }}, charged.kind
