{#
    The one place where every KPI is defined. From it come the weekly mart, the macros in the published file, the metric
    table that pages label themselves from, and the docs.

    relation   the ticket-grained relation int_kpi_<relation> that the expression reads
    columns    the columns of it that the expression uses: the arguments of the published macro
    value, n   the figure, and the count that it rests on
    interval   wilson | t | mean | median | p90 | ratio | none (how low and high are computed; see kpi_interval)
    matures    days after the end of a week before its figure is final ('settings.' columns may be named)
    tickets    which column of fct_ticket dates the metric's tickets, and which of them belong to it
#}
{% macro metrics() %}
    {% set definitions %}
- {key: csat, label: Satisfaction (CSAT), unit: share, better: higher, anchor: answered, relation: answers, headline: true, table: true,
   columns: [csat_satisfied], value: "count(*) filter (where csat_satisfied) / nullif(count(csat_satisfied), 0)", n: "count(csat_satisfied)",
   interval: wilson, min_n: 10, week: csat_week, tickets: "is_counted and csat_week is not null",
   sentence: "Satisfied answers of all answers to the satisfaction survey, by the week of the answer."}
- {key: ces, label: Effort (CES), unit: score, better: higher, anchor: answered, relation: answers, headline: true, table: true,
   columns: [ces_score], value: "avg(ces_score)", n: "count(ces_score)", interval: t, min_n: 10, week: ces_week, tickets: "ces_score is not null",
   sentence: "How easy customers found it, on a scale of 1 to 7 on which 7 is easiest; mean, by the week of the answer."}
- {key: resolution_time_mean_calendar_hours, label: Average resolution time, unit: hours, better: lower, anchor: last resolved, relation: resolved, headline: true, table: true,
   columns: [resolution_calendar_minutes], value: "avg(resolution_calendar_minutes) / 60", n: "count(resolution_calendar_minutes)",
   interval: mean, min_n: 5, week: resolved_week, tickets: "is_measured and resolved_at is not null",
   sentence: "From a ticket's creation to its last resolution, mean over the tickets resolved in the week, nights and weekends included."}
- {key: resolution_rate_cohort, label: Resolved within 7 days, unit: share, better: higher, anchor: created, relation: created, headline: true, table: true,
   columns: [resolved_in_cohort], value: "count(*) filter (where resolved_in_cohort) / nullif(count(resolved_in_cohort), 0)", n: "count(resolved_in_cohort)",
   interval: wilson, min_n: 10, matures: "settings.cohort_days + settings.auto_close_days", week: created_week, tickets: "is_measured",
   sentence: "Tickets created in the week that were resolved within 7 days (a setting), of all created in it. Final after 7 days plus the longest quiet period."}
- {key: cost_per_resolution, label: Cost per resolution, unit: money, better: lower, anchor: "cost by the day it arose, tickets by last resolved", relation: costs, headline: true, table: true,
   columns: [cost_amount, is_resolution], value: "sum(cost_amount) / nullif(count(*) filter (where is_resolution), 0)", n: "count(*) filter (where is_resolution)",
   interval: ratio, min_n: 10, week: resolved_week, tickets: "is_measured and resolved_at is not null",
   sentence: "All cost of the week (handling, fees, a share of fixed cost; unresolved and repeat contacts too) for each ticket resolved in it."}
- {key: csat_response_rate, label: CSAT response rate, unit: share, better: higher, anchor: offered, relation: offers, columns: [is_answered],
   value: "count(*) filter (where is_answered) / nullif(count(is_answered), 0)", n: "count(is_answered)", interval: wilson, min_n: 10, matures: 7,
   week: csat_offered_week, tickets: "is_counted and csat_offered_week is not null", sentence: "Answered satisfaction surveys of those offered in the week."}
- {key: resolution_time_median_calendar_hours, label: Median resolution time, unit: hours, better: lower, anchor: last resolved, relation: resolved,
   columns: [resolution_calendar_minutes], value: "quantile_cont(resolution_calendar_minutes, 0.5) / 60", n: "count(resolution_calendar_minutes)",
   interval: median, min_n: 5, week: resolved_week, tickets: "is_measured and resolved_at is not null",
   sentence: "Half of the tickets resolved in the week took no longer than this, nights and weekends included."}
- {key: resolution_time_p90_calendar_hours, label: 90% resolved within, unit: hours, better: lower, anchor: last resolved, relation: resolved,
   columns: [resolution_calendar_minutes], value: "quantile_cont(resolution_calendar_minutes, 0.9) / 60", n: "count(resolution_calendar_minutes)",
   interval: p90, min_n: 5, week: resolved_week, tickets: "is_measured and resolved_at is not null",
   sentence: "Nine of ten tickets resolved in the week took no longer than this, nights and weekends included."}
- {key: resolution_time_mean_business_hours, label: Average resolution time (open hours), unit: hours, better: lower, anchor: last resolved, relation: resolved,
   columns: [resolution_business_minutes], value: "avg(resolution_business_minutes) / 60", n: "count(resolution_business_minutes)",
   interval: mean, min_n: 5, week: resolved_week, tickets: "is_measured and resolution_business_minutes is not null",
   sentence: "Creation to last resolution, counting only the hours in which the schedule is open; mean."}
- {key: resolution_time_median_business_hours, label: Median resolution time (open hours), unit: hours, better: lower, anchor: last resolved, relation: resolved,
   columns: [resolution_business_minutes], value: "quantile_cont(resolution_business_minutes, 0.5) / 60", n: "count(resolution_business_minutes)",
   interval: median, min_n: 5, week: resolved_week, tickets: "is_measured and resolution_business_minutes is not null",
   sentence: "Creation to last resolution, counting only the hours in which the schedule is open; median."}
- {key: resolution_time_p90_business_hours, label: 90% resolved within (open hours), unit: hours, better: lower, anchor: last resolved, relation: resolved,
   columns: [resolution_business_minutes], value: "quantile_cont(resolution_business_minutes, 0.9) / 60", n: "count(resolution_business_minutes)",
   interval: p90, min_n: 5, week: resolved_week, tickets: "is_measured and resolution_business_minutes is not null",
   sentence: "Creation to last resolution, counting only the hours in which the schedule is open; nine of ten took no longer."}
- {key: first_resolution_time_median_calendar_hours, label: Median first resolution time, unit: hours, better: lower, anchor: first resolved, relation: first_resolved,
   columns: [first_resolution_calendar_minutes], value: "quantile_cont(first_resolution_calendar_minutes, 0.5) / 60", n: "count(first_resolution_calendar_minutes)",
   interval: median, min_n: 5, week: first_resolved_week, tickets: "is_measured and first_resolved_at is not null",
   sentence: "Creation to the first time the ticket was resolved, whether or not it was reopened; median."}
- {key: resolution_rate_flow, label: Resolved per created, unit: share, better: higher, anchor: week, relation: flow, columns: [is_resolved_here, is_created_here],
   value: "count(*) filter (where is_resolved_here) / nullif(count(*) filter (where is_created_here), 0)", n: "count(*) filter (where is_created_here)",
   interval: none, min_n: 10, week: created_week, tickets: "is_measured",
   sentence: "Tickets resolved in the week for each ticket created in it; above 100% the backlog shrinks."}
- {key: cost_per_ticket, label: Cost per ticket, unit: money, better: lower, anchor: "cost by the day it arose, tickets by created", relation: costs, columns: [cost_amount, is_creation],
   value: "sum(cost_amount) / nullif(count(*) filter (where is_creation), 0)", n: "count(*) filter (where is_creation)",
   interval: none, min_n: 10, week: created_week, tickets: "is_measured", sentence: "All cost of the week for each ticket created in it."}
- {key: first_reply_median_calendar_hours, label: Median first reply, unit: hours, better: lower, anchor: created, relation: created, table: true,
   columns: [first_reply_calendar_minutes], value: "quantile_cont(first_reply_calendar_minutes, 0.5) / 60", n: "count(first_reply_calendar_minutes)",
   interval: median, min_n: 5, matures: 7, week: created_week, tickets: "is_measured and first_reply_at is not null",
   sentence: "From creation to a person's first public reply, nights and weekends included; median."}
- {key: first_reply_p90_calendar_hours, label: 90% first replied within, unit: hours, better: lower, anchor: created, relation: created,
   columns: [first_reply_calendar_minutes], value: "quantile_cont(first_reply_calendar_minutes, 0.9) / 60", n: "count(first_reply_calendar_minutes)",
   interval: p90, min_n: 5, matures: 7, week: created_week, tickets: "is_measured and first_reply_at is not null",
   sentence: "From creation to a person's first public reply; nine of ten had it within this time."}
- {key: first_reply_median_business_hours, label: Median first reply (open hours), unit: hours, better: lower, anchor: created, relation: created,
   columns: [first_reply_business_minutes], value: "quantile_cont(first_reply_business_minutes, 0.5) / 60", n: "count(first_reply_business_minutes)",
   interval: median, min_n: 5, matures: 7, week: created_week, tickets: "is_measured and first_reply_business_minutes is not null",
   sentence: "From creation to a person's first public reply, counting only open hours; median."}
- {key: first_reply_p90_business_hours, label: 90% first replied within (open hours), unit: hours, better: lower, anchor: created, relation: created,
   columns: [first_reply_business_minutes], value: "quantile_cont(first_reply_business_minutes, 0.9) / 60", n: "count(first_reply_business_minutes)",
   interval: p90, min_n: 5, matures: 7, week: created_week, tickets: "is_measured and first_reply_business_minutes is not null",
   sentence: "From creation to a person's first public reply, counting only open hours; nine of ten had it within this time."}
- {key: zero_touch, label: Zero-touch, unit: share, better: neither, anchor: last resolved, relation: resolved, columns: [is_zero_touch],
   value: "count(*) filter (where is_zero_touch) / nullif(count(is_zero_touch), 0)", n: "count(is_zero_touch)", interval: wilson, min_n: 10,
   week: resolved_week, tickets: "is_measured and resolved_at is not null", sentence: "Resolved tickets without any public reply of a person."}
- {key: one_touch, label: One-touch, unit: share, better: higher, anchor: last resolved, relation: resolved, table: true, columns: [is_one_touch],
   value: "count(*) filter (where is_one_touch) / nullif(count(is_one_touch), 0)", n: "count(is_one_touch)", interval: wilson, min_n: 10,
   week: resolved_week, tickets: "is_measured and resolved_at is not null", sentence: "Resolved tickets that took exactly one public reply of a person."}
- {key: fcr_7d, label: First-contact resolution, unit: share, better: higher, anchor: last resolved, relation: resolved, columns: [is_fcr_7d],
   value: "count(*) filter (where is_fcr_7d) / nullif(count(is_fcr_7d), 0)", n: "count(is_fcr_7d)", interval: wilson, min_n: 10, matures: 7,
   week: resolved_week, tickets: "is_measured and resolved_at is not null", sentence: "One reply, not reopened, and no further ticket of the customer in the workflow within 7 days."}
- {key: repeat_contact_7d, label: Repeat contact, unit: share, better: lower, anchor: last resolved, relation: resolved, columns: [is_repeated_7d],
   value: "count(*) filter (where is_repeated_7d) / nullif(count(is_repeated_7d), 0)", n: "count(is_repeated_7d)", interval: wilson, min_n: 10, matures: 7,
   week: resolved_week, tickets: "is_measured and resolved_at is not null", sentence: "Resolved tickets whose customer wrote again in the same workflow within 7 days."}
- {key: reopen_rate, label: Reopened, unit: share, better: lower, anchor: first resolved, relation: first_resolved, table: true, columns: [is_reopened],
   value: "count(*) filter (where is_reopened) / nullif(count(is_reopened), 0)", n: "count(is_reopened)", interval: wilson, min_n: 10,
   week: first_resolved_week, tickets: "is_measured and first_resolved_at is not null", sentence: "Tickets first resolved in the week that have been reopened since."}
- {key: handoffs, label: Handoffs per ticket, unit: count, better: lower, anchor: last resolved, relation: resolved, columns: [handoff_count],
   value: "avg(handoff_count)", n: "count(handoff_count)", interval: mean, min_n: 5, week: resolved_week, tickets: "is_measured and resolved_at is not null and handoff_count is not null",
   sentence: "Changes of group or assignee after the first, per resolved ticket; mean."}
- {key: automated_rate, label: Resolved without a person, unit: share, better: neither, anchor: last resolved, relation: resolved, columns: [is_automated],
   value: "count(*) filter (where is_automated) / nullif(count(is_automated), 0)", n: "count(is_automated)", interval: wilson, min_n: 10,
   week: resolved_week, tickets: "is_measured and resolved_at is not null", sentence: "Resolved tickets on which no agent wrote anything."}
- {key: automated_held, label: "Resolved without a person, and held", unit: share, better: higher, anchor: last resolved, relation: resolved, columns: [is_automated_held],
   value: "count(*) filter (where is_automated_held) / nullif(count(is_automated_held), 0)", n: "count(is_automated_held)", interval: wilson, min_n: 10, matures: 3,
   week: resolved_week, tickets: "is_measured and resolved_at is not null", sentence: "Resolved without a person, and neither reopened nor followed by another ticket of the customer within 72 hours."}
- {key: sla_hit, label: Targets met, unit: share, better: higher, anchor: created, relation: created, columns: [sla_met],
   value: "count(*) filter (where sla_met) / nullif(count(sla_met), 0)", n: "count(sla_met)", interval: wilson, min_n: 10, matures: 7,
   week: created_week, tickets: "is_measured and sla_met is not null", sentence: "Tickets that met their reply and resolution targets, of those met or missed; running ones are not counted."}
- {key: tickets_created, label: Tickets created, unit: count, better: neither, anchor: created, relation: arrivals, columns: [is_measured],
   value: "count(*) filter (where is_measured)::double", n: "count(*) filter (where is_measured)", interval: none, min_n: 0,
   week: created_week, tickets: "is_measured", sentence: "Tickets that customers opened in the week."}
- {key: outreach_tickets, label: Opened by the shop, unit: count, better: neither, anchor: created, relation: arrivals, columns: [is_counted, is_outreach],
   value: "count(*) filter (where is_counted and is_outreach)::double", n: "count(*) filter (where is_counted and is_outreach)", interval: none, min_n: 0,
   week: created_week, tickets: "is_counted and is_outreach", sentence: "Tickets in which the shop wrote first; left out of replies, resolution and rates."}
- {key: excluded_tickets, label: Left out, unit: count, better: neither, anchor: created, relation: arrivals, columns: [is_counted],
   value: "count(*) filter (where not is_counted)::double", n: "count(*) filter (where not is_counted)", interval: none, min_n: 0,
   week: created_week, tickets: "not is_counted", sentence: "Spam, deleted, merged and test tickets: in no KPI, listed with the reason."}
- {key: unclassified_share, label: Unclassified, unit: share, better: lower, anchor: created, relation: arrivals, columns: [workflow, is_measured], totals_only: true,
   value: "count(*) filter (where is_measured and workflow = 'unclassified') / nullif(count(*) filter (where is_measured), 0)", n: "count(*) filter (where is_measured)",
   interval: none, min_n: 10, week: created_week, tickets: "is_measured and workflow = 'unclassified'", sentence: "Tickets that no workflow's rules matched."}
- {key: tickets_resolved, label: Tickets resolved, unit: count, better: neither, anchor: last resolved, relation: resolved, columns: [resolution_calendar_minutes],
   value: "count(resolution_calendar_minutes)::double", n: "count(resolution_calendar_minutes)", interval: none, min_n: 0,
   week: resolved_week, tickets: "is_measured and resolved_at is not null", sentence: "Tickets whose last resolution, still standing, falls in the week."}
- {key: tickets_reopened, label: Tickets reopened, unit: count, better: lower, anchor: week, relation: reopenings, columns: [reopened_at],
   value: "count(reopened_at)::double", n: "count(reopened_at)", interval: none, min_n: 0,
   tickets: "is_measured and ticket_key in (select ticket_key from fct_status_change where week = $week and is_reopening)", sentence: "Times that a resolved ticket came back in the week."}
- {key: contact_rate, label: Contacts per 100 orders, unit: per_100, better: lower, anchor: created, relation: contacts, columns: [week_orders],
   value: "100 * count(week_orders) / nullif(max(week_orders), 0)", n: "coalesce(max(week_orders), 0)", interval: none, min_n: 100, table: true,
   week: created_week, tickets: "is_measured", sentence: "Tickets that customers opened for every 100 orders of the week."}
- {key: wismo_per_1000_orders, label: Order-status tickets per 1000 shipped orders, unit: per_1000, better: lower, anchor: created, relation: contacts, columns: [is_order_status, week_shipped_orders], only_workflows: is_order_status,
   value: "1000 * count(*) filter (where is_order_status) / nullif(max(week_shipped_orders), 0)", n: "coalesce(max(week_shipped_orders), 0)", interval: none, min_n: 100,
   week: created_week, tickets: "is_measured and workflow in (select workflow from dim_workflow where is_order_status)", sentence: "Tickets that ask where an order is, for every 1,000 orders shipped in the week."}
- {key: cart_recovery_entries, label: Carts recovered of those contacted, unit: share, better: higher, anchor: abandoned, relation: checkouts, columns: [is_entered, is_recovered],
   value: "count(*) filter (where is_recovered) / nullif(count(*) filter (where is_entered), 0)", n: "count(*) filter (where is_entered)",
   interval: wilson, min_n: 10, matures: 14, week: created_week, tickets: "is_counted and workflow in (select workflow from dim_workflow where is_cart_recovery)",
   sentence: "Checkouts completed within 7 days (a setting) after their customer entered the recovery workflow, of all that entered it; by the week of abandonment."}
- {key: cart_recovery_all, label: Carts recovered of all abandoned, unit: share, better: higher, anchor: abandoned, relation: checkouts, columns: [is_completed],
   value: "count(*) filter (where is_completed) / nullif(count(is_completed), 0)", n: "count(is_completed)", interval: wilson, min_n: 10, matures: 14,
   week: created_week, tickets: "is_counted and workflow in (select workflow from dim_workflow where is_cart_recovery)",
   sentence: "Completed checkouts of all that were abandoned in the week."}
- {key: recovered_revenue, label: Revenue of recovered carts, unit: money, better: higher, anchor: abandoned, relation: checkouts, columns: [is_recovered, checkout_total],
   value: "coalesce(sum(checkout_total) filter (where is_recovered), 0)::double", n: "count(*) filter (where is_recovered)",
   interval: none, min_n: 0, matures: 14, week: created_week, tickets: "is_counted and workflow in (select workflow from dim_workflow where is_cart_recovery)",
   sentence: "Order totals of recovered checkouts; attributed to the workflow, not proven to be caused by it."}
    {% endset %}
    {{ return(fromyaml(definitions)) }}
{% endmacro %}

{# Measures that are no aggregate of one row per ticket: they have a model of their own, and a row in the metric table. #}
{% macro modelled_metrics() %}
    {% set definitions %}
- {key: backlog, label: Open tickets, unit: count, better: lower, anchor: end of the week, min_n: 0, tickets: "is_counted and not is_resolved",
   sentence: "Tickets open at the end of the week's last day."}
- {key: resolution_time_km_median_calendar_hours, label: Median resolution time with open tickets counted, unit: hours, better: lower, anchor: created, min_n: 5, week: created_week,
   tickets: "is_measured", sentence: "The Kaplan-Meier median over tickets created in the week: open tickets count as not yet resolved instead of being left out."}
    {% endset %}
    {{ return(fromyaml(definitions)) }}
{% endmacro %}

{% macro publish_kpi_macros() %}
    {% for metric in metrics() %}
        create or replace macro {{ metric.key }}({{ metric.columns | join(', ') }}) as {{ metric.value }};
    {% endfor %}
{% endmacro %}
