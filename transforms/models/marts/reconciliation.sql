-- Where the file's own figures and ours differ, and where a file contradicts itself.
with
    account_tickets as (select * from {{ ref("stg_zendesk__account_tickets") }}),

    compared as (
        select
            tickets.ticket_key,
            unnest(
                [
                    {
                        'check_name':'first_reply_calendar_minutes',
                        'theirs':account_tickets.first_reply_calendar_minutes,
                        'ours':tickets.first_reply_calendar_minutes
                    },
                    {
                        'check_name':'first_resolution_calendar_minutes',
                        'theirs':account_tickets.first_resolution_calendar_minutes,
                        'ours':tickets.first_resolution_calendar_minutes
                    },
                    {
                        'check_name':'resolution_calendar_minutes',
                        'theirs':account_tickets.full_resolution_calendar_minutes,
                        'ours':tickets.resolution_calendar_minutes
                    },
                    {
                        'check_name':'first_reply_business_minutes',
                        'theirs':account_tickets.first_reply_business_minutes,
                        'ours':tickets.first_reply_business_minutes
                    },
                    {
                        'check_name':'resolution_business_minutes',
                        'theirs':account_tickets.full_resolution_business_minutes,
                        'ours':tickets.resolution_business_minutes
                    }
                ]
            ) as compared
        from {{ ref("fct_ticket") }} as tickets
        inner join account_tickets using (ticket_key)
    ),

    replied_too_early as (
        select
            events.ticket_key,
            'replied_before_created' as check_name,
            null::double as theirs,
            {{ minutes_between("tickets.created_at", "min(events.happened_at)") }} as ours
        from {{ ref("fct_ticket_event") }} as events
        inner join {{ ref("fct_ticket") }} as tickets using (ticket_key)
        where events.kind = 'comment' and events.actor_kind = 'human' and events.happened_at < tickets.created_at
        group by events.ticket_key, tickets.created_at
    )

select
    ticket_key,
    compared.check_name::varchar as check_name,
    compared.theirs::double as vendor_value,
    compared.ours::double as our_value,
    (compared.ours - compared.theirs)::double as difference,
    case
        when compared.ours is null
        then 'only the file has a figure'
        when compared.theirs is null
        then 'only the events have one'
        when compared.check_name like '%business%'
        then 'the vendor''s schedule is another than config/schedules.yml'
        when compared.check_name like 'resolution%' and compared.ours < compared.theirs
        then 'an automatic close counts from the quiet period''s beginning'
        when compared.check_name like 'first_reply%' and compared.ours > compared.theirs
        then 'a bot or rule replied first'
        else 'not explained'
    end::varchar as cause
from compared
where abs(compared.ours - compared.theirs) > 1 or (compared.ours is null) <> (compared.theirs is null)
union all
select
    ticket_key,
    check_name::varchar as check_name,
    theirs as vendor_value,
    ours::double as our_value,
    null::double as difference,
    'answered before it was created: its first reply is unknown'::varchar as cause
from replied_too_early
