-- What each person is at, cut where anything begins or ends, so that no instant is in two pieces: with the earliest
-- instant at which something in it could have begun. Who waits meets pieces, not visits: overlaps are counted once.
with
    work as (
        select agent_id, batch, entered, begun, done from {{ ref("int_visit_work") }} where is_worked and done > begun
    ),

    cuts as (
        select agent_id, cut_at, row_number() over (partition by agent_id order by cut_at) as place
        from
            (
                select agent_id, begun as cut_at
                from work
                union
                select agent_id, done as cut_at
                from work
            )
    ),

    placed as (
        select work.agent_id, work.batch, work.entered, unnest(range(starts.place, ends.place)) as place
        from work
        inner join cuts as starts on work.agent_id = starts.agent_id and work.begun = starts.cut_at
        inner join cuts as ends on work.agent_id = ends.agent_id and work.done = ends.cut_at
    ),

    by_batch as (select agent_id, place, batch, min(entered) as entered from placed group by all),

    earliest as (
        select agent_id, place, min_by({'entered':entered, 'batch':batch}, entered, 2) as first_two
        from by_batch
        group by all
    )

select
    earliest.agent_id,
    cuts.cut_at as begins,
    next_cuts.cut_at as ends,
    earliest.first_two[1].entered as entered,
    earliest.first_two[1].batch as batch,
    -- Of anything outside that batch.
    earliest.first_two[2].entered as other_entered
from earliest
inner join cuts using (agent_id, place)
inner join cuts as next_cuts on earliest.agent_id = next_cuts.agent_id and earliest.place + 1 = next_cuts.place
