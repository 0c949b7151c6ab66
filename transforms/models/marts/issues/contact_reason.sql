-- Of every workflow and source the 200 most frequent reasons: tags can be as many as tickets.
with
    quarters as ({{ quarter_bounds() }}),

    contacts as (
        select periods.period, contacts.*, quarters.quarter_from
        from {{ ref("int_contacts") }} as contacts
        inner join {{ ref("period_ticket") }} as periods using (ticket_key)
        cross join quarters
    ),

    totals as (
        select period, coalesce(workflow, 'all') as workflow, count(*) as ticket_count
        from contacts
        group by grouping sets ((period, workflow), (period))
    ),

    named as (
        select * exclude (subject, reason, tags), 'field' as source, reason
        from contacts
        where reason is not null
        union all by name
        select * exclude (subject, reason, tags), 'tag' as source, unnest(tags) as reason
        from contacts
    ),

    counted as (
        select period, coalesce(workflow, 'all') as workflow, source, reason, {{ contact_counts() }}
        from named
        group by grouping sets ((period, workflow, source, reason), (period, source, reason))
    ),

    compared as ({{ with_growth("workflow, source, reason") }})

select
    counted.period::varchar as period,
    counted.workflow::varchar as workflow,
    counted.source::varchar as source,
    counted.reason::varchar as reason,
    (counted.ticket_count / totals.ticket_count)::double as ticket_share,
    {{ contact_columns() }},
    (counted.quarter_count / nullif(counted.before_count, 0) - 1)::double as growth
from compared as counted
inner join totals using (period, workflow)
qualify
    row_number() over (
        partition by counted.period, counted.workflow, counted.source order by counted.ticket_count desc, counted.reason
    )
    <= 200
