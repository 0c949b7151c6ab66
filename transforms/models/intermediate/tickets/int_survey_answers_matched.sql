-- By the ticket's number where the survey kept it, else the customer's latest ticket at that moment.
with
    answers as (
        select
            *,
            nullif(regexp_extract(ticket_ref, '(\d+)\s*$', 1), '') as source_ticket_id,
            'c-' || email_hash as customer_id
        from {{ ref("stg_survey__answers") }}
    ),

    tickets as (
        select ticket_key, source_ticket_id, ticket_id, customer_id, created_at from {{ ref("int_tickets_assigned") }}
    ),

    by_number as (
        select answers.*, tickets.ticket_key
        from answers
        left join
            tickets
            on answers.ticket_ref = tickets.ticket_id
            or (answers.source_ticket_id = tickets.source_ticket_id and answers.ticket_ref is not null)
    )

select by_number.* exclude (ticket_key), by_number.ticket_key
from by_number
where ticket_key is not null
union all by name
select by_number.* exclude (ticket_key), customers_tickets.ticket_key
from by_number
asof left join
    tickets as customers_tickets
    on by_number.customer_id = customers_tickets.customer_id
    and by_number.answered_at >= customers_tickets.created_at
where by_number.ticket_key is null
