-- The demo shop's figures by one hand-written script: what a full build is measured against.
--
-- Written as for this one shop: Zendesk, Shopify and one survey; the workflow rules of config/workflows.yml stand in it
-- as conditions; no tests, no contracts, no error messages. Run in the database that receives the tables, with `raw`
-- (the loaded exports) and `shop` (schema config: the shop's settings) attached. The benchmark compares every table
-- with the build's; where they differ its timing is void.

set variable time_zone = (select time_zone from shop.config.setting);
set variable snapshot_at = (select snapshot_at from shop.config.setting);
set variable cohort_days = (select cohort_days from shop.config.setting);
set variable reason_field = (select reason_field_id from shop.config.setting);
set variable language_field = (select language_field_id from shop.config.setting);
set variable default_schedule = (select default_schedule from shop.config.setting);

create temp macro day_of(instant) as
    timezone(getvariable('time_zone'), timezone('UTC', instant))::date;
create temp macro week_of(instant) as
    date_trunc('week', timezone(getvariable('time_zone'), timezone('UTC', instant)))::date;
create temp macro minutes_between(start, finish) as (epoch_us(finish) - epoch_us(start)) / 60000000.0;
create temp macro field_says(fields, id) as
    nullif(list_filter(fields, lambda field: field.id::varchar = id)[1]."value", '');
create temp macro clock(text) as to_hours(left(text, 2)::int) + to_minutes(right(text, 2)::int);

-- 95% intervals -------------------------------------------------------------------------------------------------------
create temp macro wilson(share, n, sign) as
    case when n >= 2 then greatest(0, least(1,
        (share + 3.841458820694124 / (2 * n)
            + sign * 1.959963984540054 * sqrt(greatest(share * (1 - share) / n + 3.841458820694124 / (4 * n * n), 0)))
        / (1 + 3.841458820694124 / n))) end;
create temp macro student(mean, n, deviation, sign) as
    case when n >= 2 then mean + sign * deviation / sqrt(n) * case
        when n < 11 then
            [12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157][n - 1]
        else 1.959963984540054 + (1.959963984540054 ^ 3 + 1.959963984540054) / (4 * (n - 1))
            + (5 * 1.959963984540054 ^ 5 + 16 * 1.959963984540054 ^ 3 + 3 * 1.959963984540054) / (96 * (n - 1) ^ 2)
            + (3 * 1.959963984540054 ^ 7 + 19 * 1.959963984540054 ^ 5 + 17 * 1.959963984540054 ^ 3
                - 15 * 1.959963984540054) / (384 * (n - 1) ^ 3)
    end end;
create temp macro at_least_1(score) as if(score < 1, 1, score);
create temp macro at_most_7(score) as if(score > 7, 7, score);
create temp macro skewed(mean, n, deviation, skew, sign) as
    case when n >= 2 then mean + deviation / sqrt(n)
        * (sign * 1.959963984540054 + coalesce(skew, 0) / sqrt(n) * 2.841458820694124 / 6) end;
create temp macro at_percent(grid, place) as
    grid[floor(place)::int + 1]
    + (place - floor(place)) * (grid[least(floor(place)::int + 2, 101)] - grid[floor(place)::int + 1]);
create temp macro ranked(grid, p, n, sign) as
    case when n >= 2 then at_percent(
        grid, 100 * greatest(0, least(1, p + sign * 1.959963984540054 * sqrt(p * (1 - p) / n)))) / 60 end;
create temp macro ratio(share, n, total, squares, resolved_total, ticket_count, sign) as
    case when n >= 2 then share + sign * 1.959963984540054 * sqrt(greatest(
        squares - 2 * share * resolved_total + share * share * n
        - (total - share * n) * (total - share * n) / nullif(ticket_count, 0), 0)) / n end;
create temp macro fact(metric, figure, n, low, high) as
    {'metric': metric, 'value': figure::double, 'n': n::bigint, 'low': low::double, 'high': high::double};
create temp macro share_fact(metric, hits, n) as
    fact(metric, hits / nullif(n, 0), n, wilson(hits / nullif(n, 0), n, -1), wilson(hits / nullif(n, 0), n, 1));
create temp macro mean_fact(metric, average, n, deviation, skew, per) as
    fact(metric, average / per, n, skewed(average, n, deviation, skew, -1) / per,
        skewed(average, n, deviation, skew, 1) / per);
create temp macro quantile_fact(metric, grid, percent, n) as
    fact(metric, grid[percent + 1] / 60, n, ranked(grid, percent / 100, n, -1), ranked(grid, percent / 100, n, 1));
create temp macro count_fact(metric, n) as fact(metric, n, n, null, null);

-- Tickets -------------------------------------------------------------------------------------------------------------
create temp table person as
select user_id, coalesce(role in ('agent', 'admin'), false) as is_agent, email_hash, default_group_id, locale
from raw.zendesk_user
where user_id is not null
qualify row_number() over (partition by user_id order by updated_at desc nulls last, batch_no desc, line desc) = 1;

create temp table team as
select group_id, name as group_name
from raw.zendesk_group
where group_id is not null
qualify row_number() over (partition by group_id order by updated_at desc nulls last, batch_no desc, line desc) = 1;

create temp table ticket as
with
    newest as (
        select ticket_id, requester_id, submitter_id, assignee_id, group_id,
            lower(coalesce(channel, 'unknown')) as channel, priority, status, subject, coalesce(tags, []) as tags,
            satisfaction_score, created_at, form_id, custom_fields
        from raw.zendesk_ticket
        where ticket_id is not null
        qualify row_number() over (
            partition by ticket_id order by coalesce(updated_at, generated_at) desc nulls last, batch_no desc, line desc
        ) = 1
    ),
    assigned as (
        select
            newest.*,
            coalesce(team.group_name, newest.group_id::varchar) as group_name,
            coalesce('c-' || person.email_hash, 'zendesk-' || newest.requester_id) as customer_id,
            person.locale,
            case
                when list_contains(tags, 'returns') then 'returns'
                when regexp_matches(subject, '^(return of|refund for) order\b', 'i') then 'returns'
                when list_contains(tags, 'order_status') then 'order_updates'
                when list_contains(tags, 'onboarding') then 'onboarding'
                when list_contains(tags, 'cart_recovery') then 'cart_recovery'
                when list_contains(tags, 'routing') then 'ticket_routing'
                else 'unclassified'
            end as workflow,
            case
                when status = 'deleted' then 'deleted'
                when list_has_any(tags, coalesce((select list(tag) from shop.config.spam_tag), [])) then 'spam'
                when list_contains(tags, 'closed_by_merge') then 'merged'
                when list_has_any(tags, coalesce((select list(tag) from shop.config.test_tag), [])) then 'test'
            end as exclusion_reason
        from newest
        left join person on newest.requester_id = person.user_id
        left join team on newest.group_id = team.group_id
        where newest.created_at <= getvariable('snapshot_at')
    )
select
    assigned.* exclude (group_id, form_id, custom_fields, locale),
    form_id::varchar as form,
    custom_fields,
    field_says(custom_fields, getvariable('reason_field')) as reason,
    coalesce(field_says(custom_fields, getvariable('language_field')), locale) as language,
    ticket_id as ticket_key,
    case when workflow = 'order_updates' then if(list_contains(tags, 'wismo_b'), 'b', 'a') end as variant,
    coalesce(schedules.schedule, getvariable('default_schedule')) as schedule
from assigned
left join shop.config.group_schedule as schedules using (group_name);

create table fct_ticket_field as
with
    filled as (
        select ticket_key, field.id as field, field."value"
        from (
            select
                ticket_key,
                unnest(list_concat(
                    list_transform(custom_fields, lambda field: {'id': field.id::varchar, 'value': field."value"}),
                    [
                        {'id': 'form', 'value': form}, {'id': 'language', 'value': language},
                        {'id': 'reason', 'value': reason}
                    ]
                )) as field
            from ticket
        )
        where field."value" <> ''
    )
select ticket_key, field, min("value") as "value"
from filled
where field in (select field from filled group by field having count(distinct "value") between 2 and 100)
group by ticket_key, field;

-- Open hours: every open stretch in UTC, and the time open before it --------------------------------------------------
create temp table open_stretch as
with
    days as (
        select unnest(generate_series(
            (select day_of(min(created_at)) - 8 from ticket), day_of(getvariable('snapshot_at')) + 2, interval 1 day
        ))::date as day
    ),
    shifts as (
        select hours.*, days.day, closes <= opens and closes <> '24:00' as is_overnight
        from shop.config.schedule_hours as hours
        inner join days on isodow(days.day) = hours.weekday
        where days.day between coalesce(valid_from, date '0001-01-01') and coalesce(valid_to, date '9999-12-31')
    ),
    pieces as (
        select schedule, time_zone, day, opens, if(is_overnight, '24:00', closes) as closes from shifts
        union all
        select schedule, time_zone, day + 1, '00:00', closes from shifts where is_overnight and closes <> '00:00'
    ),
    stretches as (
        select
            schedule,
            timezone('UTC', timezone(time_zone, day + clock(opens))) as opens_at,
            timezone('UTC', timezone(time_zone, day + clock(closes))) as closes_at
        from pieces
        anti join shop.config.schedule_holiday using (schedule, day)
    ),
    marked as (
        select *, coalesce(opens_at > max(closes_at) over (
            partition by schedule order by opens_at, closes_at rows between unbounded preceding and 1 preceding), true
        ) as begins
        from stretches
        where closes_at > opens_at
    ),
    numbered as (
        select *, sum(begins::int) over (partition by schedule order by opens_at, closes_at) as stretch from marked
    ),
    merged as (
        select schedule, min(opens_at) as opens_at, max(closes_at) as closes_at from numbered group by schedule, stretch
    )
select
    *,
    coalesce(sum(epoch_us(closes_at) - epoch_us(opens_at)) over (
        partition by schedule order by opens_at rows between unbounded preceding and 1 preceding
    ), 0)::bigint as us_before
from merged;

create temp macro open_us(us_before, opens_at, closes_at, instant) as
    coalesce(us_before + least(epoch_us(instant), epoch_us(closes_at)) - epoch_us(opens_at), 0);

-- Events --------------------------------------------------------------------------------------------------------------
-- What an event says never changes, so of a repeated one any will do; repeats are rare, and found by their key.
create temp table repeated_event as
select event_id, min((batch_no, line)) as kept from raw.zendesk_audit_event group by event_id having count(*) > 1;

create temp table audit_event as
select
    ticket_id as ticket_key, event_id, audit_id, created_at, author_id, event_type, field_name, "value" as to_value,
    previous_value as from_value, is_public, macro_id, macro_title, rule_id, rule_title,
    coalesce(channel = 'rule' or rule_id is not null or author_id = -1, false) as is_rule
from raw.zendesk_audit_event as events
left join repeated_event using (event_id)
where
    (kept is null or kept = (batch_no, line))
    and event_type in ('Create', 'Change', 'Comment', 'VoiceComment', 'AgentMacroReference')
    and (
        event_type not in ('Create', 'Change')
        or field_name in ('status', 'group_id', 'assignee_id', 'priority')
        or field_name = (select tracked_time_field_id::varchar from shop.config.setting)
        or channel = 'rule'
    );

create temp table loose_comment as
select
    ticket_id as ticket_key, comment_id, audit_id, created_at, author_id, is_public,
    coalesce(channel = 'rule' or author_id = -1, false) as is_rule
from raw.zendesk_comment
where comment_id is not null
qualify row_number() over (partition by comment_id order by batch_no, line) = 1;

create temp table actor as
with
    agents as (
        select user_id from person where is_agent
        union
        select try_cast(to_value as bigint) from audit_event where field_name = 'assignee_id'
        union
        select assignee_id from ticket
        union
        select author_id from loose_comment where not is_public
    )
select coalesce(agents.user_id, bots.user_id) as user_id, if(bots.user_id is not null, 'bot', 'human') as kind
from agents
full outer join shop.config.bot_user as bots using (user_id)
where coalesce(agents.user_id, bots.user_id) is not null;

create table fct_ticket_event as
with
    said as (
        select
            ticket_key, -ticket_key as event_id, 0::bigint as update_id, created_at as happened_at, 'created' as kind,
            0 as kind_order, null::varchar as from_value, null::varchar as to_value, submitter_id as author_id,
            false as is_rule, null::boolean as is_public
        from ticket
        union all
        select
            ticket_key, event_id, audit_id, created_at,
            case event_type
                when 'AgentMacroReference' then 'macro'
                when 'Comment' then 'comment'
                when 'VoiceComment' then 'comment'
                else case field_name when 'group_id' then 'group' when 'assignee_id' then 'assignee'
                    when 'status' then 'status' when 'priority' then 'priority' else 'tracked_time' end
            end,
            case event_type
                when 'AgentMacroReference' then 3
                when 'Comment' then 2
                when 'VoiceComment' then 2
                else case field_name when 'group_id' then 6 when 'assignee_id' then 7 when 'status' then 8
                    when 'priority' then 5 else 9 end
            end,
            if(event_type in ('Create', 'Change'), nullif(from_value, ''), null),
            case
                when event_type in ('Create', 'Change') then nullif(to_value, '')
                when event_type = 'AgentMacroReference' then coalesce(macro_title, macro_id::varchar)
            end,
            author_id, is_rule, if(event_type in ('Comment', 'VoiceComment'), is_public, null)
        from audit_event
        where
            event_type not in ('Create', 'Change')
            or field_name in ('status', 'group_id', 'assignee_id', 'priority')
            or field_name = (select tracked_time_field_id::varchar from shop.config.setting)
        union all
        select
            ticket_key, -min(event_id), audit_id, created_at, 'rule', 4, null, coalesce(any_value(rule_title), rule_id),
            -1, true, null
        from audit_event
        where rule_id is not null
        group by ticket_key, audit_id, created_at, rule_id
        union all
        select
            ticket_key, comment_id, coalesce(audit_id, comment_id), created_at, 'comment', 2, null, null, author_id,
            is_rule, is_public
        from loose_comment
        anti join (select event_id from audit_event where event_type in ('Comment', 'VoiceComment')) as audited
            on loose_comment.comment_id = audited.event_id
    )
select
    said.ticket_key,
    said.event_id,
    said.update_id,
    said.happened_at,
    said.kind,
    said.kind_order::tinyint as kind_order,
    case said.kind
        when 'group' then coalesce(old_team.group_name, said.from_value)
        when 'assignee' then 'zendesk-' || said.from_value
        else said.from_value
    end as from_value,
    case said.kind
        when 'group' then coalesce(new_team.group_name, said.to_value)
        when 'assignee' then 'zendesk-' || said.to_value
        else said.to_value
    end as to_value,
    case
        when said.is_rule then 'rule'
        when actor.kind = 'bot' then 'bot'
        when said.author_id = ticket.requester_id then 'customer'
        else coalesce(actor.kind, 'customer')
    end as actor_kind,
    if(said.is_rule, null, 'zendesk-' || said.author_id) as actor_id,
    said.is_public,
    null::varchar as activity,
    null::timestamp as started_at
from said
inner join ticket using (ticket_key)
left join actor on said.author_id = actor.user_id
left join team as old_team on said.kind = 'group' and said.from_value = old_team.group_id::varchar
left join team as new_team on said.kind = 'group' and said.to_value = new_team.group_id::varchar
where said.happened_at <= getvariable('snapshot_at');

drop table audit_event;
drop table loose_comment;

-- A ticket's state after each event -----------------------------------------------------------------------------------
create temp table timeline as
with
    clocked as (
        select
            events.* exclude (activity, started_at),
            ticket.schedule,
            if(ticket.schedule is null, null, open_us(us_before, opens_at, closes_at, happened_at)) as open_clock
        from fct_ticket_event as events
        inner join ticket using (ticket_key)
        asof left join open_stretch
            on ticket.schedule = open_stretch.schedule and events.happened_at >= open_stretch.opens_at
        where kind in ('created', 'comment', 'macro', 'group', 'assignee', 'status')
    ),
    followed as (
        select
            * exclude (kind_order),
            row_number() over in_order as event_no,
            lead(happened_at) over in_order as next_at,
            lead(open_clock) over in_order as next_clock,
            coalesce(last_value(if(kind = 'status', to_value, null) ignore nulls) over in_order, 'new') as status,
            nullif(last_value(if(kind = 'assignee', coalesce(to_value, ''), null) ignore nulls) over in_order, '')
                as agent_id,
            nullif(last_value(if(kind = 'group', coalesce(to_value, ''), null) ignore nulls) over in_order, '')
                as group_name,
            last_value(
                if(
                    kind = 'assignee' and not coalesce(actor_kind = 'human' and actor_id = from_value, false),
                    to_value, null
                ) ignore nulls
            ) over in_order as home_agent_id,
            max(if(kind = 'assignee', happened_at, null)) over in_order as assigned_at,
            max(if(kind = 'group', happened_at, null)) over in_order as grouped_at,
            max(
                if(
                    kind = 'status' and from_value in ('solved', 'closed') and to_value not in ('solved', 'closed'),
                    happened_at, null
                )
            ) over in_order as reopened_at,
            max(
                case
                    when actor_kind = 'human'
                        and (kind in ('comment', 'macro') or (kind = 'status' and to_value not in ('new', 'open')))
                    then happened_at
                end
            ) over in_order as worked_at
        from clocked
        window in_order as (
            partition by ticket_key order by happened_at, update_id, kind_order, event_id
            rows between unbounded preceding and current row
        )
    )
select
    * exclude (home_agent_id, assigned_at, grouped_at, reopened_at, worked_at),
    coalesce(worked_at >= assigned_at, false) as is_touched,
    coalesce(agent_id <> home_agent_id and coalesce(grouped_at < assigned_at, true), false) as is_escalated,
    reopened_at is not null and coalesce(worked_at < reopened_at, true) as is_reopened
from followed;

create temp table status_change as
with
    statuses as (
        select
            ticket_key, event_no, happened_at, open_clock, to_value as status, actor_kind,
            coalesce(lag(to_value) over (partition by ticket_key order by event_no), from_value, 'new') as status_before
        from timeline
        where kind = 'status'
    ),
    changes as (
        select
            *,
            status in ('solved', 'closed') and status_before not in ('solved', 'closed') as is_resolution,
            status_before in ('solved', 'closed') and status not in ('solved', 'closed') as is_reopening,
            lag(happened_at) over in_order as before_at,
            lag(open_clock) over in_order as before_clock
        from statuses
        where status <> status_before
        window in_order as (partition by ticket_key order by event_no)
    )
select
    * exclude (before_at, before_clock),
    is_resolution and status_before = 'pending' and actor_kind = 'rule' and before_at is not null as is_timer,
    if(is_timer, before_at, happened_at) as counts_from,
    if(is_timer, before_clock, open_clock) as counts_clock
from changes;

create temp table resolution as
select
    ticket_key,
    arg_max(status, event_no) in ('solved', 'closed') as is_resolved,
    arg_min(counts_from, event_no) filter (where is_resolution) as first_at,
    arg_min(counts_clock, event_no) filter (where is_resolution) as first_clock,
    arg_max(counts_from, event_no) filter (where is_resolution) as last_at,
    arg_max(counts_clock, event_no) filter (where is_resolution) as last_clock,
    arg_max(actor_kind, event_no) filter (where is_resolution) as last_kind,
    count(*) filter (where is_reopening) as reopen_count
from status_change
group by ticket_key;

create temp table conversation as
with
    comments as (
        select *, row_number() over (partition by ticket_key order by event_no) = 1 as is_opening
        from timeline
        where kind = 'comment'
    )
select
    ticket_key,
    any_value(actor_kind) filter (where is_opening) as opened_by,
    min(happened_at) filter (where actor_kind = 'human' and is_public and not is_opening) as first_reply_at,
    min(open_clock) filter (where actor_kind = 'human' and is_public and not is_opening) as first_reply_clock,
    count(*) filter (
        where actor_kind = 'human' and is_public and not is_opening
            and (not coalesce(is_resolved, false) or happened_at <= last_at)
    )::int as public_reply_count,
    count(*) filter (where actor_kind = 'human') as human_message_count,
    min(happened_at) filter (where actor_kind = 'human') as first_word_at
from comments
left join resolution using (ticket_key)
group by ticket_key;

create temp table handoff as
with
    updates as (
        select ticket_key, update_id, kind, min(event_no) as event_no, arg_max_null(to_value, event_no) as set_to
        from timeline
        where kind in ('group', 'assignee')
        group by ticket_key, update_id, kind
    ),
    filled as (
        select *, lag(set_to) over by_kind as set_before, lag(set_to, 2) over by_kind as set_before_that
        from updates
        where set_to is not null
        window by_kind as (partition by ticket_key, kind order by event_no)
    ),
    marked as (
        select
            ticket_key,
            bool_or(set_to <> set_before) as is_changed,
            bool_or(
                kind = 'assignee' and set_to <> set_before
                and set_before in (select 'zendesk-' || user_id from shop.config.bot_user)
            ) as is_handover,
            bool_or(kind = 'group' and set_to <> set_before and set_to = set_before_that) as has_ping_pong
        from filled
        group by ticket_key, update_id
    )
select
    ticket_key,
    count(*) filter (where is_changed and not coalesce(is_handover, false))::int as handoff_count,
    coalesce(bool_or(has_ping_pong), false) as has_ping_pong,
    coalesce(bool_or(is_handover), false) as is_bot_handover
from marked
group by ticket_key;

create temp table snapshot_clock as
select schedules.schedule, open_us(us_before, opens_at, closes_at, schedules.snapshot_at) as snapshot_clock
from (
    select distinct schedule, getvariable('snapshot_at') as snapshot_at from ticket where schedule is not null
) as schedules
asof left join open_stretch
    on schedules.schedule = open_stretch.schedule and schedules.snapshot_at >= open_stretch.opens_at;

create temp table wait as
with
    states as (
        select
            timeline.ticket_key,
            timeline.schedule,
            minutes_between(happened_at, coalesce(next_at, getvariable('snapshot_at'))) as elapsed,
            (coalesce(next_clock, snapshot_clock) - open_clock) / 60000000.0 as in_hours,
            case
                when status in ('solved', 'closed') then 'resolved'
                when status = 'pending' then 'customer'
                when status = 'hold' then 'hold'
                when agent_id is null then 'unassigned'
                when not is_touched then 'untouched'
                else 'team'
            end as state
        from timeline
        left join resolution using (ticket_key)
        left join snapshot_clock on timeline.schedule = snapshot_clock.schedule
        where not coalesce(is_resolved, false) or happened_at < last_at
    )
select
    ticket_key,
    coalesce(sum(elapsed) filter (where state = 'customer'), 0) as customer_wait_minutes,
    coalesce(sum(elapsed) filter (where state = 'hold'), 0) as on_hold_minutes,
    if(
        count(*) = count(schedule),
        coalesce(sum(elapsed - in_hours) filter (where state in ('unassigned', 'untouched', 'team')), 0),
        null
    ) as out_of_hours_minutes,
    coalesce(sum(coalesce(in_hours, elapsed)) filter (where state = 'unassigned'), 0) as unassigned_minutes,
    coalesce(sum(coalesce(in_hours, elapsed)) filter (where state = 'untouched'), 0) as assigned_untouched_minutes,
    coalesce(sum(coalesce(in_hours, elapsed)) filter (where state = 'team'), 0) as team_wait_minutes,
    coalesce(sum(elapsed) filter (where state = 'resolved'), 0) as reopened_idle_minutes
from states
group by ticket_key;

-- Cost ----------------------------------------------------------------------------------------------------------------
-- Every update by a person, with the minutes that its handling is put at.
create temp table act as
with
    acts as (
        select
            actor_id as agent_id, ticket_key, update_id, min(happened_at) as happened_at,
            bool_and(kind in ('assignee', 'group') or (kind = 'status' and to_value = 'open'))
            and bool_or(kind = 'assignee' and to_value = actor_id) as is_pickup
        from timeline
        where actor_kind = 'human' and actor_id is not null and kind <> 'created'
        group by actor_id, ticket_key, update_id
    ),
    spaced as (
        select *, minutes_between(
            lag(happened_at) over (partition by agent_id order by happened_at, update_id), happened_at) as gap
        from acts
    ),
    agent_group as (
        select 'zendesk-' || user_id as agent_id, group_name
        from person
        inner join team on person.default_group_id = team.group_id
    )
select
    spaced.agent_id, spaced.ticket_key, spaced.happened_at, day_of(spaced.happened_at) as day,
    coalesce(agent_group.group_name, ticket.group_name) as group_name,
    if(is_pickup, 0, greatest(handle_floor_minutes, least(handle_cap_minutes, coalesce(gap, handle_cap_minutes))))
        as minutes
from spaced
cross join shop.config.setting
inner join ticket using (ticket_key)
left join agent_group using (agent_id);

create temp table handle_day as
with
    tracked as (
        select ticket_key, day_of(happened_at) as day,
            sum(try_cast(to_value as double) - coalesce(try_cast(from_value as double), 0)) / 60.0 as minutes
        from fct_ticket_event
        where kind = 'tracked_time' and try_cast(to_value as double) is not null
        group by ticket_key, day_of(happened_at)
    )
select tracked.ticket_key, tracked.day, ticket.group_name, tracked.minutes, 'tracked' as method
from tracked
inner join ticket using (ticket_key)
union all
select ticket_key, day, group_name, sum(minutes), 'estimated'
from act
where ticket_key not in (select ticket_key from tracked)
group by ticket_key, day, group_name;

create table fct_cost as
with
    handling as (
        select
            ticket_key, day, sum(minutes) as minutes,
            sum(minutes / 60 * coalesce(hourly_cost, default_hourly_cost)::double) as amount
        from handle_day
        cross join shop.config.setting
        left join shop.config.group_cost using (group_name)
        group by ticket_key, day
    ),
    months as (
        select day, sum(amount::double / day(last_day(day))) as amount
        from shop.config.fixed_cost
        cross join lateral (
            select unnest(generate_series(
                month, least(last_day(month), day_of(getvariable('snapshot_at'))), interval 1 day))::date as day
        ) as days
        group by day
    ),
    worked as (select day, sum(minutes) as minutes from handling group by day having sum(minutes) > 0),
    charged as (
        select ticket_key, created_at as happened_at, 'ticket_fee' as kind, fee_per_ticket as fee
        from ticket cross join shop.config.setting
        where fee_per_ticket <> 0
        union all
        select ticket_key, happened_at, 'message_fee', fee_per_message
        from timeline cross join shop.config.setting
        where kind = 'comment' and is_public and actor_kind in ('human', 'bot') and fee_per_message <> 0
        union all
        select changes.ticket_key, changes.happened_at, 'automation_fee', fee_per_automated_resolution
        from status_change as changes
        cross join shop.config.setting
        left join conversation using (ticket_key)
        where
            is_resolution and actor_kind <> 'human' and fee_per_automated_resolution <> 0
            and not coalesce(first_word_at <= changes.happened_at, false)
    ),
    costs as (
        select day, ticket_key, 'handling' as kind, minutes, amount from handling
        union all
        select day_of(happened_at), ticket_key, kind, null, sum(fee)::double
        from charged
        group by ticket_key, day_of(happened_at), kind
        union all
        select months.day, handling.ticket_key, 'fixed', null,
            months.amount * coalesce(handling.minutes / worked.minutes, 1)
        from months
        left join worked using (day)
        left join handling on worked.day = handling.day and handling.minutes > 0
    )
select
    costs.day, costs.ticket_key, costs.kind, costs.minutes as handle_minutes, costs.amount,
    case
        when costs.ticket_key is null then 'unallocated'
        when exclusion_reason is null then 'counted'
        else 'excluded'
    end as bearer
from costs
left join ticket using (ticket_key);

-- Surveys -------------------------------------------------------------------------------------------------------------
create table fct_survey_answer as
with
    ratings as (
        select rating_id, ticket_id, score, created_at,
            if(score like 'good%' or score like 'bad%', updated_at, null) as answered_at
        from raw.zendesk_rating
        where rating_id is not null
        qualify row_number() over (
            partition by rating_id order by updated_at desc nulls last, batch_no desc, line desc) = 1
    ),
    known_ratings as (
        select *, if(answered_at <= getvariable('snapshot_at'), score like 'good%', null) as is_good
        from ratings
        where score <> 'unoffered' and created_at <= getvariable('snapshot_at')
    ),
    written as (
        select *, 'c-' || email_hash as customer_id, nullif(regexp_extract(ticket_ref, '(\d+)\s*$', 1), '') as number
        from raw.survey_answer
        where answer_id is not null
        qualify row_number() over (partition by survey, answer_id order by batch_no desc, line desc) = 1
    ),
    numbered as (
        select written.*, ticket.ticket_key
        from written
        left join ticket on written.number = ticket.ticket_id::varchar
    ),
    matched as (
        select * from numbered where ticket_key is not null
        union all
        select numbered.* replace (ticket.ticket_key as ticket_key)
        from numbered
        asof left join ticket
            on numbered.customer_id = ticket.customer_id and numbered.answered_at >= ticket.created_at
        where numbered.ticket_key is null
    ),
    answers as (
        select
            'zendesk-rating' as survey, 'csat' as kind, rating_id::varchar as answer_id, ticket_id as ticket_key,
            created_at as offered_at, if(is_good is not null, answered_at, null) as answered_at,
            is_good::int::double as score, 0::double as scale_min, 1::double as scale_max, is_good as is_satisfied,
            null::double as score_1_7
        from known_ratings
        union all
        select
            survey, kind, answer_id, ticket_key, null, answered_at, score, scale_min, scale_max,
            if(kind = 'csat', score >= satisfied_from, null),
            if(
                kind = 'ces',
                1 + 6 * if(higher_is_easier, score - scale_min, scale_max - score) / nullif(scale_max - scale_min, 0),
                null
            )
        from matched
        inner join shop.config.survey using (survey)
        where score is not null and answered_at <= getvariable('snapshot_at')
    )
select
    answers.survey || '-' || answers.answer_id as survey_answer_id,
    answers.* exclude (answer_id),
    exclusion_reason is null
    and (is_satisfied is not null or score_1_7 is not null)
    and row_number() over (
        partition by survey, coalesce(answers.ticket_key::varchar, answer_id)
        order by (score is null)::int, answered_at desc nulls last, answer_id desc
    ) = 1 as is_counted
from answers
left join ticket using (ticket_key);

-- The ticket with everything ------------------------------------------------------------------------------------------
create table fct_ticket as
with
    answer as (
        select
            ticket_key,
            min(offered_at) filter (where kind = 'csat') as csat_offered_at,
            arg_max(is_satisfied, answered_at) filter (where kind = 'csat' and is_counted) as csat_satisfied,
            arg_max(score, answered_at) filter (where kind = 'csat' and is_counted) as csat_score,
            max(answered_at) filter (where kind = 'csat' and is_counted) as csat_at,
            arg_max(score_1_7, answered_at) filter (where kind = 'ces' and is_counted) as ces_score,
            max(answered_at) filter (where kind = 'ces' and is_counted) as ces_at
        from fct_survey_answer
        where ticket_key is not null
        group by ticket_key
    ),
    cost as (
        select ticket_key, sum(handle_minutes) as handle_minutes, sum(amount) as cost
        from fct_cost
        where ticket_key is not null
        group by ticket_key
    ),
    method as (select ticket_key, any_value(method) as handle_method from handle_day group by ticket_key),
    creation as (select ticket_key, open_clock as created_clock from timeline where kind = 'created'),
    joined as (
        select
            ticket.* exclude (form, custom_fields),
            coalesce(opened_by in ('human', 'bot', 'rule') and exception.channel is null, false) as is_outreach,
            exclusion_reason is null and not is_outreach as is_measured,
            if(first_reply_at >= created_at, first_reply_at, null) as reply_at,
            first_at as first_resolved_at,
            coalesce(resolution.is_resolved, status in ('solved', 'closed'), false) as is_resolved,
            if(resolution.is_resolved, last_at, null) as resolved_at,
            (first_reply_clock - created_clock) / 60000000.0 as reply_open,
            (first_clock - created_clock) / 60000000.0 as first_open,
            (last_clock - created_clock) / 60000000.0 as last_open,
            coalesce(public_reply_count, 0) as public_reply_count,
            coalesce(resolution.reopen_count, 0)::int as reopen_count,
            coalesce(handoff_count, 0) as handoff_count,
            coalesce(has_ping_pong, false) as has_ping_pong,
            coalesce(is_bot_handover, false) as is_bot_handover,
            if(resolved_at is not null, last_kind <> 'human' and coalesce(human_message_count, 0) = 0, null)
                as is_automated,
            wait.* exclude (ticket_key),
            answer.* exclude (ticket_key),
            coalesce(cost.handle_minutes, 0) as handle_minutes,
            handle_method,
            coalesce(cost.cost, 0) as cost
        from ticket
        left join shop.config.outreach_channel as exception on ticket.channel = exception.channel
        left join creation using (ticket_key)
        left join conversation using (ticket_key)
        left join resolution using (ticket_key)
        left join handoff using (ticket_key)
        left join wait using (ticket_key)
        left join answer using (ticket_key)
        left join cost using (ticket_key)
        left join method using (ticket_key)
    ),
    contact as (select customer_id, workflow, created_at from joined where is_measured and customer_id is not null),
    followed as (
        select
            joined.*,
            coalesce(same.created_at > joined.resolved_at + interval 7 days, true) as is_quiet_7d,
            coalesce(another.created_at > joined.resolved_at + interval 72 hours, true) as is_quiet_72h
        from joined
        asof left join contact as same
            on joined.customer_id = same.customer_id and joined.workflow = same.workflow
            and joined.resolved_at < same.created_at
        asof left join contact as another
            on joined.customer_id = another.customer_id and joined.resolved_at < another.created_at
    ),
    goal as (
        select
            workflows.workflow,
            priority.priority,
            arg_max(value, (targets.workflow <> 'all')::int * 2 + (targets.priority <> 'all')::int)
                filter (where metric = 'first_reply_minutes') as reply_goal,
            arg_max(value, (targets.workflow <> 'all')::int * 2 + (targets.priority <> 'all')::int)
                filter (where metric = 'resolution_minutes') as solve_goal
        from (select workflow from shop.config.workflow union all select 'unclassified') as workflows
        cross join (select unnest(['low', 'normal', 'high', 'urgent']) as priority) as priority
        inner join shop.config.target as targets
            on targets.workflow in ('all', workflows.workflow) and targets.priority in ('all', priority.priority)
        group by workflows.workflow, priority.priority
    ),
    judged as (
        select
            followed.*,
            reply_goal,
            solve_goal,
            case
                when reply_at is not null then minutes_between(created_at, reply_at) <= reply_goal
                when minutes_between(created_at, coalesce(resolved_at, getvariable('snapshot_at'))) > reply_goal
                then false
            end as reply_met,
            case
                when resolved_at is not null then minutes_between(created_at, resolved_at) <= solve_goal
                when minutes_between(created_at, getvariable('snapshot_at')) > solve_goal then false
            end as solve_met
        from followed
        left join goal
            on followed.workflow = goal.workflow and coalesce(followed.priority, 'normal') = goal.priority
    )
select
    ticket_key,
    'zendesk-' || ticket_key as ticket_id,
    'zendesk' as source,
    ticket_key::varchar as source_ticket_id,
    helpdesk_url || '/agent/tickets/' || ticket_key as url,
    customer_id, workflow, variant, channel, group_name,
    'zendesk-' || assignee_id as agent_id,
    priority, subject, tags, reason, language, status,
    exclusion_reason is null as is_counted,
    exclusion_reason, is_outreach, is_measured, created_at,
    reply_at as first_reply_at,
    first_resolved_at, resolved_at,
    week_of(created_at) as created_week,
    week_of(resolved_at) as resolved_week,
    week_of(first_resolved_at) as first_resolved_week,
    week_of(csat_offered_at) as csat_offered_week,
    week_of(csat_at) as csat_week,
    week_of(ces_at) as ces_week,
    is_resolved,
    if(is_outreach, null, minutes_between(created_at, reply_at))::double as first_reply_calendar_minutes,
    if(is_outreach or reply_at is null, null, reply_open)::double as first_reply_business_minutes,
    minutes_between(created_at, first_resolved_at)::double as first_resolution_calendar_minutes,
    first_open::double as first_resolution_business_minutes,
    minutes_between(created_at, resolved_at)::double as resolution_calendar_minutes,
    if(resolved_at is null, null, last_open)::double as resolution_business_minutes,
    coalesce(customer_wait_minutes, 0)::double as customer_wait_minutes,
    coalesce(on_hold_minutes, 0)::double as on_hold_minutes,
    if(team_wait_minutes is null and schedule is not null, 0, out_of_hours_minutes)::double as out_of_hours_minutes,
    coalesce(unassigned_minutes, 0)::double as unassigned_minutes,
    coalesce(assigned_untouched_minutes, 0)::double as assigned_untouched_minutes,
    coalesce(team_wait_minutes, 0)::double as team_wait_minutes,
    coalesce(reopened_idle_minutes, 0)::double as reopened_idle_minutes,
    public_reply_count,
    public_reply_count = 0 as is_zero_touch,
    public_reply_count = 1 as is_one_touch,
    if(resolved_at is null, null, public_reply_count = 1 and reopen_count = 0 and is_quiet_7d) as is_fcr_7d,
    if(resolved_at is null, null, not is_quiet_7d) as is_repeated_7d,
    reopen_count,
    reopen_count > 0 as is_reopened,
    handoff_count, has_ping_pong, is_bot_handover, is_automated,
    is_automated and is_quiet_72h as is_automated_held,
    coalesce(resolved_at <= created_at + to_days(getvariable('cohort_days')), false) as resolved_in_cohort,
    case
        when not is_measured then null
        when not reply_met or not solve_met then false
        when (reply_goal is null or reply_met) and (solve_goal is null or solve_met)
            and coalesce(reply_goal, solve_goal) is not null then true
    end as sla_met,
    coalesce(csat_satisfied, case lower(satisfaction_score) when 'good' then true when 'bad' then false end)
        as csat_satisfied,
    csat_score, ces_score, handle_minutes, handle_method, cost
from judged
cross join shop.config.setting;

-- Steps of tickets ----------------------------------------------------------------------------------------------------
create temp table visit as
with
    kinds as (
        select
            ticket_key, event_no, happened_at, actor_kind, agent_id, timeline.group_name, workflow, tags, open_clock,
            case
                when timeline.status in ('solved', 'closed') then 'resolved'
                when timeline.status = 'pending' then 'customer'
                when timeline.status = 'hold' then 'hold'
                when agent_id in (select 'zendesk-' || user_id from shop.config.bot_user) then 'bot'
                when agent_id is null and timeline.group_name is null
                    and ticket_key in (select ticket_key from timeline where actor_kind = 'bot') then 'bot'
                when is_reopened then 'reopened'
                when agent_id is null then 'queue'
                when is_escalated then 'escalated'
                when not is_touched then 'assigned'
                else 'working'
            end as step_kind
        from timeline
        inner join ticket using (ticket_key)
        where exclusion_reason is null and (next_at is null or next_at > happened_at)
    ),
    states as (
        select
            * exclude (tags),
            case
                when step_kind = 'escalated' and list_contains(tags, 'refund_approval') then 'Refund approval'
                when step_kind in ('queue', 'assigned') and group_name = 'Triage' and workflow = 'ticket_routing'
                then 'Triage'
                when step_kind = 'bot' then 'Bot'
                when step_kind = 'customer' then 'Waiting on customer'
                when step_kind = 'hold' then 'On hold'
                when step_kind = 'reopened' then 'Reopened'
                when step_kind = 'resolved' then 'Resolved'
                when step_kind = 'escalated' then 'Escalated'
                when step_kind = 'queue' then 'Queue: ' || coalesce(group_name, 'no group')
                when step_kind = 'assigned' then 'Assigned: ' || coalesce(group_name, 'no group')
                else 'Working: ' || coalesce(group_name, 'no group')
            end as step
        from kinds
    ),
    -- A visit is known by its first state, and who had it last by the state before the next visit's first.
    marked as (
        select
            *,
            step is distinct from lag(step) over in_order as begins,
            lag(agent_id) over in_order as agent_before,
            lag(group_name) over in_order as group_before,
            last_value(agent_id) over whole as last_agent,
            last_value(group_name) over whole as last_group
        from states
        window
            in_order as (partition by ticket_key order by event_no),
            whole as (
                partition by ticket_key order by event_no rows between unbounded preceding and unbounded following
            )
    )
select
    ticket_key, workflow, step, step_kind, happened_at as entered_at, open_clock as entered_clock,
    (row_number() over in_order)::int as visit_no,
    lead(happened_at) over in_order as left_at,
    lead(open_clock) over in_order as left_clock,
    lead(actor_kind) over in_order as ended_by,
    lead(step) over in_order as next_step,
    lag(step) over in_order as previous_step,
    lag(step_kind) over in_order as previous_kind,
    agent_before as previous_agent_id,
    group_before as previous_group_name,
    if(next_step is null, last_agent, lead(agent_before) over in_order) as agent_id,
    if(next_step is null, last_group, lead(group_before) over in_order) as group_name
from marked
where begins
window in_order as (partition by ticket_key order by event_no);

create temp table visit_work as
select
    ticket_key, visit_no, sum(minutes) as handle_minutes,
    min(act.happened_at - to_microseconds((minutes * 60000000)::bigint)) as began_at
from act
inner join visit using (ticket_key)
where
    minutes > 0
    and (act.happened_at > entered_at or visit_no = 1)
    and (act.happened_at <= left_at or left_at is null)
group by ticket_key, visit_no;

-- Times as whole microseconds and as open time before them; work is put at the end of its visit.
create temp table spell as
with
    timed as (
        select
            visit.*, schedule, handle_minutes,
            case
                when left_at is not null then left_at
                when step_kind <> 'resolved' then getvariable('snapshot_at')
            end as until_at,
            if(began_at is null, null, greatest(began_at, entered_at)) as work_at,
            if(work_at <= until_at, work_at, null) as started_at,
            minutes_between(entered_at, until_at) as elapsed,
            least(coalesce(handle_minutes, 0), elapsed) as worked,
            epoch_us(entered_at) as entered,
            epoch_us(until_at) as done,
            greatest(entered, done - round(worked * 60000000)::bigint) as begun,
            coalesce(entered_clock, entered) as open_entered,
            coalesce(left_clock, snapshot_clock, done) as open_done
        from visit
        inner join ticket using (ticket_key)
        left join snapshot_clock using (schedule)
        left join visit_work using (ticket_key, visit_no)
    ),
    begun_clock as (
        select
            ticket_key, visit_no, open_us(us_before, opens_at, closes_at, make_timestamp(begun)) as open_begun
        from (
            select ticket_key, visit_no, schedule, begun, make_timestamp(begun) as begun_at
            from timed
            where begun < done and schedule is not null
        ) as timed
        asof left join open_stretch
            on timed.schedule = open_stretch.schedule and timed.begun_at >= open_stretch.opens_at
    )
select
    timed.* exclude (entered_clock, left_clock, work_at, open_done),
    coalesce(open_begun, if(schedule is null or begun < done, begun, open_done)) as open_begun,
    agent_id is not null and started_at is not null as is_worked
from timed
left join begun_clock using (ticket_key, visit_no);

-- What one person does in one step without a pause, three times or more, was there before the first was begun.
create temp table batched as
with
    ordered as (
        select
            agent_id, step, ticket_key, visit_no, entered, begun, done,
            coalesce(
                entered > lag(begun) over in_turn or begun > max(done) over (
                    in_turn rows between unbounded preceding and 1 preceding
                ), true
            ) as begins
        from spell
        where is_worked and done is not null
        window in_turn as (partition by agent_id, step order by begun, done, ticket_key, visit_no)
    ),
    numbered as (
        select *, sum(begins::int) over (
            partition by agent_id, step order by begun, done, ticket_key, visit_no rows unbounded preceding) as run
        from ordered
    ),
    runs as (
        select
            row_number() over () as run,
            list({'ticket_key': ticket_key, 'visit_no': visit_no, 'entered': entered}
                order by begun, done, ticket_key, visit_no) as members,
            list_reduce(
                list({'entered': entered, 'begun': begun, 'done': done, 'numbers': [1]}
                    order by begun, done, ticket_key, visit_no),
                lambda batch, visit: if(
                    visit.entered <= batch.begun and visit.begun <= batch.done,
                    {'entered': batch.entered, 'begun': batch.begun, 'done': greatest(batch.done, visit.done),
                        'numbers': list_append(batch.numbers, batch.numbers[-1])},
                    {'entered': visit.entered, 'begun': visit.begun, 'done': visit.done,
                        'numbers': list_append(batch.numbers, batch.numbers[-1] + 1)}
                )
            ).numbers as numbers
        from numbered
        group by agent_id, step, run
        having count(*) >= 3
    ),
    members as (select run, unnest(members, recursive := true), unnest(numbers) as number from runs)
select ticket_key, visit_no, run * 1000000 + number as batch, max(entered) over (partition by run, number) as ready
from members
qualify count(*) over (partition by run, number) >= 3;

-- What each person is at, cut where anything begins or ends.
create temp table piece as
with
    work as (
        select agent_id, batch, entered, begun, done
        from spell
        left join batched using (ticket_key, visit_no)
        where is_worked and done > begun
    ),
    cuts as (
        select agent_id, cut_at, row_number() over (partition by agent_id order by cut_at) as place
        from (select agent_id, begun as cut_at from work union select agent_id, done from work)
    ),
    placed as (
        select work.agent_id, batch, entered, unnest(range(starts.place, ends.place)) as place
        from work
        inner join cuts as starts on work.agent_id = starts.agent_id and begun = starts.cut_at
        inner join cuts as ends on work.agent_id = ends.agent_id and done = ends.cut_at
    ),
    earliest as (
        select agent_id, place, min_by({'entered': entered, 'batch': batch}, entered, 2) as two
        from (select agent_id, place, batch, min(entered) as entered from placed group by all)
        group by all
    )
select
    agent_id, cuts.cut_at as begins, following.cut_at as ends, two[1].entered as entered, two[1].batch as batch,
    two[2].entered as other_entered
from earliest
inner join cuts using (agent_id, place)
inner join cuts as following on earliest.agent_id = following.agent_id and earliest.place + 1 = following.place;

-- What a visit's agent was at while it waited: what was there before it, and what came after.
create temp table waiting as
with
    held as (
        select ticket_key, visit_no, agent_id, schedule, batch, entered, begun, coalesce(ready, entered) as ready,
            open_entered, open_begun
        from spell
        left join batched using (ticket_key, visit_no)
        where step_kind in ('assigned', 'working', 'escalated') and agent_id is not null and done is not null
            and begun > coalesce(ready, entered)
    ),
    kept as (
        select ticket_key, visit_no, schedule, make_timestamp(ready) as ready_at
        from held
        where batch is not null and schedule is not null
    )
select
    held.*,
    case
        when batch is null then open_entered
        when held.schedule is null then ready
        else open_us(us_before, opens_at, closes_at, ready_at)
    end as open_ready,
    dense_rank() over (order by agent_id, held.schedule) as lane
from held
left join kept using (ticket_key, visit_no)
asof left join open_stretch on kept.schedule = open_stretch.schedule and kept.ready_at >= open_stretch.opens_at;

create temp table busy as
with
    lane_pieces as (
        select lane, schedule, make_timestamp(begins) as begins_at, make_timestamp(ends) as ends_at, piece.*
        from piece
        inner join (select distinct lane, agent_id, schedule from waiting) as lanes using (agent_id)
    ),
    clocked as (
        select
            lane_pieces.* exclude (agent_id),
            if(lane_pieces.schedule is null, begins, open_us(
                first.us_before, first.opens_at, first.closes_at, begins_at)) as open_begins,
            if(lane_pieces.schedule is null, ends, open_us(
                last.us_before, last.opens_at, last.closes_at, ends_at)) as open_ends,
            row_number() over (order by lane, begins) as number
        from lane_pieces
        asof left join open_stretch as first
            on lane_pieces.schedule = first.schedule and lane_pieces.begins_at >= first.opens_at
        asof left join open_stretch as last
            on lane_pieces.schedule = last.schedule and lane_pieces.ends_at >= last.opens_at
    ),
    -- They stand in a row: from the first that ends in the wait to the last that begins in it.
    met as (
        select waiting.*, unnest(range(coalesce(ended.number + 1, first_number), begun_before.number + 1)) as number
        from waiting
        inner join (select lane, min(number) as first_number from clocked group by lane) as lanes using (lane)
        asof left join clocked as ended on waiting.lane = ended.lane and waiting.ready >= ended.ends
        asof inner join clocked as begun_before
            on waiting.lane = begun_before.lane and waiting.begun > begun_before.begins
    )
select
    ticket_key, visit_no,
    sum(took) filter (where was_before) as before,
    sum(took) filter (where not was_before) as after
from (
    select
        ticket_key, visit_no,
        clocked.entered <= met.entered
        or coalesce(if(clocked.batch is distinct from met.batch, clocked.entered, other_entered) <= ready, false)
            as was_before,
        least(open_ends, open_begun) - greatest(open_begins, open_ready) as took
    from met
    inner join clocked using (number)
)
group by ticket_key, visit_no;

create table fct_ticket_step as
with
    first_visit as (select ticket_key, min(visit_no) as visit_no from visit group by ticket_key, step),
    worked as (select ticket_key, sum(handle_minutes) as all_minutes from visit_work group by ticket_key),
    handling as (select ticket_key, sum(amount) as amount from fct_cost where kind = 'handling' group by ticket_key),
    caused as (
        select
            spell.*,
            first_visit.ticket_key is null as is_rework,
            amount * handle_minutes / nullif(all_minutes, 0) as handling_cost,
            if(
                step_kind in ('customer', 'hold', 'resolved'), step_kind,
                if(step_kind in ('queue', 'reopened', 'bot') or agent_id is null, 'unassigned', 'assigned')
            ) as state,
            begun - spell.entered as wait,
            spell.open_begun - spell.open_entered as open_wait,
            coalesce(before, 0) as before,
            coalesce(after, 0) as after,
            -- Of a batch that was begun as soon as it was there, nothing else was waited for.
            coalesce(waiting.open_ready, if(batched.ready is null, null, spell.open_begun), spell.open_entered)
            - spell.open_entered as kept
        from spell
        left join first_visit using (ticket_key, visit_no)
        left join worked using (ticket_key)
        left join handling using (ticket_key)
        left join batched using (ticket_key, visit_no)
        left join (select ticket_key, visit_no, open_ready from waiting) as waiting using (ticket_key, visit_no)
        left join busy using (ticket_key, visit_no)
    )
select
    ticket_key, visit_no, workflow, step, step_kind, entered_at, started_at,
    if(handle_minutes is null, null, 'estimated') as start_source,
    left_at,
    elapsed::double as elapsed_calendar_minutes,
    worked::double as work_minutes,
    (elapsed - worked)::double as wait_minutes,
    if(done is null, null, if(state in ('customer', 'resolved') and ended_by is distinct from 'rule', wait, 0))
        / 60000000.0 as customer_minutes,
    if(done is null, null, if(state = 'hold', wait, 0)) / 60000000.0 as hold_minutes,
    if(done is null, null, if(state in ('customer', 'resolved') and ended_by = 'rule', wait, 0)) / 60000000.0
        as timer_minutes,
    if(done is null, null, if(state in ('unassigned', 'assigned'), wait - open_wait, 0)) / 60000000.0
        as out_of_hours_minutes,
    if(done is null, null, if(state = 'unassigned', open_wait, 0)) / 60000000.0 as unassigned_minutes,
    if(done is null, null, if(state = 'assigned', before, 0)) / 60000000.0 as contention_minutes,
    if(done is null, null, if(state = 'assigned', after, 0)) / 60000000.0 as prioritisation_minutes,
    if(done is null, null, if(state = 'assigned', kept, 0)) / 60000000.0 as batching_minutes,
    if(done is null, null, if(state = 'assigned', open_wait - before - after - kept, 0)) / 60000000.0
        as extraneous_minutes,
        null::double as delay_minutes,
    agent_id, group_name, previous_step, next_step, ended_by,
    step_kind = 'escalated'
    or coalesce(previous_kind = 'bot' and step_kind in ('queue', 'assigned', 'working'), false)
    or coalesce(group_name <> previous_group_name, false)
    or coalesce(agent_id <> previous_agent_id, false) as is_handoff,
    is_rework,
    coalesce(handling_cost, 0)::double as handling_cost
from caused;

-- Steps of workflows --------------------------------------------------------------------------------------------------
create temp table period as
select 'all' as period, min(created_at) as from_at, getvariable('snapshot_at') as to_at from fct_ticket
union all
select 'quarter', getvariable('snapshot_at') - interval 91 days, getvariable('snapshot_at');

create table period_ticket as
select
    unnest(if(
        coalesce(resolved_at, last_at) >= getvariable('snapshot_at') - interval 91 days or not is_resolved,
        ['all', 'quarter'], ['all']
    )) as period,
    ticket_key, workflow, is_measured, created_at, first_reply_at, resolved_at, csat_satisfied, cost
from fct_ticket
inner join (select ticket_key, max(entered_at) as last_at from fct_ticket_step group by ticket_key) using (ticket_key);

create temp table process_size as
select
    period, workflow, count(*) as ticket_count,
    count(*) filter (where is_measured and resolved_at is not null) as resolved_count,
    count(*) filter (where is_measured and first_reply_at is not null) as replied_count,
    greatest(date_diff('day', any_value(from_at), any_value(to_at)) / 7, 1)::double as weeks
from period_ticket
inner join period using (period)
group by period, workflow;

create table workflow_step as
with
    counted as (
        select
            period, steps.workflow, step, any_value(step_kind) as step_kind,
            count(*) as visit_count,
            count(*) filter (where not is_rework) as ticket_count,
            count(*) filter (where previous_step is null) as first_count,
            count(*) filter (where next_step is null and (left_at is not null or step_kind = 'resolved'))
                as last_count,
            count(*) filter (where left_at is null and step_kind <> 'resolved') as open_count,
            count(*) filter (where is_rework) as rework_count,
            avg(elapsed_calendar_minutes) as elapsed_mean,
            quantile_cont(elapsed_calendar_minutes, [0.5, 0.9]) as elapsed,
            avg(wait_minutes) as wait_mean,
            quantile_cont(wait_minutes, [0.5, 0.9]) as wait,
            avg(work_minutes) as work_mean,
            quantile_cont(work_minutes, [0.5, 0.9]) as work,
            sum(elapsed_calendar_minutes) as elapsed_minutes,
            sum(handling_cost) as handling_cost,
            sum(customer_minutes) as customer_minutes,
            sum(hold_minutes) as hold_minutes,
            sum(timer_minutes) as timer_minutes,
            sum(out_of_hours_minutes) as out_of_hours_minutes,
            sum(unassigned_minutes) as unassigned_minutes,
            sum(contention_minutes) as contention_minutes,
            sum(prioritisation_minutes) as prioritisation_minutes,
            sum(batching_minutes) as batching_minutes,
            sum(extraneous_minutes) as extraneous_minutes,
            count(*) filter (where csat_satisfied and not is_rework) as satisfied,
            count(csat_satisfied) filter (where not is_rework) as rated,
            if(count(start_source) > 0, 'estimated', null) as start_source
        from fct_ticket_step as steps
        inner join period_ticket using (ticket_key)
        group by period, steps.workflow, step
    )
select
    period, workflow, step, step_kind, visit_count, counted.ticket_count,
    counted.ticket_count / process_size.ticket_count as ticket_share,
    first_count, last_count, open_count, rework_count,
    elapsed_mean as elapsed_mean_calendar_minutes,
    elapsed[1] as elapsed_median_calendar_minutes,
    elapsed[2] as elapsed_p90_calendar_minutes,
    wait_mean as wait_mean_minutes,
    wait[1] as wait_median_minutes,
    wait[2] as wait_p90_minutes,
    work_mean as work_mean_minutes,
    work[1] as work_median_minutes,
    work[2] as work_p90_minutes,
    elapsed_minutes / nullif(sum(elapsed_minutes) over (partition by period, workflow), 0) as share_of_elapsed,
    handling_cost / nullif(sum(handling_cost) over (partition by period, workflow), 0) as share_of_cost,
    handling_cost, customer_minutes, hold_minutes, timer_minutes, out_of_hours_minutes, unassigned_minutes,
    contention_minutes, prioritisation_minutes, batching_minutes, extraneous_minutes,
    satisfied / nullif(rated, 0) as csat, rated as csat_n, start_source
from counted
inner join process_size using (period, workflow);

create table workflow_step_week as
select
    workflow, step, week_of(left_at) as week, count(*) as visit_count, avg(wait_minutes) as wait_mean_minutes,
    median(elapsed_calendar_minutes) as elapsed_median_calendar_minutes
from fct_ticket_step
where left_at is not null
group by workflow, step, week_of(left_at);

-- Passages ------------------------------------------------------------------------------------------------------------
-- Nobody is between two states of a ticket, so a passage takes as long as the visit that it leads into.
create table workflow_edge as
with
    passages as (
        select
            ticket_key, workflow, previous_step as from_step, step as to_step, elapsed_calendar_minutes, wait_minutes,
            is_handoff, first_passage.ticket_key is not null as is_first
        from fct_ticket_step
        left join (
            select ticket_key, min(visit_no) as visit_no
            from fct_ticket_step
            where previous_step is not null
            group by ticket_key, previous_step, step
        ) as first_passage using (ticket_key, visit_no)
        where previous_step is not null
    ),
    counted as (
        select
            period, passages.workflow, from_step, to_step, count(*) as passage_count,
            count(*) filter (where is_first) as ticket_count,
            quantile_cont(elapsed_calendar_minutes, [0.5, 0.9]) as elapsed,
            quantile_cont(wait_minutes, [0.5, 0.9]) as wait,
            count(*) filter (where csat_satisfied and is_first) as satisfied,
            count(csat_satisfied) filter (where is_first) as rated,
            avg(cost) filter (where is_first) as mean_cost,
            avg(is_handoff::int) > 0.5 as is_handoff
        from passages
        inner join period_ticket using (ticket_key)
        group by period, passages.workflow, from_step, to_step
    )
select
    period, workflow, from_step, to_step, passage_count, counted.ticket_count,
    counted.ticket_count / process_size.ticket_count as ticket_share,
    elapsed[1] as elapsed_median_calendar_minutes,
    elapsed[2] as elapsed_p90_calendar_minutes,
    wait[1] as wait_median_minutes,
    wait[2] as wait_p90_minutes,
    satisfied / nullif(rated, 0) as csat, rated as csat_n, mean_cost, is_handoff
from counted
inner join process_size using (period, workflow);

-- Ranking -------------------------------------------------------------------------------------------------------------
-- What each ticket would be spared if the wait of a step or hand-off were halved, or the step's repetitions were gone.
create temp table saving as
with
    visits as (
        select
            ticket_key, step, previous_step, is_handoff, is_rework, handling_cost,
            wait_minutes - customer_minutes - timer_minutes as own,
            wait_minutes + work_minutes as whole,
            coalesce(entered_at < resolved_at, true) as is_before,
            if(
                entered_at < first_reply_at,
                least(elapsed_calendar_minutes, minutes_between(entered_at, first_reply_at)), 0
            ) as to_reply
        from fct_ticket_step
        inner join fct_ticket using (ticket_key)
        where elapsed_calendar_minutes is not null
    ),
    elements as (
        select ticket_key, 'step' as kind, step, null::varchar as to_step, if(is_before, own / 2, 0) as resolution,
            least(own, to_reply) / 2 as first_reply, 0 as cost
        from visits
        union all
        select ticket_key, 'handoff', previous_step, step, if(is_before, own / 2, 0), least(own, to_reply) / 2, 0
        from visits
        where is_handoff and previous_step is not null
        union all
        select ticket_key, 'loop', step, null, if(is_before, whole, 0), to_reply, handling_cost
        from visits
        where is_rework
    )
select
    ticket_key, kind, step, to_step, sum(resolution) / 60 as resolution, sum(first_reply) / 60 as first_reply,
    sum(cost) as cost
from elements
group by ticket_key, kind, step, to_step;

-- Mean and interval of a figure that is 0 for all tickets but those whose sums of powers are given.
create temp macro spread_over(sums, n) as list_transform([sums], lambda s: [
    coalesce(s[1], 0) / nullif(n, 0),
    greatest(coalesce(s[2], 0) / nullif(n, 0) - (coalesce(s[1], 0) / nullif(n, 0)) ^ 2, 0),
    coalesce(s[3], 0) / nullif(n, 0)
])[1];
create temp macro saved_bound(moments, n, sign) as
    case when n > 1 then greatest(0,
        moments[1] + sign * 1.959963984540054 * sqrt(moments[2] / n)
        + coalesce((moments[3] - 3 * moments[1] * moments[2] - moments[1] ^ 3) / nullif(moments[2], 0), 0)
        / n * 2.841458820694124 / 6) end;

create table workflow_bottleneck as
with
    saved as (
        select
            period, workflow, kind, step, to_step, count(*) as ticket_count, sum(resolution) as hours,
            [sum(resolution) filter (where is_measured and resolved_at is not null),
                sum(resolution ^ 2) filter (where is_measured and resolved_at is not null),
                sum(resolution ^ 3) filter (where is_measured and resolved_at is not null)] as resolution,
            [sum(first_reply) filter (where is_measured and first_reply_at is not null),
                sum(first_reply ^ 2) filter (where is_measured and first_reply_at is not null),
                sum(first_reply ^ 3) filter (where is_measured and first_reply_at is not null)] as first_reply,
            [sum(saving.cost) filter (where is_measured),
                sum(saving.cost ^ 2) filter (where is_measured),
                sum(saving.cost ^ 3) filter (where is_measured)] as cost
        from saving
        inner join period_ticket using (ticket_key)
        group by period, workflow, kind, step, to_step
    ),
    visits as (
        select steps.*, period, wait_minutes - customer_minutes - timer_minutes as own
        from fct_ticket_step as steps
        inner join period_ticket using (ticket_key)
        where elapsed_calendar_minutes is not null
    ),
    elements as (
        select 'step' as kind, step as from_step, null::varchar as to_step, visits.* from visits
        union all
        select 'handoff', previous_step, step, visits.* from visits where is_handoff and previous_step is not null
        union all
        select 'loop', step, null, visits.* from visits where is_rework
    ),
    described as (
        select
            period, workflow, kind, from_step as step, to_step,
            count(*) as visit_count,
            quantile_cont(wait_minutes, [0.5, 0.9]) as wait,
            quantile_cont(work_minutes, [0.5, 0.9]) as work,
            sum(elapsed_calendar_minutes) as elapsed_minutes,
            sum(handling_cost) as handling_cost,
            [sum(customer_minutes), sum(hold_minutes), sum(timer_minutes), sum(out_of_hours_minutes),
                sum(unassigned_minutes), sum(contention_minutes), sum(prioritisation_minutes),
                sum(batching_minutes), sum(extraneous_minutes)] as causes,
            sum(own) as own_minutes,
            sum(own ^ 2) as own_squares,
            sum(wait_minutes) as wait_minutes
        from elements
        group by period, workflow, kind, from_step, to_step
    ),
    totals as (
        select
            period, workflow, sum(elapsed_minutes) as all_elapsed, sum(handling_cost) as all_cost,
            sum(visit_count) filter (where own_minutes >= wait_minutes / 2) as all_visits,
            sum(own_minutes) filter (where own_minutes >= wait_minutes / 2) as all_own,
            sum(own_squares) filter (where own_minutes >= wait_minutes / 2) as all_squares
        from described
        where kind = 'step'
        group by period, workflow
    ),
    trends as (
        select period, workflow, step, regr_slope(wait_mean_minutes, date_diff('week', from_at, week)) as trend
        from workflow_step_week
        inner join period on week >= from_at
        group by period, workflow, step
    ),
    measured as (
        select
            described.*, saved.ticket_count, process_size.ticket_count as tickets, all_elapsed, all_cost, trend,
            hours / weeks as hours_per_week,
            own_minutes > wait_minutes / 2 as is_own,
            own_minutes / visit_count as own_mean,
            own_squares / visit_count - own_mean ^ 2 as own_variance,
            all_visits - visit_count as others_count,
            (all_own - own_minutes) / nullif(others_count, 0) as others_mean,
            (all_squares - own_squares) / nullif(others_count, 0) - others_mean ^ 2 as others_variance,
            resolved_count, replied_count,
            spread_over(saved.resolution, resolved_count) as resolution,
            spread_over(saved.first_reply, replied_count) as first_reply,
            spread_over(saved.cost, resolved_count) as cost
        from described
        inner join saved
            on described.period = saved.period and described.workflow = saved.workflow and described.kind = saved.kind
            and described.step = saved.step and described.to_step is not distinct from saved.to_step
        inner join process_size
            on described.period = process_size.period and described.workflow = process_size.workflow
        inner join totals on described.period = totals.period and described.workflow = totals.workflow
        left join trends
            on described.period = trends.period and described.workflow = trends.workflow
            and coalesce(described.to_step, described.step) = trends.step
    )
select
    period, workflow, kind, step, coalesce(to_step, '') as to_step,
    (row_number() over (
        partition by period order by is_own desc, hours_per_week desc, workflow, kind, step, to_step))::int as rank,
    (row_number() over (
        partition by period, workflow order by is_own desc, hours_per_week desc, kind, step, to_step))::int
        as workflow_rank,
    is_own,
    coalesce(is_own and case
        when kind = 'loop' then ticket_count >= 0.05 * tickets and hours_per_week > 0
        else
            least(visit_count, others_count) >= 5 and own_mean > 1.25 * others_mean
            and own_mean - others_mean > 3.29 * sqrt(
                greatest(own_variance, 0) / visit_count + greatest(others_variance, 0) / others_count)
    end, false) as is_finding,
    if(kind = 'loop', 'remove_loop', 'halve_wait') as lever,
    visit_count, ticket_count, ticket_count / tickets as ticket_share,
    wait[1] as wait_median_minutes,
    wait[2] as wait_p90_minutes,
    work[1] as work_median_minutes,
    work[2] as work_p90_minutes,
    elapsed_minutes / nullif(all_elapsed, 0) as share_of_elapsed,
    handling_cost / nullif(all_cost, 0) as share_of_cost,
    case when list_max(causes) > 0 then
        ['customer', 'hold', 'timer', 'out_of_hours', 'unassigned', 'contention', 'prioritisation', 'batching',
            'extraneous'][list_position(causes, list_max(causes))]
    end as main_cause,
    trend as trend_minutes_per_week,
    hours_per_week as hours_saved_per_week,
    resolution[1] as resolution_hours_saved,
    saved_bound(resolution, resolved_count, -1) as resolution_hours_saved_low,
    saved_bound(resolution, resolved_count, 1) as resolution_hours_saved_high,
    first_reply[1] as first_reply_hours_saved,
    saved_bound(first_reply, replied_count, -1) as first_reply_hours_saved_low,
    saved_bound(first_reply, replied_count, 1) as first_reply_hours_saved_high,
    cost[1] as cost_saved,
    saved_bound(cost, resolved_count, -1) as cost_saved_low,
    saved_bound(cost, resolved_count, 1) as cost_saved_high
from measured;

-- Hand-offs and rework ------------------------------------------------------------------------------------------------
create temp table stay as
with
    marked as (
        select
            ticket_key, visit_no, workflow, group_name, entered_at,
            lag(group_name) over in_order as previous_group,
            lag(left_at) over in_order as left_before,
            lag(ended_by) over in_order as ended_before,
            last_value(left_at ignore nulls) over whole as last_left
        from fct_ticket_step
        where group_name is not null
        window
            in_order as (partition by ticket_key order by visit_no),
            whole as (
                partition by ticket_key order by visit_no rows between unbounded preceding and unbounded following
            )
    ),
    stays as (
        select
            ticket_key, workflow, group_name, previous_group, entered_at,
            lead(group_name) over in_order as next_group,
            -- Of the last stay, the last instant at which one of its visits was left.
            coalesce(lead(left_before) over in_order, if(last_left > entered_at, last_left, null)) as left_at,
            lead(ended_before) over in_order as ended_by
        from marked
        where group_name is distinct from previous_group
        window in_order as (partition by ticket_key order by visit_no)
    ),
    replies as (
        select ticket_key, happened_at
        from timeline
        where kind = 'comment' and actor_kind = 'human' and is_public
    )
select
    stays.*,
    happened_at is not null and (left_at is null or happened_at <= left_at) as is_answered
from stays
asof left join replies on stays.ticket_key = replies.ticket_key and stays.entered_at <= replies.happened_at;

create table group_handoff as
select
    period, stay.workflow, group_name as from_group, next_group as to_group, count(*) as passage_count,
    count(distinct ticket_key) as ticket_count,
    count(*) filter (where not is_answered) as unanswered_count,
    count(*) filter (where next_group = previous_group) as back_count
from stay
inner join period_ticket using (ticket_key)
where next_group is not null
group by period, stay.workflow, group_name, next_group;

create table workflow_rework as
with
    sorting as (
        select workflow, group_name
        from stay
        where left_at is not null
        group by workflow, group_name
        having avg((not is_answered and next_group is not null and ended_by = 'human')::int) > 0.5
    ),
    misrouted as (
        select distinct ticket_key
        from stay
        anti join sorting using (workflow, group_name)
        where not is_answered and next_group is not null and ended_by = 'human'
    ),
    repeats as (
        select
            ticket_key,
            bool_or(agent_id = agent_before) as is_same,
            bool_or(agent_id <> agent_before) as is_other
        from (
            select
                ticket_key, agent_id,
                lag(agent_id) over (partition by ticket_key, step order by visit_no) as agent_before
            from fct_ticket_step
            where step_kind in ('assigned', 'working', 'escalated')
        )
        where agent_before is not null
        group by ticket_key
    ),
    tickets as (
        select
            period, fct_ticket.workflow, is_reopened, has_ping_pong, is_same, is_other,
            resolution_calendar_minutes / 60 as hours,
            fct_ticket.cost,
            misrouted.ticket_key is not null as is_misrouted,
            fct_ticket.is_measured and fct_ticket.resolved_at is not null as is_compared
        from period_ticket
        inner join fct_ticket using (ticket_key)
        left join misrouted using (ticket_key)
        left join repeats using (ticket_key)
    ),
    counted as (
        select
            period, workflow, count(*) as ticket_count,
            count(*) filter (where is_reopened) as reopened_count,
            count(*) filter (where has_ping_pong) as ping_pong_count,
            count(*) filter (where is_same) as same_agent_repeat_count,
            count(*) filter (where is_other) as other_agent_redo_count,
            count(*) filter (where is_misrouted) as misrouted_count,
            avg(hours) filter (where is_misrouted and is_compared)
            - avg(hours) filter (where not is_misrouted and is_compared) as misroute_hours,
            sqrt(
                var_samp(hours) filter (where is_misrouted and is_compared)
                / count(*) filter (where is_misrouted and is_compared)
                + var_samp(hours) filter (where not is_misrouted and is_compared)
                / count(*) filter (where not is_misrouted and is_compared)) as hours_error,
            avg(cost) filter (where is_misrouted and is_compared)
            - avg(cost) filter (where not is_misrouted and is_compared) as misroute_cost,
            sqrt(
                var_samp(cost) filter (where is_misrouted and is_compared)
                / count(*) filter (where is_misrouted and is_compared)
                + var_samp(cost) filter (where not is_misrouted and is_compared)
                / count(*) filter (where not is_misrouted and is_compared)) as cost_error
        from tickets
        group by period, workflow
    )
select
    period, workflow, ticket_count, reopened_count,
    reopened_count / ticket_count as reopened_share,
    ping_pong_count,
    ping_pong_count / ticket_count as ping_pong_share,
    same_agent_repeat_count,
    same_agent_repeat_count / ticket_count as same_agent_repeat_share,
    other_agent_redo_count,
    other_agent_redo_count / ticket_count as other_agent_redo_share,
    misrouted_count,
    misrouted_count / ticket_count as misrouted_share,
    misroute_hours,
    misroute_hours - 1.959963984540054 * hours_error as misroute_hours_low,
    misroute_hours + 1.959963984540054 * hours_error as misroute_hours_high,
    misroute_cost,
    misroute_cost - 1.959963984540054 * cost_error as misroute_cost_low,
    misroute_cost + 1.959963984540054 * cost_error as misroute_cost_high
from counted;

-- Paths ---------------------------------------------------------------------------------------------------------------
create temp table ticket_way as
select ticket_key, path, hash(path) as way
from (select ticket_key, list(step order by visit_no) as path from fct_ticket_step group by ticket_key);

create temp table walked as
select
    period, period_ticket.workflow, way, path, period_ticket.csat_satisfied, period_ticket.cost,
    if(fct_ticket.is_measured, resolution_calendar_minutes, null) as minutes,
    fct_ticket.is_measured and first_resolved_at is not null and is_reopened as is_back
from period_ticket
inner join ticket_way using (ticket_key)
inner join fct_ticket using (ticket_key);

create temp table way as
with
    quartile as (
        select period, workflow, quantile_cont(minutes, [0.5, 0.75]) as quartiles from walked group by period, workflow
    ),
    counted as (
        select
            period, workflow, way, any_value(path) as path, any_value(quartiles[2]) / 60 as slow_above_hours,
            count(*) as ticket_count,
            count(*) filter (where minutes <= quartiles[1] and coalesce(csat_satisfied, true) and not is_back)
                as happy_count,
            count(minutes) as resolved_count,
            count(*) filter (where minutes > quartiles[2]) as slow_count,
            count(*) filter (where minutes is not null and not csat_satisfied) as unsatisfied_count,
            count(*) filter (where minutes is not null and csat_satisfied) as satisfied_count,
            count(*) filter (where csat_satisfied) as satisfied,
            count(csat_satisfied) as rated,
            avg(minutes) as mean_minutes,
            median(minutes) as median_minutes,
            avg(cost) as mean_cost
        from walked
        inner join quartile using (period, workflow)
        group by period, workflow, way
    )
select
    *,
    row_number() over (partition by period, workflow order by ticket_count desc, len(path), path) as workflow_rank,
    happy_count > 0
    and row_number() over (
        partition by period, workflow order by happy_count desc, ticket_count desc, len(path), path) = 1 as is_happy
from counted;

create table ticket_path as
with
    rest as (
        select
            period, workflow, count(distinct way) as path_count, count(*) as ticket_count,
            count(*) filter (where walked.csat_satisfied) as satisfied,
            count(walked.csat_satisfied) as rated,
            avg(minutes) as mean_minutes,
            median(minutes) as median_minutes,
            count(minutes) as resolved_count,
            avg(cost) as mean_cost
        from walked
        inner join (select period, workflow, way from way where workflow_rank > 200) using (period, workflow, way)
        group by period, workflow
    )
select
    period, workflow, workflow_rank::int as workflow_rank, path, is_other, is_happy, path_count, ticket_count,
    ticket_count / sum(ticket_count) over (partition by period, workflow) as ticket_share,
    satisfied / nullif(rated, 0) as csat, rated as csat_n,
    mean_minutes / 60 as resolution_time_mean_calendar_hours,
    median_minutes / 60 as resolution_time_median_calendar_hours,
    resolved_count, mean_cost as mean_cost_per_ticket
from (
    select *, 1 as path_count, false as is_other from way where workflow_rank <= 200
    union all by name
    select *, 201 as workflow_rank, true as is_other, false as is_happy from rest
);

create table path_departure as
with
    compared as (
        select
            way.*, happy_path,
            list_position(
                list_transform(range(1, len(happy_path) + 2), lambda i: path[i] is distinct from happy_path[i]), true
            ) as parts_at
        from way
        inner join (select period, workflow, path as happy_path from way where is_happy) using (period, workflow)
        where resolved_count > 0
    ),
    passages as (
        select *, unnest(range(0, coalesce(parts_at, len(happy_path) + 1))) as position, path[position + 1] as next_step
        from compared
    )
select
    period, workflow, position::int as position,
    any_value(if(position > 0, happy_path[position], null)) as step,
    next_step,
    next_step is not distinct from any_value(happy_path[position + 1]) as is_happy,
    sum(resolved_count) as ticket_count,
    sum(slow_count) as slow_count,
    sum(resolved_count - slow_count) as not_slow_count,
    sum(unsatisfied_count) as unsatisfied_count,
    sum(satisfied_count) as satisfied_count,
    any_value(slow_above_hours) as slow_above_hours
from passages
group by period, workflow, position, next_step;

-- An average week by hour ---------------------------------------------------------------------------------------------
create temp macro local_hour(instant) as
    date_trunc('hour', timezone(getvariable('time_zone'), timezone('UTC', instant)));

create table hour_load as
with
    visits as (
        select
            coalesce(group_name, 'no group') as group_name, entered_at, coalesce(started_at, left_at) as taken_at,
            step_kind in ('queue', 'assigned', 'working', 'escalated', 'reopened') as is_team,
            is_handoff
            or coalesce(
                lag(step_kind) over (partition by ticket_key order by visit_no)
                not in ('queue', 'assigned', 'working', 'escalated', 'reopened'), true) as is_arrival
        from fct_ticket_step
    ),
    moved as (
        select group_name, hour_at, sum(n) as n, sum(arrivals) as arrivals
        from (
            select group_name, local_hour(entered_at) as hour_at, count(*) as n,
                count(*) filter (where is_arrival) as arrivals
            from visits
            where is_team
            group by all
            union all
            select group_name, local_hour(taken_at), - count(*), 0
            from visits
            where is_team and taken_at is not null
            group by all
        )
        group by group_name, hour_at
    ),
    acts as (
        select
            coalesce(group_name, 'no group') as group_name, agent_id, day, minutes,
            timezone(getvariable('time_zone'), timezone('UTC', happened_at)) as ended_at
        from act
    ),
    worked as (
        select group_name, date_trunc('hour', ended_at) as hour_at, sum(minutes) as busy_minutes
        from acts
        group by all
    ),
    shifts as (
        select
            group_name, min(ended_at - to_microseconds((minutes * 60000000)::bigint)) as begins_at,
            max(ended_at) as ends_at
        from acts
        group by group_name, agent_id, day
    ),
    present as (
        select
            group_name, hour_at,
            sum(minutes_between(greatest(begins_at, hour_at), least(ends_at, hour_at + interval 1 hour)))
                as present_minutes
        from (
            select *, unnest(generate_series(date_trunc('hour', begins_at), ends_at, interval 1 hour)) as hour_at
            from shifts
        )
        group by all
    ),
    hours as (
        select group_name, hour_at
        from (select distinct group_name from moved)
        cross join (
            select unnest(generate_series(
                (select local_hour(min(from_at)) from period), local_hour(getvariable('snapshot_at')), interval 1 hour
            )) as hour_at
        )
    ),
    joined as (
        select
            group_name, hour_at, coalesce(arrivals, 0) as arrivals,
            sum(coalesce(n, 0)) over (partition by group_name order by hour_at) as queue_length,
            coalesce(busy_minutes, 0) as busy_minutes,
            coalesce(present_minutes, 0) as present_minutes
        from hours
        left join moved using (group_name, hour_at)
        left join worked using (group_name, hour_at)
        left join present using (group_name, hour_at)
    )
select
    period, group_name, isodow(hour_at)::int as weekday, hour(hour_at)::int as hour,
    avg(arrivals) as arrivals, avg(queue_length) as queue_length, avg(busy_minutes) as busy_minutes,
    avg(present_minutes) as present_minutes, count(*) as week_count
from joined
inner join period
    on hour_at >= timezone(getvariable('time_zone'), timezone('UTC', from_at))
    and hour_at < timezone(getvariable('time_zone'), timezone('UTC', to_at))
group by period, group_name, isodow(hour_at), hour(hour_at);

-- Orders and checkouts ------------------------------------------------------------------------------------------------
create table fct_order as
with
    orders as (
        select
            order_name,
            arg_max(order_id, (batch_no, -line)) as order_id,
            arg_max(email_hash, (batch_no, -line)) as email_hash,
            arg_max(created_at, (batch_no, -line)) as created_at,
            arg_max(paid_at, (batch_no, -line)) as paid_at,
            arg_max(fulfilled_at, (batch_no, -line)) as fulfilled_at,
            arg_max(cancelled_at, (batch_no, -line)) as cancelled_at,
            arg_max(financial_status, (batch_no, -line)) as financial_status,
            arg_max(fulfillment_status, (batch_no, -line)) as fulfillment_status,
            arg_max(currency, (batch_no, -line)) as currency,
            arg_max(total, (batch_no, -line)) as total,
            arg_max(refunded_amount, (batch_no, -line)) as refunded_amount,
            arg_max(tags, (batch_no, -line)) as tags,
            arg_max(country, (batch_no, -line)) as country
        from raw.shopify_order_line
        group by order_name
    ),
    items as (
        select order_name, max(item_count)::bigint as item_count
        from (
            select order_name, sum(item_quantity) as item_count
            from raw.shopify_order_line
            group by order_name, batch_no
        )
        group by order_name
    )
select
    order_name as order_id, order_id as shop_order_id, 'c-' || email_hash as customer_id, created_at, paid_at,
    fulfilled_at, cancelled_at, week_of(created_at) as created_week, week_of(fulfilled_at) as fulfilled_week,
    minutes_between(created_at, fulfilled_at)::double as fulfilment_calendar_minutes, financial_status,
    fulfillment_status, currency, total, refunded_amount, item_count, tags, country,
    coalesce(list_contains(string_split(lower(tags), ', '), 'test'), false) as is_test
from orders
inner join items using (order_name)
where created_at <= getvariable('snapshot_at');

create table fct_checkout as
with
    checkout as (
        select * exclude (customer_id, completed_at), 'c-' || email_hash as customer_id,
            if(completed_at <= getvariable('snapshot_at'), completed_at, null) as completed_at
        from raw.shopify_checkout
        where checkout_id is not null
        qualify row_number() over (
            partition by checkout_id order by updated_at desc nulls last, batch_no desc, line desc) = 1
    ),
    recovery as (
        select ticket_key, customer_id, created_at
        from fct_ticket
        where is_counted and workflow in (select workflow from shop.config.workflow where is_cart_recovery)
    )
select
    checkout_id, checkout_name, checkout.customer_id, checkout.created_at as abandoned_at, completed_at,
    week_of(checkout.created_at) as abandoned_week, checkout.currency, total, item_count,
    recovery.ticket_key as recovery_ticket_key,
    coalesce(
        recovery.created_at <= checkout.created_at + to_days(cart_window_days)
        and (completed_at is null or recovery.created_at < completed_at), false) as is_entered,
    completed_at is not null as is_completed,
    coalesce(
        recovery.created_at <= checkout.created_at + to_days(cart_window_days) and recovery.created_at < completed_at
        and completed_at <= recovery.created_at + to_days(cart_window_days), false) as is_recovered
from checkout
cross join shop.config.setting
asof left join recovery
    on checkout.customer_id = recovery.customer_id and checkout.created_at <= recovery.created_at
where checkout.created_at <= getvariable('snapshot_at');

-- Backlog -------------------------------------------------------------------------------------------------------------
create table backlog_day as
with
    moves as (
        select ticket_key, workflow, created_at, created_at as happened_at, 1 as created, 0 as reopened, 0 as resolved
        from fct_ticket
        where is_counted
        union all
        select ticket_key, workflow, created_at, happened_at, 0, is_reopening::int, is_resolution::int
        from status_change
        inner join fct_ticket using (ticket_key)
        where is_counted and (is_resolution or is_reopening)
    ),
    counted as (
        select day_of(happened_at) as day, workflow, sum(created) as created, sum(reopened) as reopened,
            sum(resolved) as resolved
        from moves
        group by day_of(happened_at), workflow
    ),
    days as (
        select unnest(generate_series(
            (select min(day) from counted), day_of(getvariable('snapshot_at')), interval 1 day))::date as day
    ),
    filled as (
        select day, workflow, coalesce(created, 0) as created, coalesce(reopened, 0) as reopened,
            coalesce(resolved, 0) as resolved
        from days
        cross join (select distinct workflow from counted) as workflows
        left join counted using (day, workflow)
    ),
    bridged as (
        select *, sum(created + reopened - resolved) over (partition by workflow order by day) as closing
        from (
            select * from filled
            union all
            select day, 'all', sum(created), sum(reopened), sum(resolved) from filled group by day
        )
    ),
    spells as (
        select
            workflow, resolved, day_of(created_at) as created_day, day_of(happened_at) as from_day,
            coalesce(
                day_of(lead(happened_at) over (partition by ticket_key order by happened_at, resolved)),
                day_of(getvariable('snapshot_at')) + 1
            ) as to_day
        from moves
    ),
    -- Spells that are alike are counted before they are laid out by day.
    alike as (
        select workflow, created_day, from_day, to_day, count(*) as tickets
        from spells
        where resolved = 0 and to_day > from_day
        group by all
    ),
    by_day as (
        select unnest(generate_series(from_day, to_day - 1, interval 1 day))::date as day, * from alike
    ),
    ages as (
        select
            day,
            coalesce(workflow, 'all') as workflow,
            sum(tickets) filter (where day - created_day < 1) as open_0_1d,
            sum(tickets) filter (where day - created_day between 1 and 2) as open_1_3d,
            sum(tickets) filter (where day - created_day between 3 and 6) as open_3_7d,
            sum(tickets) filter (where day - created_day >= 7) as open_over_7d
        from by_day
        group by grouping sets ((day, workflow), (day))
    )
select
    day, workflow,
    (closing - created - reopened + resolved)::bigint as opening,
    created::bigint as created,
    reopened::bigint as reopened,
    resolved::bigint as resolved,
    closing::bigint as closing,
    coalesce(open_0_1d, 0)::bigint as open_0_1d,
    coalesce(open_1_3d, 0)::bigint as open_1_3d,
    coalesce(open_3_7d, 0)::bigint as open_3_7d,
    coalesce(open_over_7d, 0)::bigint as open_over_7d
from bridged
left join ages using (day, workflow);

-- KPIs by week and slice ----------------------------------------------------------------------------------------------
create temp table figure (
    week date, workflow varchar, variant varchar, channel varchar,
    fact struct(metric varchar, "value" double, n bigint, low double, high double)
);
-- Which of the six slices a row of `grouping sets` is; null for one whose ticket has no such value.
create temp macro slice(is_total, key) as if(is_total = 1, 'all', key);
-- The quantiles from which the interval of a quantile is read.
set variable percents = (select list(percent / 100 order by percent) from range(101) as steps(percent));

-- Answers, by the week of the answer
insert into figure
select week, workflow, variant, channel, unnest([
    share_fact('csat', satisfied, rated),
    fact(
        'ces', ease, scored, at_least_1(student(ease, scored, spread, -1)),
        at_most_7(student(ease, scored, spread, 1))
    )
])
from (
    select
        week, slice(grouping(workflow), workflow) as workflow, slice(grouping(variant), variant) as variant,
        slice(grouping(channel), channel) as channel,
        count(*) filter (where is_satisfied) as satisfied,
        count(is_satisfied) as rated,
        avg(score_1_7) as ease,
        count(score_1_7) as scored,
        stddev_samp(score_1_7) as spread
    from (
        select
            week_of(answered_at) as week, coalesce(workflow, 'unclassified') as workflow, variant,
            coalesce(channel, 'unknown') as channel, is_satisfied, score_1_7
        from fct_survey_answer
        left join fct_ticket using (ticket_key)
        where fct_survey_answer.is_counted and answered_at is not null
    )
    group by grouping sets (
        (week), (week, workflow), (week, workflow, variant), (week, channel), (week, workflow, channel),
        (week, workflow, variant, channel)
    )
);

-- Surveys offered
insert into figure
select week, workflow, variant, channel, unnest([
    share_fact('csat_response_rate', answered, offered)
])
from (
    select
        week, slice(grouping(workflow), workflow) as workflow, slice(grouping(variant), variant) as variant,
        slice(grouping(channel), channel) as channel,
        count(answered_at) as answered,
        count(*) as offered
    from (
        select week_of(min(offered_at)) as week, workflow, variant, channel, max(answered_at) as answered_at
        from fct_survey_answer
        inner join fct_ticket using (ticket_key)
        where kind = 'csat' and offered_at is not null and fct_ticket.is_counted
        group by ticket_key, survey, workflow, variant, channel
    )
    group by grouping sets (
        (week), (week, workflow), (week, workflow, variant), (week, channel), (week, workflow, channel),
        (week, workflow, variant, channel)
    )
);

-- Tickets by the week of their last resolution
insert into figure
select week, workflow, variant, channel, unnest([
    mean_fact('resolution_time_mean_calendar_hours', calendar_mean, n, calendar_spread, calendar_skew, 60),
    quantile_fact('resolution_time_median_calendar_hours', calendar, 50, n),
    quantile_fact('resolution_time_p90_calendar_hours', calendar, 90, n),
    mean_fact('resolution_time_mean_business_hours', open_mean, open_n, open_spread, open_skew, 60),
    quantile_fact('resolution_time_median_business_hours', open_hours, 50, open_n),
    quantile_fact('resolution_time_p90_business_hours', open_hours, 90, open_n),
    share_fact('zero_touch', untouched, touch_n),
    share_fact('one_touch', touched_once, touch_n),
    share_fact('fcr_7d', first_contact, first_contact_n),
    share_fact('repeat_contact_7d', repeated, first_contact_n),
    mean_fact('handoffs', handoff_mean, handoff_n, handoff_spread, handoff_skew, 1),
    share_fact('automated_rate', automated, automated_n),
    share_fact('automated_held', held, held_n),
    count_fact('tickets_resolved', n)
])
from (
    select
        week, slice(grouping(workflow), workflow) as workflow, slice(grouping(variant), variant) as variant,
        slice(grouping(channel), channel) as channel,
        count(resolution_calendar_minutes) as n,
        avg(resolution_calendar_minutes) as calendar_mean,
        stddev_pop(resolution_calendar_minutes) as calendar_spread,
        skewness(resolution_calendar_minutes) as calendar_skew,
        quantile_cont(resolution_calendar_minutes, getvariable('percents')) as calendar,
        count(resolution_business_minutes) as open_n,
        avg(resolution_business_minutes) as open_mean,
        stddev_pop(resolution_business_minutes) as open_spread,
        skewness(resolution_business_minutes) as open_skew,
        quantile_cont(resolution_business_minutes, getvariable('percents')) as open_hours,
        count(*) filter (where is_zero_touch) as untouched,
        count(*) filter (where is_one_touch) as touched_once,
        count(is_zero_touch) as touch_n,
        count(*) filter (where is_fcr_7d) as first_contact,
        count(is_fcr_7d) as first_contact_n,
        count(*) filter (where is_repeated_7d) as repeated,
        avg(handoff_count) as handoff_mean,
        count(handoff_count) as handoff_n,
        stddev_pop(handoff_count) as handoff_spread,
        skewness(handoff_count) as handoff_skew,
        count(*) filter (where is_automated) as automated,
        count(is_automated) as automated_n,
        count(*) filter (where is_automated_held) as held,
        count(is_automated_held) as held_n
    from (select resolved_week as week, * from fct_ticket where is_measured and resolved_week is not null)
    group by grouping sets (
        (week), (week, workflow), (week, workflow, variant), (week, channel), (week, workflow, channel),
        (week, workflow, variant, channel)
    )
);

-- Tickets by the week of their first resolution
insert into figure
select week, workflow, variant, channel, unnest([
    quantile_fact('first_resolution_time_median_calendar_hours', calendar, 50, n),
    share_fact('reopen_rate', reopened, n)
])
from (
    select
        week, slice(grouping(workflow), workflow) as workflow, slice(grouping(variant), variant) as variant,
        slice(grouping(channel), channel) as channel,
        count(*) as n,
        count(*) filter (where is_reopened) as reopened,
        quantile_cont(first_resolution_calendar_minutes, getvariable('percents')) as calendar
    from (select first_resolved_week as week, * from fct_ticket where is_measured and first_resolved_week is not null)
    group by grouping sets (
        (week), (week, workflow), (week, workflow, variant), (week, channel), (week, workflow, channel),
        (week, workflow, variant, channel)
    )
);

-- Tickets by the week of their creation
insert into figure
select week, workflow, variant, channel, unnest([
    share_fact('resolution_rate_cohort', in_cohort, n),
    quantile_fact('first_reply_median_calendar_hours', calendar, 50, calendar_n),
    quantile_fact('first_reply_p90_calendar_hours', calendar, 90, calendar_n),
    quantile_fact('first_reply_median_business_hours', open_hours, 50, open_n),
    quantile_fact('first_reply_p90_business_hours', open_hours, 90, open_n),
    share_fact('sla_hit', met, met_n),
    fact('contact_rate', 100 * count_orders / nullif(orders, 0), coalesce(orders, 0), null, null),
    fact('wismo_per_1000_orders', 1000 * order_status / nullif(shipped, 0), coalesce(shipped, 0), null, null)
])
from (
    select
        week, slice(grouping(workflow), workflow) as workflow, slice(grouping(variant), variant) as variant,
        slice(grouping(channel), channel) as channel,
        count(resolved_in_cohort) as n,
        count(*) filter (where resolved_in_cohort) as in_cohort,
        count(first_reply_calendar_minutes) as calendar_n,
        quantile_cont(first_reply_calendar_minutes, getvariable('percents')) as calendar,
        count(first_reply_business_minutes) as open_n,
        quantile_cont(first_reply_business_minutes, getvariable('percents')) as open_hours,
        count(*) filter (where sla_met) as met,
        count(sla_met) as met_n,
        count(created_orders) as count_orders,
        max(created_orders) as orders,
        count(*) filter (where is_order_status) as order_status,
        max(shipped_orders) as shipped
    from (
        select
            created_week as week, fct_ticket.*, created_orders, shipped_orders,
            workflow in (select workflow from shop.config.workflow where is_order_status) as is_order_status
        from fct_ticket
        left join (
            select created_week, count(*) as created_orders from fct_order where not is_test group by created_week
        ) as created using (created_week)
        left join (
            select fulfilled_week as created_week, count(*) as shipped_orders
            from fct_order
            where not is_test and fulfilled_week is not null
            group by fulfilled_week
        ) as shipped using (created_week)
        where is_measured
    )
    group by grouping sets (
        (week), (week, workflow), (week, workflow, variant), (week, channel), (week, workflow, channel),
        (week, workflow, variant, channel)
    )
);

-- Everything that arrived
insert into figure
select week, workflow, variant, channel, unnest([
    count_fact('tickets_created', created),
    count_fact('outreach_tickets', outreach),
    count_fact('excluded_tickets', excluded),
    fact('unclassified_share', unclassified / nullif(created, 0), created, null, null)
])
from (
    select
        week, slice(grouping(workflow), workflow) as workflow, slice(grouping(variant), variant) as variant,
        slice(grouping(channel), channel) as channel,
        count(*) filter (where is_measured) as created,
        count(*) filter (where is_counted and is_outreach) as outreach,
        count(*) filter (where not is_counted) as excluded,
        count(*) filter (where is_measured and fct_ticket.workflow = 'unclassified') as unclassified
    from (select created_week as week, * from fct_ticket) as fct_ticket
    group by grouping sets (
        (week), (week, workflow), (week, workflow, variant), (week, channel), (week, workflow, channel),
        (week, workflow, variant, channel)
    )
);

-- In and out
insert into figure
select week, workflow, variant, channel, unnest([
    fact('resolution_rate_flow', resolved / nullif(created, 0), created, null, null)
])
from (
    select
        week, slice(grouping(workflow), workflow) as workflow, slice(grouping(variant), variant) as variant,
        slice(grouping(channel), channel) as channel,
        sum(created) as created,
        sum(resolved) as resolved
    from (
        select created_week as week, workflow, variant, channel, 1 as created, 0 as resolved
        from fct_ticket
        where is_measured
        union all
        select resolved_week, workflow, variant, channel, 0, 1
        from fct_ticket
        where is_measured and resolved_week is not null
    )
    group by grouping sets (
        (week), (week, workflow), (week, workflow, variant), (week, channel), (week, workflow, channel),
        (week, workflow, variant, channel)
    )
);

-- Reopenings
insert into figure
select week, workflow, variant, channel, unnest([
    count_fact('tickets_reopened', reopened)
])
from (
    select
        week, slice(grouping(workflow), workflow) as workflow, slice(grouping(variant), variant) as variant,
        slice(grouping(channel), channel) as channel,
        count(*) as reopened
    from (
        select week_of(happened_at) as week, workflow, variant, channel
        from status_change
        inner join fct_ticket using (ticket_key)
        where is_reopening and is_measured
    )
    group by grouping sets (
        (week), (week, workflow), (week, workflow, variant), (week, channel), (week, workflow, channel),
        (week, workflow, variant, channel)
    )
);

-- Cost, by the week in which it arose
insert into figure
select week, workflow, variant, channel, unnest([
    fact('cost_per_resolution', total / nullif(resolved, 0), resolved,
        ratio(total / nullif(resolved, 0), resolved, variable, squares, resolved_variable, ticket_count, -1),
        ratio(total / nullif(resolved, 0), resolved, variable, squares, resolved_variable, ticket_count, 1)),
    fact('cost_per_ticket', total / nullif(created, 0), created, null, null)
])
from (
    select
        week, slice(grouping(workflow), workflow) as workflow, slice(grouping(variant), variant) as variant,
        slice(grouping(channel), channel) as channel,
        sum(cost) as total,
        count(*) filter (where resolved > 0) as resolved,
        count(*) filter (where created > 0) as created,
        sum(variable) as variable,
        sum(variable * variable) as squares,
        sum(variable) filter (where resolved > 0) as resolved_variable,
        count(*)::double as ticket_count
    from (
        select ticket_key, week, any_value(workflow) as workflow, any_value(variant) as variant,
            any_value(channel) as channel, sum(cost) as cost, sum(variable) as variable, sum(created) as created,
            sum(resolved) as resolved
        from (
            select ticket_key, date_trunc('week', day)::date as week, amount as cost,
                if(kind = 'fixed', 0, amount) as variable, 0 as created, 0 as resolved
            from fct_cost
            where bearer = 'counted'
            union all
            select ticket_key, created_week, 0, 0, 1, 0 from fct_ticket where is_measured
            union all
            select ticket_key, resolved_week, 0, 0, 0, 1 from fct_ticket where is_measured and resolved_week is not null
        )
        inner join (select ticket_key, workflow, variant, channel from fct_ticket) using (ticket_key)
        group by ticket_key, week
    )
    group by grouping sets (
        (week), (week, workflow), (week, workflow, variant), (week, channel), (week, workflow, channel),
        (week, workflow, variant, channel)
    )
);

-- Carts
insert into figure
select week, workflow, variant, channel, unnest([
    share_fact('cart_recovery_entries', recovered, entered),
    share_fact('cart_recovery_all', completed, n),
    fact('recovered_revenue', coalesce(revenue, 0), recovered, null, null)
])
from (
    select
        week, slice(grouping(workflow), workflow) as workflow, slice(grouping(variant), variant) as variant,
        slice(grouping(channel), channel) as channel,
        count(*) filter (where is_entered) as entered,
        count(*) filter (where is_completed) as completed,
        count(*) as n,
        sum(total) filter (where is_recovered) as revenue,
        count(*) filter (where is_recovered) as recovered
    from (
        select abandoned_week as week, null::varchar as variant, null::varchar as channel, fct_checkout.*,
            (select min(workflow) from shop.config.workflow where is_cart_recovery) as workflow
        from fct_checkout
    )
    group by grouping sets (
        (week), (week, workflow), (week, workflow, variant), (week, channel), (week, workflow, channel),
        (week, workflow, variant, channel)
    )
);

-- Open tickets, and the Kaplan-Meier median
insert into figure
select date_trunc('week', day)::date as week, workflow, 'all', 'all', count_fact('backlog', arg_max(closing, day))
from backlog_day
group by date_trunc('week', day)::date, workflow;

insert into figure
with
    durations as (
        select
            created_week as week,
            slice(grouping(workflow), workflow) as workflow,
            minutes_between(created_at, coalesce(resolved_at, getvariable('snapshot_at'))) as minutes,
            count(*) as ended,
            count(resolved_at) as resolved
        from fct_ticket
        where is_measured
        group by grouping sets ((week, minutes), (week, workflow, minutes))
    ),
    at_risk as (
        select *, sum(ended) over (partition by week, workflow order by minutes desc) as still_open,
            sum(ended) over (partition by week, workflow) as n
        from durations
    ),
    survival as (
        select *, product(1 - resolved / still_open) over (partition by week, workflow order by minutes) as surviving
        from at_risk
    )
select
    week, workflow, 'all', 'all',
    fact(
        'resolution_time_km_median_calendar_hours',
        min(minutes) filter (where surviving <= 0.5 + 1e-12) / 60, any_value(n), null, null
    )
from survival
group by week, workflow;

create table kpi_week as
with
    house(metric, unit, min_n, matures_days) as (
        values
            ('csat', 'share', 10, 0), ('ces', 'score', 10, 0), ('csat_response_rate', 'share', 10, 7),
            ('resolution_time_mean_calendar_hours', 'hours', 5, 0),
            ('resolution_time_median_calendar_hours', 'hours', 5, 0),
            ('resolution_time_p90_calendar_hours', 'hours', 5, 0),
            ('resolution_time_mean_business_hours', 'hours', 5, 0),
            ('resolution_time_median_business_hours', 'hours', 5, 0),
            ('resolution_time_p90_business_hours', 'hours', 5, 0),
            ('resolution_time_km_median_calendar_hours', 'hours', 5, 0),
            ('first_resolution_time_median_calendar_hours', 'hours', 5, 0),
            ('resolution_rate_cohort', 'share', 10, null), ('resolution_rate_flow', 'share', 10, 0),
            ('cost_per_resolution', 'money', 10, 0), ('cost_per_ticket', 'money', 10, 0),
            ('first_reply_median_calendar_hours', 'hours', 5, 7), ('first_reply_p90_calendar_hours', 'hours', 5, 7),
            ('first_reply_median_business_hours', 'hours', 5, 7), ('first_reply_p90_business_hours', 'hours', 5, 7),
            ('zero_touch', 'share', 10, 0), ('one_touch', 'share', 10, 0), ('fcr_7d', 'share', 10, 7), ('repeat_contact_7d', 'share', 10, 7),
            ('reopen_rate', 'share', 10, 0), ('handoffs', 'count', 5, 0), ('automated_rate', 'share', 10, 0),
            ('automated_held', 'share', 10, 3), ('sla_hit', 'share', 10, 7), ('backlog', 'count', 0, 0),
            ('tickets_created', 'count', 0, 0), ('outreach_tickets', 'count', 0, 0),
            ('excluded_tickets', 'count', 0, 0), ('unclassified_share', 'share', 10, 0),
            ('tickets_resolved', 'count', 0, 0),
            ('tickets_reopened', 'count', 0, 0), ('contact_rate', 'per_100', 100, 0),
            ('wismo_per_1000_orders', 'per_1000', 100, 0), ('cart_recovery_entries', 'share', 10, 14),
            ('cart_recovery_all', 'share', 10, 14), ('recovered_revenue', 'money', 0, 14)
    )
select
    week, strftime(week, '%G-W%V') as iso_week, workflow, variant, channel, house.metric, fact."value",
    coalesce(fact.n, 0) as n, fact.low, fact.high, unit,
    coalesce(fact.n, 0) < min_n as too_few,
    day_of(getvariable('snapshot_at'))
    >= week + 6 + coalesce(matures_days, cohort_days + auto_close_days) as is_complete
from figure
inner join house on figure.fact.metric = house.metric
cross join shop.config.setting
where
    workflow is not null and variant is not null and channel is not null and week is not null
    and (house.metric <> 'unclassified_share' or workflow = 'all')
    and (
        house.metric <> 'wismo_per_1000_orders'
        or workflow in (select 'all' union all select workflow from shop.config.workflow where is_order_status)
    );
