{{ config(materialized="view") }}

with settings as (select * from {{ source("config", "setting") }})

select
    {{ week_of("answers.offered_at") }} as week,
    tickets.workflow,
    tickets.variant,
    tickets.channel,
    answers.answered_at is not null as is_answered
from {{ ref("fct_survey_answer") }} as answers
inner join {{ ref("fct_ticket") }} as tickets using (ticket_key)
cross join settings
where answers.kind = 'csat' and answers.offered_at is not null and tickets.is_counted
