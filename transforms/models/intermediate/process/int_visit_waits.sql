-- The wait of each visit (until work on it began; all of it where nobody worked) by cause; minutes sum to the wait.
-- Where somebody has the visit, each moment has the first of these that fits: batching (until the last of its batch
-- was there), contention (its agent is at what was there before), prioritisation (at what came after), out of hours,
-- the rest. In a helpdesk's states out of hours goes first, as in every other figure on tickets.
with
    intervals as (
        select schedule as calendar, epoch_us(opens_at) as opens, epoch_us(closes_at) as closes, microseconds_before
        from {{ ref("int_business_intervals") }}
        union all
        select schedule, epoch_us(opens_at), epoch_us(closes_at), microseconds_before
        from {{ ref("int_agent_calendars") }}
    ),

    visits as (
        select work.* replace (calendars.calendar as calendar), work.begun - work.entered as wait
        from {{ ref("int_visit_work") }} as work
        -- Who was never seen at work has no hours; it is not known when they are out.
        left join (select distinct calendar from intervals) as calendars using (calendar)
    ),

    clocked as (
        select
            visits.*,
            {{ open_clock("visits.calendar", "visits.entered", "at_entered") }} as open_entered,
            {{ open_clock("visits.calendar", "visits.ready", "at_ready") }} as open_ready,
            {{ open_clock("visits.calendar", "visits.begun", "at_begun") }} as open_begun
        from visits
        asof left join
            intervals as at_entered on visits.calendar = at_entered.calendar and visits.entered >= at_entered.opens
        asof left join intervals as at_ready on visits.calendar = at_ready.calendar and visits.ready >= at_ready.opens
        asof left join intervals as at_begun on visits.calendar = at_begun.calendar and visits.begun >= at_begun.opens
    ),

    held as (
        select *
        from clocked
        where step_kind in ('activity', 'assigned', 'working', 'escalated') and agent_id is not null and begun > ready
    ),

    -- One person's work against one calendar.
    lanes as (
        select agent_id, calendar, row_number() over () as lane from (select distinct agent_id, calendar from held)
    ),

    in_lanes as (
        select lanes.lane, lanes.calendar, work.* exclude (agent_id)
        from {{ ref("int_agent_work") }} as work
        inner join lanes using (agent_id)
    ),

    pieces as (
        select
            in_lanes.* exclude (calendar),
            {{ open_clock("in_lanes.calendar", "in_lanes.begins", "at_begin") }} as open_begins,
            {{ open_clock("in_lanes.calendar", "in_lanes.ends", "at_end") }} as open_ends,
            row_number() over (order by in_lanes.lane, in_lanes.begins) as piece
        from in_lanes
        asof left join
            intervals as at_begin on in_lanes.calendar = at_begin.calendar and in_lanes.begins >= at_begin.opens
        asof left join intervals as at_end on in_lanes.calendar = at_end.calendar and in_lanes.ends >= at_end.opens
    ),

    lane_starts as (select lane, min(piece) as first_piece from pieces group by lane),

    waiting as (
        select
            held.ticket_key,
            held.visit_no,
            held.batch,
            held.entered,
            held.ready,
            held.begun,
            held.open_ready,
            held.open_begun,
            lanes.lane
        from held
        inner join lanes on held.agent_id = lanes.agent_id and held.calendar is not distinct from lanes.calendar
    ),

    -- The pieces of its agent's work that a wait meets stand in a row: from the first that ends in it to the last that
    -- begins in it. A join on the agent alone would try every wait against years of work. They are fetched by the
    -- block,
    -- which keeps the table that is looked up in small.
    rows_of_pieces as (
        select
            waiting.*,
            coalesce(ended.piece + 1, lane_starts.first_piece) as first_piece,
            begun_before.piece as last_piece
        from waiting
        inner join lane_starts using (lane)
        asof left join pieces as ended on waiting.lane = ended.lane and waiting.ready >= ended.ends
        asof inner join
            pieces as begun_before on waiting.lane = begun_before.lane and waiting.begun > begun_before.begins
    ),

    blocks as (select piece >> 5 as block, list(pieces) as pieces from pieces group by block),

    met as (
        select wanted.*, unnest(blocks.pieces) as pieces
        from (select *, unnest(range(first_piece >> 5, (last_piece >> 5) + 1)) as block from rows_of_pieces) as wanted
        inner join blocks using (block)
    ),

    others as (
        select
            ticket_key,
            visit_no,
            -- In its own batch whoever came later was put first; otherwise a batch counts as there when its last was.
            pieces.entered <= entered
            or coalesce(
                case when pieces.batch is distinct from batch then pieces.entered else pieces.other_entered end
                <= ready,
                false
            ) as was_before,
            least(pieces.ends, begun) - greatest(pieces.begins, ready) as took,
            least(pieces.open_ends, open_begun) - greatest(pieces.open_begins, open_ready) as took_open
        from met
        where pieces.piece between first_piece and last_piece
    ),

    busy as (
        select
            ticket_key,
            visit_no,
            coalesce(sum(took) filter (where was_before), 0)::bigint as before,
            coalesce(sum(took_open) filter (where was_before), 0)::bigint as before_open,
            coalesce(sum(took) filter (where not was_before), 0)::bigint as after,
            coalesce(sum(took_open) filter (where not was_before), 0)::bigint as after_open
        from others
        group by ticket_key, visit_no
    ),

    named as (
        select
            clocked.ticket_key,
            clocked.visit_no,
            clocked.wait,
            case
                when clocked.step_kind in ('customer', 'resolved')
                then case when clocked.ended_by = 'rule' then 'timer' else 'customer' end
                when clocked.step_kind = 'hold'
                then 'hold'
                when clocked.step_kind = 'activity'
                then 'activity'
                when clocked.step_kind in ('queue', 'reopened', 'bot') or clocked.agent_id is null
                then 'unassigned'
                else 'assigned'
            end as state,
            clocked.open_begun - clocked.open_entered as open_wait,
            clocked.ready - clocked.entered as batching,
            clocked.open_ready - clocked.open_entered as batching_open,
            (clocked.begun - clocked.ready) - (clocked.open_begun - clocked.open_ready) as closed_after_batching,
            coalesce(busy.before, 0) as before,
            coalesce(busy.before_open, 0) as before_open,
            coalesce(busy.after, 0) as after,
            coalesce(busy.after_open, 0) as after_open
        from clocked
        left join busy using (ticket_key, visit_no)
    ),

    caused as (
        select
            ticket_key,
            visit_no,
            wait,
            case when state = 'customer' then wait else 0 end as customer,
            case when state = 'hold' then wait else 0 end as hold,
            case when state = 'timer' then wait else 0 end as timer,
            case
                when state = 'activity'
                then closed_after_batching - (before - before_open) - (after - after_open)
                when state in ('unassigned', 'assigned')
                then wait - open_wait
                else 0
            end as out_of_hours,
            case when state = 'unassigned' then open_wait else 0 end as unassigned,
            case when state = 'activity' then before when state = 'assigned' then before_open else 0 end as contention,
            case
                when state = 'activity' then after when state = 'assigned' then after_open else 0
            end as prioritisation,
            case when state = 'activity' then batching when state = 'assigned' then batching_open else 0 end as batching
        from named
    )

select
    ticket_key,
    visit_no,
    wait / 60000000.0 as wait_minutes,
    {% for cause in [
        "customer",
        "hold",
        "timer",
        "out_of_hours",
        "unassigned",
        "contention",
        "prioritisation",
        "batching",
    ] %}
        {{ cause }} / 60000000.0 as {{ cause }}_minutes,
    {% endfor %}
    (wait - customer - hold - timer - out_of_hours - unassigned - contention - prioritisation - batching)
    / 60000000.0 as extraneous_minutes
from caused
