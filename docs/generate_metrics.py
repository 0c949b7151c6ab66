"""Writes docs/metrics.md from the `metric` table of a published file: `python docs/generate_metrics.py FILE`."""  # noqa: INP001

import sys
from pathlib import Path

from flowmeter import warehouse

HEAD = """# Every figure and its definition

Made from the table `metric` by `docs/generate_metrics.py`; the definitions stand in `transforms/macros/metrics.sql`.
Week: Monday to Sunday in the shop's time zone. n under the minimum is marked as too few.
"""


def metrics_page(published: Path) -> str:
    """The page as Markdown, one section per metric in the order of the pages.

    Args:
        published: a published DuckDB file.
    """
    with warehouse.read(published) as connection:
        metrics = connection.sql("select * from metric order by position").pl()
    return HEAD + "".join(_section(metric) for metric in metrics.iter_rows(named=True))


def _section(metric: dict[str, object]) -> str:
    facts = " · ".join(
        f"{name}: {metric[column]}"
        for name, column in {
            "Unit": "unit",
            "better": "better",
            "dated by": "anchor",
            "interval": "interval_method",
            "minimum n": "min_n",
        }.items()
    )
    formula = f"\n\n```\n{metric['metric']} = {metric['expression']}\n```" if metric["expression"] else ""
    return f"\n## {metric['label']}\n\n`{metric['metric']}` {metric['sentence']}\n\n{facts}{formula}\n"


if __name__ == "__main__":
    sys.stdout.write(metrics_page(Path(sys.argv[1])))
