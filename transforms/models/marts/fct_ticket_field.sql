-- Fields with more values hold order numbers, amounts and free text: nobody compares by them, and they may be personal.
{% set most_values = 100 %}

with
    filled as (
        select ticket_key, field.id as field, field."value" as "value"
        from
            (
                select
                    ticket_key,
                    unnest(
                        list_concat(
                            custom_fields,
                            [{'id':'form', 'value':form}, {'id':'language', 'value':language}]
                        )
                    ) as field
                from {{ ref("int_tickets_described") }}
            )
        where nullif(field."value", '') is not null
    ),

    choices as (
        select field from filled group by field having count(distinct "value") between 2 and {{ most_values }}
    )

select
    filled.ticket_key::bigint as ticket_key,
    filled.field::varchar as field,
    min(filled."value")::varchar as "value"
from filled
inner join choices using (field)
group by filled.ticket_key, filled.field
