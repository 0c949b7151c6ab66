{% macro publish_descriptions() %}
    {# The descriptions of the marts go into the file itself, where an analyst reads them with any tool: in one statement, since
       dbt's own persist_docs would take one for each column. #}
    {% if execute %}
        {% for node in graph.nodes.values() if node.resource_type == 'model' and node.config.contract.enforced %}
            comment on table {{ node.alias }} is {{ sql_text(node.description) }};
            {% for column in node.columns.values() %}
                comment on column {{ node.alias }}.{{ adapter.quote(column.name) }} is {{ sql_text(column.description) }};
            {% endfor %}
        {% endfor %}
    {% endif %}
{% endmacro %}
