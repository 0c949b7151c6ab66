-- Entered recovery: a ticket of a recovery workflow for that customer within the window after abandonment and before
-- completion.
with
    settings as (select * from {{ source("config", "setting") }}),

    checkouts as (
        select checkouts.*, 'c-' || checkouts.email_hash as customer_id
        from {{ ref("stg_shopify__checkouts") }} as checkouts
        cross join settings
        where checkouts.abandoned_at <= settings.snapshot_at
    ),

    recovery_tickets as (
        select tickets.ticket_key, tickets.customer_id, tickets.created_at
        from {{ ref("fct_ticket") }} as tickets
        inner join
            {{ source("config", "workflow") }} as workflows
            on tickets.workflow = workflows.workflow
            and workflows.is_cart_recovery
        where tickets.is_counted
    )

select
    checkouts.checkout_id,
    checkouts.checkout_name,
    checkouts.customer_id,
    checkouts.abandoned_at,
    case when checkouts.completed_at <= settings.snapshot_at then checkouts.completed_at end as completed_at,
    {{ week_of("checkouts.abandoned_at") }} as abandoned_week,
    checkouts.currency,
    checkouts.total,
    checkouts.item_count,
    recovery_tickets.ticket_key as recovery_ticket_key,
    coalesce(
        recovery_tickets.created_at <= checkouts.abandoned_at + to_days(settings.cart_window_days)
        and (checkouts.completed_at is null or recovery_tickets.created_at < checkouts.completed_at),
        false
    ) as is_entered,
    coalesce(checkouts.completed_at <= settings.snapshot_at, false) as is_completed,
    -- Attributed to the workflow, not proven to be caused by it.
    coalesce(
        checkouts.completed_at <= settings.snapshot_at
        and recovery_tickets.created_at <= checkouts.abandoned_at + to_days(settings.cart_window_days)
        and recovery_tickets.created_at < checkouts.completed_at
        and checkouts.completed_at <= recovery_tickets.created_at + to_days(settings.cart_window_days),
        false
    ) as is_recovered
from checkouts
cross join settings
asof left join
    recovery_tickets
    on checkouts.customer_id = recovery_tickets.customer_id
    and checkouts.abandoned_at <= recovery_tickets.created_at
