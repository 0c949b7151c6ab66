-- Satisfaction that stands in the log itself, as an attribute of its case.
{% set formats = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d-%b-%y",
] %}

with
    settings as (select * from {{ source("config", "setting") }}),

    cases as (
        select
            events.ticket_key,
            events.log,
            logs.csat_scale_max as scale_max,
            first(try_cast(events.attributes[logs.csat_attribute] as double) order by events.row_no) as score,
            first(events.attributes[logs.csat_at_attribute] order by events.row_no) as answered_text
        from {{ ref("stg_event_log__events") }} as events
        inner join {{ source("config", "event_log") }} as logs using (log)
        where nullif(events.attributes[logs.csat_attribute], '') is not null
        group by events.ticket_key, events.log, logs.csat_scale_max
    )

select
    cases.log || '-csat' as survey,
    'csat' as kind,
    cases.ticket_key::varchar as answer_id,
    cases.ticket_key,
    null::timestamp as offered_at,
    timezone('UTC', timezone(settings.time_zone, try_strptime(cases.answered_text, {{ formats }}))) as answered_at,
    -- 4-5 of 5, 3 of 3, the better of two.
    cases.score >= case when cases.scale_max = 5 then 4 else cases.scale_max end as is_satisfied,
    cases.score,
    1::double as scale_min,
    cases.scale_max,
    null::double as score_1_7
from cases
cross join settings
where cases.score is not null
