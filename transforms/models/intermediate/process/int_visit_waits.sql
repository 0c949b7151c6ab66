-- Why each visit waited, every microsecond under one name.
with
    visits as (select * from {{ ref("int_ticket_visits") }}),

    closing as (
        select
            visits.ticket_key,
            visits.visit_no,
            {{ business_clock("visits.schedule", "visits.entered_at", "intervals") }} as entered_clock
        from visits
        asof left join
            {{ ref("int_business_intervals") }} as intervals
            on visits.schedule = intervals.schedule
            and visits.entered_at >= intervals.opens_at
    ),

    leaving as (
        select
            visits.ticket_key,
            visits.visit_no,
            {{ business_clock("visits.schedule", "visits.until_at", "intervals") }} as until_clock
        from visits
        asof left join
            {{ ref("int_business_intervals") }} as intervals
            on visits.schedule = intervals.schedule
            and visits.until_at >= intervals.opens_at
    ),

    measured as (
        select
            visits.*,
            {{ minutes_between("visits.entered_at", "visits.until_at") }} - visits.work_minutes as wait_minutes,
            (leaving.until_clock - closing.entered_clock) / 60000000.0 as open_minutes
        from visits
        inner join closing using (ticket_key, visit_no)
        inner join leaving using (ticket_key, visit_no)
    ),

    split as (
        select
            *,
            case
                when step_kind in ('customer', 'hold', 'resolved')
                then 0
                else least(wait_minutes, coalesce({{ minutes_between("entered_at", "until_at") }} - open_minutes, 0))
            end as closed_minutes
        from measured
        where wait_minutes is not null
    )

select
    ticket_key,
    visit_no,
    case
        when step_kind in ('customer', 'resolved') and ended_by is distinct from 'rule' then wait_minutes else 0
    end as customer_minutes,
    case when step_kind = 'hold' then wait_minutes else 0 end as hold_minutes,
    case when step_kind in ('customer', 'resolved') and ended_by = 'rule' then wait_minutes else 0 end as timer_minutes,
    closed_minutes as out_of_hours_minutes,
    case
        when step_kind in ('queue', 'reopened', 'bot') then wait_minutes - closed_minutes else 0
    end as unassigned_minutes,
    0::double as contention_minutes,
    0::double as prioritisation_minutes,
    0::double as batching_minutes,
    case
        when step_kind in ('assigned', 'working', 'escalated', 'activity') then wait_minutes - closed_minutes else 0
    end as extraneous_minutes
from split
