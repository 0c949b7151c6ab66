-- One row per ticket and week in which it cost something, was created or was resolved.
with
    tickets as (
        select ticket_key, workflow, variant, channel, is_measured, created_week, resolved_week
        from {{ ref("fct_ticket") }}
    ),

    facts as (
        select
            ticket_key,
            date_trunc('week', day)::date as week,
            amount,
            case when kind <> 'fixed' then amount else 0 end as variable_cost,
            false as is_creation,
            false as is_resolution
        from {{ ref("fct_cost") }}
        where bearer = 'counted'
        union all by name
        select
            ticket_key,
            created_week as week,
            0 as amount,
            0 as variable_cost,
            true as is_creation,
            false as is_resolution
        from tickets
        where is_measured
        union all by name
        select
            ticket_key,
            resolved_week as week,
            0 as amount,
            0 as variable_cost,
            false as is_creation,
            true as is_resolution
        from tickets
        where is_measured and resolved_week is not null
    ),

    summed as (
        select
            ticket_key,
            week,
            sum(amount) as cost_amount,
            sum(variable_cost) as variable_cost,
            bool_or(is_creation) as is_creation,
            bool_or(is_resolution) as is_resolution
        from facts
        group by ticket_key, week
    )

select summed.*, tickets.workflow, tickets.variant, tickets.channel
from summed
inner join tickets using (ticket_key)
