-- Which attribute of the log plays which part is the shop's mapping.
{% set parts = ["channel", "workflow", "group", "priority", "subject", "customer", "url"] %}

with
    settings as (select * from {{ source("config", "setting") }}),

    events as (
        select
            events.*,
            {% for part in parts %}
                nullif(events.attributes[logs.{{ part }}_attribute], '') as {{ part }}_value,
            {% endfor %}
        from {{ ref("stg_event_log__events") }} as events
        inner join {{ source("config", "event_log") }} as logs using (log)
        cross join settings
        where events.happened_at <= settings.snapshot_at
    ),

    cases as (
        select
            ticket_key,
            log as source,
            case_id as source_ticket_id,
            -- Without an event that says so, a case begins with the first thing known of it.
            coalesce(
                min(happened_at) filter (where meaning = 'created'),
                min(least(happened_at, coalesce(started_at, happened_at)))
            ) as created_at,
            {% for part in parts %}
                first({{ part }}_value order by happened_at, row_no) filter (
                    where {{ part }}_value is not null
                ) as {{ part }}_value,
            {% endfor %}
            last(resource order by happened_at, row_no) filter (where resource is not null) as last_resource,
            last(group_name order by happened_at, row_no) filter (where group_name is not null) as last_group,
            last({{ status_of_meaning() }} order by happened_at, row_no) filter (
                where {{ status_of_meaning() }} is not null
            ) as status,
            first(attributes order by happened_at, row_no) as attributes
        from events
        group by ticket_key, log, case_id
    )

select
    ticket_key,
    source || '-' || source_ticket_id as ticket_id,
    source,
    source_ticket_id,
    url_value as url,
    coalesce(source || '-' || customer_value, source || '-case-' || source_ticket_id) as customer_id,
    null::bigint as requester_id,
    coalesce(lower(channel_value), 'unknown') as channel,
    coalesce(last_group, group_value) as group_name,
    source || '-' || last_resource as agent_id,
    priority_value as priority,
    subject_value as subject,
    null::varchar as form,
    []::varchar[] as tags,
    list_transform(map_entries(attributes), lambda entry: {'id':entry.key, 'value':entry."value"}) as custom_fields,
    []::varchar[] as body_hits,
    null::varchar as language,
    workflow_value as given_workflow,
    null::varchar as satisfaction_score,
    coalesce(status, 'new') as status,
    created_at
from cases
