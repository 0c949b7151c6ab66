{% set compared_metrics = effect_metrics() %}

-- Sums of each measure over an automation's tickets in one stratum, and over the tickets of that stratum without it.
-- Steps are compared like automations, each within its own workflow.
with
    tickets as (
        -- What an outreach costs is no comparison for a contact.
        select periods.period, measures.* replace (case when measures.is_measured then measures.cost end as cost)
        from {{ ref("period_ticket") }} as periods
        inner join {{ ref("int_ticket_measures") }} as measures using (ticket_key)
    ),

    members as (
        select kind, name, 'all' as part, 'all' as scope, ticket_key
        from {{ ref("fct_automation_run") }}
        where name is not null
        group by kind, name, ticket_key
        union all
        select kind, name, 'handed over' as part, 'all' as scope, ticket_key
        from {{ ref("fct_automation_run") }}
        where is_handed_over
        union all
        select 'step' as kind, step as name, 'all' as part, workflow as scope, ticket_key
        from {{ ref("fct_ticket_step") }}
        group by step, workflow, ticket_key
    ),

    {% for relation, keys in [("own", "kind, name, part, scope, "), ("total", "")] %}
        {{ relation }}_cells as (
            select
                {{ keys }}
                period,
                workflow,
                channel,
                priority,
                count(*) as ticket_count,
                {% for metric in compared_metrics %}
                    {{ metric.n }} as {{ metric.key }}_n,
                    coalesce(({{ metric.value }}) * {{ metric.n }}, 0) as {{ metric.key }}_sum,
                    coalesce(
                        sum(({{ metric.column }}::double / {{ metric.per_unit }}) ^ 2), 0
                    ) as {{ metric.key }}_squares{{ "," if not loop.last }}
                {% endfor %}
            from tickets
            {% if keys %} inner join members using (ticket_key) {% endif %}
            group by {{ keys }} period, workflow, channel, priority
        ),

        -- Once by channel, and once over all channels: some automations have a channel to themselves.
        {{ relation }}_sums as (
            select *
            from {{ relation }}_cells
            union all by name
            select
                {{ keys }}
                period,
                workflow,
                'all' as channel,
                priority,
                sum(ticket_count) as ticket_count,
                {% for metric in compared_metrics %}
                    {% for sum in ["n", "sum", "squares"] %}
                        sum({{ metric.key }}_{{ sum }}) as {{ metric.key }}_{{ sum }},
                    {% endfor %}
                {% endfor %}
            from {{ relation }}_cells
            group by {{ keys }} period, workflow, priority
        ),
    {% endfor %}

    -- Those without it are all of the stratum less those with it, whatever part of them is looked at.
    joined as (
        select
            own_sums.*,
            total_sums.ticket_count - whole.ticket_count as others_ticket_count,
            {% for metric in compared_metrics %}
                {% for sum in ["n", "sum", "squares"] %}
                    total_sums.{{ metric.key }}_{{ sum }}
                    - whole.{{ metric.key }}_{{ sum }} as others_{{ metric.key }}_{{ sum }},
                {% endfor %}
            {% endfor %}
        from own_sums
        inner join
            own_sums as whole
            on whole.part = 'all'
            and own_sums.kind = whole.kind
            and own_sums.name = whole.name
            and own_sums.scope = whole.scope
            and own_sums.period = whole.period
            and own_sums.workflow = whole.workflow
            and own_sums.channel = whole.channel
            and own_sums.priority = whole.priority
        inner join
            total_sums
            on own_sums.period = total_sums.period
            and own_sums.workflow = total_sums.workflow
            and own_sums.channel = total_sums.channel
            and own_sums.priority = total_sums.priority
    )

{% for metric in compared_metrics %}
    select
        period,
        kind,
        name,
        part,
        scope,
        workflow,
        channel,
        priority,
        ticket_count,
        '{{ metric.key }}' as metric,
        {{ metric.is_share }} as is_share,
        {% for side in ["", "others_"] %}
            {{ side }}{{ metric.key }}_n as {{ side or "own_" }}n,
            {{ side }}{{ metric.key }}_sum as {{ side or "own_" }}sum,
            {{ side }}{{ metric.key }}_squares as {{ side or "own_" }}squares{{ "," if not loop.last }}
        {% endfor %}
    from joined
    {% if not loop.last %}
        union all by name
    {% endif %}
{% endfor %}
