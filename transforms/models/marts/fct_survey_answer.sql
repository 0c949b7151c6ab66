-- Every survey offered or answered. An answer counts once: the last of its ticket to the same survey, when it was
-- given.
with
    settings as (select * from {{ source("config", "setting") }}),

    tickets as (
        select ticket_key, source, source_ticket_id, customer_id, created_at, exclusion_reason
        from {{ ref("int_tickets_assigned") }}
    ),

    ratings as (
        select
            'zendesk-rating' as survey,
            'csat' as kind,
            rating_id::varchar as answer_id,
            ticket_key,
            offered_at,
            case when answered_at <= settings.snapshot_at then answered_at end as answered_at,
            case when answered_at <= settings.snapshot_at then is_satisfied end as is_satisfied,
            case when answered_at <= settings.snapshot_at then is_satisfied::int::double end as score,
            0::double as scale_min,
            1::double as scale_max,
            null::double as score_1_7
        from {{ ref("stg_zendesk__ratings") }}
        cross join settings
        where offered_at <= settings.snapshot_at
    ),

    questionnaires as (
        select
            survey,
            kind,
            answer_id,
            ticket_key,
            null::timestamp as offered_at,
            answered_at,
            case when kind = 'csat' then score >= satisfied_from end as is_satisfied,
            score,
            scale_min,
            scale_max,
            score_1_7
        from {{ ref("int_survey_answers_matched") }}
        cross join settings
        where answered_at <= settings.snapshot_at
    ),

    log_ratings as (select * from {{ ref("int_event_log_ratings") }}),

    answers as (
        select *
        from ratings
        union all by name
        select *
        from questionnaires
        union all by name
        select *
        from log_ratings
    )

select
    answers.survey || '-' || answers.answer_id as survey_answer_id,
    answers.ticket_key::bigint as ticket_key,
    answers.survey,
    answers.kind,
    answers.offered_at,
    answers.answered_at,
    answers.score,
    answers.scale_min,
    answers.scale_max,
    answers.is_satisfied,
    answers.score_1_7,
    tickets.exclusion_reason is null
    and (answers.is_satisfied is not null or answers.score_1_7 is not null)
    and row_number() over (
        partition by answers.survey, coalesce(answers.ticket_key::varchar, answers.answer_id)
        order by (answers.score is null)::int, answers.answered_at desc nulls last, answers.answer_id desc
    )
    = 1 as is_counted
from answers
left join tickets using (ticket_key)
