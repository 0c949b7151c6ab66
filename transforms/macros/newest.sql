{% macro newest(relation, key, updated_at) -%}
    {# The newest version of each record: by the source's own update time, then by the later load. Loads are append-only.
       Few records have several versions, so those are found by their key alone and the rest is passed through. #}
    select records.*
    from {{ relation }} as records
    left join
        (
            select
                {{ key }} as record_key,
                max_by(
                    batch_no * 10000000000 + line,
                    (coalesce({{ updated_at or "null" }}, timestamp '0001-01-01'), batch_no * 10000000000 + line)
                ) as newest_row
            from {{ relation }}
            group by {{ key }}
            having count(*) > 1
        ) as repeated
        on {{ key }} = repeated.record_key
    where
        {{ key }} is not null
        and (repeated.newest_row is null or records.batch_no * 10000000000 + records.line = repeated.newest_row)
{%- endmacro %}
