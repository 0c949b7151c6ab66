{% test unique_grain(model, columns) %}
    -- Rows that share their grain: none may.
    select {{ columns | join(", ") }} from {{ model }} group by {{ columns | join(", ") }} having count(*) > 1
{% endtest %}
