{{ config(materialized="ephemeral") }}

with settings as (select * from {{ source("config", "setting") }})

select
    {{ week_of("answers.answered_at") }} as week,
    coalesce(tickets.workflow, 'unclassified') as workflow,
    tickets.variant,
    coalesce(tickets.channel, 'unknown') as channel,
    answers.is_satisfied as csat_satisfied,
    answers.score_1_7 as ces_score
from {{ ref("fct_survey_answer") }} as answers
cross join settings
left join {{ ref("fct_ticket") }} as tickets using (ticket_key)
where answers.is_counted
