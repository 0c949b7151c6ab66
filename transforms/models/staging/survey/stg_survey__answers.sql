with answers as ({{ newest(source("raw", "survey_answer"), "survey || '/' || answer_id") }})

select
    answers.survey,
    answers.answer_id,
    answers.ticket_ref,
    answers.email_hash,
    answers.answered_at,
    answers.score,
    surveys.kind,
    surveys.scale_min,
    surveys.scale_max,
    surveys.satisfied_from,
    -- Higher is easier on every scale, and every scale is stretched to 1-7 so that two surveys compare.
    case
        when surveys.kind = 'ces'
        then
            1
            + 6
            * case
                when surveys.higher_is_easier
                then answers.score - surveys.scale_min
                else surveys.scale_max - answers.score
            end
            / nullif(surveys.scale_max - surveys.scale_min, 0)
    end as score_1_7
from answers
inner join {{ source("config", "survey") }} as surveys using (survey)
where answers.score is not null
