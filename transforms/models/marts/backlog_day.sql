-- The bridge of every local day, by the events' own instants: opening + created + reopened - resolved = closing.
with
    settings as (select * from {{ source("config", "setting") }}),

    tickets as (select ticket_key, workflow, created_at, resolved_at from {{ ref("fct_ticket") }} where is_counted),

    moves as (
        select ticket_key, created_at as happened_at, 1 as created, 0 as reopened, 0 as resolved
        from tickets
        union all
        select ticket_key, happened_at, 0 as created, is_reopening::int as reopened, is_resolution::int as resolved
        from {{ ref("int_ticket_status_changes") }}
        inner join tickets using (ticket_key)
        where is_resolution or is_reopening
    ),

    day_moves as (
        select
            {{ day_of("moves.happened_at") }} as day,
            tickets.workflow,
            sum(moves.created) as created,
            sum(moves.reopened) as reopened,
            sum(moves.resolved) as resolved
        from moves
        inner join tickets using (ticket_key)
        cross join settings
        group by {{ day_of("moves.happened_at") }}, tickets.workflow
    ),

    days as (
        select
            unnest(generate_series((select min(day) from day_moves), {{ day_of("snapshot_at") }}, interval 1 day))::date
            as day
        from settings
    ),

    filled as (
        select
            days.day,
            workflows.workflow,
            coalesce(day_moves.created, 0) as created,
            coalesce(day_moves.reopened, 0) as reopened,
            coalesce(day_moves.resolved, 0) as resolved
        from days
        cross join (select distinct workflow from tickets) as workflows
        left join day_moves using (day, workflow)
    ),

    totals as (
        select *
        from filled
        union all by name
        select day, 'all' as workflow, sum(created) as created, sum(reopened) as reopened, sum(resolved) as resolved
        from filled
        group by day
    ),

    bridged as (
        select *, sum(created + reopened - resolved) over (partition by workflow order by day) as closing from totals
    ),

    -- Age on the day's end: a spell of being open runs from a creation or reopening to the next resolution.
    open_spells as (
        select
            spells.ticket_key,
            unnest(['all', tickets.workflow]) as workflow,
            tickets.created_at,
            {{ day_of("spells.happened_at") }} as from_day,
            {{ day_of("spells.ends_at") }} as to_day
        from
            (
                select
                    ticket_key,
                    happened_at,
                    resolved,
                    lead(happened_at) over (partition by ticket_key order by happened_at, resolved) as ends_at
                from moves
            ) as spells
        inner join tickets using (ticket_key)
        cross join settings
        where spells.resolved = 0
    ),

    -- Equal spells are counted before they are spread over their days.
    equal_spells as (
        select
            spells.workflow,
            {{ day_of("spells.created_at") }} as created_day,
            spells.from_day,
            coalesce(spells.to_day - 1, {{ day_of("settings.snapshot_at") }}) as last_day,
            count(*) as tickets
        from open_spells as spells
        cross join settings
        where spells.to_day is null or spells.to_day > spells.from_day
        group by all
    ),

    ages as (
        select unnest(generate_series(from_day, last_day, interval 1 day))::date as day, workflow, created_day, tickets
        from equal_spells
    ),

    aged as (
        select
            day,
            workflow,
            sum(tickets) filter (where day - created_day < 1) as open_0_1d,
            sum(tickets) filter (where day - created_day between 1 and 2) as open_1_3d,
            sum(tickets) filter (where day - created_day between 3 and 6) as open_3_7d,
            sum(tickets) filter (where day - created_day >= 7) as open_over_7d
        from ages
        group by day, workflow
    )

select
    bridged.day,
    bridged.workflow,
    (bridged.closing - bridged.created - bridged.reopened + bridged.resolved)::bigint as opening,
    bridged.created::bigint as created,
    bridged.reopened::bigint as reopened,
    bridged.resolved::bigint as resolved,
    bridged.closing::bigint as closing,
    coalesce(aged.open_0_1d, 0)::bigint as open_0_1d,
    coalesce(aged.open_1_3d, 0)::bigint as open_1_3d,
    coalesce(aged.open_3_7d, 0)::bigint as open_3_7d,
    coalesce(aged.open_over_7d, 0)::bigint as open_over_7d
from bridged
left join aged using (day, workflow)
