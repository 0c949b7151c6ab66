with
    strata as (
        select period, kind, name, part, scope, workflow, sum(ticket_count) as ticket_count
        from {{ ref("int_automation_strata") }}
        where metric = 'csat' and channel <> 'all'
        group by period, kind, name, part, scope, workflow
    ),

    sizes as (
        select period, workflow, count(*) as workflow_ticket_count
        from {{ ref("period_ticket") }}
        group by period, workflow
    ),

    -- Its workflows are those that hold a tenth of its tickets: a macro once used elsewhere does not belong there.
    placed as (
        select
            *, ticket_count >= 0.1 * sum(ticket_count) over (partition by period, kind, name, part, scope) as is_its_own
        from strata
        inner join sizes using (period, workflow)
    ),

    reached as (
        select
            period,
            kind,
            name,
            part,
            scope,
            list(workflow order by ticket_count desc, workflow) filter (where is_its_own) as workflows,
            sum(ticket_count) as ticket_count,
            sum(ticket_count) filter (where is_its_own) as own_ticket_count,
            sum(workflow_ticket_count) filter (where is_its_own) as workflow_ticket_count
        from placed
        group by period, kind, name, part, scope
    ),

    fees as (
        select periods.period, runs.kind, runs.name, sum(costs.amount) as fee
        from {{ ref("fct_cost") }} as costs
        inner join {{ ref("fct_automation_run") }} as runs using (ticket_key)
        inner join {{ ref("period_ticket") }} as periods using (ticket_key)
        where costs.kind = 'automation_fee' and runs.kind in ('bot', 'flow')
        group by periods.period, runs.kind, runs.name
    ),

    costs as (select * from {{ ref("automation_effect") }} where metric = 'mean_cost_per_ticket')

select
    reached.period::varchar as period,
    reached.kind::varchar as kind,
    reached.name::varchar as name,
    reached.part::varchar as part,
    reached.scope::varchar as workflow,
    reached.workflows::varchar[] as workflows,
    reached.ticket_count::bigint as ticket_count,
    reached.workflow_ticket_count::bigint as workflow_ticket_count,
    (reached.own_ticket_count / nullif(reached.workflow_ticket_count, 0))::double as ticket_share,
    (
        reached.ticket_count
        / max(reached.ticket_count) over (partition by reached.period, reached.kind, reached.name, reached.scope)
    )::double as part_share,
    case when reached.part = 'all' then coalesce(fees.fee, 0) end::double as fee,
    -- What a ticket costs has the fee in it already.
    (- costs.difference * costs.compared_n)::double as cost_saved,
    (- costs.high * costs.compared_n)::double as cost_saved_low,
    (- costs.low * costs.compared_n)::double as cost_saved_high
from reached
left join fees using (period, kind, name)
left join
    costs
    on reached.period = costs.period
    and reached.kind = costs.kind
    and reached.name = costs.name
    and reached.part = costs.part
    and reached.scope = costs.workflow
