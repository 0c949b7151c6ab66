with
    settings as (select * from {{ source("config", "setting") }}),

    macros_used as (
        select ticket_key, list(distinct macro_title) as macros
        from {{ ref("stg_zendesk__audit_events") }}
        where macro_title is not null
        group by ticket_key
    ),

    test_tags as (select list(tag) as tags from {{ source("config", "test_tag") }}),

    spam_tags as (select list(tag) as tags from {{ source("config", "spam_tag") }})

select
    tickets.* exclude (language),
    {{ custom_field("settings.reason_field_id") }} as reason,
    coalesce({{ custom_field("settings.language_field_id") }}, tickets.language) as language,
    coalesce(macros_used.macros, []) as macros,
    {{ day_of("tickets.created_at") }} as created_day,
    coalesce(group_schedules.schedule, settings.default_schedule) as schedule,
    -- The first reason that fits, in the order of METRICS.
    case
        when tickets.status = 'deleted'
        then 'deleted'
        when list_has_any(tickets.tags, coalesce(spam_tags.tags, []))
        then 'spam'
        when list_contains(tickets.tags, 'closed_by_merge')
        then 'merged'
        when list_has_any(tickets.tags, coalesce(test_tags.tags, []))
        then 'test'
    end as exclusion_reason
from {{ ref("int_tickets_unioned") }} as tickets
cross join settings
cross join test_tags
cross join spam_tags
left join macros_used using (ticket_key)
left join {{ source("config", "group_schedule") }} as group_schedules on tickets.group_name = group_schedules.group_name
where tickets.created_at <= settings.snapshot_at
