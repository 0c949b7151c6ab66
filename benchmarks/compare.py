"""Whether the hand-written script and the build came to the same tables: else comparing their seconds means nothing."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

TOLERANCE = 1e-9
INTERVAL_TOLERANCE = 1e-6
"""The ends of an interval hold the root of a difference of sums, in which half of the digits may be lost."""

# The grain of every table that both compute.
TABLES = {
    "fct_ticket": ("ticket_key",),
    "fct_ticket_event": ("ticket_key", "event_id"),
    "fct_ticket_field": ("ticket_key", "field"),
    "fct_ticket_step": ("ticket_key", "visit_no"),
    "fct_cost": ("day", "ticket_key", "kind"),
    "fct_survey_answer": ("survey_answer_id",),
    "fct_order": ("order_id",),
    "fct_checkout": ("checkout_id",),
    "backlog_day": ("day", "workflow"),
    "kpi_week": ("week", "workflow", "variant", "channel", "metric"),
    "period_ticket": ("period", "ticket_key"),
    "workflow_step": ("period", "workflow", "step"),
    "workflow_edge": ("period", "workflow", "from_step", "to_step"),
    "workflow_step_week": ("workflow", "step", "week"),
    "workflow_bottleneck": ("period", "workflow", "kind", "step", "to_step"),
    "group_handoff": ("period", "workflow", "from_group", "to_group"),
    "workflow_rework": ("period", "workflow"),
    "ticket_path": ("period", "workflow", "workflow_rank"),
    "path_departure": ("period", "workflow", "position", "next_step"),
    "hour_load": ("period", "group_name", "weekday", "hour"),
}


@dataclass(frozen=True)
class Difference:
    """Rows of a table that differ in one column; the column is empty for rows that only one side has."""

    table: str
    column: str
    rows: int

    def __str__(self) -> str:
        what = f"in {self.column}" if self.column else "by being on one side only"
        return f"{self.table}: {self.rows:,} rows differ {what}"


def differences(built: Path, bare: Path, scratch: Path) -> list[Difference]:
    """Every difference between the two files, row by row over the grain. Numbers may differ by TOLERANCE of their size.

    `scratch` is the folder for what does not fit into memory.
    """
    with duckdb.connect(config={"memory_limit": "3GB", "temp_directory": str(scratch)}) as con:
        for name, path in (("built", built), ("bare", bare)):
            con.execute(f"attach '{path}' as {name} (read_only)").fetchall()
        return [difference for table, grain in TABLES.items() for difference in _of_table(con, table, grain)]


def _of_table(con: duckdb.DuckDBPyConnection, table: str, grain: tuple[str, ...]) -> list[Difference]:
    columns = con.execute(
        "select column_name, data_type from duckdb_columns()"
        " where database_name = 'built' and table_name = ? order by column_index",
        [table],
    ).fetchall()
    values = {name: str(kind) for name, kind in columns if name not in grain}
    one_sided = "count(*) filter (where a.is_there is null or b.is_there is null)"
    counts = [f"count(*) filter (where {_differs(name, kind)})" for name, kind in values.items()]
    matching = " and ".join(f'a."{name}" is not distinct from b."{name}"' for name in grain)
    row = con.execute(
        f"""select {", ".join([one_sided, *counts])}
        from (select *, true as is_there from built.{table}) as a
        full outer join (select *, true as is_there from bare.{table}) as b on {matching}"""
    ).fetchall()[0]
    named = zip(["", *values], row, strict=True)
    return [Difference(table, column, rows) for column, rows in named if rows]


def _differs(name: str, kind: str) -> str:
    both = "a.is_there and b.is_there and"
    ours, theirs = f'a."{name}"', f'b."{name}"'
    if kind in {"DOUBLE", "FLOAT"}:
        tolerance = INTERVAL_TOLERANCE if name in {"low", "high"} else TOLERANCE
        far = f"abs({ours} - {theirs}) > {tolerance} * greatest(1, abs({ours}))"
        return f"{both} (({ours} is null) <> ({theirs} is null) or {far})"
    return f"{both} {ours} is distinct from {theirs}"
