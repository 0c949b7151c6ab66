-- Fields with more values hold order numbers, amounts and free text: nobody compares by them, and they may be personal.
{% set most_values = 100 %}
-- No export has runs of Shopify Flow. A Flow that is to be compared leaves a tag with its name and version, such as
-- refunds_v2, on the ticket, or on the order: then the customer's newest order before the ticket counts.
{% set version_tag = "^(.+)[_:-](v[0-9]+(?:[.][0-9]+)*)$" %}

with
    tickets as (select * from {{ ref("int_tickets_described") }}),

    fields as (
        select ticket_key, field.id as field, field."value" as "value"
        from
            (
                select
                    ticket_key,
                    unnest(
                        list_concat(
                            custom_fields,
                            [
                                {'id':'form', 'value':form},
                                {'id':'language', 'value':language},
                                {'id':'reason', 'value':reason}
                            ]
                        )
                    ) as field
                from tickets
            )
        where nullif(field."value", '') is not null
    ),

    orders as (
        select customer_id, created_at, lower(tags) as tags
        from {{ ref("fct_order") }}
        where customer_id is not null and not is_test
    ),

    flow_customers as (select distinct customer_id from orders where regexp_matches(tags, '[_:-]v[0-9][0-9.]*(,|$)')),

    tags as (
        select ticket_key, 1 as place, lower(unnest(tags)) as tag
        from tickets
        union all
        select tickets.ticket_key, 2 as place, unnest(string_split(orders.tags, ', ')) as tag
        from (from tickets semi join flow_customers using (customer_id)) as tickets
        asof inner join orders on tickets.customer_id = orders.customer_id and tickets.created_at >= orders.created_at
    ),

    versions as (
        select
            ticket_key,
            'flow:' || regexp_extract(tag, '{{ version_tag }}', 1) as field,
            regexp_extract(tag, '{{ version_tag }}', 2) as "value"
        from tags
        where regexp_matches(tag, '{{ version_tag }}')
        qualify place = min(place) over (partition by ticket_key, field)
    ),

    -- Of two versions nobody knows which one made the difference.
    flows as (
        select ticket_key, field, min("value") as "value"
        from versions
        group by ticket_key, field
        having count(distinct "value") = 1
    ),

    filled as (
        select *
        from fields
        union all by name
        select *
        from flows
    ),

    choices as (select field from filled group by field having count(distinct "value") between 2 and {{ most_values }})

select filled.ticket_key::bigint as ticket_key, filled.field::varchar as field, min(filled."value")::varchar as "value"
from filled
inner join choices using (field)
group by filled.ticket_key, filled.field
