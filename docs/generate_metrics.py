"""Writes docs/metrics.md from the `metric` table of a published file: `python docs/generate_metrics.py FILE > docs/metrics.md`."""

import sys
from pathlib import Path

import duckdb

HEAD = """# Every figure and its definition

Made from the table `metric` by `docs/generate_metrics.py`; the definitions stand in `transforms/macros/metrics.sql` and nowhere else.
Week: Monday to Sunday in the shop's time zone. n under the minimum is marked as too few.
"""


def metrics_page(published: Path) -> str:
    """The page as Markdown, one section per metric in the order of the pages.

    Args:
        published: a published DuckDB file.
    """
    query = """
        select metric, label, sentence, unit, better, anchor, interval_method, min_n, expression
        from metric order by position
    """
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.sql(query).fetchall()
    return HEAD + "".join(_section(*row) for row in rows)


def _section(
    key: str,
    label: str,
    sentence: str,
    unit: str,
    better: str,
    anchor: str,
    interval: str,
    min_n: int,
    expression: str | None,
) -> str:
    facts = f"Unit: {unit} · better: {better} · dated by: {anchor} · interval: {interval} · minimum n: {min_n}"
    formula = f"\n\n```\n{key} = {expression}\n```" if expression else ""
    return f"\n## {label}\n\n`{key}` {sentence}\n\n{facts}{formula}\n"


if __name__ == "__main__":
    sys.stdout.write(metrics_page(Path(sys.argv[1])))
