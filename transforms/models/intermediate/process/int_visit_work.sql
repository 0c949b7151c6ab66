-- One row per visit, in whole microseconds: when it could have begun (entered), when the wait ended (begun) and the
-- work did (done), and the batch that it was worked in.
-- A batch (Lashkevich et al., Unveiling the Causes of Waiting Time in Business Processes, 2023): one person does the
-- same step again and again without a pause, and all of it was there before the first was begun. Two make a batch
-- where starts are measured, three where they are estimated.
with
    visits as (
        select
            *,
            epoch_us(entered_at) as entered,
            epoch_us(until_at) as done,
            -- Estimated work is known by its minutes, and stands at the end of its visit.
            case
                when start_source = 'measured' and started_at is not null
                then epoch_us(started_at)
                else epoch_us(until_at) - round(coalesce(work_minutes, 0) * 60000000)::bigint
            end as begun
        from {{ ref("int_ticket_visits") }}
        -- Nothing is waited for after the end.
        where until_at is not null
    ),

    bounded as (
        select
            ticket_key,
            visit_no,
            step,
            step_kind,
            agent_id,
            ended_by,
            start_source,
            case
                when schedule is not null
                then schedule
                when step_kind = 'activity' and agent_id is not null
                then 'agent ' || agent_id
            end as calendar,
            entered,
            greatest(entered, least(begun, done)) as begun,
            greatest(entered, done) as done,
            agent_id is not null and started_at is not null as is_worked
        from visits
    ),

    -- What cannot continue a batch begins a run; a run that holds more than one batch is cut below.
    ordered as (
        select
            *,
            coalesce(
                entered > lag(begun) over in_turn
                or begun > max(done) over (
                    partition by agent_id, step
                    order by begun, done, ticket_key, visit_no
                    rows between unbounded preceding and 1 preceding
                ),
                true
            ) as begins
        from bounded
        where is_worked
        window in_turn as (partition by agent_id, step order by begun, done, ticket_key, visit_no)
    ),

    numbered as (
        select
            *,
            sum(begins::int) over (
                partition by agent_id, step
                order by begun, done, ticket_key, visit_no
                rows between unbounded preceding and current row
            ) as run
        from ordered
    ),

    runs as (select *, count(*) over (partition by agent_id, step, run) as run_size from numbered),

    -- From visit to visit: where the batch of its first instant began, until when it goes on, and where each batch
    -- began.
    folded as (
        select
            agent_id,
            step,
            list_reduce(
                list(
                    {'entered':entered, 'begun':begun, 'done':done, 'begins':[begun]}
                    order by begun, done, ticket_key, visit_no
                ),
                lambda batch,
                visit: case
                    when visit.entered <= batch.begun and visit.begun <= batch.done
                    then
                        {
                            'entered':batch.entered,
                            'begun':batch.begun,
                            'done':greatest(batch.done, visit.done),
                            'begins':batch.begins
                        }
                    else
                        {
                            'entered':visit.entered,
                            'begun':visit.begun,
                            'done':visit.done,
                            'begins':list_append(batch.begins, visit.begun)
                        }
                end
            ).begins as begins
        from runs
        where run_size > 1
        group by agent_id, step, run
    ),

    batches as (select agent_id, step, row_number() over () as batch, unnest(begins) as begun from folded),

    members as (
        select runs.ticket_key, runs.visit_no, runs.entered, runs.start_source, batches.batch
        from runs
        asof inner join
            batches on runs.agent_id = batches.agent_id and runs.step = batches.step and runs.begun >= batches.begun
        -- Who is alone in a run is in no batch, but comes after one.
        where runs.run_size > 1
    ),

    sized as (
        select batch, max(entered) as ready
        from members
        group by batch
        having count(*) >= case when bool_and(start_source = 'measured') then 2 else 3 end
    )

select bounded.* exclude (step, start_source), sized.batch, coalesce(sized.ready, bounded.entered) as ready
from bounded
left join members using (ticket_key, visit_no)
left join sized using (batch)
