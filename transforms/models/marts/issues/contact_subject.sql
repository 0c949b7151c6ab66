-- Of every period the 20,000 most frequent: what analysis groups into reasons.
with
    quarters as ({{ quarter_bounds() }}),

    contacts as (
        select periods.period, contacts.*, quarters.quarter_from
        from {{ ref("int_contacts") }} as contacts
        inner join {{ ref("period_ticket") }} as periods using (ticket_key)
        cross join quarters
        where contacts.subject is not null
    ),

    counted as (
        select period, workflow, subject, {{ contact_counts() }} from contacts group by period, workflow, subject
    ),

    compared as ({{ with_growth("workflow, subject") }})

select
    counted.period::varchar as period,
    counted.workflow::varchar as workflow,
    counted.subject::varchar as subject,
    {{ contact_columns() }}
from compared as counted
qualify
    row_number() over (
        partition by counted.period order by counted.ticket_count desc, counted.subject, counted.workflow
    )
    <= 20000
