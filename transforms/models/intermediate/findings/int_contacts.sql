-- One row per measured ticket: outreach is no contact.
with
    measures as (select * from {{ ref("int_ticket_measures") }} where is_measured),

    -- Tags that the configuration sorts tickets by say which workflow it is, not why the customer wrote.
    rule_tags as (
        select coalesce(list(distinct tag), []) as tags
        from (select unnest("values") as tag from {{ source("config", "rule") }} where field = 'tag')
    ),

    described as (
        select
            tickets.ticket_key,
            tickets.customer_id,
            {{ plain_subject("tickets.subject") }} as subject,
            tickets.reason,
            list_filter(list_distinct(tickets.tags), lambda tag: not list_contains(rule_tags.tags, tag)) as tags
        from {{ ref("int_tickets_described") }} as tickets
        cross join rule_tags
    ),

    first_macros as (
        select ticket_key, min_by(name, (happened_at, run_id)) as macro
        from {{ ref("fct_automation_run") }}
        where kind = 'macro'
        group by ticket_key
    ),

    orders as (
        select customer_id, created_at as ordered_at
        from {{ ref("fct_order") }}
        where customer_id is not null and not is_test
    )

select
    measures.ticket_key,
    measures.workflow,
    measures.created_at,
    measures.csat_satisfied,
    measures.is_fcr_7d,
    measures.is_automated,
    measures.handle_minutes,
    measures.cost,
    described.subject,
    described.reason,
    described.tags,
    first_macros.macro,
    coalesce(orders.ordered_at >= measures.created_at - interval 7 days, false) as is_after_order
from measures
inner join described using (ticket_key)
left join first_macros using (ticket_key)
asof left join orders on described.customer_id = orders.customer_id and measures.created_at >= orders.ordered_at
