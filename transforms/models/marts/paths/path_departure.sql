-- A path is followed along the happy path for as long as the two agree; where they part is its one departure. A ticket
-- counts at every step up to there, so that those who left a step stand beside those who went on from it.
with
    paths as (select * from {{ ref("int_path_counts") }} where measured_count > 0),

    happy as (select period, workflow, path as happy_path from {{ ref("int_path_counts") }} where is_happy),

    compared as (
        select
            paths.*,
            happy.happy_path,
            list_position(
                list_transform(
                    range(1, len(happy.happy_path) + 2),
                    lambda place:paths.path[place] is distinct from happy.happy_path[place]
                ),
                true
            ) as parts_at
        from paths
        inner join happy using (period, workflow)
    ),

    -- parts_at: the first place at which the paths differ; null for those that are the happy path itself.
    passages as (
        select *, unnest(range(0, coalesce(parts_at, len(happy_path) + 1))) as position, path[position + 1] as next_step
        from compared
    )

select
    period::varchar as period,
    workflow::varchar as workflow,
    position::int as position,
    any_value(case when position > 0 then happy_path[position] end)::varchar as step,
    next_step::varchar as next_step,
    (next_step is not distinct from any_value(happy_path[position + 1])) as is_happy,
    sum(measured_count)::bigint as ticket_count,
    sum(slow_count)::bigint as slow_count,
    sum(measured_count - slow_count)::bigint as not_slow_count,
    sum(unsatisfied_count)::bigint as unsatisfied_count,
    sum(satisfied_count)::bigint as satisfied_count,
    any_value(slow_above_hours)::double as slow_above_hours
from passages
group by period, workflow, position, next_step
