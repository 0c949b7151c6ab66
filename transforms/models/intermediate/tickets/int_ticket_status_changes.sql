-- Every real change of status, with the instant from which an automatic close counts: when the ball went to the
-- customer.
with
    statuses as (
        select
            ticket_key,
            event_id,
            event_no,
            happened_at,
            business_clock,
            to_value as status,
            actor_kind,
            coalesce(lag(to_value) over (partition by ticket_key order by event_no), from_value, 'new') as status_before
        from {{ ref("int_ticket_timeline") }}
        where kind = 'status'
    ),

    changes as (
        select
            *,
            status in ('solved', 'closed') and status_before not in ('solved', 'closed') as is_resolution,
            status_before in ('solved', 'closed') and status not in ('solved', 'closed') as is_reopening,
            lag(happened_at) over (partition by ticket_key order by event_no) as before_since,
            lag(business_clock) over (partition by ticket_key order by event_no) as before_clock
        from statuses
        where status <> status_before
    )

select
    * exclude (before_since, before_clock),
    is_resolution
    and status_before = 'pending'
    and actor_kind = 'rule'
    and before_since is not null as is_automatic_close,
    case when is_automatic_close then before_since else happened_at end as counts_from,
    case when is_automatic_close then before_clock else business_clock end as counts_from_clock
from changes
