{# 95% intervals in closed form. For means, quantiles and ratios they are what the percentile bootstrap tends to, without its
   1,000 draws: see docs/decisions/0003-intervals-without-resampling.md, which names the sources. #}
{% macro z() %} 1.959963984540054{% endmacro %}

{# What an interval needs beside value and n, as one aggregate. #}
{% macro kpi_spread(metric) -%}
    {%- set column = metric.columns[0] -%}
    {%- if metric.interval == "t" -%} [stddev_samp({{ column }})]
    {%- elif metric.interval == "mean" -%} [stddev_pop({{ column }}), coalesce(skewness({{ column }}), 0)]
    {%- elif metric.interval in ["median", "p90"] -%} quantile_cont({{ column }}, {{ quantile_grid() }})
    {%- elif metric.interval == "ratio" -%}
        [
            sum(variable_cost),
            sum(variable_cost * variable_cost),
            sum(variable_cost) filter (where {{ metric.columns[1] }}),
            count(*)::double
        ]
    {%- else -%} null::double[]
    {%- endif -%}
{%- endmacro %}

{# Where in the grid the quantile of a metric stands. #}
{% macro quantile_places() -%} {{ return({"median": 51, "p90": 91}) }} {%- endmacro %}

{% macro quantile_grid() -%}
    [{% for step in range(101) %}{{ step / 100 }}{{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}

{# Low (sign -1) or high (sign 1) end of the interval, over the columns value, n, spread. #}
{% macro kpi_bound(metric, sign) -%}
    {%- set per_unit = 60 if metric.unit == "hours" else 1 -%}
    {%- if metric.interval == "wilson" -%}
        (
            "value"
            + {{ z() }} * {{ z() }} / (2 * n)
            + {{ sign }}
            * {{ z() }}
            * sqrt(greatest("value" * (1 - "value") / n + {{ z() }} * {{ z() }} / (4 * n * n), 0))
        )
        / (1 + {{ z() }} * {{ z() }} / n)
    {%- elif metric.interval == "t" -%} "value" + {{ sign }} * ({{ t_quantile("(n - 1)") }}) * spread[1] / sqrt(n)
    {%- elif metric.interval == "mean" -%}
        "value"
        + (spread[1] / sqrt(n))
        * ({{ sign }} * {{ z() }} + spread[2] / sqrt(n) * ({{ z() }} * {{ z() }} - 1) / 6)
        / {{ per_unit }}
    {%- elif metric.interval == "median" -%} {{ grid_value(0.5, sign) }} / {{ per_unit }}
    {%- elif metric.interval == "p90" -%} {{ grid_value(0.9, sign) }} / {{ per_unit }}
    {%- elif metric.interval == "ratio" -%}
        "value"
        + {{ sign }}
        * {{ z() }}
        * sqrt(
            greatest(
                spread[2]
                - 2 * "value" * spread[3]
                + "value" * "value" * n
                - (spread[1] - "value" * n) * (spread[1] - "value" * n) / nullif(spread[4], 0),
                0
            )
        )
        / n
    {%- else -%} null
    {%- endif -%}
{%- endmacro %}

{# The sample's quantile at p -/+ z sqrt(p(1-p)/n), read off the grid. #}
{% macro grid_value(p, sign) -%}
    {%- set at = '(100 * greatest(0, least(1, ' ~ p ~ ' + ' ~ sign ~ ' * ' ~ z() ~ ' * sqrt(' ~ p * (1 - p) ~ ' / n))))' -%}
    (
        spread[floor({{ at }})::int + 1]
        + ({{ at }} - floor({{ at }}))
        * (spread[least(floor({{ at }})::int + 2, 101)] - spread[floor({{ at }})::int + 1])
    )
{%- endmacro %}

{# Student's t at 97.5% for f degrees of freedom: the tables up to 9, from there the expansion of Abramowitz and Stegun 26.7.5. #}
{% macro t_quantile(freedom) -%}
    case
        when {{ freedom }} < 10
        then [12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157][{{ freedom }}]
        else
            {{ z() }}
            + ({{ z() }} ^ 3 + {{ z() }}) / (4 * ({{ freedom }}))
            + (5 * {{ z() }} ^ 5 + 16 * {{ z() }} ^ 3 + 3 * {{ z() }}) / (96 * ({{ freedom }}) ^ 2)
            + (3 * {{ z() }} ^ 7 + 19 * {{ z() }} ^ 5 + 17 * {{ z() }} ^ 3 - 15 * {{ z() }})
            / (384 * ({{ freedom }}) ^ 3)
    end
{%- endmacro %}

{# Mean and 95% interval, as one list, of a figure that is 0 for all tickets but those whose sums of first, second and third
   powers are given: Cornish and Fisher's as in kpi_bound, not below 0. Null under 2 tickets. #}
{% macro mean_with_interval(sums, n) -%}
    {%- set mean = "coalesce(" ~ sums ~ "[1], 0) / nullif(" ~ n ~ ", 0)" -%}
    {%- set variance = "greatest(coalesce(" ~ sums ~ "[2], 0) / nullif(" ~ n ~ ", 0) - (" ~ mean ~ ") ^ 2, 0)" -%}
    {%- set third = (
        "coalesce("
        ~ sums
        ~ "[3], 0) / nullif("
        ~ n
        ~ ", 0) - 3 * ("
        ~ mean
        ~ ") * "
        ~ variance
        ~ " - ("
        ~ mean
        ~ ") ^ 3"
    ) -%}
    [
        {{ mean }},
        {% for sign in [-1, 1] -%}
            case
                when {{ n }} > 1
                then
                    greatest(
                        0,
                        {{ mean }}
                        + {{ sign }} * {{ z() }} * sqrt({{ variance }} / {{ n }})
                        + coalesce(({{ third }}) / nullif({{ variance }}, 0), 0)
                        / {{ n }}
                        * ({{ z() }} * {{ z() }} - 1)
                        / 6
                    )
            end{{ ", " if not loop.last }}
        {% endfor %}
    ]
{%- endmacro %}
