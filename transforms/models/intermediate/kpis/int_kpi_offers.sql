{{ config(materialized="ephemeral") }}

-- An answer may come as a record of its own: it answers the offer, and is none.
with
    settings as (select * from {{ source("config", "setting") }}),

    offers as (
        select ticket_key, survey, min(offered_at) as offered_at, bool_or(answered_at is not null) as is_answered
        from {{ ref("fct_survey_answer") }}
        where kind = 'csat' and offered_at is not null
        group by ticket_key, survey
    )

select
    {{ week_of("offers.offered_at") }} as week, tickets.workflow, tickets.variant, tickets.channel, offers.is_answered
from offers
inner join {{ ref("fct_ticket") }} as tickets using (ticket_key)
cross join settings
where tickets.is_counted
