-- When each activity of a generic log could have begun: as the latest earlier activity of its case was completed
-- that is not concurrent with it. The first of a case, and whatever nothing came before, was enabled as it began.
-- Two activities are concurrent if at least half of the pairs that meet in a case overlap in time (Chapela-Campa
-- and Dumas, Enhancing Business Process Simulation Models with Extraneous Activity Delays, 2024). A log without start
-- times has no overlaps: there the activity before enables the next.
with
    events as (
        select
            log,
            ticket_key,
            event_id,
            row_no,
            activity,
            coalesce(least(started_at, happened_at), happened_at) as started_at,
            happened_at
        from {{ ref("stg_event_log__events") }}
    ),

    -- In one case an activity that ends as another begins comes before it; what takes no time, in the order of the
    -- file.
    points as (
        select
            log,
            ticket_key,
            event_id,
            activity,
            unnest(
                [
                    {
                        'at':started_at,
                        'turn': case when started_at = happened_at then 1 else 2 end,
                        'row_no':row_no,
                        'is_end':false
                    },
                    {
                        'at':happened_at,
                        'turn': case when started_at = happened_at then 1 else 0 end,
                        'row_no':row_no,
                        'is_end':true
                    }
                ]
            ) as point
        from events
    ),

    before as (
        select
            *,
            last_value(case when point.is_end then {'at':point."at", 'activity':activity} end ignore nulls) over (
                partition by ticket_key order by point rows between unbounded preceding and 1 preceding
            ) as completed
        from points
    ),

    measured as (select distinct ticket_key from events where started_at < happened_at),

    counts as (
        select events.log, events.ticket_key, events.activity, count(*) as n
        from events
        semi join measured using (ticket_key)
        group by all
    ),

    meetings as (
        select one.log, one.activity, other.activity as other_activity, sum(one.n * other.n) as n
        from counts as one
        inner join counts as other on one.ticket_key = other.ticket_key and one.activity < other.activity
        group by all
    ),

    overlapping as (
        select one.log, one.activity, other.activity as other_activity, count(*) as n
        from events as one
        inner join
            events as other
            on one.ticket_key = other.ticket_key
            and one.activity < other.activity
            and one.started_at < other.happened_at
            and other.started_at < one.happened_at
        semi join measured on one.ticket_key = measured.ticket_key
        group by all
    ),

    pairs as (
        select meetings.log, meetings.activity, meetings.other_activity
        from meetings
        inner join overlapping using (log, activity, other_activity)
        where 2 * overlapping.n >= meetings.n
    ),

    concurrent as (
        select *
        from pairs
        union all
        select log, other_activity as activity, activity as other_activity
        from pairs
    ),

    -- Only where the last completion is of a concurrent activity must one look further back.
    doubtful as (
        select before.ticket_key, before.event_id, before.log, before.activity, before.point
        from before
        semi join
            concurrent
            on before.log = concurrent.log
            and before.activity = concurrent.activity
            and before.completed.activity = concurrent.other_activity
        where not before.point.is_end
    ),

    looked_back as (
        select doubtful.ticket_key, doubtful.event_id, max(ends.point."at") as completed_at
        from doubtful
        inner join
            before as ends
            on doubtful.ticket_key = ends.ticket_key
            and ends.point.is_end
            and ends.point < doubtful.point
        anti join
            concurrent
            on doubtful.log = concurrent.log
            and doubtful.activity = concurrent.activity
            and ends.activity = concurrent.other_activity
        group by all
    ),

    starts as (
        select
            before.ticket_key,
            before.event_id,
            before.activity,
            before.point,
            case when doubtful.event_id is null then before.completed."at" end as completed_at
        from before
        left join doubtful using (ticket_key, event_id)
        where not before.point.is_end
    )

select
    starts.ticket_key,
    starts.event_id,
    starts.point.row_no as update_id,
    starts.activity,
    coalesce(starts.completed_at, looked_back.completed_at, starts.point."at") as enabled_at
from starts
left join looked_back using (ticket_key, event_id)
