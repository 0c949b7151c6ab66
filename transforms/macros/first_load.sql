{% macro first_load(relation, key) -%}
    {# Records that never change once written: of those that several exports repeat, the first one loaded. Few repeat, so
       finding them by their key alone is several times faster than sorting or hashing whole rows. #}
    select records.*
    from {{ relation }} as records
    left join
        (
            select {{ key }}, min(batch_no * 10000000000 + line) as first_row
            from {{ relation }}
            group by {{ key }}
            having count(*) > 1
        ) as repeated
        on records.{{ key }} = repeated.{{ key }}
    where repeated.first_row is null or records.batch_no * 10000000000 + records.line = repeated.first_row
{%- endmacro %}
