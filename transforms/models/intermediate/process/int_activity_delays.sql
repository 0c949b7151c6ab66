-- How long each activity with a measured start was not ready to be done by anybody: a timer, a third party, a file that
-- had to come. No cause of a wait can tell, for meanwhile its own person may well be at work on something else.
-- As long as somebody who does that step is at work and free, an activity that is ready would be begun; so it became
-- ready after the last such moment before it was begun. Is that the moment of the beginning itself, the delay is all of
-- the wait; otherwise it lies between the two, and is taken as the mean of the step's known delays within those bounds.
with
    visits as (
        select work.*, visits.step
        from {{ ref("int_visit_work") }} as work
        inner join {{ ref("int_ticket_visits") }} as visits using (ticket_key, visit_no)
        where work.step_kind = 'activity' and work.is_worked and visits.start_source = 'measured'
    ),

    doers as (select distinct step, agent_id, calendar from visits),

    -- Steps done by the same people are one pool.
    pools as (
        select step, hash(list({'agent_id':agent_id, 'calendar':calendar} order by agent_id, calendar)) as pool
        from doers
        group by step
    ),

    people as (select distinct agent_id, calendar from doers),

    horizon as (select min(entered) as begins, max(done) as ends from visits),

    -- Somebody is free where they are in (1) and nothing is being done (0).
    changes as (
        select people.agent_id, people.calendar, unnest([begins, ends]) as at_us, unnest([1, -1]) as change
        from
            (
                select schedule as calendar, epoch_us(opens_at) as begins, epoch_us(closes_at) as ends
                from {{ ref("int_business_intervals") }}
                union all
                select schedule, epoch_us(opens_at), epoch_us(closes_at)
                from {{ ref("int_agent_calendars") }}
            ) as intervals
        inner join people using (calendar)
        union all
        select people.agent_id, people.calendar, unnest([begins, ends]), unnest([1, -1])
        from people
        cross join horizon
        where people.calendar is null
        union all
        select people.agent_id, people.calendar, unnest([begins, ends]), unnest([-1, 1])
        from {{ ref("int_agent_work") }} as work
        inner join people using (agent_id)
    ),

    netted as (select agent_id, calendar, at_us, sum(change) as change from changes group by agent_id, calendar, at_us),

    levels as (
        select *, sum(change) over person as level, lead(at_us) over person as until_us
        from netted
        window person as (partition by agent_id, calendar order by at_us)
    ),

    memberships as (
        select distinct pools.pool, doers.agent_id, doers.calendar from doers inner join pools using (step)
    ),

    turns as (
        select pool, turn.at_us as at_us, sum(turn.change) as change
        from
            (
                select memberships.pool, unnest([{'at_us':at_us, 'change':1}, {'at_us':until_us, 'change':-1}]) as turn
                from levels
                inner join
                    memberships
                    on levels.agent_id = memberships.agent_id
                    and levels.calendar is not distinct from memberships.calendar
                where level = 1 and until_us is not null
            )
        group by all
    ),

    counted as (select *, sum(change) over (partition by pool order by at_us) as free from turns where change <> 0),

    -- From a moment at which somebody is free to the next at which nobody is.
    bounded as (
        select pool, at_us, free, coalesce(free > 0 and lag(free) over in_order > 0, false) as goes_on
        from counted
        window in_order as (partition by pool order by at_us)
    ),

    islands as (
        select pool, at_us as begins, lead(at_us) over (partition by pool order by at_us) as ends, free
        from bounded
        where not goes_on
    ),

    measured as (
        select
            visits.ticket_key,
            visits.visit_no,
            visits.step,
            visits.begun - visits.entered as wait,
            greatest(coalesce(least(islands.ends, visits.begun) - visits.entered, 0), 0) as known
        from visits
        inner join pools using (step)
        asof left join
            (select * from islands where free > 0) as islands
            on pools.pool = islands.pool
            and visits.begun > islands.begins
    ),

    exact as (
        select
            step,
            known as delay,
            sum(count(*)) over (partition by step order by known) as n,
            sum(sum(known)) over (partition by step order by known) as total
        from measured
        where known = wait
        group by step, known
    )

select
    measured.ticket_key,
    measured.visit_no,
    measured.known = measured.wait as is_measured,
    coalesce((at_most.total - coalesce(less.total, 0)) / nullif(at_most.n - coalesce(less.n, 0), 0), measured.known)
    / 60000000.0 as delay_minutes
from measured
asof left join exact as at_most on measured.step = at_most.step and measured.wait >= at_most.delay
asof left join exact as less on measured.step = less.step and measured.known > less.delay
