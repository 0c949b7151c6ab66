-- By the ticket's number where the survey kept it, else the customer's latest ticket at that moment.
with
    answers as (
        select
            *,
            nullif(regexp_extract(ticket_ref, '(\d+)\s*$', 1), '') as ticket_number,
            'c-' || email_hash as customer_id
        from {{ ref("stg_survey__answers") }}
    ),

    tickets as (
        select ticket_key, ticket_id, source_ticket_id, customer_id, created_at from {{ ref("int_tickets_assigned") }}
    ),

    referred as (
        select answers.*, coalesce(exact.ticket_key, numbered.ticket_key) as ticket_key
        from answers
        left join tickets as exact on answers.ticket_ref = exact.ticket_id
        left join tickets as numbered on answers.ticket_number = numbered.source_ticket_id
    )

select *
from referred
where ticket_key is not null
union all by name
select referred.* exclude (ticket_key), customers_tickets.ticket_key
from referred
asof left join
    tickets as customers_tickets
    on referred.customer_id = customers_tickets.customer_id
    and referred.answered_at >= customers_tickets.created_at
where referred.ticket_key is null
