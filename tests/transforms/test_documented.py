"""An analyst finds every table and column explained in the file itself."""

from __future__ import annotations

from tests.transforms.published import Published


def test_every_table_and_column_of_the_published_file_is_described(demo: Published) -> None:
    tables = demo.rows("select table_name, comment from duckdb_tables() where schema_name = 'main'")
    assert len(tables) >= 25
    assert [table["table_name"] for table in tables if not (table["comment"] or "").startswith("One row")] == []
    columns = demo.rows(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name = 'main' and not internal and coalesce(comment, '') = ''"
    )
    assert columns == []


def test_every_metric_with_a_formula_is_a_macro_of_the_file(demo: Published) -> None:
    formulas = {row["metric"] for row in demo.rows("select metric from metric where expression is not null")}
    functions = demo.rows("select function_name from duckdb_functions() where function_type = 'macro'")
    macros = {row["function_name"] for row in functions}
    assert formulas
    assert formulas <= macros


def test_a_published_macro_gives_the_figure_of_the_weekly_mart(demo: Published) -> None:
    """The same expression over the same tickets, typed by an analyst."""
    (week,) = demo.rows(
        "select week, value from kpi_week where metric = 'reopen_rate' and n > 50 and workflow = 'all'"
        " and channel = 'all' order by week limit 1"
    )
    (typed,) = demo.rows(
        "select reopen_rate(is_reopened) as value from fct_ticket where is_measured and first_resolved_week = ?",
        week["week"],
    )
    assert typed["value"] == week["value"]
